"""VCF written back with more INFO, and read again by pysam (htslib)."""

from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path

import pysam
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from predictor.api import (
    DomainError,
    InfoField,
    Interval,
    ReferenceGenome,
    Variant,
    VcfText,
    normalised,
    read_rows,
    read_upload,
    resolve,
    variant_text,
)

SCORE = InfoField("LS", "A", "Float", 'Score of "each" ALT')
NOTE = InfoField("LSN", "1", "String", "Note")
TEXT = (
    "##fileformat=VCFv4.2\n"
    "##contig=<ID=chrII,length=813184>\n"
    '##INFO=<ID=DP,Number=1,Type=Integer,Description="depth">\n'
    '##INFO=<ID=LS,Number=1,Type=String,Description="an older one">\n'
    '##FORMAT=<ID=GT,Number=1,Type=String,Description="genotype">\n'
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tone\ttwo\n"
    "chrII\t279021\tv1\tA\tT,G\t50\tPASS\tDP=7;LS=old\tGT\t0/1\t1/2\n"  # line 7
    "chrII\tnot a row\n"
    "chrII\t279030\t.\tT\t<DEL>\t.\t.\t.\tGT\t0/0\n"  # its last sample is missing
    "chrIV\t10\t.\tC\tA\t.\t.\t.\n"  # a contig that no line defines
)


