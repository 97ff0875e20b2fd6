"""Genes and their transcripts into PostgreSQL, a chromosome at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from django.db import connection

from predictor.api import DomainError, GeneRecord, read_annotation
from webapp.loci.models import Assembly, Chromosome, Gene
from webapp.loci.naming import ChromosomeNames
from webapp.loci.search import LONGEST_NAME, keys_of, words_of

# (file, the assembly's chromosomes that are wanted, as the file may name them) -> genes of one chromosome after another
GenesOf = Callable[[Path, ChromosomeNames], Iterator[list[GeneRecord]]]

_AT_ONCE = 1000
_IDS = "SELECT nextval(pg_get_serial_sequence('loci_gene', 'id')) FROM generate_series(1, %s)"
_GENES = (
    'COPY loci_gene (id, assembly_id, chromosome_id, start, "end", strand, name, systematic, kind, description, aliases, exons, coding, '
    "keys, words) FROM STDIN"
)
_TRANSCRIPTS = "COPY loci_genetranscript (gene_id, rank, name, key, kind, exons, coding) FROM STDIN"


def store_genes(
    assembly: Assembly, path: Path, say: Callable[[str], None], genes: GenesOf | None = None
) -> tuple[int, str]:
    """In the place of those that were there: (bp of the longest, what was done). Call it in a transaction.

    Genes of other chromosomes and such as reach past an end are left out. Raises DomainError `bad_annotation` (400).
    """
    names = ChromosomeNames(assembly)
    chromosomes = {chromosome.name: chromosome for chromosome in assembly.chromosomes.all()}
    spellings = names.spellings()
    Gene.objects.filter(assembly=assembly).delete()
    counts = {"genes": 0, "transcripts": 0, "left": 0}
    longest, elsewhere = 1, 0
    read = genes(path, names) if genes else read_annotation(path, lambda name: name.strip().casefold() in spellings)
    for some in read:
        if not some:
            continue
        name = spellings.get(some[0].chromosome.strip().casefold())
        if name is None:
            elsewhere += len(some)
            continue
        chromosome = chromosomes[name]
        kept = [gene for gene in some if gene.end <= chromosome.length]
        counts["left"] += len(some) - len(kept)
        counts["genes"] += len(kept)
        counts["transcripts"] += _store(assembly, chromosome, kept)
        longest = max([longest, *(gene.end - gene.start for gene in kept)])
        say(f"{assembly.name}: {name}, {len(kept):,} genes")
    if not counts["genes"]:
        raise DomainError(
            "bad_annotation",
            f"{path.name} has no gene on a chromosome of {assembly.name}: {', '.join(list(chromosomes)[:4])} …; is it of this assembly?",
            status=400,
        )
    left = counts["left"] + elsewhere
    end = f"; {left:,} lie beyond its sequences and were left out" if left else ""
    return (
        longest,
        f"{assembly.name}: {counts['genes']:,} genes, {counts['transcripts']:,} transcripts in PostgreSQL{end}",
    )


def _store(assembly: Assembly, chromosome: Chromosome, genes: list[GeneRecord]) -> int:
    """How many transcripts they have."""
    count = 0
    with connection.cursor() as cursor:
        for first in range(0, len(genes), _AT_ONCE):
            part = genes[first : first + _AT_ONCE]
            cursor.execute(_IDS, [len(part)])
            ids = [number for (number,) in cursor.fetchall()]
            with cursor.copy(_GENES) as copy:
                for number, gene in zip(ids, part, strict=True):
                    copy.write_row((number, assembly.pk, chromosome.pk, *_gene(gene)))
            with cursor.copy(_TRANSCRIPTS) as copy:
                for number, gene in zip(ids, part, strict=True):
                    for rank, one in enumerate(gene.transcripts):
                        key = one.id.partition(".")[0].casefold()[:LONGEST_NAME]
                        copy.write_row(
                            (number, rank, one.id, key, one.kind, json.dumps(one.exons), json.dumps(one.coding))
                        )
                    count += len(gene.transcripts)
    return count


def _gene(gene: GeneRecord) -> tuple[object, ...]:
    """As _GENES has it, from `start` on."""
    names = (gene.name, gene.id, *gene.aliases)
    first = gene.transcripts[0] if gene.transcripts else None
    exons = first.exons if first else ((gene.start, gene.end),)
    return (
        gene.start, gene.end, gene.strand, gene.name, gene.id if gene.id != gene.name else "", gene.kind, gene.description,
        list(gene.aliases), json.dumps(exons), json.dumps(first.coding if first else ()), keys_of(names),
        words_of(names, gene.kind, gene.description),
    )  # fmt: skip
