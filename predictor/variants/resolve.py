"""From what was written to a variant of a genome, checked and in its normal form."""

from __future__ import annotations

import re
from dataclasses import dataclass

from predictor.errors import DomainError
from predictor.genome import Interval
from predictor.variants.genome_access import GenomeAccess, is_build
from predictor.variants.transcripts import Transcript
from predictor.variants.variant import MAX_ALLELE_BP, Fetch, Variant, check_reference, normalised, variant_text
from predictor.variants.written import CodingSpan, VariantText, no_change, shorten, too_long

_COMPLEMENT = str.maketrans("ACGT", "TGCA")


@dataclass(frozen=True, slots=True)
class Resolved:
    """A variant in its normal form; `notes` say what was read into the text and what was changed, a sentence each."""

    variant: Variant
    notes: tuple[str, ...]


def resolve(text: VariantText, genome: GenomeAccess) -> Resolved:
    """The variant that `text` means on `genome`: its own chromosome name, REF checked or filled in, trimmed, left-aligned.

    Raises DomainError with a sentence: `wrong_build`, `unknown_chromosome`, `unknown_gene`, `no_such_base`, `past_end`,
    `wrong_reference` (it shows the reference's bases), `allele_too_long` (413), `no_change`, `no_rsids`, `unknown_rsid`,
    `several_alleles`.
    """
    found = resolve_all(text, genome)
    if len(found) > 1:
        ways = tuple(variant_text(one.variant) for one in found)
        raise DomainError(
            "several_alleles",
            f"{text.sequence} has several ALT alleles; choose one: {', '.join(ways[:8])}.",
            suggestions=ways,
        )
    return found[0]


def resolve_all(text: VariantText, genome: GenomeAccess) -> tuple[Resolved, ...]:
    """As `resolve`, and every ALT of an rsID, as a row of a VCF has them."""
    if text.build and not is_build(text.build, genome.name):
        raise DomainError(
            "wrong_build", f"“{shorten(text.given)}” is written for {text.build}, but this genome is {genome.name}; "
            "lift it over first, or leave the build out.",
        )  # fmt: skip
    fetch = _plain(genome)
    if text.place is None:
        found = known_rsid(text.sequence, genome.rsid(text.sequence), genome.name)
        return tuple(
            _normal(text, one, (*text.notes, f"{text.sequence} is {variant_text(one)}."), genome) for one in found
        )
    variant, filled = _placed(text, genome, fetch)
    return (_normal(text, variant, (*text.notes, *filled), genome),)


def _normal(text: VariantText, variant: Variant, notes: tuple[str, ...], genome: GenomeAccess) -> Resolved:
    fetch = _plain(genome)
    check_reference(variant, fetch, genome.lengths[variant.chromosome])
    trimmed = variant.trimmed()
    if max(len(trimmed.ref), len(trimmed.alt)) > MAX_ALLELE_BP:
        raise too_long(text.given, max(len(trimmed.ref), len(trimmed.alt)))
    normal = normalised(variant, fetch)
    return Resolved(normal, notes if normal == variant else (*notes, _what_changed(variant, trimmed, normal)))


