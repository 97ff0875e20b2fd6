"""What people write, and what each gives on sacCer3. Two genes carry the table:

GAL1 (YBR020W) is chrII:279021-280607 (+), around its start codon `AAAAACTATA ATGACTAAATCT`, the A of ATG being base 279,021;
279,018 to 279,021 are `ATAA`, so that the deletion of the A at 279,021 moves left by one, to behind the T of 279,019.
ACT1 (YFL039C) is chrVI:53260-54696 (-) with one intron, chrVI:54378-54686 (309 bp), behind c.10: c.1 is 54,696, c.10 is
54,687, c.10+1 is 54,686, c.11-1 is 54,378 and c.11 is 54,377; c.*1 is 53,259.
"""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from predictor.api import (
    DomainError,
    Interval,
    ReferenceGenome,
    Variant,
    chromosome_accessions,
    normalised,
    parse_variant,
    resolve,
    resolve_all,
    variant_text,
)
from predictor.genome import one_based
from predictor.reference import Reference
from predictor.variants.genome_access import is_build
from predictor.variants.hgvs import _model, _plain

LONG = "A" * 10_001

READ = [
    # chr:pos:ref>alt in its spellings; the chromosome in all of its own
    ("chrII:279021:A>T", "chrII:279021:A>T"),
    ("II:279,021:a>t", "chrII:279021:A>T"),
    ("  chr02 : 279,021 : A > T ", "chrII:279021:A>T"),
    ("chrII:279021 A>T", "chrII:279021:A>T"),
    ("2:279021:A:T", "chrII:279021:A>T"),
    ("chrII 279021 A T", "chrII:279021:A>T"),
    ("chrII:279021A/T", "chrII:279021:A>T"),
    ("NC_001134.8:279021:A>T", "chrII:279021:A>T"),
    ("chrII:279021:>T", "chrII:279021:A>T"),  # REF is filled in
    ("chrII:279021:ATG>-", "chrII:279020:AATG>A"),
    ("chrII:279021:->GG", "chrII:279020:A>AGG"),  # in front of 279,021
    ("chrII:279021:ATG>ATC", "chrII:279023:G>C"),  # trimmed
    ("chrII:279021:ATG>CCC", "chrII:279021:ATG>CCC"),  # an MNV
    # gnomAD and GTEx
    ("chrII-279021-A-T", "chrII:279021:A>T"),
    ("2–279021–A–T", "chrII:279021:A>T"),  # with en dashes
    ("chrII_279021_A_T", "chrII:279021:A>T"),
    ("chrII_279021_A_T_sacCer3", "chrII:279021:A>T"),
    ("chrII_279021_A_T_R64-1-1", "chrII:279021:A>T"),
    # SPDI counts from 0
    ("NC_001134.8:279020:A:T", "chrII:279021:A>T"),
    ("BK006936.2:279020:1:T", "chrII:279021:A>T"),
    ("NC_001134.8:279020:A:", "chrII:279019:TA>T"),
    ("NC_001134.8:279020::GG", "chrII:279020:A>AGG"),
    ("NC_001134.8:0:A:G", "chrII:1:A>G"),
    # HGVS g.
    ("NC_001134.8:g.279021A>T", "chrII:279021:A>T"),
    ("chrII:g.279021del", "chrII:279019:TA>T"),
    ("chrII:g.279021_279023delATG", "chrII:279020:AATG>A"),
    ("chrII:g.279021_279023del3", "chrII:279020:AATG>A"),
    ("chrII:g.279020_279021insGG", "chrII:279020:A>AGG"),
    ("chrII:g.279021_279023delinsCC", "chrII:279021:ATG>CC"),
    ("chrII:g.279022dup", "chrII:279021:A>AT"),
    ("chrII:g.279021_279026inv", "chrII:279022:TGAC>GTCA"),  # ATGACT to AGTCAT, whose ends are the same
    # HGVS c.
    ("GAL1:c.1A>G", "chrII:279021:A>G"),
    ("GAL1:c.-150A>G", "chrII:278871:A>G"),  # 279,021 - 150
    ("NC_001134.8(GAL1):c.-150A>G", "chrII:278871:A>G"),
    ("YBR020W:c.10del", "chrII:279029:AT>A"),  # base 279,030
    ("YFL039C:c.1A>G", "chrVI:54696:T>C"),
    ("act1:c.10+1G>A", "chrVI:54686:C>T"),
    ("YFL039C:c.11-1G>A", "chrVI:54378:C>T"),
    ("ABY1:c.11-309G>A", "chrVI:54686:C>T"),  # the intron's first base, from its other end
    ("YFL039C:c.*12G>T", "chrVI:53248:C>A"),  # 53,260 - 12
    ("YFL039C:c.3_4insTTT", "chrVI:54693:C>CAAA"),  # between 54,694 and 54,693
]  # fmt: skip

