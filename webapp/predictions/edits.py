"""What was written for edits, on the input that they change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from predictor.api import (
    DomainError,
    GenomeAccess,
    Haplotype,
    Interval,
    ModelInput,
    ReferenceGenome,
    parse_variant,
    resolve,
    variant_text,
)
from predictor.reference import Reference
from webapp.predictions.models import SEQUENCE_NAME

AROUND_BP = 5_000  # on either side of the edits where no locus was asked for


@dataclass(frozen=True, slots=True)
class Edits:
    """A haplotype, and what was read into or changed of what was written for it."""

    haplotype: Haplotype
    notes: tuple[str, ...]

    @classmethod
    def read(cls, texts: Sequence[str], genome: GenomeAccess) -> Edits:
        """Raises DomainError with the sentence of the first that cannot be understood, or as Haplotype.of."""
        resolved = [resolve(parse_variant(text), genome) for text in texts]
        notes = tuple(dict.fromkeys(note for one in resolved for note in one.notes))
        return cls(Haplotype.of(one.variant for one in resolved), notes)

    def around(self, chromosome_bp: int) -> Interval:
        """A locus that shows them all, with room on either side."""
        name = self.haplotype.variants[0].chromosome
        return Interval(
            name, max(0, self.haplotype.start - AROUND_BP), min(chromosome_bp, self.haplotype.end + AROUND_BP)
        )

    def check_inside(self, given: ModelInput) -> None:
        """Raises DomainError `edit_outside` for an edit of bases that the input does not have."""
        origin = given.interval.start if given.interval else 0
        chromosome = given.interval.chromosome if given.interval else SEQUENCE_NAME
        for variant in self.haplotype.variants:
            bare = variant.trimmed()
            if variant.chromosome != chromosome or bare.start < origin or bare.end > origin + given.real_bp:
                place = f"{given.interval}" if given.interval else f"the {given.real_bp:,} bp of the sequence"
                raise DomainError(
                    "edit_outside",
                    f"{variant_text(variant)} lies outside of {place}; ask for a locus that holds all edits, or for none.",
                )

    @property
    def tail_bp(self) -> int:
        """How many bases behind the input move in."""
        return max(0, -self.haplotype.shift)


def pasted(bases: str) -> GenomeAccess:
    """A pasted sequence as a genome of one chromosome."""
    return ReferenceGenome("the pasted sequence", Reference({SEQUENCE_NAME: bases}))
