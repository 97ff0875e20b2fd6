"""`manage.py load_reference`: the packaged genome into PostgreSQL; instant where it is there."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from predictor.api import DomainError
from webapp.loci.loading import load_yeast


class Command(BaseCommand):
    """Says each step as it goes."""

    help = "Load the reference genome (S. cerevisiae R64) with its annotation."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            load_yeast(self._say)
        except DomainError as error:
            raise CommandError(str(error)) from None

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