REFUSED = [
    ("", "empty_variant", "There is no variant here"),
    ("GAL1", "bad_variant", "is not a variant; write it as chrII:278871:A>G"),
    ("chrII:279021", "bad_variant", "names a place but no change"),
    ("chrII:279021:C>G", "wrong_reference", "which has A there and not C"),
    ("YFL039C:c.1G>A", "wrong_reference", "chrVI:54696:C>T does not fit the reference, which has T there"),
    ("chrII:g.279021dupC", "wrong_reference", "which has A there and not C"),
    ("chrII:279021:A>A", "no_change", "REF and ALT are the same"),
    ("chrII:g.279021A=", "no_change", "REF and ALT are the same"),
    ("chrII:279021:A>", "no_alt", "write - to delete the REF"),
    ("chrII:0:A>G", "bad_position", "positions are counted from 1"),
    ("chrII:99999999999999:A>G", "bad_position", "too large"),
    ("chrII:g.99999999999999A>G", "bad_position", "too large"),
    ("chrII:813185:A>G", "past_end", "chrII, which has 813,184 bp"),
    ("chr99:1:A>G", "unknown_chromosome", "This genome has no chromosome “chr99”"),
    ("NC_001134.7:279020:A:T", "unknown_chromosome", "no chromosome “NC_001134.7”"),
    ("chrII_279021_A_T_b38", "wrong_build", "is written for b38, but this genome is sacCer3"),
    ("chrII:279020:1:T", "bad_variant", "SPDI in form, which counts from 0"),
    ("chrII:279021:A>R", "ambiguous_base", "one variant for each of the bases"),
    ("chrII:279021:A>U", "rna_base", "write DNA, with T"),
    ("chrII:279021:A>5", "bad_allele", "an allele is written with A, C, G and T"),
    ("chrII:279021:A><DEL>", "symbolic_allele", "the symbolic allele <DEL>"),
    ("chrII:279021:A:<NON_REF>", "symbolic_allele", "the symbolic allele <NON_REF>"),
    ("chrII:279021:A>*", "spanning_deletion", "a deletion on another row"),
    ("chr2:321681:G>N[chr2:321682[", "breakend", "a rearrangement"),
    ("N[chr2:321682[", "breakend", "a rearrangement"),
    (f"chrII:279021:A>{2 * LONG}", "allele_too_long", "20,002 bp; up to 10,000 bp"),
    (f"chrII:279021:->{LONG}", "allele_too_long", "10,001 bp; up to 10,000 bp"),
    ("chrII:g.100_10100del", "allele_too_long", "10,001 bp; up to 10,000 bp"),  # 10100 - 100 + 1
    ("A" * 40_000, "variant_too_long", "more than 30,000 characters"),
    ("rs123", "no_rsids", "write the variant as chr:pos:ref>alt, or ask the operator"),
    ("YFL039C:p.Ala3Val", "unsupported_hgvs", "is protein HGVS"),
    ("GAL1:n.10A>G", "unsupported_hgvs", "non-coding transcript HGVS"),
    ("GAL1:c.[1A>G;3A>T]", "unsupported_hgvs", "several changes"),
    ("chrII:g.(10_12)del", "unsupported_hgvs", "uncertain position"),
    ("chrII:g.10_12[5]", "unsupported_hgvs", "is a repeat"),
    ("chrII:g.10_11ins20_30", "unsupported_hgvs", "does not spell its bases out"),
    ("chrII:g.10+1A>G", "unsupported_hgvs", "not one number"),
    ("chrII:g.10_12insA", "bad_hgvs", "stands between two neighbours"),
    ("chrII:g.10insA", "bad_hgvs", "inserts at one base"),
    ("chrII:g.12_10del", "bad_hgvs", "the smaller position comes first"),
    ("chrII:g.10_12delAC", "bad_hgvs", "spans 3 bp but names 2"),
    ("chrII:g.10foo", "bad_hgvs", "is not HGVS that can be read"),
    ("c.10A>G", "bad_hgvs", "does not say of which sequence"),
    ("ZZZ1:c.1A>G", "unknown_gene", "is not a coding gene of sacCer3"),
    ("ACT1:c.1129A>G", "no_such_base", "has 1,128 coding bases"),  # 1,118 + 10
    ("ACT1:c.11-310G>A", "no_such_base", "no base -310 there"),
    ("ACT1:c.12-1G>A", "no_such_base", "no base -1 there"),
    ("GAL1:c.-1-5A>G", "no_such_base", "no intron outside its coding sequence"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), READ)
