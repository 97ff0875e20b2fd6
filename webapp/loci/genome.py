"""A genome of the database as variants and scorers read it: names, bases, genes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from functools import cached_property, lru_cache

from predictor.api import GENE_KINDS, Genes, Interval, Transcript, Variant, canonical_chromosome
from predictor.api import Gene as GeneModel
from predictor.api import by_name as transcripts_by_name
from webapp.loci.models import Assembly, Gene
from webapp.loci.rsids import find_rsids
from webapp.loci.services import fetch_sequence

_BLOCK_BP = 1 << 21  # read at once: a chromosome of yeast is one block
_BLOCKS = 32  # remembered: 64 MB


class AssemblyGenome:
    """A predictor.api.GenomeAccess. Chromosomes are read in large blocks, the last of which are remembered, genes once."""

    def __init__(self, assembly: Assembly) -> None:
        self.name = assembly.name
        self.lengths: dict[str, int] = dict(assembly.chromosomes.values_list("name", "length"))
        self._assembly = assembly
        self._blocks: OrderedDict[tuple[str, int], str] = OrderedDict()
        aliases = assembly.chromosomes.values_list("name", "aliases")
        self._aliases = {alias: name for name, some in aliases for alias in some}
        self._rsids: dict[str, tuple[Variant, ...] | None] = {}
        self.canonical = lru_cache(4096)(self._canonical)  # a file names the same few chromosomes over and over

    def fetch(self, interval: Interval) -> str:
        """Bases of an interval inside its chromosome."""
        first, last = interval.start // _BLOCK_BP, (interval.end - 1) // _BLOCK_BP
        blocks = [self._block(interval.chromosome, number) for number in range(first, last + 1)]
        offset = first * _BLOCK_BP
        bases = blocks[0] if len(blocks) == 1 else "".join(blocks)
        return bases[interval.start - offset : interval.end - offset]

    def transcript(self, name: str) -> Transcript | None:
        """The coding sequence of a gene, by its name, its systematic name, or a synonym that no other gene has."""
        return self._transcripts.get(name.casefold())

    def rsid(self, name: str) -> tuple[Variant, ...] | None:
        """The variants of an rsID by place; None where no table is loaded."""
        if name not in self._rsids:
            self.read_rsids([name])
        return self._rsids[name]

    def read_rsids(self, names: Iterable[str]) -> None:
        """Look these up at once, and remember them."""
        asked = list(names)
        found = find_rsids(self._assembly, asked) if asked else {}
        self._rsids.update(dict.fromkeys(asked) if found is None else found)

    @cached_property
    def genes(self) -> Genes:
        """Genes by place."""
        return Genes(
            GeneModel(
                gene_id(gene), gene.name, gene.chromosome.name, gene.start, gene.end, gene.strand,
                _pairs(gene), gene.kind,
            )
            for gene in self._rows
        )  # fmt: skip

    @cached_property
    def _transcripts(self) -> dict[str, Transcript]:
        return transcripts_by_name(
            (
                Transcript(gene.name, gene.chromosome.name, gene.strand, _pairs(gene)),
                (gene.name, gene.systematic),
                gene.aliases,
            )
            for gene in self._rows
            if gene.kind == "protein-coding"
        )

    @cached_property
    def _rows(self) -> list[Gene]:
        found = Gene.objects.filter(assembly=self._assembly, kind__in=GENE_KINDS).select_related("chromosome")
        return list(found.defer("words", "description", "keys"))

    def _canonical(self, name: str) -> str:
        known = self._aliases.get(name.strip().casefold())
        return known or canonical_chromosome(name, self.lengths)

    def _block(self, chromosome: str, number: int) -> str:
        key = chromosome, number
        if key in self._blocks:
            self._blocks.move_to_end(key)
            return self._blocks[key]
        start = number * _BLOCK_BP
        place = Interval(chromosome, start, min(start + _BLOCK_BP, self.lengths[chromosome]))
        self._blocks[key] = fetch_sequence(place, self._assembly)
        if len(self._blocks) > _BLOCKS:
            self._blocks.popitem(last=False)
        return self._blocks[key]


def gene_id(gene: Gene) -> str:
    """What a scorer knows it by: several genes may share a name."""
    return gene.systematic or gene.name


def _pairs(gene: Gene) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in gene.exons)
