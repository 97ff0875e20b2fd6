"""Files of variants: each row read or refused on its own, and what no row can be read from."""

from __future__ import annotations

import gzip
import itertools
import random
import time
import tracemalloc
from pathlib import Path

import pysam
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from predictor.api import (
    DomainError,
    ReferenceGenome,
    Row,
    VcfText,
    read_rows,
    read_upload,
    resolve,
    upload_rows,
    variant_text,
)

HEADER = (
    "##fileformat=VCFv4.2\n##contig=<ID=chrII,length=813184>\n"
    '##INFO=<ID=DP,Number=1,Type=Integer,Description="depth">\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n'
)
GOOD = "chrII\t279021\tv1\tA\tT\t50\t.\tDP=7\n"


def said(rows: list[Row], yeast: ReferenceGenome) -> list[tuple[int, int, str, str]]:
    """(line, allele, id, normal form or the error's code)."""
    answers = []
    for row in rows:
        try:
            if isinstance(row.variant, DomainError):
                raise row.variant
            answer = variant_text(resolve(row.variant, yeast).variant)
        except DomainError as error:
            answer = error.code
        answers.append((row.number, row.allele, row.id, answer))
    return answers


def test_each_row_of_a_vcf_is_read_on_its_own(yeast: ReferenceGenome) -> None:
    body = (
        GOOD  # line 5
        + "II\t279021\t.\tA\tT,G,<DEL>,*\t.\t.\t.\n"
        + "chrII\t279021\n"
        + "chrII\tx\t.\tA\tT\t.\t.\t.\n"
        + "chrII\t0\t.\tA\tT\t.\t.\t.\n"
        + "chrII\t279021\t.\tA\t.\t.\t.\t.\n"  # 10: ref only
        + "chrII\t279021\t.\t.\tT\t.\t.\t.\n"
        + "chrII\t279021\t.\tA\tN[chrIV:5[\t.\t.\t.\n"
        + "chrII\t279021\t.\tC\tT\t.\t.\t.\n"
        + "chr77\t1\t.\tC\tT\t.\t.\t.\n"
        + "\n"
        + "chrII 279018 del TAA TA\n"  # 16: spaces in place of tabs
        + "\x0bjunk\x1c of a line\n"
        + GOOD.rstrip("\n")
    )
    assert said(list(read_rows((HEADER + body).encode(), "a.vcf")), yeast) == [
        (5, 1, "v1", "chrII:279021:A>T"),
        (6, 1, "", "chrII:279021:A>T"),
        (6, 2, "", "chrII:279021:A>G"),
        (6, 3, "", "symbolic_allele"),
        (6, 4, "", "spanning_deletion"),
        (7, 1, "", "bad_row"),
        (8, 1, "", "bad_position"),
        (9, 1, "", "bad_position"),
        (10, 1, "", "no_alt"),
        (11, 1, "", "bad_row"),
        (12, 1, "", "breakend"),
        (13, 1, "", "wrong_reference"),
        (14, 1, "", "unknown_chromosome"),
        (16, 1, "del", "wrong_reference"),  # 279,018 to 279,020 is ATA
        (17, 1, "", "bad_row"),
        (18, 1, "v1", "chrII:279021:A>T"),
    ]


