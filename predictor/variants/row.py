"""One ALT allele of one line of a file, read or refused on its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from predictor.errors import DomainError
from predictor.variants.notations import parse_variant
from predictor.variants.written import MAX_WRITTEN_BP, Notation, VariantText, from_columns, shorten, too_long

_SHOWN = 200  # characters of a row that was refused
_MOST_WITH_ALTS = 1_000  # characters of a notation that may have several ALTs
_ALT = r"(?:[A-Za-z*]+|<[^<>,]+>|-)"
_WITH_ALTS = re.compile(rf"([^,<>]*(?:,\d{{3}}[^,<>]*)*[>:_-])({_ALT}(?:,\s*{_ALT})+)")  # 279,021 has commas of its own


@dataclass(frozen=True, slots=True)
class Row:
    """`number` is the line in the file from 1 (for BCF, of its text as VCF) and `allele` counts the line's ALTs from 1, as a
    genotype does. `id` is "" where there is none; `variant` is what was read, or the sentence that says why it was not.
    """

    number: int
    given_text: str
    id: str
    variant: VariantText | DomainError
    allele: int = 1


def split_alleles(
    number: int, identifier: str, columns: tuple[str, str, str, str], notation: Notation
) -> Iterator[Row]:
    """A Row for each ALT; `columns` are chromosome, 1-based position, REF and the ALTs with commas between them.

    One Row alone where the REF is too long for any ALT.
    """
    chromosome, position, ref, alts = columns
    name = "" if identifier == "." else identifier
    if len(ref) > MAX_WRITTEN_BP:
        given = shorten(f"{chromosome}:{position}:{ref[:_SHOWN]}", _SHOWN)
        yield Row(number, given, name, too_long(given, len(ref)))
        return
    for allele, alt in enumerate(_split(alts), start=1):
        given = f"{chromosome}:{position}:{ref}>{alt}"
        said: VariantText | DomainError
        try:
            said = from_columns(given, notation, (chromosome, position, ref, alt))
        except DomainError as error:
            said, given = error, shorten(given, _SHOWN)
        yield Row(number, given, name, said, allele)


def _split(alts: str) -> Iterator[str]:
    """One after the other: a line of nothing but commas would be a list of millions."""
    first = 0
    while (comma := alts.find(",", first)) >= 0:
        yield alts[first:comma]
        first = comma + 1
    yield alts[first:]


def refused(number: int, line: str, why: str) -> Row:
    """A line of which no variant can be made."""
    shown = shorten(line)
    return Row(number, shown, "", DomainError("bad_row", f"Line {number:,} (“{shown}”): {why}.", status=400))


def from_notations(number: int, identifier: str, text: str) -> Iterator[Row]:
    """A Row of a text in any notation, or one for each of several ALTs with commas between them: `chrII:279021:A>T,G`."""
    for allele, one in enumerate(_each_alt(text), start=1):
        said: VariantText | DomainError
        try:
            said, given = parse_variant(one), one
        except DomainError as error:
            said, given = error, shorten(one, _SHOWN)
        yield Row(number, given, identifier, said, allele)


def _each_alt(text: str) -> list[str]:
    if "," in text and len(text) <= _MOST_WITH_ALTS and (match := _WITH_ALTS.fullmatch(text.strip())):
        return [match[1] + alt.strip() for alt in match[2].split(",")]
    return [text]