def read(lines: list[str], path: Path) -> list[pysam.VariantRecord]:
    path.write_text("\n".join(lines) + "\n")
    with pysam.VariantFile(str(path)) as file:
        return list(file)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_vcf_comes_back_with_its_own_fields_and_ours(tmp_path: Path, pack, capfd: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    text = VcfText.of_upload(read_upload(pack(TEXT.encode()), "a.vcf"))
    values = {7: {"LS": [0.25, None], "LSN": ["a; b=c,100%"]}, 9: {"LS": [float("nan")]}, 10: {"LS": [-1e-9]}}
    lines = list(text.annotated([SCORE, NOTE], values.get))
    first, second, third = read(lines, tmp_path / "a.vcf")
    assert (first.id, first.pos, first.alts, first.qual, list(first.filter)) == (
        "v1",
        279_021,
        ("T", "G"),
        50,
        ["PASS"],
    )
    assert (first.info["DP"], first.info["LS"]) == (7, (0.25, None))
    assert first.info["LSN"] == "a%3B%20b%3Dc%2C100%25"  # VCF 4.3, section 1.2
    assert [sample["GT"] for sample in first.samples.values()] == [(0, 1), (1, 2)]
    assert second.alts == ("<DEL>",) and second.info["LS"] == (None,)
    assert third.chrom == "chrIV" and third.info["LS"][0] == pytest.approx(-1e-9)
    assert first.header.info["LS"].type == "Float" and first.header.info["LS"].number == "A"
    assert capfd.readouterr().err == ""  # htslib had nothing to say
    again = VcfText.of_upload(read_upload("\n".join(lines).encode(), "b.vcf"))
    numbers = [number for number, _ in again.body]
    renumbered = dict(zip(numbers, (values[7], values[9], values[10]), strict=True))
    assert list(again.annotated([SCORE, NOTE], renumbered.get)) == lines  # a second time changes nothing


def test_a_vcf_without_a_header_comes_back_with_one(tmp_path: Path) -> None:
    text = VcfText.of_upload(read_upload(b"chrII\t5\t.\tA\tT\nchrII\t6\t.\tA\tT\t.\t.\t.\tGT\t0/1\n", "a.vcf"))
    first, second = read(list(text.annotated([SCORE], {1: {"LS": [1.0]}}.get)), tmp_path / "a.vcf")
    assert (first.pos, first.info["LS"], "LS" in second.info, list(second.samples)) == (5, (1.0,), False, ["sample1"])


def test_lines_that_cannot_be_vcf_are_named_in_the_header(tmp_path: Path) -> None:
    lines = ["##fileformat=VCFv4.3", "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"]
    rows = [
        "chrII\tabc\t.\tA\tG\t.\t.\t.",
        "chrII\t7\t.\tA\tG\t.\t.\t.",
        "Dear diary,",
        "chrII\t9\t.\tC\t<DEL>\t.\t.\t.",
    ]
    text = VcfText.of_upload(read_upload("\n".join([*lines, *rows]).encode(), "a.vcf"))
    said = list(text.annotated([SCORE], {}.get))
    assert '##left_out="2 lines that cannot be VCF: 3, 5"' in said
    assert [record.pos for record in read(said, tmp_path / "a.vcf")] == [7, 9]


def test_a_table_becomes_a_new_vcf_in_the_order_of_the_genome(yeast: ReferenceGenome, tmp_path: Path) -> None:
    rows = list(read_rows(b"chrVI:54696:T>C\tthe start\nGAL1:c.1A>T\nchrII:279021:ATG>-\n", "a.txt"))
    variants = []
    for row in rows:
        assert not isinstance(row.variant, DomainError)
        variants.append((row.number, row.id, resolve(row.variant, yeast).variant))
    text = VcfText.of_variants(variants, yeast.lengths, "sacCer3")
    records = read(list(text.annotated([SCORE], {1: {"LS": [0.5]}}.get)), tmp_path / "a.vcf")
    assert [(r.chrom, r.pos, r.id, r.ref, r.alts) for r in records] == [
        ("chrII", 279_020, None, "AATG", ("A",)),
        ("chrII", 279_021, None, "A", ("T",)),
        ("chrVI", 54_696, "the_start", "T", ("C",)),
    ]
    assert records[2].info["LS"] == (0.5,)
    assert records[0].header.contigs["chrII"].length == 813_184
    with pytest.raises(DomainError, match="a table and not a VCF"):
        VcfText.of_upload(read_upload(b"chrII:279021:A>T", "a.txt"))


@settings(deadline=None, max_examples=30)
@given(st.data())
def test_variants_written_as_vcf_and_bcf_are_read_back(
    yeast: ReferenceGenome, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    variants = []
    for number in range(data.draw(st.integers(1, 8))):
        chromosome = data.draw(st.sampled_from(["chrI", "chrVI"]))
        start = data.draw(st.integers(0, yeast.lengths[chromosome] - 10))
        ref = yeast.fetch(Interval(chromosome, start, start + data.draw(st.integers(1, 5))))
        alt = data.draw(st.text("ACGT", max_size=5).filter(lambda alt, ref=ref: alt != ref))
        variants.append((number, f"v{number}", normalised(Variant(chromosome, start, ref, alt), yeast.fetch)))
    text = VcfText.of_variants(variants, yeast.lengths, "sacCer3")
    lines = list(text.annotated([SCORE], {number: {"LS": [float(number)]} for number, *_ in variants}.get))
    folder = tmp_path_factory.mktemp("vcf")
    records = read(lines, folder / "a.vcf")
    assert {r.id: r.info["LS"][0] for r in records} == {name: float(number) for number, name, _ in variants}
    with pysam.VariantFile(str(folder / "a.bcf"), "wb", header=records[0].header) as file:
        for record in records:
            file.write(record)
    expected = {name: variant_text(variant) for _, name, variant in variants}
    for name in ("a.vcf", "a.bcf"):
        found = {}
        for row in read_rows((folder / name).read_bytes(), name):
            assert not isinstance(row.variant, DomainError)
            found[row.id] = variant_text(resolve(row.variant, yeast).variant)
        assert found == expected


def test_an_info_key_is_a_word() -> None:
    with pytest.raises(ValueError, match="not an INFO key"):
        InfoField("two words", "1", "Float", "")


def test_a_file_of_many_samples_is_taken_apart_line_by_line() -> None:
    """80 rows of 20,000 samples are 6 MB of text, and of cells kept at once would be 96 MB."""
    row = "chrII\t5\t.\tA\tT\t.\t.\t.\tGT" + "\t0/1" * 20_000
    text = VcfText((), "", tuple((number, row) for number in range(80)))
    tracemalloc.start()
    assert sum(1 for _ in text.annotated([SCORE], lambda number: {"LS": [float(number)]})) == 80 + 4
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6