def _placed(text: VariantText, genome: GenomeAccess, fetch: Fetch) -> tuple[Variant, tuple[str, ...]]:
    """The variant as written, in the genome's coordinates and on its plus strand, and what was filled in."""
    assert text.place is not None
    notes: tuple[str, ...] = ()
    ref, alt = text.ref, text.alt
    if isinstance(text.place, CodingSpan):
        transcript = _transcript(text, genome)
        chromosome = genome.canonical(transcript.chromosome)
        start, end = _coding_place(text, text.place, transcript)
        if transcript.strand == "-":
            ref, alt = None if ref is None else _reverse_complement(ref), _reverse_complement(alt)
        if ref and len(ref) != end - start:
            raise DomainError(
                "bad_hgvs", f"“{shorten(text.given)}” spans {end - start:,} bp of {chromosome} but names {len(ref):,} "
                "bases; correct one of the two.", status=400,
            )  # fmt: skip
    else:
        chromosome = genome.canonical(text.sequence)
        start, end = text.place
    length = genome.lengths[chromosome]
    if start < 0 or end > length:
        raise DomainError(
            "past_end", f"“{shorten(text.given)}” reaches past the end of {chromosome}, which has {length:,} bp."
        )
    if end - start > MAX_ALLELE_BP and ref is None:
        raise too_long(text.given, end - start)
    found = fetch(Interval(chromosome, start, end)) if ref is None else ref
    if text.action == "duplicate":
        if ref:
            check_reference(Variant(chromosome, start, ref, ""), fetch, length)
        start, found, alt = end, "", found
    elif text.action == "invert":
        alt = _reverse_complement(found)
    elif ref is None and text.notation in ("locus", "table"):
        notes = (f"REF was filled in from {genome.name}: {found}.",)
    if found == alt:
        raise no_change(text.given)
    variant = Variant(chromosome, start, found, alt)
    if isinstance(text.place, CodingSpan):
        notes = (f"{shorten(text.given)} is {variant_text(variant)} on the genome.",)
        if intron := transcript.intron_bp(start, end) if text.place.is_coding else 0:
            notes = (*notes, f"It takes {intron:,} bp of an intron with it.")
        try:
            check_reference(variant, fetch, length)
        except DomainError as error:
            raise DomainError(
                error.code, f"{shorten(text.given)} on the genome: {error}", status=error.status
            ) from None
    return variant, notes


def _transcript(text: VariantText, genome: GenomeAccess) -> Transcript:
    found = genome.transcript(text.sequence)
    if not found:
        raise DomainError(
            "unknown_gene", f"“{shorten(text.sequence, 40)}” is not a coding gene of {genome.name}, along which c. counts; "
            "name one, as in GAL1:c.-150A>G, or write a chromosome with g.", status=404,
        )  # fmt: skip
    return found


def _coding_place(text: VariantText, span: CodingSpan, transcript: Transcript) -> tuple[int, int]:
    try:
        start, end = transcript.span(span)
    except DomainError as error:
        raise DomainError(
            error.code, f"“{shorten(text.given)}” cannot be placed: {error}", status=error.status
        ) from None
    if text.action != "insert":
        return start, end
    if len(range(start, end)) != 2:
        raise DomainError(
            "bad_hgvs", f"“{shorten(text.given)}” has its positions wrong: an insertion stands between two neighbours.",
            status=400,
        )  # fmt: skip
    between = range(start, end)[1]
    return between, between


def known_rsid(name: str, found: tuple[Variant, ...] | None, genome: str) -> tuple[Variant, ...]:
    """What GenomeAccess.rsid found, at least one variant. Raises DomainError `no_rsids` or `unknown_rsid` (404)."""
    if found is None:
        raise DomainError(
            "no_rsids", f"{name} cannot be looked up, since no table of rsIDs is loaded for {genome}; write the "
            "variant as chr:pos:ref>alt, or ask the operator to load one.",
        )  # fmt: skip
    if not found:
        raise DomainError(
            "unknown_rsid", f"{name} is not in this installation's table for {genome}; write the variant as "
            "chr:pos:ref>alt.", status=404,
        )  # fmt: skip
    return found


def _plain(genome: GenomeAccess) -> Fetch:
    """Its bases with N for the few ambiguity codes that references hold."""
    return lambda interval: re.sub("[^ACGT]", "N", genome.fetch(interval))


def _reverse_complement(bases: str) -> str:
    return bases[::-1].translate(_COMPLEMENT)


def _what_changed(given: Variant, trimmed: Variant, normal: Variant) -> str:
    moved = trimmed.start - normal.trimmed().start
    if moved > 0:
        why = f"moved left by {moved:,} bp, as far as the sequence allows"
    elif given == trimmed:
        why = "with a neighbouring base as an anchor"
    else:
        why = "without the bases that both alleles share"
    return f"{variant_text(given)} is written {variant_text(normal)}, {why}."
