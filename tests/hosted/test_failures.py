"""What the service may do to a call, and the one sentence that its asker reads."""

from __future__ import annotations

import threading
import time
from typing import Any

import grpc
import pytest
from django.test import Client

from tests.hosted.conftest import KEY_URL, enter
from tests.hosted.google import GOOD_KEY, Google
from tests.hosted.test_predictions import PLUS, ask
from tests.predictions.making import random_dna
from webapp.hosted.models import HostedModel
from webapp.loci.models import Assembly
from webapp.predictions.access import cancel, get_prediction
from webapp.predictions.models import Prediction, State
from webapp.predictions.run import run

pytestmark = pytest.mark.django_db(transaction=True)

Status = grpc.StatusCode


def ran(client: Client) -> Prediction:
    prediction_id = ask(client, sequence=random_dna(900), tracks=[PLUS])["id"]
    run(get_prediction(prediction_id).id)
    return get_prediction(prediction_id)


@pytest.mark.parametrize(
    ("fails", "code", "calls", "sentence"),
    [
        ([(Status.UNAUTHENTICATED, "no")], "hosted_key_refused", 1, "does not take this key"),
        ([(Status.PERMISSION_DENIED, "not enabled.")], "hosted_key_refused", 1, "allows this key no predictions: not enabled."),
        ([(Status.INVALID_ARGUMENT, "API key not valid. Please pass a valid API key.")], "hosted_key_refused", 1, "this key"),
        ([(Status.RESOURCE_EXHAUSTED, "quota")] * 3, "hosted_quota", 3, "quota of your key is used up; try again later"),
        ([(Status.UNAVAILABLE, "down")] * 3, "hosted_unreachable", 3, "(127.0.0.1) cannot be reached from this server"),
        ([(Status.INVALID_ARGUMENT, "too odd")], "hosted_refused", 1, "refused this request: too odd."),
        ([(Status.INTERNAL, "oh")], "hosted_failed", 1, "failed (INTERNAL); try again later"),
        (["breaks"], "hosted_broke_off", 1, "broke off in the middle"),
        (["ends early"], "hosted_broke_off", 1, "broke off in the middle"),
    ],
)  # fmt: skip
def test_each_failure_is_one_sentence_and_only_a_refused_call_is_made_again(
    alice: Client, google: Google, db: None, fails: list[Any], code: str, calls: int, sentence: str
) -> None:
    enter(alice)
    google.fails, before = list(fails), google.calls
    row = ran(alice)
    assert (row.state, row.error_code) == (State.FAILED, code)
    assert sentence in row.error_message and row.error_message.endswith(".")
    assert google.calls - before == calls


def test_a_service_that_was_busy_for_a_moment_answers_in_the_end(alice: Client, google: Google, db: None) -> None:
    enter(alice)
    google.fails = [(Status.UNAVAILABLE, "busy"), (Status.RESOURCE_EXHAUSTED, "slow down")]
    assert ran(alice).state == State.DONE


def test_a_call_has_an_end(alice: Client, google: Google, db: None, settings: Any) -> None:
    enter(alice)
    settings.HOSTED_SECONDS = 0.3
    google.fails = ["waits"]
    row = ran(alice)
    assert (row.state, row.error_code) == (State.FAILED, "hosted_too_slow")
    assert "did not finish within 0.3 seconds" in row.error_message


def test_a_call_that_waits_can_be_cancelled_and_the_service_is_told(
    alice: Client, google: Google, db: None, settings: Any
) -> None:
    settings.HEARTBEAT_SECONDS = 0.2
    enter(alice)
    google.fails = ["waits"]
    waiting = get_prediction(ask(alice, sequence=random_dna(900), tracks=[PLUS])["id"])

    def stop() -> None:
        from django.db import connection

        while not google.asked:
            time.sleep(0.01)
        cancel(get_prediction(waiting.id), waiting.visitor)
        connection.close()

    thread = threading.Thread(target=stop)
    thread.start()
    run(waiting.id)
    thread.join(10)
    assert get_prediction(waiting.id).state == State.CANCELLED
    assert google.stopped.wait(10)


def test_a_server_that_is_not_there_is_said_when_the_key_is_entered(
    alice: Client, google: Google, db: None, settings: Any
) -> None:
    settings.HOSTED_ADDRESS = "http://127.0.0.1:9"
    said = alice.put(KEY_URL, {"key": GOOD_KEY}, content_type="application/json").json()["error"]
    assert said["code"] == "hosted_unreachable"


def test_a_track_that_the_service_no_longer_has_is_named(alice: Client, google: Google, db: None) -> None:
    enter(alice)
    row = HostedModel.objects.get(name="alphagenome-api")
    card = {**row.card, "sha256": "f" * 64}
    card["tracks"] = [
        {**track, "key": "rna_seq.plus.gone", "name": "gone"} if track["key"] == PLUS else track
        for track in card["tracks"]
    ]
    HostedModel.objects.filter(name=row.name).update(card=card, sha256="f" * 64)
    prediction_id = ask(alice, sequence=random_dna(900), tracks=["rna_seq.plus.gone"])["id"]
    run(get_prediction(prediction_id).id)
    found = get_prediction(prediction_id)
    assert found.error_code == "hosted_track_gone" and "“gone”" in found.error_message


def test_a_sequence_that_no_length_of_the_service_holds_is_refused_before_anything_is_sent(
    alice: Client, google: Google, human: Assembly
) -> None:
    enter(alice)
    answer = alice.post(
        "/api/v1/predictions",
        {"model": "alphagenome-api", "sequence": "ACGT" * 262_145}, content_type="application/json",
    )  # fmt: skip
    assert (answer.status_code, len(google.asked)) == (413, 0)


def test_more_than_a_worker_can_hold_is_refused_before_anything_is_sent(
    alice: Client, google: Google, human: Assembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(alice)
    monkeypatch.setattr("predictor.hosted.wishes.MAX_VALUES", 2 * 16_384)  # both strands of one tissue, once
    ask(alice, sequence=random_dna(900), tracks=[PLUS])
    answer = alice.post(
        "/api/v1/predictions",
        {"model": "alphagenome-api", "sequence": "A" * 900, "tracks": [PLUS], "variants": ["sequence:10:A>C"]},
        content_type="application/json",
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "hosted_too_much")
