"""A genome of the database as variants and scorers read it: names, bases, genes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from predictor.api import GENE_KINDS, Genes, Interval, Transcript, Variant
from predictor.api import Gene as GeneModel
from predictor.api import by_name as transcripts_by_name
from webapp.loci.bases import CHUNK_BP
from webapp.loci.models import Assembly, Gene, GeneTranscript
from webapp.loci.naming import ChromosomeNames
from webapp.loci.rsids import find_rsids
from webapp.loci.services import fetch_sequence

_BLOCK_BP = CHUNK_BP  # a row of the database: rows of a file in any order read no more than they need
_BLOCKS = 1024  # remembered: 64 MB
_CHROMOSOMES = 16  # whose genes are remembered: all of yeast's


class AssemblyGenome:
    """A predictor.api.GenomeAccess. Chromosomes are read in blocks, the last of which are remembered, and genes a chromosome at
    a time."""

    def __init__(self, assembly: Assembly) -> None:
        self.name = assembly.name
        names = ChromosomeNames(assembly)
        self.lengths = names.lengths
        self._assembly = assembly
        self._blocks: OrderedDict[tuple[str, int], str] = OrderedDict()
        self._rsids: dict[str, tuple[Variant, ...] | None] = {}
        self._genes_on = lru_cache(_CHROMOSOMES)(self._read_genes)
        self._transcript = lru_cache(4096)(self._read_transcript)
        self.canonical = lru_cache(4096)(names.canonical)  # a file names the same few chromosomes over and over

    def fetch(self, interval: Interval) -> str:
        """Bases of an interval inside its chromosome."""
        first, last = interval.start // _BLOCK_BP, (interval.end - 1) // _BLOCK_BP
        offset = first * _BLOCK_BP
        bases = "".join(self._read_blocks(interval.chromosome, range(first, last + 1)))
        return bases[interval.start - offset : interval.end - offset]

    def transcript(self, name: str) -> Transcript | None:
        """The coding sequence of a transcript by its name, of a gene by its name, its systematic name, or a synonym that no other gene
        has."""
        return self._transcript(name.strip().casefold())

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

    def genes(self, interval: Interval) -> tuple[GeneModel, ...]:
        """Genes that overlap an interval, by place."""
        return self._genes_on(interval.chromosome)(interval)

    def _read_genes(self, chromosome: str) -> Genes:
        found = Gene.objects.filter(assembly=self._assembly, chromosome__name=chromosome, kind__in=GENE_KINDS)
        return Genes(
            GeneModel(
                gene_id(gene), gene.name, chromosome, gene.start, gene.end, gene.strand, _pairs(gene.exons), gene.kind
            )
            for gene in found.defer("words", "description", "keys")
        )

    def _read_transcript(self, key: str) -> Transcript | None:
        named = GeneTranscript.objects.filter(gene__assembly=self._assembly, key__in={key, key.partition(".")[0]})
        for one in named.exclude(coding=[]).select_related("gene__chromosome")[:1]:
            return Transcript(one.name, one.gene.chromosome.name, one.gene.strand, _pairs(one.coding))
        rows = Gene.objects.filter(assembly=self._assembly, kind="protein-coding", keys__contains=[key])
        found = transcripts_by_name(
            (
                Transcript(gene.name, gene.chromosome.name, gene.strand, _pairs(coding)),
                (gene.name, gene.systematic),
                gene.aliases,
            )
            for gene in rows.select_related("chromosome")
            if (coding := gene.exons if gene.coding is None else gene.coding)
        )
        return found.get(key)

    def _read_blocks(self, chromosome: str, numbers: range) -> list[str]:
        """Those that are not remembered are read at once."""
        missing = [number for number in numbers if (chromosome, number) not in self._blocks]
        if missing:
            origin, stop = missing[0] * _BLOCK_BP, (missing[-1] + 1) * _BLOCK_BP
            bases = fetch_sequence(Interval(chromosome, origin, min(stop, self.lengths[chromosome])), self._assembly)
            for number in range(missing[0], missing[-1] + 1):
                start = number * _BLOCK_BP - origin
                self._blocks[chromosome, number] = bases[start : start + _BLOCK_BP]
        found = [self._blocks[chromosome, number] for number in numbers]
        for number in numbers:
            self._blocks.move_to_end((chromosome, number))
        while len(self._blocks) > _BLOCKS:
            self._blocks.popitem(last=False)
        return found


def gene_id(gene: Gene) -> str:
    """What a scorer knows it by: several genes may share a name."""
    return gene.systematic or gene.name


def _pairs(spans: Iterable[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in spans)
