"""A change of a chromosome, and its one normal form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from predictor.errors import DomainError
from predictor.genome import Interval, format_position

MAX_ALLELE_BP = 10_000
_STEP_BP = 64  # bases fetched at once while an indel moves left

Fetch = Callable[[Interval], str]  # bases of an interval inside its chromosome, upper case


@dataclass(frozen=True, slots=True, order=True)
class Variant:
    """`ref`, which lies at [start, end) of the chromosome (0-based half-open), becomes `alt`.

    Both are upper-case A, C, G, T or N and not equal; one of them may be empty, as in an insertion between two bases.
    """

    chromosome: str
    start: int
    ref: str
    alt: str

    def __post_init__(self) -> None:
        if self.start < 0 or self.ref == self.alt or set(self.ref + self.alt) - set("ACGTN"):
            raise ValueError(f"not a variant: {self.chromosome}:{self.start} {self.ref!r} {self.alt!r} (0-based)")

    @property
    def end(self) -> int:
        """One past the last replaced base; `start` for an insertion without an anchor."""
        return self.start + len(self.ref)

    @property
    def shift(self) -> int:
        """How far bases behind it move to the right."""
        return len(self.alt) - len(self.ref)

    @property
    def is_snv(self) -> bool:
        """One base for another."""
        return len(self.ref) == len(self.alt) == 1

    def trimmed(self) -> Variant:
        """Without the bases that both alleles share, first at the right, then at the left: what is really replaced."""
        ref, alt, start = self.ref, self.alt, self.start
        while ref and alt and ref[-1] == alt[-1]:
            ref, alt = ref[:-1], alt[:-1]
        while ref and alt and ref[0] == alt[0]:
            ref, alt, start = ref[1:], alt[1:], start + 1
        return Variant(self.chromosome, start, ref, alt)


def normalised(variant: Variant, fetch: Fetch) -> Variant:
    """The form in which VCF writes it: no shared base but an anchor where an allele would be empty, moved as far left as it goes
    (Tan 2015, doi 10.1093/bioinformatics/btv112). At the very start of a chromosome the anchor is the base behind.
    """
    moved = variant.trimmed()
    if moved.ref and moved.alt:
        return moved
    bases = moved.ref or moved.alt
    start, before = moved.start, ""
    while start > 0:
        if not before:
            first = max(0, start - _STEP_BP)
            before = fetch(Interval(variant.chromosome, first, start))
        if before[-1] != bases[-1]:
            break
        bases = before[-1] + bases[:-1]
        before, start = before[:-1], start - 1
    deleted = bool(moved.ref)
    if start > 0:
        anchor = before[-1] if before else fetch(Interval(variant.chromosome, start - 1, start))
        return replace(moved, start=start - 1, ref=anchor + bases * deleted, alt=anchor + bases * (not deleted))
    behind = len(bases) if deleted else 0
    anchor = fetch(Interval(variant.chromosome, behind, behind + 1))
    return replace(moved, start=0, ref=bases * deleted + anchor, alt=bases * (not deleted) + anchor)


def check_reference(variant: Variant, fetch: Fetch, length: int) -> None:
    """Raises DomainError `past_end` or `wrong_reference` (422), which shows what the reference has there."""
    name = variant.chromosome
    if variant.end > length:
        raise DomainError(
            "past_end", f"{variant_text(variant)} reaches past the end of {name}, which has {length:,} bp."
        )
    if not variant.ref:
        return
    found = fetch(Interval(name, variant.start, variant.end))
    if found != variant.ref:
        at = next(i for i, (a, b) in enumerate(zip(found, variant.ref, strict=True)) if a != b)
        there = found if len(found) <= 20 else f"{found[at]} at the {at + 1:,}th base"
        raise DomainError(
            "wrong_reference",
            f"{variant_text(variant)} does not fit the reference, which has {there} there and not {_short(variant.ref)}.",
        )


def variant_text(variant: Variant) -> str:
    """As a person reads it, 1-based: chrII:278010:A>G; an empty allele is a dash, a long one is cut."""
    return _written(variant, _short(variant.ref) or "-", _short(variant.alt) or "-")


def variant_id(variant: Variant) -> str:
    """The same with whole alleles, which can be read again; as the SDK writes it."""
    return _written(variant, variant.ref, variant.alt)


def _written(variant: Variant, ref: str, alt: str) -> str:
    return f"{variant.chromosome}:{format_position(variant.start).replace(',', '')}:{ref}>{alt}"


def _short(allele: str) -> str:
    return allele if len(allele) <= 20 else f"{allele[:10]}…({len(allele):,} bp)"
