"""Files that people bring: every format, what is wrong with others, whose they are, links that lend them, room and time."""

from __future__ import annotations

import errno
import gzip
import io
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyBigWig
import pysam
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests.api.people import alice, bob, finished, person, share
from tests.predictions.making import CHROMOSOMES, random_dna
from webapp.loci.models import Assembly
from webapp.predictions.sweep import round_done
from webapp.userfiles import cleaning, storage
from webapp.userfiles.cleaning import sweep
from webapp.userfiles.models import UserFile

__all__ = ["alice", "bob"]

API = "/api/v1"
LENGTH = CHROMOSOMES["chrII"]
BED = b"track name=x\nII\t300\t400\tb\t5\t-\nchrII\t100\t200\ta\t1\t+\n"
GFF = b"##gff-version 3\nNC_001134.8\tme\tgene\t101\t200\t.\t+\t.\tID=g;Name=g\nBK006936\tme\texon\t101\t150\t.\t+\t.\tParent=g\n"
GTF = b'II\tme\texon\t101\t200\t.\t+\t.\tgene_id "g"; transcript_id "t";\n'
VCF = b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\nchr2\t150\t.\tA\tG,<DEL>\t.\t.\t.\n"
BEDGRAPH = b"chrII 100 200 2.5\nchrII\t200\t300\t1e-3\n"


@pytest.fixture(autouse=True)
def _places(genome: Assembly, tmp_path: Path, settings: Settings) -> None:
    settings.HOME = tmp_path / "home"


