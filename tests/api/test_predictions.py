"""Asking, following, cancelling; and each refusal with its status and its one sentence."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from predictor.api import Interval
from tests.predictions.making import claimed, queued, random_dna, result_for
from webapp.loci.models import Assembly
from webapp.loci.services import fetch_sequence
from webapp.predictions.access import get_prediction
from webapp.predictions.models import State
from webapp.predictions.store import store

URL = "/api/v1/predictions"


def _post(client: Client, body: object) -> tuple[int, dict]:  # type: ignore[type-arg]
    answer = client.post(URL, body, content_type="application/json")
    return answer.status_code, answer.json()


def test_a_locus_is_accepted_with_its_page(client: Client, genome: Assembly) -> None:
    status, said = _post(client, {"genome": "sacCer3", "locus": "chrI:20,001-21,000"})
    assert status == 202
    assert said == {"id": said["id"], "state": "QUEUED", "url": f"/p/{said['id']}", "reused": False, "warnings": []}
    row = client.get(f"{URL}/{said['id']}").json()
    assert (row["state"], row["queue_position"], row["locus"]) == ("QUEUED", 1, "chrI:20,001-21,000")
    assert row["asked"] == {"start": 20_000, "end": 21_000}
    assert row["interval"]["chromosome"] == "chrI"
    assert row["notice"] == "research use only, not for diagnosis"
    assert row["model"]["name"] == "yeast" and row["model"]["licence"]
    assert {"key", "unit", "resolution", "colour", "summary"} <= row["tracks"][0].keys()


def test_a_stored_result_answers_the_same_request_at_once(client: Client) -> None:
    prediction = queued()
    store(claimed(prediction), result_for(prediction))
    body = {"sequence": random_dna(1500)}
    _post(client, body)
    with CaptureQueriesContext(connection) as asked:
        status, said = _post(client, body)
    assert len(asked) <= 8 and not any("INSERT" in query["sql"] for query in asked.captured_queries)
    assert (status, said["id"], said["reused"], said["state"]) == (200, str(prediction.id), True, "DONE")


def test_a_script_needs_no_cookie_and_no_csrf_token() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(URL, {"sequence": "ACGT" * 20}, content_type="application/json").status_code == 202
    assert not strict.cookies


BAD = [
    ({"sequence": ""}, 400, "empty_sequence"),
    ({"sequence": "MKVLAAGIVQELPF"}, 400, "not_dna"),
    ({"locus": "chrII:5-1"}, 400, "bad_locus"),
    ({"locus": "chrII:300,000-300,001"}, 422, "past_end"),
    ({"locus": "chrZZ:1-10"}, 404, "unknown_chromosome"),
    ({"locus": "GALL1"}, 404, "unknown_gene"),
    ({"sequence": "ACGT" * 750_000}, 413, "sequence_too_long"),
    ({"sequence": ">a\nACGT\n>b\nACGT"}, 400, "several_records"),
    ({"sequence": "ACGT", "tracks": ["rna_wt"]}, 422, "unknown_track"),
    ({"sequence": "ACGT", "outputs": ["RNA"]}, 422, "unknown_output"),
    ({"sequence": "ACGT", "sequnce": "ACGT"}, 422, "unknown_field"),
    ({}, 400, "nothing_asked"),
    ([1], 400, "bad_body"),
]


@pytest.mark.parametrize(("body", "status", "code"), BAD, ids=[f"{i}-{code}" for i, (*_, code) in enumerate(BAD)])
def test_bad_input_is_refused_in_one_form(
    client: Client, genome: Assembly, body: object, status: int, code: str
) -> None:
    got, said = _post(client, body)
    assert (got, said["error"]["code"]) == (status, code)
    assert said["error"].keys() == {"code", "message", "suggestions"}
    assert said["error"]["message"].endswith((".", "?"))
    assert "\n" not in said["error"]["message"]


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b'{"locus": ', "application/json", 400, "malformed_json"),
        (b"", "application/json", 400, "malformed_json"),
        (b"\xff\xfe{}", "application/json", 400, "malformed_json"),
        (b"[" * 100_000, "application/json", 400, "malformed_json"),
        (b'{"sequence": "A\\u0000"}', "application/json", 400, "bad_character"),
        (b'{"locus": "chrI", "name": "\\ud800"}', "application/json", 400, "bad_character"),
        (b'{"sequence": "' + b"A" * (8 * 1024 * 1024) + b'"}', "application/json", 413, "body_too_large"),
        (b"locus=chrI", "application/x-www-form-urlencoded", 415, "wrong_content_type"),
        (b"{}", "text/plain", 415, "wrong_content_type"),
    ],
)
def test_bodies_that_cannot_be_read(client: Client, body: bytes, content_type: str, status: int, code: str) -> None:
    answer = client.generic("POST", URL, body, content_type=content_type, CONTENT_TYPE=content_type)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("path", "advice", "chinese"),
    [
        ("predictions", "paste at most 1,048,576 bases", "1,048,576"),
        ("scores", "send the variants as a file, of up to 20 MB", "20 MB"),
        ("views", "show fewer tracks", "轨道"),
        ("files", "send the address of the file, or the file itself in a form", "表单"),
    ],
)
def test_a_body_that_is_too_large_hears_what_to_do_with_what_it_holds(
    client: Client, path: str, advice: str, chinese: str
) -> None:
    body = b'{"text": "' + b"A" * (8 * 1024 * 1024) + b'"}'
    for language, words in (("en", advice), ("zh-Hans", chinese)):
        answer = client.generic(
            "POST", f"/api/v1/{path}", body, "application/json", headers={"accept-language": language}
        )
        said = answer.json()["error"]
        assert (answer.status_code, said["code"]) == (413, "body_too_large")
        assert words in said["message"] and "8 MB" in said["message"]
        assert ("larger than" in said["message"]) is (language == "en")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("PUT", URL, 405, "wrong_method"),
        ("GET", URL, 405, "wrong_method"),
        ("POST", "/api/v1/genomes", 405, "wrong_method"),
        ("GET", f"{URL}/{uuid.UUID(int=7)}", 404, "unknown_prediction"),
        ("GET", f"{URL}/nonsense", 404, "unknown_prediction"),
        ("DELETE", f"{URL}/{uuid.UUID(int=7)}", 404, "unknown_prediction"),
        ("GET", f"{URL}/%00", 400, "bad_character"),
        ("GET", "/api/v1/genes?q=%00", 400, "bad_character"),
        ("GET", "/api/v1/", 404, "unknown_address"),
        ("GET", "/api/v2/models", 404, "unknown_address"),
    ],
)
def test_addresses_and_methods_that_do_not_exist(
    client: Client, method: str, path: str, status: int, code: str
) -> None:
    answer = client.generic(method, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_head_is_answered_like_get(client: Client) -> None:
    answer = client.head(f"{URL}/{queued().id}")
    assert (answer.status_code, answer.content) == (200, b"")


def test_a_fault_of_ours_is_neutral_and_can_be_found_in_the_log(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("webapp.sharing.access.get_prediction", broken)
    answer = client.get(f"{URL}/{uuid.uuid4()}")
    message = answer.json()["error"]["message"]
    assert answer.status_code == 500
    assert "secret" not in answer.content.decode()
    assert message.split()[-1].rstrip(".") in caplog.text
    assert "secret detail" in caplog.text


def test_cancelling(client: Client) -> None:
    prediction = queued()
    answer = client.delete(f"{URL}/{prediction.id}")
    assert (answer.status_code, answer.json()["state"]) == (200, "CANCELLED")
    again = client.delete(f"{URL}/{prediction.id}")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already_finished")
    assert get_prediction(prediction.id).state == State.CANCELLED


def test_alice_cannot_be_cancelled_by_bob(client: Client) -> None:
    from django.core import signing

    from webapp.lib.visitor import COOKIE

    def browser(visitor: str) -> Client:
        made = Client()
        made.cookies[COOKIE] = signing.dumps(visitor, salt=COOKIE)
        return made

    alice, bob = browser("a" * 32), browser("b" * 32)
    said = _post(alice, {"sequence": random_dna(900)})[1]
    for other in (bob, client):
        answer = other.delete(f"{URL}/{said['id']}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_prediction")
    assert _post(bob, {"sequence": random_dna(900)})[1]["id"] == said["id"]  # he asked for the same, later
    answer = bob.delete(f"{URL}/{said['id']}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_yours")
    for code in ("others_wait", "not_yours"):  # it became Bob's, who waits for it
        answer = alice.delete(f"{URL}/{said['id']}")
        assert answer.json()["error"]["code"] == code
    assert alice.get(f"{URL}/{said['id']}").json()["waiting"] is True
    assert bob.delete(f"{URL}/{said['id']}").status_code == 200


def test_the_queue_position_counts_who_comes_before(client: Client) -> None:
    ids = [queued(seed=n).id for n in range(3)]
    assert [client.get(f"{URL}/{i}").json()["queue_position"] for i in ids] == [1, 2, 3]
    claimed(get_prediction(ids[0]))
    assert [client.get(f"{URL}/{i}").json()["queue_position"] for i in ids] == [None, 2, 3]


def test_a_failure_shows_its_sentence(client: Client) -> None:
    from webapp.predictions.claims import fail

    prediction = queued()
    fail(claimed(prediction), "out_of_memory", "Too little memory.")
    said = client.get(f"{URL}/{prediction.id}").json()
    assert (said["state"], said["error"]["message"]) == ("FAILED", "Too little memory.")


def test_the_sequence_is_served_as_fasta_in_ranges(client: Client, genome: Assembly) -> None:
    pasted = queued(1500)
    url = f"{URL}/{pasted.id}/sequence.fa"
    whole = client.get(url)
    lines = whole.content.decode().splitlines()
    assert (whole.status_code, lines[0], "".join(lines[1:])) == (200, ">sequence", random_dna(1500))  # no padding
    assert len(lines[1]) == 60
    part = client.get(url, headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(whole.content)}"
    assert client.get(url, headers={"range": "bytes=-5"}).content == whole.content[-5:]
    assert client.get(url, headers={"range": "bytes=99999-"}).status_code == 416
    located = _post(client, {"locus": "chrI:20,001-21,000"})[1]["id"]
    row = get_prediction(located)
    header = client.get(f"{URL}/{located}/sequence.fa").content.decode().partition("\n")[0]
    assert header == f">chrI:{row.start + 1}-{row.end}"


def test_edits_are_asked_for_in_any_notation_and_described(client: Client, genome: Assembly) -> None:
    bases = fetch_sequence(Interval("chrI", 20_000, 20_003), genome)
    alt = "T" if bases[0] != "T" else "G"
    status, said = _post(client, {"variants": [f"chrI-20001-{bases[0]}-{alt}"]})
    assert status == 202
    row = client.get(f"{URL}/{said['id']}").json()
    (edit,) = row["edits"]
    assert edit == {
        "text": f"chrI:20001:{bases[0]}>{alt}", "label": f"chrI:20001:{bases[0]}>{alt}", "start": 20_000, "end": 20_001,
        "ref": bases[0], "alt": alt, "inserted": 0,
    }  # fmt: skip
    assert row["title"] == edit["label"]
    assert row["edited_bp"] == row["interval"]["end"] - row["interval"]["start"]
    again = _post(client, {"variants": [edit["text"]], "locus": row["locus"]})[1]
    assert again["id"] == said["id"]
    plain, edited = (client.get(f"{URL}/{said['id']}/sequence.fa{query}") for query in ("", "?edited=true"))
    first, second = (b"".join(answer).decode().split("\n", 1)[1].replace("\n", "") for answer in (plain, edited))
    offset = 20_000 - row["interval"]["start"]
    assert (first[offset], second[offset]) == (bases[0], alt)
    assert first[:offset] + alt + first[offset + 1 :] == second


def test_an_unedited_prediction_has_no_edited_sequence(client: Client) -> None:
    answer = client.get(f"{URL}/{queued().id}/sequence.fa?edited=true")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "no_edits")


@pytest.mark.parametrize(
    ("variants", "status", "code"),
    [
        (["chrI:20001:N>A"], 422, "wrong_reference"),
        (["chrI:0:A>C"], 400, "bad_position"),
        (["chr99:5:A>C"], 404, "unknown_chromosome"),
        ([5], 422, "wrong_type"),
        (["x" * 30_000], 422, "too_long"),
        (["A\x00B"], 400, "bad_character"),
    ],
)
def test_a_bad_edit_is_one_sentence(
    client: Client, genome: Assembly, variants: list[object], status: int, code: str
) -> None:
    found, said = _post(client, {"variants": variants})
    assert (found, said["error"]["code"]) == (status, code)
    assert said["error"]["message"].endswith((".", "?"))
