"""`manage.py install_model`: published weights that their user fetches after accepting their terms."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from predictor.api import DomainError, alphagenome, spliceai
from webapp.predictions.installation.alphagenome import HUGGING_FACE, Wish, install_alphagenome
from webapp.predictions.installation.place import models_folder, size_of
from webapp.predictions.installation.spliceai import install_spliceai

_TERMS = {alphagenome.NAME: alphagenome.TERMS, spliceai.NAME: spliceai.TERMS}


class Command(BaseCommand):
    """Shows the terms and asks; then each step as it goes. What is there already is left alone."""

    help = (
        "Install a model with terms of its own into the home: alphagenome (human and mouse, all outputs) or spliceai (human splicing); "
        "both for non-commercial use only."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("model", choices=sorted(_TERMS))
        parser.add_argument(
            "--from",
            dest="source",
            metavar="SOURCE",
            help="a path or an address. alphagenome: an Orbax folder, a .safetensors or .pt file of any known format, an archive of these "
            "(Kaggle's), “huggingface” (default; HF_TOKEN has your token) or “huggingface:OWNER/REPOSITORY[/FILE]”. spliceai: the wheel, "
            "or a folder with it or with its .h5 files",
        )
        parser.add_argument("--accept-terms", action="store_true", help="accept the terms shown, without being asked")
        group = parser.add_argument_group("alphagenome")
        group.add_argument(
            "--fold",
            choices=alphagenome.VERSIONS,
            default=alphagenome.VERSIONS[0],
            help="which of the published networks (all_folds)",
        )
        group.add_argument(
            "--metadata", help="path or address of the official *.textproto files or of alphagenome_metadata.json"
        )
        group.add_argument("--sha256", default="", help="of the file that --from names by its address")
        group.add_argument(
            "--dtype", choices=["bfloat16", "float32"], default="bfloat16", help="of the weights written (bfloat16)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["model"]
        self._say(_TERMS[name] + "\n")
        if not options["accept_terms"]:
            self._ask()
        started = time.monotonic()
        try:
            fresh = self._alphagenome(options) if name == alphagenome.NAME else self._spliceai(options)
        except DomainError as error:
            raise CommandError(str(error)) from None
        place = models_folder() / name
        if not fresh:
            return self._say(f"{name} is installed already in {place}" + _unread(options["source"]))
        return self._say(
            f"{name} is installed in {place}: {size_of(place) / 1e6:.1f} MB, {time.monotonic() - started:.1f} s. A running site "
            "offers it from now on."
        )

    def _alphagenome(self, options: dict[str, Any]) -> bool:
        source = options["source"] or HUGGING_FACE
        wish = Wish(options["fold"], source, options["metadata"], options["sha256"], options["dtype"])
        return install_alphagenome(wish, self._say)

    def _spliceai(self, options: dict[str, Any]) -> bool:
        source = options["source"]
        return install_spliceai(Path(source).expanduser().resolve() if source else None, self._say)

    def _ask(self) -> None:
        """Raises CommandError unless the terms are accepted."""
        if not sys.stdin.isatty():
            raise CommandError(
                "Nobody is here to accept these terms; if you accept them, run this again with --accept-terms."
            )
        if input("Do you accept these terms? Type “yes”: ").strip().casefold() != "yes":
            raise CommandError("The terms were not accepted, so nothing was installed.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def _unread(source: str | None) -> str:
    """What becomes of what --from names where a model is there already: nothing tells whether it is made of that."""
    return "; what --from names was not looked at: to install that instead, remove this folder first." if source else ""
