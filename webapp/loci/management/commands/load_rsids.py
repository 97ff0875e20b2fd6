"""`manage.py load_rsids ASSEMBLY FILE`: rsIDs from a VCF; instant where they are there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from predictor.api import DomainError
from webapp.loci.rsid_loading import load_rsids
from webapp.loci.services import get_assembly


class Command(BaseCommand):
    """Says each step as it goes."""

    help = "Load the rsIDs of an assembly from a VCF (plain, gzip or bgzip), in the place of those that were there."

    def add_arguments(self, parser: CommandParser) -> None:
        """The assembly's name and the file."""
        parser.add_argument("assembly", help="as in sacCer3")
        parser.add_argument("file", type=Path, help="a VCF whose ID column has rsIDs")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            load_rsids(get_assembly(options["assembly"]), options["file"], self._say)
        except DomainError as error:
            raise CommandError(str(error)) from None

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
