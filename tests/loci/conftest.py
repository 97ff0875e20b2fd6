"""The real yeast genome in the real tables, loaded once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from webapp.loci.bases import store_chromosome
from webapp.loci.loading import YEAST, load_yeast
from webapp.loci.models import Assembly, Gene


@dataclass(frozen=True)
class Loaded:
    """What loading over an older version gave: the rows, the files, what was said on the way and the answer."""

    assembly: Assembly
    older: int  # id of the row that was replaced
    home: Path
    said: tuple[str, ...]
    answer: bool

    @property
    def files(self) -> Path:
        """The folder of the browser's files."""
        return self.home / "reference" / YEAST


@pytest.fixture(scope="package")
def loaded(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loaded]:
    """Loaded outside of any test's transaction; what a test changes is rolled back, and all of it goes in the end."""
    home = tmp_path_factory.mktemp("home")
    said: list[str] = []
    with override_settings(HOME=home):
        try:
            with django_db_blocker.unblock():
                with transaction.atomic():
                    older = _older_version()
                answer = load_yeast(said.append)
                assembly = Assembly.objects.get(name=YEAST)
            yield Loaded(assembly, older, home, tuple(said), answer)
        finally:
            with django_db_blocker.unblock():
                Assembly.objects.filter(name=YEAST).delete()


def _older_version() -> int:
    assembly = Assembly.objects.create(name=YEAST, title="older", organism="yeast", digest="another")
    chromosome = store_chromosome(assembly, 0, "chrI", [b"ACGT"])
    Gene.objects.create(assembly=assembly, chromosome=chromosome, start=0, end=4, strand="+", name="OLD1", kind="ARS")
    return assembly.id


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    """For every test here, also where it reads only files: pytest-django moves the others to the end, to a second load."""


@pytest.fixture
def yeast(loaded: Loaded) -> Assembly:
    """sacCer3."""
    return loaded.assembly