def test_a_notation_gives_one_normal_form(yeast: ReferenceGenome, text: str, expected: str) -> None:
    assert variant_text(resolve(parse_variant(text), yeast).variant) == expected


@pytest.mark.parametrize(("text", "code", "sentence"), REFUSED, ids=[text[:40] for text, *_ in REFUSED])
def test_what_cannot_be_used_gets_a_sentence(yeast: ReferenceGenome, text: str, code: str, sentence: str) -> None:
    with pytest.raises(DomainError) as caught:
        resolve(parse_variant(text), yeast)
    assert caught.value.code == code
    assert sentence in str(caught.value)
    assert str(caught.value).endswith((".", "?")) and len(str(caught.value)) < 300


def test_notes_say_what_was_read_into_it_and_what_was_changed(yeast: ReferenceGenome) -> None:
    def notes(text: str) -> tuple[str, ...]:
        return resolve(parse_variant(text), yeast).notes

    assert notes("chrII:279021:A>T") == ()
    assert notes("chrII:279021:>T") == ("REF was filled in from sacCer3: A.",)
    assert notes("2:279021:A:T") == ("279021 was read as counted from 1, since 2 is not an accession as in SPDI.",)
    assert notes("NC_001134.8:279020:A:T") == ("279020 was read as counted from 0, since NC_001134.8 makes this SPDI.",)
    assert notes("YFL039C:c.1A>G") == ("YFL039C:c.1A>G is chrVI:54696:T>C on the genome.",)
    # c.9 is 54,688 and c.12 is 54,376: 54,688 - 54,376 + 1 = 313 bp, of which 309 are the intron
    assert notes("ACT1:c.9_12del")[:2] == (
        "ACT1:c.9_12del is chrVI:54376:CTCTAAACAT…(313 bp)>- on the genome.",
        "It takes 309 bp of an intron with it.",
    )
    assert notes("chrII:279021:A>-") == (
        "chrII:279021:A>- is written chrII:279019:TA>T, moved left by 1 bp, as far as the sequence allows.",
    )
    assert notes("chrII:279021:ATG>ATC") == (
        "chrII:279021:ATG>ATC is written chrII:279023:G>C, without the bases that both alleles share.",
    )


