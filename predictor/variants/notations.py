"""The ways in which people write one variant."""

from __future__ import annotations

import re
from dataclasses import replace

from predictor.errors import DomainError
from predictor.variants.hgvs import looks_like_hgvs, parse_hgvs
from predictor.variants.variant import MAX_ALLELE_BP
from predictor.variants.written import VariantText, from_columns, read_allele, read_number, shorten

RSID = re.compile(r"rs(\d{1,15})", re.IGNORECASE)
MAX_CHARACTERS = 3 * MAX_ALLELE_BP  # two alleles of any length that is accepted, and a name
_DASHES = re.compile("[\u2010-\u2015\u2212]")
# Neighbouring parts share no character or are bounded: else a text of repetitions is divided among them in every way there is.
_NUMBER = r"\d[\d,' ]{0,30}?"
# The text has single spaces by now. Alleles may be anything, so that a wrong one gets a sentence of its own.
_ARROW = re.compile(rf"([^\s:]+) ?[: ] ?({_NUMBER}) ?:? ?([^\s:>→/\d,']*) ?(?:>|→|/) ?(\S*)")
_COLONS = re.compile(rf"([^\s:]+) ?: ?({_NUMBER}) ?: ?([^\s:]*) ?: ?(\S*)")
_SPACES = re.compile(r"([^\s:]+) (\d[\d,']*) (\S+) (\S+)")
_GNOMAD = re.compile(r"(\S{1,100}?)-(\d[\d,]{0,30})-([^\s:-]+)-(\S+)")
_GTEX = re.compile(r"(\S{1,100})_(\d[\d,]{0,30})_([^\s\d:_]+)_([^\s\d:_]+)(?:_([A-Za-z][\w.-]{0,60}))?")
_ACCESSION = re.compile(r"[A-Za-z]{1,4}_?\d{5,}\.\d+")
_PLACE = re.compile(rf"[^\s:]+ ?[: ] ?{_NUMBER}(?: ?(?:-|\.\.) ?{_NUMBER})?")
_WAYS = (
    "chrII:278871:A>G, chrII-278871-A-G, NC_001134.8:278870:A:G (SPDI), chrII:g.278871A>G, GAL1:c.-150A>G or an rsID"
)


def parse_variant(text: str) -> VariantText:
    """Read chr:pos:ref>alt, gnomAD's chr-pos-ref-alt, GTEx's chr_pos_ref_alt_b38, SPDI, HGVS g. and c., or an rsID.

    SPDI has the form of chr:pos:ref:alt: it is SPDI, counted from 0, where the sequence is an accession with version, and
    counted from 1 otherwise; a note says which. Raises DomainError (400) with one sentence: `empty_variant`,
    `variant_too_long` (413), `bad_variant`, or as from_columns and parse_hgvs.
    """
    if len(text) > MAX_CHARACTERS:
        raise DomainError(
            "variant_too_long", f"“{shorten(text)}” has more than {MAX_CHARACTERS:,} characters; alleles may have "
            f"{MAX_ALLELE_BP:,} bp.", status=413,
        )  # fmt: skip
    given = _DASHES.sub("-", " ".join(text.split()))
    if not given:
        raise DomainError("empty_variant", f"There is no variant here; write it as {_WAYS}.", status=400)
    if RSID.fullmatch(given):
        return VariantText(given, "rsID", given.lower(), None)
    if looks_like_hgvs(given):
        return parse_hgvs(given)
    if match := _ARROW.fullmatch(given) or _SPACES.fullmatch(given):
        return from_columns(given, "locus", _four(match))
    if match := _COLONS.fullmatch(given):
        return _colons(given, *_four(match))
    if match := _GNOMAD.fullmatch(given):
        return from_columns(given, "gnomAD", _four(match))
    if (match := _GTEX.fullmatch(given)) and _may_be_build(match[5]):
        return from_columns(given, "GTEx", _four(match), build=match[5] or "")
    if "[" in given or "]" in given or "<" in given:
        read_allele(given, given)  # a structural notation on its own: its sentence is the fitting one
    if _PLACE.fullmatch(given):
        raise DomainError(
            "bad_variant", f"“{shorten(given)}” names a place but no change; add REF>ALT, as in chrII:278871:A>G.",
            status=400,
        )  # fmt: skip
    raise DomainError("bad_variant", f"“{shorten(given)}” is not a variant; write it as {_WAYS}.", status=400)


def _four(match: re.Match[str]) -> tuple[str, str, str, str]:
    return match[1], match[2], match[3], match[4]


def _may_be_build(name: str | None) -> bool:
    return name is None or any(character.isdigit() for character in name)


def _colons(given: str, sequence: str, number: str, ref: str, alt: str) -> VariantText:
    """SPDI (Holmes 2020, doi 10.1093/bioinformatics/btz856) or chr:pos:ref:alt."""
    if not _ACCESSION.fullmatch(sequence):
        if not ref or ref.isdigit() or not alt:
            raise DomainError(
                "bad_variant", f"“{shorten(given)}” is SPDI in form, which counts from 0 and names the sequence by an accession "
                f"with its version, as in NC_001134.8:278870:A:G; with “{shorten(sequence, 20)}” write REF and ALT out, - for none.",
                status=400,
            )  # fmt: skip
        said = from_columns(given, "locus", (sequence, number, ref, alt))
        note = f"{number.strip()} was read as counted from 1, since {shorten(sequence, 20)} is not an accession as in SPDI."
        return replace(said, notes=(note, *said.notes))
    start = _count(number, given)
    inserted = read_allele(alt, given) if alt else ""
    deleted: str | None
    if ref.isdigit():  # so many bases, whichever they are
        width = _count(ref, given)
        deleted = None if width else ""
    else:
        deleted = read_allele(ref, given) if ref else ""
        width = len(deleted)
    if deleted == inserted:
        raise DomainError(
            "no_change", f"“{shorten(given)}” changes nothing: what it deletes is what it inserts.", status=400
        )
    note = f"{number.strip()} was read as counted from 0, since {sequence} makes this SPDI."
    return VariantText(given, "SPDI", sequence, (start, start + width), deleted, inserted, notes=(note,))


def _count(text: str, given: str) -> int:
    """A number of SPDI, which may be 0."""
    return read_number(text, given) if text.strip("0 ,'") else 0
