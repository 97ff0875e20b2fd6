"""A stored assembly as variants ask it: lengths, bases, names, coding sequences."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from predictor.api import Interval, Transcript, Variant, canonical_chromosome
from webapp.loci.models import Assembly, Chromosome
from webapp.loci.search import exact_gene
from webapp.loci.services import fetch_sequence

CODING = "protein-coding"


class StoredGenome:
    """One assembly for the length of one request: predictor.api.GenomeAccess over PostgreSQL.

    `whole`: read a chromosome's sequence once rather than each stretch, for files of many variants.
    """

    def __init__(self, assembly: Assembly, *, whole: bool = False) -> None:
        self.assembly, self.name = assembly, assembly.name
        self._whole = whole
        self._sequences: dict[str, str] = {}
        self._canonical: dict[str, str] = {}
        self._transcripts: dict[str, Transcript | None] = {}

    @cached_property
    def lengths(self) -> Mapping[str, int]:
        """bp by chromosome."""
        return dict(self.assembly.chromosomes.values_list("name", "length"))

    def fetch(self, interval: Interval) -> str:
        """Upper-case bases of an interval inside its chromosome."""
        if not self._whole:
            return fetch_sequence(interval, self.assembly)
        name = interval.chromosome
        if name not in self._sequences:
            rows = Chromosome.objects.filter(assembly=self.assembly, name=name)
            self._sequences[name] = rows.values_list("sequence", flat=True).get()
        return self._sequences[name][interval.start : interval.end]

    def canonical(self, name: str) -> str:
        """Our name of a chromosome. Raises DomainError `unknown_chromosome` (404)."""
        if name not in self._canonical:
            self._canonical[name] = canonical_chromosome(name, dict(self.lengths))
        return self._canonical[name]

    def transcript(self, name: str) -> Transcript | None:
        """The coding sequence of a gene, by any of its names."""
        if name not in self._transcripts:
            gene = exact_gene(self.assembly, name)
            coding = gene is not None and gene.kind == CODING and gene.exons
            self._transcripts[name] = (
                Transcript(gene.name, gene.chromosome.name, gene.strand, tuple((a, b) for a, b in gene.exons))
                if gene is not None and coding
                else None
            )
        return self._transcripts[name]

    def rsid(self, name: str) -> tuple[Variant, ...] | None:
        """No table of rsIDs can be loaded yet."""
        return None
