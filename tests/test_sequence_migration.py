"""An installation from before: its chromosomes keep their bases when they become rows of their own."""

from __future__ import annotations

import random

import pytest
from django.db import connection
from django.db.migrations.exceptions import IrreversibleError
from django.db.migrations.executor import MigrationExecutor

from predictor.api import Interval
from webapp.loci.bases import CHUNK_BP, read_bases
from webapp.loci.models import Assembly


def migrate(name: str) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate([("loci", name)])


def test_bases_of_an_older_installation_are_moved(db: None) -> None:
    bases = "".join(random.Random(1).choices("ACGT", k=2 * CHUNK_BP + 17)) + "N" * 5
    migrate("0003_rsids")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO loci_assembly (name, title, organism, source, licence, digest) "
            "VALUES ('sacCer3', '', '', '', '', 'abc') RETURNING id"
        )
        assembly = cursor.fetchone()[0]
        cursor.execute(
            'INSERT INTO loci_chromosome (assembly_id, "order", name, length, aliases, sequence) VALUES (%s, 0, %s, %s, %s, %s)',
            [assembly, "chrI", len(bases), ["i"], bases],
        )
    migrate("0005_assemblies")
    found = Assembly.objects.get()
    assert read_bases(found, Interval("chrI", 0, len(bases))).decode() == bases
    assert (found.packaged, found.annotation, found.digest) == (True, "abc", "abc")
    with pytest.raises(IrreversibleError, match="restore a backup"):
        migrate("0003_rsids")
