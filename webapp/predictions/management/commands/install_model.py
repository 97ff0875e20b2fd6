"""`manage.py install_model`: published weights that their user fetches after accepting their terms."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from predictor.api import DomainError, spliceai
from webapp.predictions.model_installation import install_spliceai, models_folder


class Command(BaseCommand):
    """Shows the terms and asks; then each step as it goes. What is there already is left alone."""

    help = "Install a model with terms of its own into the home: spliceai (human splicing, non-commercial use only)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("model", choices=[spliceai.NAME])
        parser.add_argument(
            "--from",
            type=Path,
            dest="source",
            metavar="PATH",
            help="the wheel, or a folder with it or with its .h5 files",
        )
        parser.add_argument("--accept-terms", action="store_true", help="accept the terms shown, without being asked")

    def handle(self, *args: Any, **options: Any) -> None:
        self._say(spliceai.TERMS + "\n")
        if not options["accept_terms"]:
            self._ask()
        started = time.monotonic()
        source = options["source"]
        try:
            fresh = install_spliceai(source.expanduser().resolve() if source else None, self._say)
        except DomainError as error:
            raise CommandError(str(error)) from None
        place = models_folder() / spliceai.NAME
        if not fresh:
            return self._say(f"{spliceai.NAME} is installed already in {place}")
        size = sum(path.stat().st_size for path in place.iterdir())
        return self._say(
            f"{spliceai.NAME} is installed in {place}: {size / 1e6:.1f} MB, {time.monotonic() - started:.1f} s"
        )

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