def test_a_vcf_without_its_header_is_read(yeast: ReferenceGenome) -> None:
    assert said(list(read_rows(GOOD.encode(), "a.vcf")), yeast) == [(1, 1, "v1", "chrII:279021:A>T")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chrII:279021:A>T\nGAL1:c.1A>T\n", ["chrII:279021:A>T"] * 2),
        ("# mine\n\nchrII:279,021:A>T\tfirst\r\nnonsense\r\n", ["chrII:279021:A>T", "bad_variant"]),
        ("chrII\t279021\tA\tT\tv1\n", ["chrII:279021:A>T"]),
        ("chrII\t279021\tv1\tA\tT\n", ["chrII:279021:A>T"]),
        ("chrII 279021 A T\nchrII,279021,A,G\nII;279,021;A;C", [f"chrII:279021:A>{alt}" for alt in "TGC"]),
        ("\ufeffCHROM,POS,REF,ALT\r\nchrII,279021,A,T\r\n", ["chrII:279021:A>T"]),
        ('alt,ref,pos,chr\n"T,G",A,"279,021",chrII\n', ["chrII:279021:A>T", "chrII:279021:A>G"]),
        ("#chrom pos ref alt\n2 279021 A T\n2 279021 A\n", ["chrII:279021:A>T", "no_alt"]),
        ("name,variant\nv1,NC_001134.8:279020:A:T\n", ["chrII:279021:A>T"]),
        ("variant_id\nchrII:279021:A>T\n", ["chrII:279021:A>T"]),
        ("chrII:1,111,279,021:A>T", ["past_end"]),  # commas of a number, not of a table
        ("chrII:279,021:A>T,G", ["chrII:279021:A>T", "chrII:279021:A>G"]),
        ("chrII-279021-A-T, G\tfirst", ["chrII:279021:A>T", "chrII:279021:A>G"]),
        ("chrII:279021:A>T,<DEL>", ["chrII:279021:A>T", "symbolic_allele"]),
        ("chrII:279021:A>T, chrII:279022:T>C", ["bad_variant"]),
        ("chrom\tpos\talt\nchrII\t279021\tT\n", ["chrII:279021:A>T"]),  # REF is filled in
    ],
)
def test_tables_of_many_kinds(yeast: ReferenceGenome, text: str, expected: list[str]) -> None:
    for data in (text.encode(), gzip.compress(text.encode()), text.lstrip("\ufeff").encode("utf-16")):
        assert [answer for *_, answer in said(list(read_rows(data, "mine.txt")), yeast)] == expected


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.vcf", "empty_file"),
        (b"\n \n", "a.txt", "empty_file"),
        (gzip.compress(b"", mtime=0), "a.vcf.gz", "empty_file"),
        (b"\x1f\x8bnothing", "a.vcf.gz", "bad_gzip"),
        (b"BCF\x02\x02 nothing", "a.bcf", "bad_bcf"),
        (bytes(range(256)), "a.vcf", "not_text"),
        ("chrII:1:A>T".encode("utf-16-le"), "a.txt", "not_text"),  # without a mark of its order
        (b"\xff\xfeA", "a.txt", "not_text"),
        (b"PK\x03\x04workbook", "a.xlsx", "not_text"),
        (b"chrom,pos,ref\nchrII,1,A\n", "a.csv", "no_alt_column"),
    ],
)
def test_a_file_of_which_nothing_can_be_read_is_refused_at_once(data: bytes, name: str, code: str) -> None:
    with pytest.raises(DomainError) as caught:
        read_rows(data, name)
    assert caught.value.code == code


def test_a_header_alone_has_no_rows() -> None:
    assert list(read_rows(HEADER.encode(), "a.vcf")) == []


def test_plain_text_named_gz_is_read(yeast: ReferenceGenome) -> None:
    assert len(list(read_rows((HEADER + GOOD).encode(), "a.vcf.gz"))) == 1