def test_an_rsid_comes_from_the_table() -> None:
    one, other = Variant("chrI", 2, "A", "T"), Variant("chrI", 2, "A", "G")
    genome = ReferenceGenome("sacCer3", Reference({"chrI": "CCACC"}), rsids={"rs1": (one,), "rs2": (one, other)})
    found = resolve(parse_variant("RS1"), genome)
    assert (found.variant, found.notes) == (one, ("rs1 is chrI:3:A>T.",))
    assert [each.variant for each in resolve_all(parse_variant("rs2"), genome)] == [one, other]
    with pytest.raises(DomainError, match="choose one: chrI:3:A>T, chrI:3:A>G"):
        resolve(parse_variant("rs2"), genome)
    with pytest.raises(DomainError, match="rs3 is not in this installation's table for sacCer3"):
        resolve(parse_variant("rs3"), genome)


def test_builds_by_their_names() -> None:
    assert is_build("b38", "hg38") and is_build("GRCh38", "hg38") and is_build("sacCer3", "sacCer3")
    assert not is_build("b37", "hg38") and not is_build("b38", "sacCer3")


PLACES = ("10", "007", "-150", "93+5", "94-12", "*12", "10_12", "-10_*12", "93+1_94-2", "10+0")
CHANGES = ("del", "delACG", "delacgn", "dup", "dupACG", "insA", "insNacgt", "delinsAC", "delACGinsT", "inv")  # fmt: skip


def test_plain_changes_are_read_as_the_grammar_reads_them() -> None:
    for kind in "gc":
        for change in (
            "278871A>G",
            "-150A>G",
            "93+5G>A",
            "94-12g>a",
            "*12A>T",
            *(f"{p}{c}" for p in PLACES for c in CHANGES),
        ):
            assert _plain(change) == _model(f"X:{kind}.{change}", kind, change), change


def test_what_is_not_plain_is_left_to_the_grammar() -> None:
    for change in ("10_12del3", "10_12inv3", "10_12invACG", "10_12[5]", "(10_12)del", "10_11ins20_30", "10del;12del", "10_11insU",
                   "[1A>G;3A>T]", "10_12delinsins", "?_12del", "٣del"):  # fmt: skip
        assert _plain(change) is None


def test_10_000_rows_of_hgvs_are_read_in_seconds() -> None:
    began = time.process_time()
    for number in range(1, 10_001):
        parse_variant(f"chrII:g.{number}_{number + 2}delinsAC")
    assert time.process_time() - began < 2


def test_an_allele_of_10000_bp_is_read_in_every_notation(yeast: ReferenceGenome) -> None:
    bases = yeast.fetch(Interval("chrIV", 500_000, 510_000))
    expected = resolve(parse_variant("chrIV:g.500001_510000del"), yeast).variant
    for text in (f"chrIV:500001:{bases}>-", f"NC_001136.10:500000:{bases}:", f"chrIV:g.500001_510000del{bases}"):
        assert resolve(parse_variant(text), yeast).variant == expected


def test_no_text_makes_the_reader_slow() -> None:
    began = time.process_time()
    for text in ("1 " * 15_000, "1" * 30_000, "a-1-" * 7_000, "a_1_" * 7_000, "x:" * 15_000, "c." * 15_000, "(" * 30_000,
                 "x:g." + "(" * 20_000, "x:g." + "1_" * 10_000, "x:g.1A>" + "(" * 20_000):  # fmt: skip
        with pytest.raises(DomainError):
            parse_variant(text)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "text",
    ["a:1" + "," * 19_997, "a:1" + "1 " * 9_998, "a" + "_1_A_C_b" * 2_499 + "!", "a-1-A-" * 3_333 + " x", "a_1_A_C_b" + "1." * 9_995 + "!",
     "a:1-1" + "' " * 9_997, "a (" + "b" * 19_997, "a 1 A" + "A/" * 9_997 + " "],
    ids=lambda text: text[:9],
)  # fmt: skip
def test_no_repetition_is_tried_in_every_way(text: str) -> None:
    began = time.process_time()
    with pytest.raises(DomainError):
        parse_variant(text)
    assert time.process_time() - began < 0.3


