"""What a person types for a place, on the real yeast genome."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from predictor.api import DomainError, Interval, format_locus
from webapp.loci.models import Assembly
from webapp.loci.services import fetch_sequence, get_assembly, reference_config, resolve_locus

CHR_I, CHR_II, CHR_IV = 230_218, 813_184, 1_531_933

# (text, chromosome, start counted from 0, end)
LOCI = {
    "plain": ("chrII:278000-281000", "chrII", 277_999, 281_000),
    "commas": ("chrII:278,000-281,000", "chrII", 277_999, 281_000),
    "en-dash": ("chrII:278,000\u2013281,000", "chrII", 277_999, 281_000),
    "two-dots": ("chrII:278000..281000", "chrII", 277_999, 281_000),
    "thin-spaces": ("chrII:278\u2009000-281\u2009000", "chrII", 277_999, 281_000),
    "bare-numeral": ("II:278000-281000", "chrII", 277_999, 281_000),
    "number": ("2:278000-281000", "chrII", 277_999, 281_000),
    "chr-and-number": ("chr02:278000-281000", "chrII", 277_999, 281_000),
    "upper-case-as-igv-sends-it": ("CHRII:278,000-281,000", "chrII", 277_999, 281_000),
    "lower-case": ("chrii:278,000-281,000", "chrII", 277_999, 281_000),
    "white-space": ("  chrII :\t278,000 - 281,000 \n", "chrII", 277_999, 281_000),
    "two-bases": ("chrII:5-6", "chrII", 4, 6),
    "whole-chromosome-by-numbers": ("chrI:1-230,218", "chrI", 0, CHR_I),
    "last-two-bases": ("chrI:230,217-230,218", "chrI", 230_216, CHR_I),
}


@pytest.mark.parametrize(("text", "chromosome", "start", "end"), LOCI.values(), ids=LOCI)
def test_a_locus_is_the_interval_it_says(yeast: Assembly, text: str, chromosome: str, start: int, end: int) -> None:
    found = resolve_locus(yeast, text)
    assert found.interval == Interval(chromosome, start, end)
    assert found.label == format_locus(found.interval)
    assert found.gene is None


# (text, chromosome, start counted from 0, end): base 278,000 is number 277,999 from 0; 5,000 bp lie before it.
POSITIONS = {
    "amid": ("chrII:278000", "chrII", 272_999, 282_999),
    "with-commas": ("II:278,000", "chrII", 272_999, 282_999),
    "in-upper-case": ("CHRII:278000", "chrII", 272_999, 282_999),
    "as-an-interval-of-one": ("chrII:278000-278000", "chrII", 272_999, 282_999),
    "first-base": ("chrII:1", "chrII", 0, 5_000),
    "near-the-left-end": ("chrII:5,000", "chrII", 0, 9_999),
    "just-far-enough-from-the-left-end": ("chrII:5,001", "chrII", 0, 10_000),
    "last-base": ("chrI:230,218", "chrI", 225_217, CHR_I),
    "near-the-right-end": ("chrI:225,220", "chrI", 220_219, CHR_I),
    "just-far-enough-from-the-right-end": ("chrI:225,219", "chrI", 220_218, CHR_I),
}


@pytest.mark.parametrize(("text", "chromosome", "start", "end"), POSITIONS.values(), ids=POSITIONS)
def test_a_position_is_shown_amid_ten_thousand_bases(
    yeast: Assembly, text: str, chromosome: str, start: int, end: int
) -> None:
    found = resolve_locus(yeast, text)
    assert found.interval == Interval(chromosome, start, end)
    assert found.label == format_locus(found.interval)


@pytest.mark.parametrize("text", ["chrIV", "chriv", "CHRIV", "IV", "iv", "4", "chr4", "chr04", " chrIV "])
def test_a_chromosome_is_shown_whole(yeast: Assembly, text: str) -> None:
    found = resolve_locus(yeast, text)
    assert (found.interval, found.label, found.gene) == (Interval("chrIV", 0, CHR_IV), "chrIV", None)


# (text, name, chromosome, start counted from 0, end)
GENES = {
    "name": ("GAL1", "GAL1", "chrII", 279_020 - 2_000, 280_607 + 2_000),
    "lower-case": ("gal1", "GAL1", "chrII", 277_020, 282_607),
    "white-space": (" GAL1\n", "GAL1", "chrII", 277_020, 282_607),
    "systematic-name": ("YBR020W", "GAL1", "chrII", 277_020, 282_607),
    "systematic-name-in-lower-case": ("ybr020w", "GAL1", "chrII", 277_020, 282_607),
    "synonym": ("END7", "ACT1", "chrVI", 53_259 - 2_000, 54_696 + 2_000),
    "introns-are-inside": ("ACT1", "ACT1", "chrVI", 51_259, 56_696),
    "mixed-case-name-in-upper-case": ("SNR10", "snR10", "chrVII", 345_985 - 2_000, 346_230 + 2_000),
    "no-gene-but-named": ("CEN2", "CEN2", "chrII", 238_206 - 2_000, 238_323 + 2_000),
    "name-with-a-space": ("cen1_cdei  of CEN1", "CEN1_CDEI of CEN1", "chrI", 149_464, 153_474),
    "clamped-on-the-left": ("PAU8", "PAU8", "chrI", 0, 2_169 + 2_000),
    "clamped-on-the-right": ("COS2", "COS2", "chrII", 810_339 - 2_000, CHR_II),
    "at-the-very-end": ("TEL01R", "TEL01R", "chrI", 229_410 - 2_000, CHR_I),
}


@pytest.mark.parametrize(("text", "name", "chromosome", "start", "end"), GENES.values(), ids=GENES)
def test_a_gene_is_shown_with_two_thousand_bases_on_either_side(
    yeast: Assembly, text: str, name: str, chromosome: str, start: int, end: int
) -> None:
    found = resolve_locus(yeast, text)
    assert found.gene is not None
    assert (found.gene.name, found.label) == (name, name)
    assert found.interval == Interval(chromosome, start, end)


# (text, code, status, first suggestion or "", part of the sentence)
REFUSED = {
    "empty": ("", "bad_locus", 400, "", "Type a locus such as chrII:278,000-281,000, or a gene such as GAL1."),
    "blank": (" \t\n", "bad_locus", 400, "", "Type a locus"),
    "reversed": ("chrII:5-1", "bad_locus", 400, "", "ends before it starts"),
    "zero": ("chrII:0-100", "bad_locus", 400, "", "positions are counted from 1"),
    "no-position": ("chrII:", "bad_locus", 400, "", "“chrII:” is not a locus"),
    "words": ("chrII:here", "bad_locus", 400, "", "“chrII:here” is not a locus"),
    "past-the-end": (
        "chrI:230,000-230,219",
        "past_end",
        422,
        "",
        "chrI is 230,218 bp long; chrI:230,000-230,219 goes past its end.",
    ),
    "position-past-the-end": ("chrI:230,219", "past_end", 422, "", "goes past its end"),
    "far-past-the-end": ("chrI:1-99999999999999999999", "past_end", 422, "", "goes past its end"),
    "unknown-chromosome": ("chrVX", "unknown_chromosome", 404, "chrV", "no chromosome “chrVX”; did you mean chrV"),
    "unknown-chromosome-with-numbers": ("chrXVII:1-10", "unknown_chromosome", 404, "chrVII", "no chromosome “chrXVII”"),
    "other-genome": ("chr22", "unknown_chromosome", 404, "", "This genome has no chromosome “chr22”"),
    "number-of-no-chromosome": ("17:1-10", "unknown_chromosome", 404, "", "it has chrI, chrII"),
    "gene-with-a-colon": ("GAL1:5-10", "unknown_chromosome", 404, "", "no chromosome “GAL1”"),
    "misspelt-gene": ("gall1", "unknown_gene", 404, "GAL1", "sacCer3 has no gene “gall1”; did you mean GAL1"),
    "misspelt-systematic-name": ("YBR020", "unknown_gene", 404, "GAL1", "did you mean GAL1"),
    "beginning-of-a-gene": ("ACT", "unknown_gene", 404, "ACT1", "did you mean ACT1"),
    "description": ("galactokinase", "unknown_gene", 404, "GAL1", "did you mean GAL1 or GAL3?"),
    "no-such-gene": ("xyzzy", "unknown_gene", 404, "", "check the spelling, or give a locus as chrII:278,000-281,000."),
    "long-text": ("x" * 1_000, "unknown_gene", 404, "", f"no gene “{'x' * 39}…”"),
    "wildcard": ("GAL%", "unknown_gene", 404, "GAL1", "no gene “GAL%”"),
}


@pytest.mark.parametrize(("text", "code", "status", "suggestion", "part"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_place_is_refused_in_one_sentence(
    yeast: Assembly, text: str, code: str, status: int, suggestion: str, part: str
) -> None:
    with pytest.raises(DomainError) as caught:
        resolve_locus(yeast, text)
    assert (caught.value.code, caught.value.status) == (code, status)
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(caught.value.suggestions) <= 3
    if suggestion:
        assert suggestion in caught.value.suggestions
        assert all(name in str(caught.value) for name in caught.value.suggestions)


def test_no_gene_is_hidden_by_a_chromosome_or_by_the_form_of_a_locus(yeast: Assembly) -> None:
    chromosomes = {alias for each in yeast.chromosomes.all() for alias in [each.name.casefold(), *each.aliases]}
    keys = {key for row in yeast.genes.values_list("keys", flat=True) for key in row}
    assert not keys & chromosomes
    assert not [key for key in keys if ":" in key or " ".join(key.split()) != key]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40)
    | st.from_regex(r"(chr)?(I|II|2|iv|XX):[0-9,]{1,8}(-[0-9,]{1,8})?", fullmatch=True)
)
def test_any_text_is_a_place_on_the_genome_or_a_domain_error(yeast: Assembly, text: str) -> None:
    try:
        found = resolve_locus(yeast, text)
    except DomainError as error:
        assert error.status in {400, 404, 422}
    else:
        length = yeast.chromosomes.get(name=found.interval.chromosome).length
        assert 0 <= found.interval.start < found.interval.end <= length


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, CHR_I - 1), st.integers(2, 5_000))
def test_every_interval_resolves_from_its_own_text(yeast: Assembly, start: int, width: int) -> None:
    if start + width <= CHR_I:
        interval = Interval("chrI", start, start + width)
        assert resolve_locus(yeast, format_locus(interval)).interval == interval
        assert len(fetch_sequence(interval, yeast)) == width


@pytest.mark.parametrize("name", ["sacCer3", "SACCER3", " saccer3 "])
def test_an_assembly_is_found_by_name(yeast: Assembly, name: str) -> None:
    assert get_assembly(name) == yeast


@pytest.mark.parametrize("name", ["hg38", "", "sacCer", "%", "x" * 1_000])
def test_an_unknown_assembly_is_refused_with_those_there_are(yeast: Assembly, name: str) -> None:
    with pytest.raises(DomainError) as caught:
        get_assembly(name)
    assert (caught.value.code, caught.value.status) == ("unknown_genome", 404)
    assert caught.value.suggestions == ("sacCer3",)
    assert "this installation has sacCer3." in str(caught.value)
    assert len(str(caught.value)) < 200


def test_without_any_assembly_the_way_to_load_one_is_told(yeast: Assembly) -> None:
    Assembly.objects.all().delete()
    with pytest.raises(DomainError, match=r"none is loaded; run manage\.py load_reference"):
        get_assembly("sacCer3")


def test_the_browser_is_told_our_own_addresses_only(yeast: Assembly) -> None:
    config = reference_config(yeast)
    assert config["id"] == "sacCer3"
    addresses = [config["fastaURL"], config["indexURL"], *(row["url"] for row in config["annotations"])]
    names = ("sequence.fa", "sequence.fa.fai", "genes.gff3.gz", "other.gff3.gz")
    assert [one.partition("?")[0] for one in addresses] == [f"/reference/sacCer3/{name}" for name in names]


def test_another_annotation_of_the_packaged_genome_has_another_address(yeast: Assembly) -> None:
    def addresses() -> set[str]:
        config = reference_config(yeast)
        return {config["fastaURL"], *(row["url"] for row in config["annotations"])}

    before = addresses()
    yeast.annotation = "f" * 64
    assert not before & addresses()