def test_the_rows_before_a_break_are_kept_and_the_broken_one_is_not_trusted() -> None:
    rng = random.Random(1)
    body = "".join(f"chrII\t{rng.randrange(1, 800_000)}\tv{i}\tA\tT\t.\t.\t.\n" for i in range(2000))
    packed = gzip.compress((HEADER + body).encode())
    rows = list(read_rows(packed[: len(packed) // 2], "a.vcf.gz"))
    assert 500 < len(rows) < 1500
    assert [row.id for row in rows[:-1]] == [f"v{i}" for i in range(len(rows) - 1)]
    assert isinstance(rows[-1].variant, DomainError) and "breaks off here" in str(rows[-1].variant)


@pytest.mark.parametrize(("name", "mode"), [("a.vcf", "w"), ("a.vcf.gz", "wz"), ("a.bcf", "wb"), ("raw.bcf", "wb0")])
def test_what_pysam_writes_is_read(tmp_path: Path, name: str, mode: str) -> None:
    """20,000 rows are several bgzf blocks of 64 KiB."""
    header = pysam.VariantHeader()
    header.contigs.add("chrII", length=813_184)
    path = tmp_path / name
    with pysam.VariantFile(str(path), mode, header=header) as file:
        for i in range(20_000):
            file.write(header.new_record("chrII", i, i + 1, ("A", "T", "ACG"), f"v{i}"))
    rows = list(read_rows(path.read_bytes(), name))
    assert [(row.id, row.allele) for row in rows] == [(f"v{i}", allele) for i in range(20_000) for allele in (1, 2)]
    assert all(not isinstance(row.variant, DomainError) for row in rows)
    assert rows[-1].given_text == "chrII:20000:A>ACG"
    if name == "a.bcf":
        broken = list(read_rows(path.read_bytes()[: path.stat().st_size // 2], name))
        assert isinstance(broken[-1].variant, DomainError) and "breaks off" in str(broken[-1].variant)
        assert [row.given_text for row in broken[:-1]] == [row.given_text for row in rows[: len(broken) - 1]]


def test_a_small_file_cannot_swell_to_more_than_the_memory_there_is() -> None:
    """40 KB that unpack to 40 MB of empty lines, and 70 KB that unpack to 70 MB of one."""
    for text, sentence in ((b"\n" * 40_000_000, "200,000 lines"), (b"A" * 70_000_000, "64 MB")):
        packed = gzip.compress(text)
        tracemalloc.start()
        with pytest.raises(DomainError, match=sentence) as caught:
            read_upload(packed, "a.vcf.gz")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert (caught.value.code, caught.value.status) == ("file_too_large", 413)
        assert peak < 180e6


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_whatever_ends_them(end: str) -> None:
    assert len(read_upload(("x" + end).encode() * 200_000, "a.txt").lines) == 200_000
    with pytest.raises(DomainError, match="more than 200,000 lines"):
        read_upload(("x" + end).encode() * 200_001, "a.txt")


def test_the_lines_of_a_bcf_are_counted_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header = pysam.VariantHeader()
    header.contigs.add("chrII", length=813_184)
    path = tmp_path / "a.bcf"
    with pysam.VariantFile(str(path), "wb", header=header) as file:
        for i in range(100):
            file.write(header.new_record("chrII", i, i + 1, ("A", "T"), f"v{i}"))
    monkeypatch.setattr("predictor.variants.upload.MAX_LINES", 99)
    with pytest.raises(DomainError, match="more than 99 lines"):
        read_upload(path.read_bytes(), "a.bcf")
    monkeypatch.setattr("predictor.variants.upload.MAX_LINES", 1000)
    monkeypatch.setattr("predictor.variants.upload.MAX_TEXT_BYTES", 1000)
    with pytest.raises(DomainError, match="unpacks to over"):
        read_upload(path.read_bytes(), "a.bcf")


def test_a_ref_that_is_too_long_is_refused_once_and_not_for_each_alt() -> None:
    line = f"chrII\t1\tv1\t{'A' * 20_001}\t" + ",".join(["T"] * 1_000)
    (row,) = read_rows(line.encode(), "a.vcf")
    assert isinstance(row.variant, DomainError) and row.variant.code == "allele_too_long"
    assert (row.number, row.id, row.allele) == (1, "v1", 1) and len(row.given_text) <= 200
    assert "20,001 bp" in str(row.variant)
    assert len(list(read_rows(line.replace("AA", "A", 1).encode(), "a.vcf"))) == 1_000


@pytest.mark.parametrize("line", ["chrII\t1\t.\tA\tC" + "," * 20_000_000, "," * 20_000_000, " x" * 10_000_000])
def test_a_line_of_nothing_but_marks_is_not_cut_at_each(line: str) -> None:
    lines = read_upload(line.encode(), "a.txt")
    tracemalloc.start()
    list(itertools.islice(upload_rows(lines), 10))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 130e6


@settings(deadline=None, max_examples=200)
@given(
    st.binary(max_size=80) | st.text("\t, \n#chrII10ACGT<>*.:;\"'[]-x", max_size=80).map(str.encode),
    st.sampled_from(["a.vcf", "a.txt"]),
)
def test_any_bytes_give_rows_or_a_sentence(data: bytes, name: str) -> None:
    for packed in (data, gzip.compress(data)):
        try:
            rows = list(read_rows(packed, name))
        except DomainError as error:
            assert str(error)
            continue
        assert [row.number for row in rows] == sorted(row.number for row in rows)
        if name == "a.vcf":
            assert list(VcfText.of_upload(read_upload(packed, name)).annotated([], {}.get))


def test_100_000_rows_are_read_in_seconds() -> None:
    body = "".join(f"chrII\t{i}\tv{i}\tA\tT\t50\tPASS\tDP=7\n" for i in range(1, 100_001))
    began = time.process_time()
    assert (
        sum(not isinstance(row.variant, DomainError) for row in read_rows((HEADER + body).encode(), "a.vcf")) == 100_000
    )
    assert time.process_time() - began < 10
