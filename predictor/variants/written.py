"""What a notation says of a variant, before any genome is asked, and the reading of its alleles and positions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from predictor.errors import DomainError
from predictor.genome import zero_based
from predictor.variants.variant import MAX_ALLELE_BP

Notation = Literal["locus", "gnomAD", "GTEx", "SPDI", "HGVS", "rsID", "VCF", "table"]
Action = Literal["replace", "insert", "duplicate", "invert"]
_MAX_DIGITS = 12
_IS_BASES = re.compile(r"[ACGTN]+").fullmatch
MAX_WRITTEN_BP = 2 * MAX_ALLELE_BP  # before what both alleles share is taken off
_NOT_SAID = frozenset({"", ".", "?"})
_NO_BASES = frozenset({"-"})
_GROUPING = str.maketrans("", "", ",' ")


@dataclass(frozen=True, slots=True)
class CodingPosition:
    """A base as HGVS c. counts it: `index` bases behind the first of the start codon (negative before it) or, `from_stop`,
    behind the coding sequence, and `offset` bases into the intron beside it.
    """

    index: int
    offset: int = 0
    from_stop: bool = False


@dataclass(frozen=True, slots=True)
class CodingSpan:
    """The bases from `first` to `last`, both included, along a transcript; an insertion stands between the two."""

    first: CodingPosition
    last: CodingPosition

    @property
    def is_coding(self) -> bool:
        """Whether no intron is named, though one may lie between."""
        return not (self.first.offset or self.last.offset)


@dataclass(frozen=True, slots=True)
class VariantText:
    """`ref` at `place` of `sequence` becomes `alt`; or what is there is said twice, or inverted.

    `given` is the text itself and `sequence` what it calls the chromosome, the gene (c.) or the rsID (then `place` is
    None). A genomic place is (start, end), 0-based half-open, equal for an insertion. `ref` is None where it was not said.
    Alleles are upper-case ACGTN, on the transcript's strand for c. `build` is the assembly a GTEx name ends with.
    """

    given: str
    notation: Notation
    sequence: str
    place: tuple[int, int] | CodingSpan | None
    ref: str | None = None
    alt: str = ""
    action: Action = "replace"
    build: str = ""
    notes: tuple[str, ...] = ()


def from_columns(given: str, notation: Notation, columns: tuple[str, str, str, str], build: str = "") -> VariantText:
    """`columns` are chromosome, 1-based position, REF and ALT. A REF that is not said ("", ".", "?") is one base; a dash
    is no base, so that the other allele is inserted in front of the position, or the REF deleted.

    Raises DomainError (400): `bad_position`, `no_alt`, `no_change`, `allele_too_long` (413) or as read_allele.
    """
    sequence, number, ref_text, alt_text = columns
    start = zero_based(read_number(number, given))
    notes: tuple[str, ...] = ()
    ref = None if ref_text in _NOT_SAID else read_allele(ref_text, given)
    if alt_text in _NOT_SAID:
        raise DomainError(
            "no_alt",
            f"“{shorten(given)}” has no ALT allele, so nothing changes; write - to delete the REF.",
            status=400,
        )
    alt = read_allele(alt_text, given)
    if ref == alt:
        raise no_change(given)
    longest = max(len(ref or ""), len(alt))
    if longest > MAX_WRITTEN_BP:
        raise too_long(given, longest)
    if ref == "":
        notes = (f"{shorten(alt, 20)} is inserted in front of base {number.strip()}.",)
    end = start + (1 if ref is None else len(ref))
    return VariantText(given, notation, sequence, (start, end), ref, alt, build=build, notes=notes)


def read_number(text: str, given: str) -> int:
    """A position counted from 1, digits perhaps in groups. Raises DomainError `bad_position` (400)."""
    digits = text.translate(_GROUPING)
    if not (digits.isascii() and digits.isdigit()) or len(digits) > _MAX_DIGITS:
        what = "too large" if digits.isdigit() else "not a whole number"
        raise DomainError(
            "bad_position", f"The position {shorten(text, 20)} of “{shorten(given)}” is {what}.", status=400
        )
    if not int(digits):
        raise DomainError(
            "bad_position", f"“{shorten(given)}” stands at 0, but positions are counted from 1 (only SPDI counts from 0).",
            status=400,
        )  # fmt: skip
    return int(digits)


def read_allele(text: str, given: str) -> str:
    """Upper-case bases; a dash is none. Raises DomainError (400) with what kind of allele cannot be read."""
    if _IS_BASES(text):
        return text
    bases = text.strip().upper()
    if _IS_BASES(bases):
        return bases
    if bases in _NO_BASES:
        return ""
    shown, allele = shorten(given), shorten(text, 20)
    if "[" in bases or "]" in bases:
        sentence = (
            f"“{shown}” is a breakend (a rearrangement), which cannot be scored; give the changed bases themselves."
        )
        raise DomainError("breakend", sentence, status=400)
    if "<" in bases or ">" in bases:
        sentence = f"“{shown}” has the symbolic allele {allele}, whose bases are not said; write REF and ALT out, or leave it out."
        raise DomainError("symbolic_allele", sentence, status=400)
    if bases == "*":
        sentence = (
            f"“{shown}” has the allele *, which stands for a deletion on another row; that row is the one to score."
        )
        raise DomainError("spanning_deletion", sentence, status=400)
    if set(bases) <= set("ACGTNU"):
        raise DomainError(
            "rna_base", f"“{shown}” has U in the allele {allele}; write DNA, with T in its place.", status=400
        )
    if set(bases) <= set("ACGTNURYSWKMBDHV"):
        sentence = f"“{shown}” has the ambiguous allele {allele}; write one variant for each of the bases A, C, G or T it means."
        raise DomainError("ambiguous_base", sentence, status=400)
    sentence = f"“{shown}” has the allele {allele or 'of no letters'}; an allele is written with A, C, G and T."
    raise DomainError("bad_allele", sentence, status=400)


def no_change(given: str) -> DomainError:
    """REF and ALT are the same."""
    return DomainError("no_change", f"“{shorten(given)}” changes nothing: REF and ALT are the same.", status=400)


def too_long(given: str, bp: int) -> DomainError:
    """More bases than are scored."""
    sentence = f"“{shorten(given)}” has an allele of {bp:,} bp; up to {MAX_ALLELE_BP:,} bp can be scored."
    return DomainError("allele_too_long", sentence, status=413)


def shorten(text: str, limit: int = 60) -> str:
    """As it stands in a sentence: one line, not too long."""
    text = " ".join(text[: 4 * limit].split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
