"""What the reading of variants asks of a genome, and a genome in memory that answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from typing import Protocol

from predictor.genes import sacCer3_features
from predictor.genome import Interval
from predictor.reference import Reference, canonical_chromosome, load_sacCer3
from predictor.variants.transcripts import Transcript, transcripts_of
from predictor.variants.variant import Variant

# Other names of an assembly, case-folded; b37 and b38 are GTEx's.
_BUILDS = {
    "saccer3": {"r64", "r64-1-1", "r64-2-1", "gcf_000146045.2"},
    "hg38": {"grch38", "b38"},
    "hg19": {"grch37", "b37"},
    "mm10": {"grcm38"},
    "mm39": {"grcm39"},
}


class GenomeAccess(Protocol):
    """A genome as variants need it; `lengths` are in bp by chromosome."""

    @property
    def name(self) -> str:
        """The assembly's name, as in sacCer3."""

    @property
    def lengths(self) -> Mapping[str, int]:
        """Chromosomes and their lengths in bp."""

    def fetch(self, interval: Interval, /) -> str:
        """Upper-case bases of an interval inside its chromosome."""

    def canonical(self, name: str, /) -> str:
        """The genome's own name of a chromosome. Raises DomainError `unknown_chromosome` (404)."""

    def transcript(self, name: str, /) -> Transcript | None:
        """The coding sequence of a gene or transcript, by any of its names."""

    def rsid(self, name: str, /) -> tuple[Variant, ...] | None:
        """The variants of an rsID (lower case), one for each ALT; None when no table of rsIDs is loaded."""


def is_build(build: str, name: str) -> bool:
    """Whether `build`, as a notation ends with, is the assembly called `name`; hg19-mini is a part of hg19."""
    folded = name.casefold()
    folded = folded if folded in _BUILDS else folded.partition("-")[0]
    same = {name.casefold(), folded} | next(
        (names | {key} for key, names in _BUILDS.items() if folded in names | {key}), set()
    )
    return build.casefold() in same


class ReferenceGenome:
    """A Reference with names, genes and, where a table was given, rsIDs."""

    def __init__(
        self, name: str, reference: Reference, transcripts: Callable[[], Mapping[str, Transcript]] = dict,
        rsids: Mapping[str, tuple[Variant, ...]] | None = None,
    ) -> None:  # fmt: skip
        """`transcripts` by case-folded name, made when they are needed; `rsids` by lower-case rsID."""
        self.name = name
        self.lengths: Mapping[str, int] = reference.lengths
        self.fetch = reference.fetch
        self._make_transcripts, self.rsids = transcripts, rsids
        # A file of 100,000 rows names the same few chromosomes over and over.
        self.canonical = lru_cache(4096)(lambda text: canonical_chromosome(text, reference.lengths))

    def transcript(self, name: str) -> Transcript | None:
        """The coding sequence of a gene, by any of its names."""
        return self._transcripts.get(name.casefold())

    @cached_property
    def _transcripts(self) -> Mapping[str, Transcript]:
        return self._make_transcripts()

    def rsid(self, name: str) -> tuple[Variant, ...] | None:
        """The variants of an rsID; None without a table."""
        return None if self.rsids is None else self.rsids.get(name, ())


def yeast_genome(rsids: Mapping[str, tuple[Variant, ...]] | None = None) -> ReferenceGenome:
    """S. cerevisiae R64 (sacCer3) with its genes, from the installed package. Raises DomainError `no_genome`."""
    reference = load_sacCer3()
    return ReferenceGenome("sacCer3", reference, lambda: transcripts_of(sacCer3_features()), rsids)
