"""The annotation files of the tool SpliceAI: genes with the exons of one transcript each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from predictor.errors import DomainError
from predictor.genes import Gene, Genes


def read_gene_table(path: Path, names: Sequence[str]) -> Genes:
    """The tool's annotation files: NAME, CHROM, STRAND, TX_START, TX_END, EXON_START and EXON_END between tabs, 0-based half-open.

    Of the chromosomes `names` alone, with or without “chr”. Raises DomainError `bad_genes`.
    """
    known = {name.removeprefix("chr"): name for name in names}
    return Genes(_renamed(_read_genes(path), known))


def _renamed(genes: Iterator[Gene], known: dict[str, str]) -> Iterator[Gene]:
    for gene in genes:
        name = known.get(gene.chromosome.removeprefix("chr"))
        if name is not None:
            yield replace(gene, chromosome=name)


def _read_genes(path: Path) -> Iterator[Gene]:
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            if line.startswith("#") or not line.strip():
                continue
            try:
                name, chromosome, strand, start, end, starts, ends = line.rstrip("\n").split("\t")
                exons = tuple(
                    (int(first), int(last))
                    for first, last in zip(starts.rstrip(",").split(","), ends.rstrip(",").split(","), strict=True)
                )
                yield Gene(name, name, chromosome, int(start), int(end), strand, exons, "gene")
            except ValueError:
                raise DomainError(
                    "bad_genes",
                    f"Line {number:,} of {path.name} is not NAME, CHROM, STRAND, TX_START, TX_END, EXON_START and EXON_END "
                    "with tabs between them.",
                ) from None
