"""Lost work comes back: workers that died, messages that a broker forgot."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db.models.functions import Now

from tests.predictions.making import claimed, queued
from webapp.predictions import dispatch, worker
from webapp.predictions.access import get_prediction
from webapp.predictions.claims import take
from webapp.predictions.models import Prediction, State
from webapp.predictions.sweep import Swept, sweep_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def empty_queue() -> None:
    with dispatch.broker() as connection:
        connection.default_channel._purge("predictor")


def _ago(prediction: Prediction, seconds: int, *fields: str) -> None:
    Prediction.objects.filter(id=prediction.id).update(**dict.fromkeys(fields, Now() - timedelta(seconds=seconds)))


def test_a_silent_worker_loses_its_row_and_the_message_is_sent_again() -> None:
    prediction = queued()
    claim = claimed(prediction)
    assert sweep_once() == Swept(0, 0, 0)
    _ago(prediction, 21, "heartbeat_at")
    before = dispatch.queue_length()
    assert sweep_once().requeued == 1
    assert get_prediction(prediction.id).state == State.QUEUED
    assert dispatch.queue_length() == before + 1
    assert not claim.rows().exists()


def test_the_third_lost_worker_is_the_last() -> None:
    prediction = queued()
    for attempt in (1, 2, 3):
        claimed(prediction)
        _ago(prediction, 21, "heartbeat_at")
        swept = sweep_once()
        assert (swept.requeued, swept.failed) == ((1, 0) if attempt < 3 else (0, 1))
    row = get_prediction(prediction.id)
    assert (row.state, row.error_code, row.attempts) == (State.FAILED, "worker_lost", 3)
    assert "died 3 times" in row.error_message


def test_a_message_that_was_never_sent_is_sent() -> None:
    prediction = queued()
    Prediction.objects.filter(id=prediction.id).update(sent_at=None)
    assert sweep_once().resent == 0  # submit may be sending it this moment
    _ago(prediction, 4, "created")
    assert sweep_once().resent == 1
    assert get_prediction(prediction.id).sent_at is not None
    assert sweep_once().resent == 0


def test_messages_of_a_broker_that_forgot_everything_are_sent_again() -> None:
    prediction = queued()
    _ago(prediction, 16, "sent_at")
    assert sweep_once().resent == 0  # its message is still there: no worker runs, that is all
    with dispatch.broker() as connection:
        connection.default_channel._purge("predictor")
    assert sweep_once().resent == 1


def test_while_a_worker_is_busy_a_waiting_row_is_no_lost_one() -> None:
    busy, waiting = queued(seed=1), queued(seed=2)
    claimed(busy)
    _ago(busy, 60, "sent_at")
    _ago(waiting, 50, "sent_at")
    with dispatch.broker() as connection:
        connection.default_channel._purge("predictor")
    assert sweep_once().resent == 0


def test_a_row_that_was_overtaken_has_lost_its_message() -> None:
    forgotten, later = queued(seed=1), queued(seed=2)
    claimed(later)
    _ago(forgotten, 60, "sent_at")
    assert sweep_once().resent == 1


def test_with_the_broker_away_rows_still_return_to_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    from webapp.celery import app

    prediction = queued()
    claimed(prediction)
    _ago(prediction, 21, "heartbeat_at")
    monkeypatch.setattr(app.conf, "broker_url", "redis+socket:///nowhere.sock")
    assert sweep_once().requeued == 1
    row = get_prediction(prediction.id)
    assert (row.state, row.sent_at) == (State.QUEUED, None)


def test_a_new_worker_takes_over_from_its_dead_predecessor_only() -> None:
    dead = os.fork()
    if dead == 0:
        os._exit(0)
    os.waitpid(dead, 0)
    lost, elsewhere, mine, alive = (queued(seed=n) for n in range(4))
    take(lost.id, f"{worker.host_and_home()}:{dead}:0000")
    take(elsewhere.id, f"otherhost:0000:{dead}:0000")
    take(mine.id, worker.worker_name())
    take(alive.id, f"{worker.host_and_home()}:{os.getppid()}:0000")
    assert worker.recover_predecessors() == 1
    assert [get_prediction(p.id).state for p in (lost, elsewhere, mine, alive)] == [
        "QUEUED",
        "RUNNING",
        "RUNNING",
        "RUNNING",
    ]


def test_the_command_does_one_round(capsys: pytest.CaptureFixture[str]) -> None:
    prediction = queued()
    claimed(prediction)
    _ago(prediction, 21, "heartbeat_at")
    call_command("sweep", once=True)
    assert "queued again 1" in capsys.readouterr().out