def test_a_gtex_name_ends_with_a_build_that_has_a_number(yeast: ReferenceGenome) -> None:
    assert parse_variant("chrII_279021_A_T_b38").build == "b38"
    with pytest.raises(DomainError, match="is not a variant"):
        parse_variant("chrII_279021_A_T_build")


BASES = st.text("ACGT", max_size=6)
PIECES = st.sampled_from(["chrII", "GAL1", "NC_001134.8", ":", "-", "_", " ", ">", "g.", "c.", "1", "279021", "*", "+", "del",
                          "ins", "dup", "inv", "A", "t", "N", "<DEL>", "[", "]", "(", ")", "=", ",", "?", "rs", "é", "٣"])  # fmt: skip


@settings(deadline=None, max_examples=400)
@given(st.lists(PIECES, max_size=9).map("".join) | st.text(max_size=30))
def test_any_text_gives_a_variant_or_a_sentence(yeast: ReferenceGenome, text: str) -> None:
    try:
        found = resolve(parse_variant(text), yeast).variant
    except DomainError as error:
        assert str(error)
    else:
        assert yeast.fetch(Interval(found.chromosome, found.start, found.end)) == found.ref


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_every_notation_of_a_variant_gives_it_back(yeast: ReferenceGenome, data: st.DataObject) -> None:
    chromosome = data.draw(st.sampled_from(sorted(yeast.lengths)))
    start = data.draw(st.integers(0, yeast.lengths[chromosome] - 10))
    ref = yeast.fetch(Interval(chromosome, start, start + data.draw(st.integers(1, 6))))
    alt = data.draw(BASES.filter(lambda alt: alt != ref))
    variant = Variant(chromosome, start, ref, alt)
    expected = normalised(variant, yeast.fetch)
    first, last, accession = one_based(start), start + len(ref), chromosome_accessions(chromosome)[0]
    place = f"{first}_{last}" if last > first else f"{first}"
    texts = [
        variant_text(variant),
        variant_text(expected),
        f"{chromosome}:{first:,}:{ref}>{alt or '-'}",
        f"{accession}:{start}:{ref}:{alt}",
        f"{accession}:{start}:{len(ref)}:{alt}",
        f"{accession}:g.{place}delins{alt}" if alt else f"{accession}:g.{place}del",
        f"{chromosome}-{one_based(expected.start)}-{expected.ref}-{expected.alt}",
        f"{chromosome}_{one_based(expected.start)}_{expected.ref}_{expected.alt}_sacCer3",
    ]
    for text in texts:
        assert resolve(parse_variant(text), yeast).variant == expected, text


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_coding_position_is_the_base_that_it_counts(yeast: ReferenceGenome, data: st.DataObject) -> None:
    gene = yeast.transcript(data.draw(st.sampled_from(["GAL1", "ACT1", "YAL001C", "RPL7B", "HNT1"])))
    assert gene
    # Read the coding sequence base by base along the strand, apart from the code that is tested.
    bases = [p for start, end in gene.exons for p in range(start, end)]
    if gene.strand == "-":
        bases.reverse()
    index = data.draw(st.integers(0, len(bases) - 1))
    there = yeast.fetch(Interval(gene.chromosome, bases[index], bases[index] + 1))
    complement = dict(zip("ACGT", "TGCA", strict=True))
    said = there if gene.strand == "+" else complement[there]
    new = data.draw(st.sampled_from(sorted(set("ACGT") - {said})))
    found = resolve(parse_variant(f"{gene.name}:c.{one_based(index)}{said}>{new}"), yeast).variant
    assert (found.chromosome, found.start, found.ref) == (gene.chromosome, bases[index], there)
    assert found.alt == (new if gene.strand == "+" else complement[new])
