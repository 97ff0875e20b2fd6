"""Scores over the API: asking in JSON and as a form, following, table, files, cancelling, refusals."""

from __future__ import annotations

import csv
import io
import uuid
import warnings
from pathlib import Path

import numpy as np
import pysam
import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.scoring_jobs.making import SCORERS, TRACK, finished, notation, turn
from webapp.lib.visitor import COOKIE
from webapp.loci.models import Assembly
from webapp.predictions.models import State
from webapp.scoring.access import get_job
from webapp.scoring.models import ScoreJob
from webapp.scoring.run import run

pytestmark = pytest.mark.django_db(transaction=True)  # a heartbeat has a connection of its own

URL = "/api/v1/scores"
HEADER = "##fileformat=VCFv4.3\n##contig=<ID=chrI>\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"


@pytest.fixture(autouse=True)
def one_thread(settings: object) -> None:
    settings.PREDICTOR_THREADS = 1  # type: ignore[attr-defined]


def _post(client: Client, **body: object) -> tuple[int, dict]:  # type: ignore[type-arg]
    asked = {"scorers": SCORERS, "tracks": [TRACK], **body}
    answer = client.post(URL, asked, content_type="application/json")
    return answer.status_code, answer.json()


def _upload(client: Client, name: str, content: bytes, **fields: str) -> tuple[int, dict]:  # type: ignore[type-arg]
    form = {"scorers": ", ".join(SCORERS), "tracks": TRACK, **fields, "file": SimpleUploadedFile(name, content)}
    answer = client.post(URL, form)
    return answer.status_code, answer.json()


def _vcf_row(genome: Assembly, number: int, name: str = ".", info: str = ".") -> str:
    _, _, change = notation(genome, number).split(":")
    ref, alt = change.split(">")
    return f"chrI\t{number}\t{name}\t{ref}\t{alt}\t.\t.\t{info}\n"


@pytest.fixture
def done(client: Client, genome: Assembly) -> ScoreJob:
    """A VCF of two good rows and one bad one, scored."""
    text = (
        HEADER + _vcf_row(genome, 10_002, "b", "AC=5") + "chrI\t7\tbad\tA\t<DEL>\t.\t.\t.\n" + _vcf_row(genome, 10_001)
    )
    _, said = _upload(client, "mine.vcf", text.encode())
    return finished(get_job(said["id"]))


def test_a_job_is_accepted_with_its_page(client: Client, genome: Assembly) -> None:
    status, said = _post(client, variants=[notation(genome, 10_001), "nonsense"], name=" my  variants ")
    assert status == 202
    assert said == {
        "id": said["id"], "state": "QUEUED", "url": f"/s/{said['id']}", "reused": False, "total": 2, "bad": 1,
    }  # fmt: skip
    row = client.get(f"{URL}/{said['id']}").json()
    assert (row["title"], row["kind"], row["queue_position"]) == ("my variants", "variants", 1)
    assert row["counts"] == {"total": 2, "bad": 1, "good": 1, "done": 0, "failed": 0, "waiting": 1}
    assert row["notice"] == "research use only, not for diagnosis"
    assert row["model"]["sha256"] and row["model"]["licence"]
    assert [(c["index"], c["scorer"], c["track"], c["signed"]) for c in row["columns"]] == [
        (0, "CHIP_TF", TRACK, True),
        (1, "CHIP_TF_ACTIVE", TRACK, False),
    ]
    assert all(column["description"] and column["unit"] for column in row["columns"])
    assert (row["rows_per_second"], row["seconds_left"]) == (None, None)


def test_a_notation_that_is_too_long_is_measured_in_characters(client: Client, genome: Assembly) -> None:
    status, said = _post(client, variants=["chrI:1:A>" + "C" * 30_000])
    assert (status, said["error"]["code"]) == (422, "too_long")
    assert said["error"]["message"].endswith("at most 30,000 characters.")


def test_without_a_choice_the_default_tracks_are_scored_and_all_are_all(client: Client, genome: Assembly) -> None:
    variants = [notation(genome, 10_001)]
    answer = client.post(URL, {"variants": variants}, content_type="application/json").json()
    few = client.get(f"{URL}/{answer['id']}").json()["columns"]
    answer = client.post(URL, {"variants": variants, "tracks": ["all"]}, content_type="application/json").json()
    every = client.get(f"{URL}/{answer['id']}").json()["columns"]
    assert 0 < len(few) < len(every)
    assert len({(column["scorer"], column["track"]) for column in every}) == len(every)


