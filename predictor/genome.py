"""Intervals and the text people write for them. The only module that adds or subtracts one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from predictor.errors import DomainError


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Bases [start, end) of a chromosome, 0-based half-open."""

    chromosome: str
    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"not an interval: {self.chromosome}:{self.start}-{self.end} (0-based half-open)")

    @property
    def width(self) -> int:
        """Length in bp."""
        return self.end - self.start

    def __str__(self) -> str:
        return format_locus(self)


@dataclass(frozen=True, slots=True)
class LocusText:
    """What a locus string said, before an assembly has been asked: `start` 0-based or None (whole chromosome), `end` exclusive.

    A single position gives end = start + 1.
    """

    chromosome: str
    start: int | None
    end: int | None


# Digits may be grouped by commas, underscores, apostrophes or (thin) spaces; the range sign may be any dash or "..".
_NUMBER = r"\d[\d,_' ]*"
_LOCUS = re.compile(
    rf"^\s*([^\s:]+)\s*:\s*({_NUMBER})(?:\s*(?:-|\u2010|\u2011|\u2012|\u2013|\u2014|\.\.)\s*({_NUMBER}))?\s*$"
)
_MAX_DIGITS = 20
_LOOKS_LIKE_LOCUS = re.compile(r"^\s*[^\s:]+\s*:")


def looks_like_locus(text: str) -> bool:
    """Whether `text` has the `name:` form, so that a failed parse deserves a sentence about loci and not about genes."""
    return bool(_LOOKS_LIKE_LOCUS.match(text))


def parse_locus(text: str) -> LocusText:
    """Read `chrII:278,000-281,000`, `II:278000` or `chrII:278000..281000`; numbers are 1-based inclusive.

    Raises DomainError `bad_locus` (400) with a sentence when the text is not of that form, starts at 0, or ends before it starts.
    """
    # One space at most between words, or the expression would try every way to share a long run of them.
    match = _LOCUS.match(" ".join(text.split()))
    chromosome, *numbers = match.groups(default="") if match else ("", "", "")
    first_text, last_text = (re.sub(r"\D", "", number) for number in numbers)
    if not match or max(len(first_text), len(last_text)) > _MAX_DIGITS:
        raise DomainError(
            "bad_locus", f"“{_shorten(text)}” is not a locus; write it as chrII:278,000-281,000.", status=400
        )
    first = int(first_text)
    last = int(last_text) if last_text else first
    if first < 1:
        raise DomainError("bad_locus", f"“{_shorten(text)}” starts at 0, but positions are counted from 1.", status=400)
    if last < first:
        raise DomainError(
            "bad_locus",
            f"“{_shorten(text)}” ends before it starts; write the smaller position first, as in {_shorten(chromosome)}:{last:,}-{first:,}."
            if last >= 1
            else f"“{_shorten(text)}” ends before it starts; positions are counted from 1.",
            status=400,
        )
    return LocusText(chromosome, first - 1, last)


def format_locus(interval: Interval) -> str:
    """The 1-based inclusive text that a person reads, as in `chrII:278,001-281,000`."""
    return f"{interval.chromosome}:{interval.start + 1:,}-{interval.end:,}"


def format_position(position: int) -> str:
    """A 0-based position as a person reads it."""
    return f"{position + 1:,}"


def zero_based(number: int) -> int:
    """The position of the base that people and VCF call `number`."""
    return number - 1


def one_based(position: int) -> int:
    """What people and VCF call the base at a 0-based position."""
    return position + 1


def coding_index(number: int, *, upstream: bool = False) -> int:
    """Bases behind the first of the start codon: c.1 is 0 and c.-1 (`upstream`) is -1, as HGVS has no c.0."""
    return -number if upstream else number - 1


def opposite(position: int) -> int:
    """The same base on an axis that runs the other way, on which base 0 is called -1; its own inverse."""
    return -position - 1


def _shorten(text: str, limit: int = 60) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
