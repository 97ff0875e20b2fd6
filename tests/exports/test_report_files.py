"""People's own files in a report: what each kind has there, how much of it, and whose it must be."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from tests.api.people import alice, bob, share
from tests.api.test_userfiles import GFF, VCF, bam, bigwig, bring
from tests.exports.test_hub import placed
from tests.exports.test_report import data_of, unpacked
from tests.exports.test_signal_files import START, body
from tests.predictions.making import CHROMOSOMES
from webapp.predictions.models import Prediction
from webapp.userfiles import excerpt
from webapp.userfiles.models import UserFile
from webapp.userfiles.storage import content_of

__all__ = ["alice", "bob", "placed"]
LENGTH = CHROMOSOMES["chrII"]


def report(client: Client, found: Prediction, *ids: str, view: str = "") -> str:
    answer = client.get(f"/api/v1/predictions/{found.id}/report.html?files={','.join(ids)}&view={view}")
    assert answer.status_code == 200, answer.content
    return body(answer).decode()


def rows(page: str, file: str) -> tuple[dict[str, object], list[list[str]]]:
    (track,) = [one for one in data_of(page)["sessions"]["all"]["tracks"] if one.get("id") == f"file:{file}"]
    return track, [line.split("\t") for line in unpacked(track["url"]).splitlines()]


def test_each_kind_of_file_is_drawn_where_something_was_predicted(
    alice: Client, placed: Prediction, tmp_path: Path
) -> None:
    at = START + 1000
    bed = f"chrII\t{at}\t{at + 50}\tmine & <yours>\nchrII\t1\t9\tfar\n".encode()
    signal = f"chrII {at} {at + 8} 2\nchrII {at + 8} {at + 12} 6\n".encode()
    files = {
        "bed": bring(alice, bed, "mine & <yours>.bed"),
        "bedgraph": bring(alice, signal, "signal.bedgraph"),
        "vcf": bring(alice, VCF.replace(b"\t150\t", f"\t{at}\t".encode()), "some.vcf"),
        "gff3": bring(alice, GFF.replace(b"\t101\t", f"\t{at}\t".encode()).replace(b"\t200\t", f"\t{at + 99}\t".encode())
                      .replace(b"\t150\t", f"\t{at + 49}\t".encode()), "genes.gff"),
        "bam": bring(alice, bam(tmp_path / "x.bam", {"II": LENGTH}, (at, at + 10)), "reads.bam"),
    }  # fmt: skip
    page = report(alice, placed, *(file["id"] for file in files.values()))
    assert "mine &amp; &lt;yours&gt;.bed (BED); signal.bedgraph (bedGraph)" in page
    assert "<yours>" not in page
    assert "script-src 'nonce-" in page  # a name's markup runs nothing
    track, lines = rows(page, files["bed"]["id"])
    assert (track["type"], track["name"]) == (
        "annotation",
        "mine &amp; &lt;yours&gt;.bed",
    )  # igv.js takes names as markup
    assert lines == [["chrII", str(at), str(at + 50), "mine & <yours>"]]  # what is elsewhere stays out
    track, lines = rows(page, files["bedgraph"]["id"])
    # Bases at and after START + 1000 in steps of 4 bp: two of 2, one of 6.
    assert [[int(start), int(end), float(value)] for _, start, end, value in lines] == [
        [at, at + 8, 2.0],
        [at + 8, at + 12, 6.0],
    ]
    track, lines = rows(page, files["vcf"]["id"])
    assert track["type"] == "variant" and lines[0][0].startswith("##fileformat") and lines[-1][:2] == ["chrII", str(at)]
    track, lines = rows(page, files["gff3"]["id"])
    assert {line[2] for line in lines} == {"gene", "exon"}
    track, lines = rows(page, files["bam"]["id"])
    assert track["name"] == "reads.bam, reads over each base" and track["type"] == "wig"
    # 20 bases each from at and at + 10: steps 0-2 one read, the third half of each, then two, and one again.
    assert sum((int(end) - int(start)) * float(value) for _, start, end, value in lines) == 40
    assert max(float(line[3]) for line in lines) == 2


def test_a_file_with_more_rows_than_a_report_holds_says_so(alice: Client, placed: Prediction) -> None:
    count = excerpt.MOST_ROWS + 5
    file = bring(alice, "".join(f"chrII\t{START + n}\t{START + n + 9}\tr{n}\n" for n in range(count)).encode())
    page = report(alice, placed, file["id"])
    assert len(rows(page, file["id"])[1]) == excerpt.MOST_ROWS
    assert "Of “mine.bed” the first 2,000 rows are drawn here." in page


def test_a_signal_that_calls_its_chromosomes_otherwise_and_one_that_broke(
    alice: Client, placed: Prediction, tmp_path: Path
) -> None:
    file = bring(alice, bigwig(tmp_path / "x.bw", {"II": LENGTH}), "ii.bw")  # 3 over bases 100 to 300
    lines = rows(report(alice, placed, file["id"]), file["id"])[1]
    expected = [] if START >= 300 else [["chrII", str(max(100, START)), "300", "3"]]
    assert lines == expected
    content_of(UserFile.objects.get(id=file["id"]).id).write_bytes(b"nonsense")
    assert "“ii.bw” could not be read for this report." in report(alice, placed, file["id"])


def test_only_ones_own_files_and_those_that_a_link_lends_are_reported(
    alice: Client, bob: Client, placed: Prediction
) -> None:
    file, other = (bring(alice, f"chrII\t{START}\t{START + 50}\n".encode(), f"{name}.bed") for name in ("a", "b"))
    address = f"/api/v1/predictions/{placed.id}/report.html?files="
    assert bob.get(address + file["id"]).status_code == 404
    view = share(alice, prediction=str(placed.id), state={"files": [{"id": file["id"]}]})
    assert "a.bed (BED)" in report(bob, placed, file["id"], view=view["token"])
    assert bob.get(f"{address}{other['id']}&view={view['token']}").status_code == 404
    UserFile.objects.filter(id=file["id"]).update(genome="other")
    assert alice.get(address + file["id"]).json()["error"]["code"] == "other_genome"


@pytest.mark.parametrize(("step", "lines"), [(1, "c\t5\t7\t1\nc\t8\t9\t4\n"), (2, "c\t5\t7\t1\nc\t7\t9\t4\n")])
def test_what_is_not_known_is_no_line_and_does_not_count_in_a_mean(step: int, lines: str) -> None:
    asked = excerpt.Asked("", "", "bigwig", "c", "c", 5, 9, step)
    assert excerpt._bedgraph(asked, excerpt.np.array([1, 1, excerpt.np.nan, 4])) == lines