def test_the_scorers_of_a_model_can_be_asked_for(client: Client) -> None:
    said = client.get("/api/v1/scorers").json()
    cage = next(scorer for scorer in said if scorer["name"] == "CAGE")
    assert cage["scorer"] == "CenterMaskScorer(requested_output=CAGE, width=501, aggregation_type=DIFF_LOG2_SUM)"
    assert (cage["signed"], cage["genes"], cage["output"]) == (True, False, "CAGE")
    assert cage["tracks"] == 4
    answer = client.get("/api/v1/scorers?model=yeasty")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_model")


def test_partial_results_are_read_while_the_rest_waits(client: Client, genome: Assembly, settings: object) -> None:
    settings.SLICE_ROWS = 1  # type: ignore[attr-defined]
    _, said = _post(client, saturation="chrI:10,001-10,002")
    run(turn(get_job(said["id"])).id)
    state = client.get(f"{URL}/{said['id']}").json()
    assert (state["state"], state["counts"]["done"], state["counts"]["waiting"]) == ("RUNNING", 1, 5)
    assert state["progress"] == pytest.approx(1 / 6)
    assert state["rows_per_second"] > 0 and state["seconds_left"] is not None
    rows = client.get(f"{URL}/{said['id']}/rows?sort=strongest").json()
    assert [row["status"] for row in rows["rows"]] == ["ok", *["waiting"] * 5]
    assert rows["rows"][1]["values"] == [None, None]
    matrix = client.get(f"{URL}/{said['id']}/matrix?column=0").json()
    assert sum(value is None for value in matrix["matrix"][0]) == 2
    assert matrix["contributions"] == [None, None]
    answer = client.get(f"{URL}/{said['id']}/download.csv")
    text = b"".join(answer).decode()  # type: ignore[arg-type]
    assert "# complete: no: 5 rows are not scored yet (running)" in text
    assert "-partial.csv" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_table_is_sorted_and_filtered_on_the_server(client: Client, done: ScoreJob) -> None:
    url = f"{URL}/{done.id}/rows"
    rows = client.get(url).json()
    assert rows["total"] == 3
    assert [row["number"] for row in rows["rows"]] == [6, 4, 5]  # lines of the file; by place, then the bad one
    assert [row["status"] for row in rows["rows"]] == ["ok", "ok", "bad"]
    assert "symbolic" in rows["rows"][2]["error"]
    values = [row["values"][0] for row in client.get(f"{url}?sort=0").json()["rows"][:2]]
    assert values == sorted(values, reverse=True)
    assert client.get(f"{url}?status=bad").json()["total"] == 1
    assert client.get(f"{url}?filter=10002").json()["rows"][0]["id"] == "b"
    assert len(client.get(f"{url}?limit=1&offset=1").json()["rows"]) == 1
    plot = client.get(f"{URL}/{done.id}/plot?column=1").json()
    assert (plot["position"], plot["points"]) == ([10_000, 10_001], 2)


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("rows?sort=2", 422, "no_such_column"),
        ("rows?limit=501", 422, "out_of_range"),
        ("rows?status=odd", 422, "wrong_type"),
        ("rows?filter=%00", 400, "bad_character"),
        ("plot?column=x", 422, "no_such_column"),
        ("matrix", 422, "no_matrix"),
        ("download.xlsx", 404, "unknown_format"),
        ("nothing", 404, "unknown_address"),
    ],
)
def test_wrong_questions_get_one_sentence(client: Client, genome: Assembly, query: str, status: int, code: str) -> None:
    _, said = _post(client, variants=[notation(genome, 10_001)])
    answer = client.get(f"{URL}/{said['id']}/{query}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_csv_is_the_tidy_table_with_the_model_above_it(client: Client, done: ScoreJob) -> None:
    answer = client.get(f"{URL}/{done.id}/download.csv")
    lines = b"".join(answer).decode().splitlines()  # type: ignore[arg-type]
    notes = [line for line in lines if line.startswith("# ")]
    assert any(done.model_sha256 in line for line in notes)
    assert "# notice: research use only, not for diagnosis" in notes
    assert "# complete: yes" in notes
    assert any("Apache-2.0" in line for line in notes)
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    assert len(rows) == 4  # two variants, two scorers, one track
    assert {row["track_name"] for row in rows} == {TRACK}
    assert [row["row"] for row in rows] == ["6", "6", "4", "4"]
    table = client.get(f"{URL}/{done.id}/rows").json()["rows"]
    assert float(rows[0]["raw_score"]) == pytest.approx(table[0]["values"][0], rel=1e-5)
    assert rows[0]["variant_id"] == table[0]["variant"]


def test_parquet_is_the_same_table(client: Client, done: ScoreJob) -> None:
    import pyarrow.parquet as pq

    answer = client.get(f"{URL}/{done.id}/download.parquet")
    table = pq.read_table(io.BytesIO(b"".join(answer)))  # type: ignore[arg-type]
    assert table.num_rows == 4
    assert table.column("row").to_pylist() == [6, 6, 4, 4]
    assert table.schema.metadata[b"model_sha256"].decode() == done.model_sha256
    assert table.schema.metadata[b"notice"] == b"research use only, not for diagnosis"


def test_h5ad_has_the_sdks_names(client: Client, done: ScoreJob, tmp_path: Path) -> None:
    path = tmp_path / "scores.h5ad"
    path.write_bytes(b"".join(client.get(f"{URL}/{done.id}/download.h5ad")))  # type: ignore[arg-type]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="anndata")
        import anndata

        found = anndata.read_h5ad(path)
    assert found.shape == (2, 2)  # variants, columns
    assert found.uns["model_sha256"] == done.model_sha256
    assert found.uns["notice"] == "research use only, not for diagnosis"
    assert {"name", "strand", "variant_scorer"} <= set(found.var.columns)
    table = client.get(f"{URL}/{done.id}/rows").json()["rows"]
    assert np.allclose(found.X, [row["values"] for row in table[:2]], rtol=1e-5)


def test_the_uploaded_vcf_comes_back_with_scores_in_its_info(client: Client, done: ScoreJob, tmp_path: Path) -> None:
    text = b"".join(client.get(f"{URL}/{done.id}/download.vcf")).decode()  # type: ignore[arg-type]
    assert f'##locuscope_model_sha256="{done.model_sha256}"' in text
    assert '##locuscope_notice="research use only, not for diagnosis"' in text
    path = tmp_path / "scores.vcf"
    path.write_text(text)
    table = client.get(f"{URL}/{done.id}/rows").json()["rows"]
    with pysam.VariantFile(str(path)) as file:
        rows = list(file)
    assert [row.pos for row in rows] == [10_002, 7, 10_001]  # in the order of the file
    assert rows[0].info["AC"] is not None
    assert rows[0].info[f"LS_CHIP_TF_{TRACK}"][0] == pytest.approx(table[1]["values"][0], rel=1e-5)
    assert "LS_ERROR" in rows[1].info
    assert f"LS_CHIP_TF_{TRACK}" not in rows[1].info


def test_a_typed_list_is_given_back_as_a_new_vcf(client: Client, genome: Assembly, tmp_path: Path) -> None:
    _, said = _post(client, text="\n".join(["nonsense", notation(genome, 10_002), notation(genome, 10_001)]))
    finished(get_job(said["id"]))
    path = tmp_path / "scores.vcf"
    path.write_bytes(b"".join(client.get(f"{URL}/{said['id']}/download.vcf")))  # type: ignore[arg-type]
    with pysam.VariantFile(str(path)) as file:
        rows = list(file)
    assert [row.pos for row in rows] == [10_001, 10_002]
    assert all(f"LS_CHIP_TF_{TRACK}" in row.info for row in rows)


def test_files_of_a_job_without_scores_say_so(client: Client, genome: Assembly) -> None:
    _, said = _post(client, variants=[notation(genome, 10_001)])
    answer = client.get(f"{URL}/{said['id']}/download.h5ad")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "no_scores")
    for form in ("csv", "parquet", "vcf"):
        assert b"not scored yet" in b"".join(client.get(f"{URL}/{said['id']}/download.{form}"))  # type: ignore[arg-type]


