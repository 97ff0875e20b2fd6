"""`manage.py install_genome`: what is refused, in which sentence, and what it leaves behind."""

from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path

import pytest
from django.core.management import CommandError

from tests.assemblies import small_files as small
from tests.assemblies.flaky import Flaky, serving
from tests.assemblies.installing import ACGT, install, sequence_of, written
from webapp.loci.models import Assembly
from webapp.loci.services import get_assembly, resolve_locus

REFUSED = {
    "truncated-gzip": ("a.fa.gz", small.fasta_gz()[:-2_000], "ends in the middle of its compressed data"),
    "damaged-gzip": ("a.fa.gz", small.fasta_gz()[:2_000] + bytes(50) + small.fasta_gz()[2_050:], "is damaged"),
    "truncated-2bit": ("a.2bit", small.two_bit(ACGT)[:10_000], "no whole 2bit file"),
    "no-fasta": ("a.fa", b"Hello", "does not begin with “>”"),
    "empty": ("a.fa", b"", "holds no FASTA record"),
    "protein": ("a.fa", b">chr1\nMKLV*\n", "“L” is no letter of DNA"),
    "no-bases": ("a.fa", b">chr1\n>chr2\nACGT\n", "“chr1” has no bases"),
    "twice": ("a.fa", b">chr1\nAC\n>chr1\nGT\n", "has the record “chr1” twice"),
    "one-name-for-two": ("a.fa", b">chr1\nAC\n>1\nGT\n", "both go by “1”"),
    "no-base": ("a.fa", b">chr1\nAC=GT\n", "“=” is no letter of DNA"),
    "html": ("a.fa", b"<html>404</html>", "does not begin with “>”"),
}


@pytest.mark.parametrize(("name", "content", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_faulty_sequence_is_refused_in_a_sentence_and_leaves_nothing(
    tmp_path: Path, db: None, name: str, content: bytes, sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        install("mini", sequence=written(tmp_path, name, content))
    assert not Assembly.objects.exists()


BAD_GENES = {
    "no-columns": ("chr2 gene 1 2\n", "Line 1 of a.gtf is no line of a GTF or GFF3 file"),
    "backwards": ("chr2\tx\tgene\t20\t10\t.\t+\t.\tgene_id \"a\";\n", "Line 1 of a.gtf is no line"),
    "elsewhere": ("chr7\tx\texon\t1\t10\t.\t+\t.\tgene_id \"a\"; transcript_id \"b\";\n", "no gene on a chromosome of mini"),
    "unsorted": (
        "".join(f"{name}\tx\texon\t1\t10\t.\t+\t.\tgene_id \"a\"; transcript_id \"b\";\n" for name in ("chr2", "chrX", "chr2")),
        "Line 3 of a.gtf goes back to chr2; sort the file",
    ),
    "empty": ("# nothing\n", "holds no line of a GTF or GFF3 file"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), BAD_GENES.values(), ids=BAD_GENES)
def test_a_faulty_annotation_leaves_the_sequence_and_a_later_run_adds_genes(
    tmp_path: Path, db: None, text: str, sentence: str
) -> None:
    sequence, genes = written(tmp_path, "a.fa", small.fasta()), written(tmp_path, "a.gtf", text)
    with pytest.raises(CommandError, match=sentence):
        install("mini", sequence=sequence, annotation=genes)
    before = get_assembly("mini")
    assert (before.annotation, before.genes.count()) == ("", 0)
    assert sequence_of("mini", "chrX") == small.CHR_X
    written(tmp_path, "a.gtf", small.GTF)
    assert "reading sequences" not in install("mini", sequence=sequence, annotation=genes)
    assert get_assembly("mini").pk == before.pk
    assert resolve_locus(get_assembly("mini"), "abc1").label == "ABC1"


def test_the_second_time_nothing_is_done_and_another_file_has_to_be_meant(tmp_path: Path, db: None) -> None:
    sequence = written(tmp_path, "a.fa", small.fasta())
    install("mini", sequence=sequence)
    first = get_assembly("mini").pk
    assert install("mini", sequence=sequence) == "mini is installed\n"
    other = written(tmp_path, "b.fa", small.fasta({"chr1": small.CHR_X}))
    with pytest.raises(CommandError, match=r"mini is installed from another file, .*a\.fa; say --replace"):
        install("mini", sequence=other)
    assert get_assembly("mini").pk == first
    install("mini", sequence=other, replace=True)
    assert list(get_assembly("mini").chromosomes.values_list("name", flat=True)) == ["chr1"]


def test_replace_reads_the_same_file_again(tmp_path: Path, db: None) -> None:
    sequence = written(tmp_path, "a.fa", small.fasta())
    install("mini", sequence=sequence)
    written(tmp_path, "a.fa", small.fasta({"chr1": small.CHR_X}))
    install("mini", sequence=sequence, replace=True)
    assert list(get_assembly("mini").chromosomes.values_list("name", flat=True)) == ["chr1"]


def test_names_that_differ_in_case_alone_are_one(tmp_path: Path, db: None) -> None:
    sequence = written(tmp_path, "a.fa", small.fasta())
    install("Mini", sequence=sequence)
    with pytest.raises(CommandError, match="mini differs from Mini"):
        install("mini", sequence=sequence)
    Assembly.objects.create(name="mini", title="from before", organism="")
    assert [get_assembly(name).name for name in ("mini", "Mini")] == ["mini", "Mini"]


def test_a_genome_is_listed_and_removed_but_not_the_packaged_one(tmp_path: Path, db: None) -> None:
    install("mini", sequence=written(tmp_path, "a.fa", small.fasta()), title="Made")
    assert "mini\tMade\t3 sequences\t80,4" in install(show=True)
    assert install("mini", remove=True) == "mini is removed\n"
    assert not Assembly.objects.exists()
    Assembly.objects.create(name="sacCer3", title="yeast", organism="yeast")
    for options in ({"remove": True}, {"sequence": tmp_path / "a.fa", "replace": True}):
        with pytest.raises(CommandError, match="sacCer3 comes with this software"):
            install("sacCer3", **options)


def test_a_full_disk_is_said_before_anything_is_fetched(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1 << 40, 0, 2 << 30))
    with (
        serving(Flaky({})) as server,
        pytest.raises(CommandError, match=r"2,3\d\d MB are needed and 2,147 MB are free"),
    ):
        install("hg38", mirror=server.address)
    assert server.ranges == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Say which genome: hg38, hg19, mm10, hg19-mini"),
        (["dm6"], "“dm6” is none of hg38, hg19, mm10, hg19-mini; to install it from files"),
        (["a/b", "--sequence", "x.fa"], "“a/b” is no name of a genome"),
        (["mini", "--sequence", "/nowhere/x.fa"], "There is no file /nowhere/x.fa"),
    ],
)
def test_what_cannot_be_meant_is_said(db: None, arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        install(*arguments)


def test_an_address_that_leads_nowhere_is_said(db: None) -> None:
    with serving(Flaky({})) as server, pytest.raises(CommandError, match=r"a\.fa answered 404 .*check the address"):
        install("mini", sequence=f"{server.address}/a.fa")
