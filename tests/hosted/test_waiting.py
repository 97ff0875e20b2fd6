"""Whoever waits for Google's service hears why nobody asks it, and it is asked once."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client

from tests.hosted.conftest import enter
from tests.hosted.google import Google
from tests.hosted.test_predictions import PLUS, ask
from tests.predictions.making import claimed, random_dna
from webapp.predictions import run as running
from webapp.predictions import sweep, worker
from webapp.predictions.access import get_prediction
from webapp.predictions.claims import give_back
from webapp.predictions.models import Prediction, State, WorkerStatus
from webapp.predictions.run import run
from webapp.predictions.sweep import sweep_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The sweeper's; its one number can be set."""
    now = [1000.0]
    monkeypatch.setattr(sweep, "monotonic", lambda: now[0])
    monkeypatch.setattr(sweep, "_missing_since", {})
    return now


@pytest.fixture
def waiting(alice: Client, google: Google, db: None) -> uuid.UUID:
    enter(alice)
    return get_prediction(ask(alice, sequence=random_dna(900), tracks=[PLUS])["id"]).id


def after_a_minute(clock: list[float]) -> int:
    """How many the sweeper failed, none of them in the first 59 seconds."""
    assert sweep_once().failed == 0
    clock[0] += 59
    assert sweep_once().failed == 0
    clock[0] += 1
    return sweep_once().failed


def test_a_minute_without_a_worker_that_asks_ends_in_a_sentence(clock: list[float], waiting: uuid.UUID) -> None:
    WorkerStatus.objects.create(name="computes", seen_at=Now(), ready=True)
    assert after_a_minute(clock) == 1
    row = get_prediction(waiting)
    assert (row.state, row.error_code) == (State.FAILED, "no_hosted_worker")
    assert row.error_message.startswith(
        "No worker that asks Google's AlphaGenome service is running here; nothing was sent."
    )


def test_behind_a_worker_that_asks_it_may_wait_long(clock: list[float], waiting: uuid.UUID) -> None:
    worker.report_hosted()
    assert after_a_minute(clock) == 0
    assert get_prediction(waiting).state == State.QUEUED


@pytest.mark.parametrize(("off", "code"), [("HOSTED_MODEL", "hosted_off"), ("_SDK_IS_HERE", "no_hosted_sdk")])
def test_what_waits_when_the_service_is_taken_away_is_told_so(
    clock: list[float], waiting: uuid.UUID, settings: Any, monkeypatch: pytest.MonkeyPatch, off: str, code: str
) -> None:
    worker.report_hosted()
    if off == "HOSTED_MODEL":
        settings.HOSTED_MODEL = False
    else:
        monkeypatch.setattr(f"webapp.hosted.services.{off}", False)
    assert after_a_minute(clock) == 1
    assert get_prediction(waiting).error_code == code


def test_healthz_says_whether_a_worker_asks_and_is_well_without(client: Client, db: None) -> None:
    WorkerStatus.objects.create(name="computes", seen_at=Now(), ready=True)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["hosted"]) == (200, "no worker has reported for 10 s")
    worker.report_hosted()
    assert client.get("/healthz").json()["hosted"] == "ok"
    WorkerStatus.objects.filter(hosted=False).delete()  # the one that asks computes nothing
    assert client.get("/healthz").status_code == 503


def test_a_worker_that_died_while_it_asked_does_not_ask_again(waiting: uuid.UUID, google: Google) -> None:
    claim = claimed(get_prediction(waiting))
    assert not give_back(claim)  # what a worker does that takes over
    Prediction.objects.filter(id=waiting).update(heartbeat_at=Now() - timedelta(hours=1))
    assert sweep_once().failed == 1
    row = get_prediction(waiting)
    assert (row.state, row.error_code) == (State.FAILED, "worker_lost")
    assert "does not ask twice by itself" in row.error_message


def test_a_fault_of_ours_after_the_answer_does_not_send_the_request_again(
    waiting: uuid.UUID, google: Google, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(running, "store", broken)
    run(waiting)
    row = get_prediction(waiting)
    assert (row.state, row.error_code, row.attempts, len(google.asked)) == (State.FAILED, "internal", 1, 1)


def test_a_tensor_that_cannot_be_unpacked_is_said_and_not_asked_for_again(waiting: uuid.UUID, google: Google) -> None:
    google.fails = ["truncated"]
    run(waiting)
    row = get_prediction(waiting)
    assert (row.state, row.error_code, len(google.asked)) == (State.FAILED, "hosted_garbled", 1)


def test_one_person_has_two_places_at_a_time_and_the_next_follows_when_one_is_free(
    alice: Client, bob: Client, google: Google, db: None
) -> None:
    enter(alice)
    enter(bob)
    first, second, third = (
        get_prediction(ask(alice, sequence=random_dna(900, seed), tracks=[PLUS])["id"]) for seed in (1, 2, 3)
    )
    claims = [claimed(first), claimed(second)]
    run(third.id)
    assert get_prediction(third.id).state == State.QUEUED and not google.asked
    Prediction.objects.filter(id=third.id).update(created=Now() - timedelta(seconds=10))
    assert sweep_once().resent == 1  # its message was used up
    other = get_prediction(ask(bob, sequence=random_dna(900), tracks=[PLUS])["id"])
    run(other.id)
    assert get_prediction(other.id).state == State.DONE
    claims[0].rows().update(state=State.CANCELLED)
    run(third.id)
    assert get_prediction(third.id).state == State.DONE
