"""`manage.py install_tracks`: measured data to draw under the predictions."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from predictor.api import DomainError
from webapp.lib.download import without_secrets
from webapp.measured.fetching import fetched
from webapp.measured.install import install_folder, remove_tracks
from webapp.measured.models import MeasuredTrack


class Command(BaseCommand):
    """Says each track as it goes; what is there already is left alone."""

    help = "Install measured tracks from a folder or an address (yeast training tables, or signal files with a tracks.toml)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "source", nargs="?", help="folder, or http(s) address of a .tar.gz, a .zip or a folder with tracks.toml"
        )
        parser.add_argument("--genome", default="sacCer3", help="assembly they are of (sacCer3)")
        parser.add_argument("--sha256", default="", help="of the archive that the address leads to")
        parser.add_argument("--list", action="store_true", dest="show", help="what is installed")
        parser.add_argument("--remove", nargs="+", metavar="KEY", help="remove these tracks; “all” for every one")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._do(options)
        except DomainError as error:
            raise CommandError(str(error)) from None

    def _do(self, options: dict[str, Any]) -> None:
        genome, source = options["genome"], options["source"]
        if options["show"]:
            return self._list(genome)
        if options["remove"]:
            return self._say(f"{remove_tracks(genome, options['remove'])} tracks removed")
        if not source:
            raise CommandError(
                "Say where the tracks are: manage.py install_tracks FOLDER (or an address, --list, --remove)."
            )
        if source.startswith(("http://", "https://")):
            with fetched(source, options["sha256"], self._say) as folder:
                done = install_folder(folder, genome, without_secrets(source), self._say)
        else:
            folder = Path(source).expanduser().resolve()
            if not folder.is_dir():
                raise CommandError(f"There is no folder {folder}.")
            done = install_folder(folder, genome, folder.name, self._say)
        return self._say(f"{done.changed} tracks installed, {done.same} were there already")

    def _list(self, genome: str) -> None:
        rows = MeasuredTrack.objects.filter(genome=genome)
        for row in rows:
            self._say(
                f"{row.key}\t{row.name}\t{row.unit}\t{row.publication or row.provenance}\t{row.licence or 'no licence stated'}"
            )
        self._say(f"{len(rows)} tracks of {genome} are installed")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