BAD_UPLOADS = [
    (b"", 400, "empty_file"),
    (b"PK\x03\x04...", 400, "not_text"),
    (b"\x1f\x8b broken", 400, "bad_gzip"),
    (b"BCF\x02\x02 broken", 400, "bad_bcf"),
    (HEADER.encode(), 400, "no_rows"),
    (HEADER.encode() + b"chrZ\t1\t.\tA\tC\t.\t.\t.\n", 422, "no_good_row"),
]


@pytest.mark.parametrize(("content", "status", "code"), BAD_UPLOADS, ids=[code for *_, code in BAD_UPLOADS])
def test_bad_uploads_are_refused(client: Client, genome: Assembly, content: bytes, status: int, code: str) -> None:
    got, said = _upload(client, "mine.vcf", content)
    assert (got, said["error"]["code"]) == (status, code)
    assert said["error"]["message"].endswith((".", "?"))
    assert not ScoreJob.objects.exists()


def test_an_upload_of_more_than_20_mb_is_refused(client: Client, genome: Assembly) -> None:
    for size in (20 * 1024 * 1024 + 1, 22 * 1024 * 1024):  # by the file's length, and by the form's
        got, said = _upload(client, "big.vcf", b"A" * size)
        assert (got, said["error"]["code"]) == (413, "file_too_large")


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"text": "chrI:1:A>C"}, 400, "too_much_asked"),
        ({"oddity": "1"}, 422, "unknown_field"),
        ({"scorers": "CAGEY"}, 422, "unknown_scorer"),
    ],
)
def test_forms_are_as_strict_as_json(
    client: Client, genome: Assembly, fields: dict[str, str], status: int, code: str
) -> None:
    got, said = _upload(client, "mine.vcf", HEADER.encode(), **fields)
    assert (got, said["error"]["code"]) == (status, code)