def bring(client: Client, content: bytes, name: str = "mine.bed", status: int = 201) -> dict[str, Any]:
    answer = client.post(f"{API}/files", {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == status, answer.content
    return dict(answer.json())


def read(client: Client, path: str, status: int = 200, **headers: str) -> bytes:
    answer = client.get(path, headers=headers)
    assert answer.status_code == status, (answer.status_code, path)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return bytes(body)


def bigwig(path: Path, lengths: dict[str, int], value: float = 3.0) -> bytes:
    file = pyBigWig.open(str(path), "w")
    file.addHeader(list(lengths.items()))
    name = next(iter(lengths))
    file.addEntries([name] * 200, list(range(100, 300)), ends=list(range(101, 301)), values=[value] * 200)
    file.close()
    return path.read_bytes()


def bam(path: Path, lengths: dict[str, int], starts: tuple[int, ...] = (300, 100)) -> bytes:
    header = {"HD": {"VN": "1.6"}, "SQ": [{"SN": name, "LN": length} for name, length in lengths.items()]}
    with pysam.AlignmentFile(str(path), "wb", header=header) as file:
        for start in starts:
            one = pysam.AlignedSegment(file.header)
            one.query_name, one.query_sequence, one.flag, one.reference_id = f"r{start}", "ACGT" * 5, 0, 0
            one.reference_start, one.mapping_quality, one.cigarstring = start, 60, "20M"
            one.query_qualities = pysam.qualitystring_to_array("I" * 20)
            file.write(one)
    return path.read_bytes()


def nothing_left() -> bool:
    return [path.name for path in storage.folder().rglob("*") if path.name != "incoming"] == []


@pytest.mark.parametrize(
    ("content", "kind", "served", "chromosomes"),
    [
        (BED, "BED", "bed", ["chrII", "chrII"]),
        (gzip.compress(BED), "BED", "bed", ["chrII", "chrII"]),
        (GFF, "GFF3", "gff3", ["chrII", "chrII"]),
        (GTF, "GTF", "gtf", ["chrII"]),
        (VCF, "VCF", "vcf", ["chrII"]),
    ],
)
def test_text_is_sorted_indexed_and_named_as_the_genome(
    alice: Client, tmp_path: Path, content: bytes, kind: str, served: str, chromosomes: list[str]
) -> None:
    file = bring(alice, content, "no name that tells.txt")
    assert (file["kind"], file["format"], file["mine"]) == (kind, served, True)
    (tmp_path / "x.gz").write_bytes(read(alice, file["url"]))
    (tmp_path / "x.gz.tbi").write_bytes(read(alice, file["index"]))
    with pysam.TabixFile(str(tmp_path / "x.gz")) as found:
        rows = [row.split("\t") for row in found.fetch("chrII", 0, LENGTH)]
    assert [row[0] for row in rows] == chromosomes
    if kind == "BED":
        assert [row[3] for row in rows] == ["a", "b"]  # by place


def test_a_bedgraph_becomes_a_bigwig(alice: Client, tmp_path: Path) -> None:
    file = bring(alice, BEDGRAPH, "x.bedgraph")
    assert (file["kind"], file["format"], file["index"]) == ("bedGraph", "bigwig", None)
    (tmp_path / "x.bw").write_bytes(read(alice, file["url"]))
    with pyBigWig.open(str(tmp_path / "x.bw")) as found:
        assert found.intervals("chrII") == ((100, 200, 2.5), (200, 300, pytest.approx(1e-3)))


def test_a_bigwig_stays_as_it_is_and_says_what_it_calls_the_chromosomes(alice: Client, tmp_path: Path) -> None:
    content = bigwig(tmp_path / "mine.bw", {"II": LENGTH})
    file = bring(alice, content, "mine.bed")
    assert (file["kind"], file["aliases"]) == ("bigWig", {"chrII": "II"})
    assert read(alice, file["url"]) == content


def test_a_bam_is_sorted_and_indexed_here(alice: Client, tmp_path: Path) -> None:
    file = bring(alice, bam(tmp_path / "mine.bam", {"chrII": LENGTH}), "mine.bam")
    assert (file["kind"], file["format"]) == ("BAM", "bam")
    (tmp_path / "x.bam").write_bytes(read(alice, file["url"]))
    (tmp_path / "x.bam.bai").write_bytes(read(alice, file["index"]))
    with pysam.AlignmentFile(str(tmp_path / "x.bam")) as found:
        assert [one.reference_start for one in found.fetch("chrII", 0, 1000)] == [100, 300]


def test_lines_on_unknown_chromosomes_are_left_out_and_counted(alice: Client) -> None:
    assert bring(alice, BED + b"2-micron\t1\t2\n")["skipped"] == 1


@pytest.mark.parametrize(
    ("content", "name", "code", "words"),
    [
        (b"", "x.bed", "empty", "“x.bed” is empty."),
        (b"# only this\n", "x.bed", "no_lines", "nothing to draw"),
        (bytes(range(256)) * 40, "x.bed", "binary", "in no format that is known"),
        (b"hello\nworld\n", "x.bed", "unknown_format", "begins with “hello”"),
        (gzip.compress(BED * 500)[:-30], "x.bed.gz", "truncated_gzip", "in the middle"),
        (gzip.compress(BED * 500)[:30] + b"\xff" * 300, "x.bed.gz", "broken_gzip", "damaged"),
        (b"chrII\t100\t50\n", "x.bed", "bad_line", "Line 1 of “x.bed” is not BED"),
        (b"chrII\t1\t2\nchrII\t1\n", "x.bed", "bad_line", "Line 2"),
        (f"chrII\t1\t{LENGTH + 1}\n".encode(), "x.bed", "past_end", "another assembly"),
        (b"chr99\t1\t2\nscaffold_7\t1\t2\n", "x.bed", "no_known_name", "None of the chromosomes of “x.bed” (chr99, scaffold_7)"),
        (b"chrII 1 9 1\nchrII 5 12 2\n", "x", "overlap", "overlap at chrII:6"),
        (b"<!DOCTYPE html><p>", "x.bw", "is_page", "web page"),
        (b"CRAM\x03\x00", "x.cram", "is_cram", "samtools"),
        (b"fixedStep chrom=chrII start=1 step=1\n1\n", "x.wig", "is_wig", "bigWig"),
        (b"PK\x03\x04abc", "x.xlsx", "is_archive", "archive"),
        (b"@HD\tVN:1.6\n", "x.sam", "is_sam", "BAM"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_a_sentence_and_nothing_stays(
    alice: Client, content: bytes, name: str, code: str, words: str
) -> None:
    error = bring(alice, content, name, status=422)["error"]
    assert error["code"] == code
    assert words in error["message"]
    assert error["message"].endswith(".")
    assert nothing_left()
    assert alice.get(f"{API}/files").json() == []


@pytest.mark.parametrize("cut", [0.3, 0.6, 0.95])
def test_a_bigwig_or_bam_that_was_cut_off_is_refused(alice: Client, tmp_path: Path, cut: float) -> None:
    whole = bigwig(tmp_path / "a.bw", {"chrII": LENGTH})
    assert bring(alice, whole[: int(len(whole) * cut)], "a.bw", status=422)["error"]["code"] in {"truncated", "broken"}
    reads = bam(tmp_path / "a.bam", {"chrII": LENGTH}, tuple(range(100, 900)))
    error = bring(alice, reads[: int(len(reads) * cut)], "a.bam", status=422)["error"]
    assert error["code"] in {"truncated", "truncated_gzip"}
    assert nothing_left()


def test_a_bigwig_of_another_assembly_is_refused(alice: Client, tmp_path: Path) -> None:
    error = bring(alice, bigwig(tmp_path / "a.bw", {"chrII": 242_193_529}), "a.bw", status=422)["error"]
    assert "242,193,529 bp" in error["message"]
    assert "another assembly" in error["message"]


def test_text_may_not_swell_without_end(alice: Client, settings: Settings) -> None:
    settings.USER_FILE_MB = 1
    error = bring(alice, gzip.compress(BED * 100_000), "x.bed.gz", status=422)["error"]
    assert error["code"] == "unpacked_too_large"
    assert nothing_left()


def test_a_file_is_its_owners_alone(alice: Client, bob: Client) -> None:
    file = bring(alice, BED)
    assert [one["id"] for one in alice.get(f"{API}/files").json()] == [file["id"]]
    for other in (bob, Client()):
        for path in (f"{API}/files/{file['id']}", file["url"], file["index"]):
            read(other, path, status=404)
        assert other.delete(f"{API}/files/{file['id']}").status_code == 404
        assert other.get(f"{API}/files").json() == []
    read(alice, f"{API}/files/{uuid.uuid4()}", status=404)
    read(alice, f"{API}/files/nonsense/content", status=404)


def test_ranges_are_served_and_nothing_is_a_page(alice: Client) -> None:
    file = bring(alice, BED, "<b>é.html")
    whole = read(alice, file["url"])
    assert read(alice, file["url"], 206, range="bytes=2-9") == whole[2:10]
    assert read(alice, file["url"], 206, range="bytes=-5") == whole[-5:]
    read(alice, file["url"], 416, range=f"bytes={len(whole)}-")
    head = alice.head(file["url"])
    for close in head._resource_closers:  # a server does; head.close() would close the test's database too
        close()
    assert int(head.headers["Content-Length"]) == len(whole)
    said = head.headers
    assert said["Content-Type"] == "application/octet-stream"
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["Content-Disposition"].startswith("attachment")
    assert "sandbox" in said["Content-Security-Policy"]
    assert read(alice, file["url"], 206, range="bytes=0-1", if_range=said["ETag"]) == whole[:2]
    assert read(alice, file["url"], 200, range="bytes=0-1", if_range='"other"') == whole
    read(alice, file["url"], 304, if_none_match=said["ETag"])


def test_a_link_lends_the_file_of_its_view_and_nothing_else(alice: Client, bob: Client) -> None:
    shown, other = bring(alice, BED, "shown.bed"), bring(alice, BED, "other.bed")
    state = {"files": [{"id": shown["id"], "name": "shown.bed"}]}
    link = share(alice, prediction=finished(alice), state=state)
    key = f"?view={link['token']}"
    assert link["state"]["files"] == state["files"]
    for path in (f"{API}/files/{shown['id']}", shown["url"], shown["index"]):
        read(bob, path + key)
        read(bob, path, status=404)
        read(bob, path.replace(shown["id"], other["id"]) + key, status=404)
    said = bob.get(f"{API}/files/{shown['id']}{key}").json()
    assert (said["mine"], said["source"]) == (False, "")
    assert bob.delete(f"{API}/files/{shown['id']}{key}").status_code == 404

    # Bob's own link names it too, and opens nothing.
    theirs = share(bob, prediction=finished(bob, sequence=random_dna(901)), state=state)
    read(person("c"), f"{shown['url']}?view={theirs['token']}", status=404)

    assert alice.delete(f"{API}/views/{link['token']}").status_code == 200
    read(bob, shown["url"] + key, status=404)


def test_a_removed_file_is_gone_for_links_too_and_can_be_taken_back(alice: Client, bob: Client) -> None:
    file = bring(alice, BED)
    link = share(alice, prediction=finished(alice), state={"files": [{"id": file["id"]}]})
    by_link = f"{file['url']}?view={link['token']}"
    read(bob, by_link)
    assert alice.delete(f"{API}/files/{file['id']}").status_code == 200
    read(bob, by_link, status=404)
    assert alice.get(f"{API}/files").json() == []
    back = alice.patch(f"{API}/files/{file['id']}", {"removed": False}, content_type="application/json")
    assert back.status_code == 200
    read(bob, by_link)


def test_the_sweep_deletes_what_is_over_and_what_was_left(
    alice: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    over, removed, kept = (bring(alice, BED, f"{name}.bed")["id"] for name in ("over", "removed", "kept"))
    now = timezone.now()
    UserFile.objects.filter(id=over).update(expires=now - timedelta(seconds=1))
    UserFile.objects.filter(id=removed).update(removed=now - timedelta(hours=2))
    stray = storage.folder() / "incoming" / "stray"
    stray.mkdir()
    read(alice, f"{API}/files/{over}/content", status=404)
    monkeypatch.setattr(cleaning, "_last", float("-inf"))
    with django_capture_on_commit_callbacks(execute=True):
        round_done.send(None)
    assert [str(file.id) for file in UserFile.objects.all()] == [kept]
    assert {path.name for path in storage.folder().iterdir()} == {"incoming", kept.replace("-", "")}
    assert stray.exists()  # perhaps somebody's at this moment
    monkeypatch.setattr(storage, "_STALE_SECONDS", -60.0)
    sweep()
    assert not stray.exists()
    read(alice, f"{API}/files/{kept}/content")


def test_a_file_that_is_too_large_is_refused_before_it_is_read(alice: Client, settings: Settings) -> None:
    settings.USER_FILE_MB = 1
    answer = bring(alice, b"x" * (3 << 20), status=413)["error"]
    assert answer["message"] == "The file is larger than 1 MB; bring a part of it."
    assert bring(alice, b"x" * ((1 << 20) + 10), status=413)["error"]["code"] == "file_too_large"
    assert nothing_left()


def test_a_visitor_has_a_quota_and_the_server_too(alice: Client, bob: Client, settings: Settings) -> None:
    settings.USER_FILES_MB = 1
    first = bring(alice, BED)
    UserFile.objects.filter(id=first["id"]).update(size=1 << 20)
    error = bring(alice, BED, status=413)["error"]
    assert error["code"] == "quota_full"
    assert "remove some" in error["message"]
    bring(bob, BED)
    settings.ALL_USER_FILES_MB = 1
    assert bring(bob, BED, status=507)["error"]["code"] == "all_full"
    alice.delete(f"{API}/files/{first['id']}")  # what was removed makes room
    assert bring(alice, BED)["mine"]


def test_a_full_disk_is_said(alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.lib.room.SPARE_BYTES", 1 << 60)
    assert bring(alice, BED, status=507)["error"]["code"] == "disk_full"
    assert nothing_left()


def test_a_disk_that_fills_up_meanwhile_is_said(alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(storage, "keep", full)
    error = bring(alice, BED, status=507)["error"]
    assert (error["code"], error["message"][:9]) == ("disk_full", "The disk ")
    assert nothing_left()
    assert not UserFile.objects.exists()


def test_forms_of_other_sites_and_broken_ones_are_refused(alice: Client) -> None:
    form = {"file": SimpleUploadedFile("x.bed", BED)}
    assert alice.post(f"{API}/files", form, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert alice.post(f"{API}/files", {"file": "text"}).json()["error"]["code"] == "no_file"
    assert alice.post(f"{API}/files", {"a": 1}, content_type="application/json").status_code == 422
    assert alice.post(f"{API}/files?genome=hg99", {"file": io.BytesIO(BED)}).status_code == 404


def test_what_crashes_the_reader_is_a_sentence(
    alice: Client, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.PREPARE_SECONDS = 0.001
    assert bring(alice, BED, status=422)["error"]["code"] == "too_slow"
    assert nothing_left()


def test_many_lines_are_sorted_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from webapp.userfiles import sorting

    monkeypatch.setattr(sorting, "_MEMORY_BYTES", 50)
    sorter = sorting.Sorter(tmp_path / "part")
    places = [(number * 7919) % 100 for number in range(100)]
    for number, place in enumerate(places):
        sorter.add(0, place, f"{place}\t{number}")
    assert list(tmp_path.iterdir())
    assert [line.split("\t")[0] for line in sorter.lines()] == [str(place) for place in range(100)]
    assert not list(tmp_path.iterdir())


def test_the_schema_tells_of_it(client: Client) -> None:
    paths = client.get(f"{API}/openapi.json").json()["paths"]
    assert {"multipart/form-data", "application/json"} == set(paths[f"{API}/files"]["post"]["requestBody"]["content"])
    assert f"{API}/files/{{file_id}}/content" in paths
