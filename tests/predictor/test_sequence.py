"""What people paste: whatever can be read as DNA is, and whatever was changed on the way is said."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from predictor.errors import DomainError
from predictor.inputs import MAX_BP
from predictor.sequence import MAX_CHARACTERS, CleanSequence, clean_sequence

GENBANK = """ORIGIN
        1 gatcctccat atacaacggt atctccacct caggtttaga tctcaacaac ggaaccattg
       61 ccgacatgag acagttaggt atcgtcgaga
//
"""
GENBANK_BASES = "GATCCTCCATATACAACGGTATCTCCACCTCAGGTTTAGATCTCAACAACGGAACCATTGCCGACATGAGACAGTTAGGTATCGTCGAGA"
EMBL = "     gatcctccat atacaacggt        20\n     atctccac                     28\n"
NUMBERS = "Line numbers were removed."

# (text, bases, name, notes)
READ = {
    "upper-case": (
        "ACGTN" * 20 + "A" * 100,
        "ACGTN" * 20 + "A" * 100,
        "",
        ("10% of the bases are N; predictions near them mean little.",),
    ),
    "lower-case": ("acgtacgt", "ACGTACGT", "", ()),
    "mixed-case": ("acGTaCgT", "ACGTACGT", "", ()),
    "one-base": ("a", "A", "", ()),
    "white-space": (" AC GT\tAC\r\nGT\n\n\u00a0AC\u2009GT\v\f", "ACGTACGTACGT", "", ()),
    "byte-order-mark": ("\ufeffACGT", "ACGT", "", ()),
    "genbank-origin-line": (GENBANK, GENBANK_BASES, "", (NUMBERS,)),
    "genbank-record": (
        f"LOCUS       MYCLONE  90 bp\nDEFINITION  a clone.\n{GENBANK}",
        GENBANK_BASES,
        "MYCLONE",
        (NUMBERS,),
    ),
    "genbank-origin": (GENBANK.partition("\n")[2], GENBANK_BASES, "", (NUMBERS,)),
    "genbank-origin-crlf": (GENBANK.partition("\n")[2].replace("\n", "\r\n"), GENBANK_BASES, "", (NUMBERS,)),
    "numbers-touching-the-bases": ("1ACGT\n5ACGT", "ACGTACGT", "", (NUMBERS,)),
    "embl-numbers-at-the-end": (EMBL, "GATCCTCCATATACAACGGTATCTCCAC", "", (NUMBERS,)),
    "embl-numbers-at-the-end-crlf": (EMBL.replace("\n", "\r\n"), "GATCCTCCATATACAACGGTATCTCCAC", "", (NUMBERS,)),
    "rna": ("AUGGCUuaa", "ATGGCTTAA", "", ("3 U read as T.",)),
    "one-iupac-code": ("ACGTACGTACGTR", "ACGTACGTACGTN", "", ("1 ambiguous base (IUPAC codes) read as N.",)),
    "every-iupac-code": (
        "ryswkmbdhv" + "ACGT" * 100,
        "N" * 10 + "ACGT" * 100,
        "",
        ("10 ambiguous bases (IUPAC codes) read as N.",),
    ),
    "one-gap": ("ACGT-ACGT", "ACGTACGT", "", ("1 gap character was removed.",)),
    "gaps": ("ACGT--AC..GT", "ACGTACGT", "", ("4 gap characters were removed.",)),
    "fasta": (">chr2 part of chromosome II\nACGT\nacgt\n", "ACGTACGT", "chr2 part of chromosome II", ()),
    "fasta-crlf": (">one\r\nACGT\r\nACGT\r\n", "ACGTACGT", "one", ()),
    "fasta-cr": (">one\rACGT\rACGT\r", "ACGTACGT", "one", ()),
    "fasta-after-blank-lines": ("\n\n  >one\nACGT", "ACGT", "one", ()),
    "fasta-without-a-name": (">\nACGT", "ACGT", "", ()),
    "fasta-with-an-old-header": (";one\nACGT", "ACGT", "one", ()),
    "greater-in-the-header": (">a > b\nACGT", "ACGT", "a > b", ()),
    "all-notes-in-order": (
        "1 ACGU-RACGT\n",
        "ACGTNACGT",
        "",
        (
            NUMBERS,
            "1 gap character was removed.",
            "1 U read as T.",
            "1 ambiguous base (IUPAC codes) read as N.",
            "11% of the bases are N; predictions near them mean little.",
        ),
    ),
}

# (text, code, status, part of the sentence)
REFUSED = {
    "empty": (
        "",
        "empty_sequence",
        400,
        "There is no sequence here; paste DNA letters (A, C, G, T) or one FASTA record.",
    ),
    "white-space-only": (" \n\t\r\n", "empty_sequence", 400, "There is no sequence here"),
    "header-only": (">chr2", "empty_sequence", 400, "There is no sequence here"),
    "gaps-only": ("--..--", "empty_sequence", 400, "There is no sequence here"),
    "end-mark-only": ("//", "empty_sequence", 400, "There is no sequence here"),
    "two-records": (">a\nACGT\n>b\nACGT", "several_records", 400, "This FASTA holds 2 records; paste one at a time"),
    "two-records-cr": (">a\rACGT\r>b\rACGT", "several_records", 400, "This FASTA holds 2 records"),
    "many-records": (">a\nACGT\n" * 1_500, "several_records", 400, "This FASTA holds 1,500 records"),
    "bases-before-the-header": ("ACGT\n>a\nACGT", "several_records", 400, "sequence before the FASTA header"),
    "protein": (
        "MSKGEELFTG",
        "not_dna",
        400,
        "This looks like protein (it has “E” at position 5); paste the DNA that codes for it.",
    ),
    "protein-with-a-stop": ("MKV*", "not_dna", 400, "This looks like protein (it has “*” at position 4)"),
    "protein-fasta": (
        ">sp|P04385|GAL1\nMTKSHSEEVI",
        "not_dna",
        400,
        "This looks like protein (it has “E” at position 7)",
    ),
    "number-inside": (
        "ACG7ACG",
        "not_dna",
        400,
        "“7” at position 4 is not a DNA letter; use A, C, G, T, N or IUPAC codes.",
    ),
    "number-alone": ("12345", "not_dna", 400, "“1” at position 1 is not a DNA letter"),
    "greater-inside": ("ACGT>ACGT", "not_dna", 400, "“>” at position 5 is not a DNA letter"),
    "cyrillic-a": ("ACGT\u0410CGT", "not_dna", 400, "“\u0410” at position 5 is not a DNA letter"),
    "long-s-is-no-s": ("ACGT\u017f", "not_dna", 400, "“\u017f” at position 5 is not a DNA letter"),
    "nul": ("ACGT\x00", "not_dna", 400, "at position 5 is not a DNA letter"),
    "half-a-surrogate-pair": ("ACGT\ud800", "not_dna", 400, "at position 5 is not a DNA letter"),
    "only-n": ("NNNNnnnn", "not_dna", 400, "The sequence holds nothing but N"),
    "only-iupac-codes": ("RYRYRY", "not_dna", 400, "The sequence holds nothing but N"),
    "three-megabases": (
        "ACGT" * 750_000,
        "sequence_too_long",
        413,
        "too long (3,000,000 characters); the model reads at most 1,048,576 bases",
    ),
    "one-base-too-many": ("A" * (MAX_BP + 1), "sequence_too_long", 413, "too long (1,048,577 characters)"),
    "too-many-characters-to-look-at": (
        " " * (MAX_CHARACTERS + 1),
        "sequence_too_long",
        413,
        "too long (8,388,609 characters)",
    ),
}


@pytest.mark.parametrize(("text", "bases", "name", "notes"), READ.values(), ids=READ)
def test_a_paste_is_read_as_dna_and_changes_are_noted(text: str, bases: str, name: str, notes: tuple[str, ...]) -> None:
    assert clean_sequence(text) == CleanSequence(bases, name, notes)


@pytest.mark.parametrize(("text", "code", "status", "part"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_dna_is_refused_in_one_sentence(text: str, code: str, status: int, part: str) -> None:
    with pytest.raises(DomainError) as caught:
        clean_sequence(text)
    assert (caught.value.code, caught.value.status) == (code, status)
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_longest_sequence_is_accepted_whatever_is_between_its_bases() -> None:
    lines = [f"{first + 1:>9} {'ACGTACGT' * 8}" for first in range(0, MAX_BP, 64)]
    cleaned = clean_sequence("\r\n".join([">long", *lines]))
    assert len(cleaned.bases) == MAX_BP
    assert cleaned.notes == (NUMBERS,)


@pytest.mark.parametrize(
    ("n", "notes"),
    [
        (0, ()),
        (9, ()),
        (10, ("10% of the bases are N; predictions near them mean little.",)),
        (30, ("30% of the bases are N; predictions near them mean little.",)),
        (99, ("99% of the bases are N; predictions near them mean little.",)),
    ],
)
def test_many_unknown_bases_are_a_note_and_no_error(n: int, notes: tuple[str, ...]) -> None:
    cleaned = clean_sequence("N" * n + "A" * (100 - n))
    assert cleaned.n_fraction == n / 100
    assert cleaned.notes == notes


def test_a_long_header_is_cut() -> None:
    assert clean_sequence(f">{'x' * 1_000}\nACGT").name == "x" * 200


PASTES = (
    st.text(max_size=200)
    | st.text("ACGTNacgtnRYUu0123456789 \t\r\n>;-./*EX", max_size=200)
    | st.text(st.characters(), max_size=20).map(lambda noise: f">{noise}\nACGT{noise}")
)


@settings(deadline=None)
@given(PASTES)
def test_any_text_is_dna_or_a_domain_error(text: str) -> None:
    try:
        cleaned = clean_sequence(text)
    except DomainError as error:
        assert error.status in {400, 413}
        assert str(error).endswith(".")
    else:
        assert 1 <= len(cleaned.bases) <= MAX_BP
        assert set(cleaned.bases) <= set("ACGTN")
        assert clean_sequence(cleaned.bases).bases == cleaned.bases  # clean bases stay as they are
        assert "\n" not in cleaned.name


@settings(deadline=None)
@given(
    st.text("ACGT", min_size=1, max_size=300),
    st.integers(1, 80),
    st.sampled_from(["\n", "\r\n", "\r", "\n\n"]),
    st.booleans(),
    st.sampled_from(["", ">a name"]),
)
def test_layout_does_not_change_the_bases(bases: str, width: int, newline: str, numbered: bool, header: str) -> None:
    starts = range(0, len(bases), width)
    lines = [f"{i + 1:>9} " * numbered + bases[i : i + width].lower() for i in starts]
    cleaned = clean_sequence(newline.join([header, *lines, ""]))
    assert cleaned == CleanSequence(bases, header[1:], (NUMBERS,) if numbered else ())