def test_a_form_of_another_site_and_other_bodies_are_refused(client: Client) -> None:
    answer = client.post(URL, {"text": "chrI:1:A>C"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "cross_site")
    answer = client.post(URL, b"text=x", content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "wrong_content_type")
    answer = client.post(URL, b"nonsense", content_type="multipart/form-data; boundary=x")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "nothing_asked")
    answer = client.post(URL, b"nonsense", content_type="multipart/form-data")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_body")


def test_cancelling(client: Client, genome: Assembly) -> None:
    _, said = _post(client, variants=[notation(genome, 10_001)])
    answer = client.delete(f"{URL}/{said['id']}")
    assert (answer.status_code, answer.json()["state"]) == (200, "CANCELLED")
    again = client.delete(f"{URL}/{said['id']}")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already_finished")
    assert client.delete(f"{URL}/{uuid.UUID(int=7)}").status_code == 404


def test_alice_cannot_be_cancelled_by_bob(client: Client, genome: Assembly) -> None:
    def browser(visitor: str) -> Client:
        made = Client()
        made.cookies[COOKIE] = signing.dumps(visitor, salt=COOKIE)
        return made

    alice, bob = browser("a" * 32), browser("b" * 32)
    said = _post(alice, variants=[notation(genome, 10_001)])[1]
    for other in (bob, client):
        answer = other.delete(f"{URL}/{said['id']}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_job")
    _post(bob, variants=[notation(genome, 10_001)])  # he asked for the same, later
    answer = bob.delete(f"{URL}/{said['id']}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_yours")
    for code in ("others_wait", "not_yours"):  # it became Bob's, who waits for it
        answer = alice.delete(f"{URL}/{said['id']}")
        assert answer.json()["error"]["code"] == code
    assert alice.get(f"{URL}/{said['id']}").json()["waiting"] is True
    assert bob.delete(f"{URL}/{said['id']}").status_code == 200
    assert get_job(said["id"]).state == State.CANCELLED


def test_openapi_describes_both_bodies(client: Client) -> None:
    said = client.get("/api/v1/openapi.json").json()
    body = said["paths"][URL]["post"]["requestBody"]["content"]
    assert "file" in body["multipart/form-data"]["schema"]["properties"]
    assert {"variants", "saturation", "scan"} <= body["application/json"]["schema"]["properties"].keys()
    assert f"{URL}/{{job_id}}/download.{{form}}" in said["paths"]


def test_a_text_of_more_than_8_mb_is_told_to_be_a_file(client: Client, genome: Assembly) -> None:
    answer = client.post(URL, {"text": "A" * (9 * 1024 * 1024)})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (413, "text_too_large")
    assert error["message"] == "The text is larger than 8 MB; send it as a file, of up to 20 MB."


def test_an_h5ad_that_memory_would_not_hold_is_refused(
    client: Client, done: ScoreJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.scoring.downloads.MOST_H5AD_VALUES", 3)  # 2 rows of 2 columns
    answer = client.get(f"{URL}/{done.id}/download.h5ad")
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "too_many_values")
    assert "parquet or csv" in answer.json()["error"]["message"]
