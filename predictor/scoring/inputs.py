"""The input that a variant is scored in, and the variant as an edit of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from predictor.errors import DomainError
from predictor.genome import Interval
from predictor.inputs import BIN_BP, LENGTH_STEP_BP, ModelInput, Padding
from predictor.variants.edit import Edit
from predictor.variants.variant import MAX_ALLELE_BP, Variant, check_reference, variant_text

GRID_BP = 4_096  # inputs begin on it, so that neighbouring variants share one


class Genome(Protocol):
    """Where sequence comes from; predictor.reference.Reference is one."""

    @property
    def lengths(self) -> Mapping[str, int]:
        """bp by chromosome."""
        ...

    def fetch(self, interval: Interval, /) -> str:
        """Upper-case bases of an interval, which lies on its chromosome."""
        ...


def check_variant(variant: Variant, genome: Genome) -> None:
    """Raises DomainError `unknown_chromosome` (404), `past_end`, `wrong_reference` or `allele_too_long` (422)."""
    if variant.chromosome not in genome.lengths:
        name = variant.chromosome[:40]
        raise DomainError("unknown_chromosome", f"This genome has no chromosome “{name}”.", status=404)
    if max(len(variant.ref), len(variant.alt)) > MAX_ALLELE_BP + 1:  # with the base that stands before it
        raise DomainError("allele_too_long", f"{variant_text(variant)} changes more than {MAX_ALLELE_BP:,} bp.")
    check_reference(variant, genome.fetch, genome.lengths[variant.chromosome])


def input_interval(chromosome: str, position: int, length: int, context_bp: int) -> Interval:
    """The real bases of the input for a position of a chromosome of `length` bp: the same for a whole cell of the grid.

    The position lies within half a cell of the middle, but near the chromosome's ends; the last input ends with the chromosome, off
    the grid but on that of 128-bp bins, so that real sequence takes the place of N.
    """
    if context_bp % LENGTH_STEP_BP or context_bp < 2 * GRID_BP:
        raise ValueError(f"{context_bp} bp of context: a multiple of {LENGTH_STEP_BP}, at least {2 * GRID_BP}")
    start = (position - context_bp // 2 + GRID_BP // 2) // GRID_BP * GRID_BP
    last = -(-max(0, length - context_bp) // BIN_BP) * BIN_BP
    start = max(0, min(start, last))
    return Interval(chromosome, start, min(start + context_bp, length))


def reference_input(interval: Interval, genome: Genome, context_bp: int) -> ModelInput:
    """The bases of an interval and N up to `context_bp`."""
    bases = genome.fetch(interval)
    padding = (Padding(interval.width, context_bp, "N"),) if interval.width < context_bp else ()
    return ModelInput(bases.ljust(context_bp, "N"), interval.width, (0, interval.width), padding, interval)


def edit_of(variant: Variant, interval: Interval, genome: Genome) -> Edit:
    """The variant in the input over `interval`; what a deletion makes room for at the right end comes from the chromosome.

    A deletion may reach beyond the input; its start may not.
    """
    start = variant.start - interval.start
    end = min(start + len(variant.ref), interval.width)
    tail = ""
    if variant.shift < 0:
        first = max(interval.end, variant.end)
        last = min(first - variant.shift, genome.lengths[variant.chromosome])
        tail = genome.fetch(Interval(variant.chromosome, first, last)) if first < last else ""
    return Edit(start, end, variant.alt, tail)
