"""What needs a GPU waits for a worker with one, in a queue of its own; without one a sentence comes soon."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from predictor.api import DomainError, machine, model_info
from tests.predictions.making import claimed, queued, random_dna
from webapp.celery import app
from webapp.predictions import capability, dispatch, submit, sweep, tasks, worker
from webapp.predictions.access import get_prediction
from webapp.predictions.describe import queue_position
from webapp.predictions.models import ANY, GPU, QUEUES, Prediction, State, WorkerStatus
from webapp.predictions.specs import parse_spec
from webapp.predictions.sweep import Swept, sweep_once

pytestmark = pytest.mark.django_db(transaction=True)
LONG, SHORT = 6_000, 3_000  # bp, with a limit between them


@pytest.fixture(autouse=True)
def _empty_queues() -> None:
    with dispatch.broker() as connection:
        for queue in QUEUES:
            connection.default_channel._purge(queue)


@pytest.fixture(autouse=True)
def _as_large_as_published(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """The packaged model under the card of a full one."""
    settings.CPU_MAX_BP = 4096
    monkeypatch.setattr(machine, "is_full", lambda model: True)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The sweeper's; its one number can be set."""
    now = [1000.0]
    monkeypatch.setattr(sweep, "monotonic", lambda: now[0])
    monkeypatch.setattr(sweep, "_missing_since", {})
    return now


def there(name: str, *, gpu: bool) -> None:
    """A worker that reported just now."""
    WorkerStatus.objects.update_or_create(name=name, defaults={"seen_at": Now(), "ready": True, "gpu": gpu})


def gone(name: str) -> None:
    """A worker that has not reported for a while."""
    WorkerStatus.objects.filter(name=name).update(seen_at=Now() - timedelta(seconds=31))


def lengths() -> tuple[int, ...]:
    return tuple(dispatch.queue_length(queue) for queue in QUEUES)


def test_only_the_published_size_needs_it_and_only_beyond_the_limit(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.undo()
    settings.CPU_MAX_BP = 524_288
    yeast = model_info("yeast")
    full = replace(yeast, settings={"network": {**yeast.settings["network"], "stem_channels": 768}})
    asked = [(model, bp) for model in (yeast, full) for bp in (524_288, 526_336, 1_048_576)]
    assert [capability.needs_gpu(model, bp) for model, bp in asked] == [False, False, False, False, True, True]


def test_what_needs_a_gpu_has_a_queue_that_other_workers_do_not_read() -> None:
    there("big", gpu=True)
    small, large = queued(SHORT), queued(LONG, seed=2)
    assert (small.needs_gpu, large.needs_gpu) == (False, True)
    assert lengths() == (1, 1, 0)
    assert queue_position(get_prediction(large.id)) == 1  # nobody is before it there


def test_a_worker_with_a_gpu_reads_both_queues_and_one_without_only_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    for gpu in (False, True):
        monkeypatch.setattr(machine, "has_gpu", lambda device, gpu=gpu: gpu)
        app.amqp.queues.select([ANY])  # as `--queues predictor` does
        tasks._queues(instance=type("Worker", (), {"app": app}))
        assert set(app.amqp.queues.consume_from) == ({ANY, GPU} if gpu else {ANY})
        worker.report()
        assert WorkerStatus.objects.get().gpu is gpu
    app.amqp.queues.deselect([GPU])
    monkeypatch.setattr(worker, "_gpu", False)


def test_where_no_worker_can_it_is_refused_at_once() -> None:
    there("small", gpu=False)
    with pytest.raises(DomainError) as refused:
        submit.submit(parse_spec({"sequence": random_dna(LONG)}), "")
    assert (refused.value.code, refused.value.status) == ("no_gpu_worker", 503)
    assert "No worker with a GPU is running, and without one at most 4,096 bp" in str(refused.value)
    assert queued(SHORT).state == State.QUEUED


def test_it_waits_where_no_worker_has_started_yet_and_fails_with_a_sentence_when_none_with_a_gpu_comes(
    clock: list[float],
) -> None:
    large = queued(LONG)
    assert sweep_once().failed == 0
    clock[0] += 3600
    assert sweep_once().failed == 0
    there("small", gpu=False)
    assert sweep_once().failed == 0
    clock[0] += 59
    assert sweep_once().failed == 0
    clock[0] += 1
    assert sweep_once() == Swept(0, 1, 0)
    row = get_prediction(large.id)
    assert (row.state, row.error_code) == (State.FAILED, "no_gpu_worker")
    assert "No worker with a GPU is running" in row.error_message


def test_a_worker_with_a_gpu_may_restart_while_work_has_long_waited_for_it(clock: list[float]) -> None:
    large = queued(LONG)
    Prediction.objects.filter(id=large.id).update(created=Now() - timedelta(seconds=3600))
    for name in ("small", "big"):
        there(name, gpu=name == "big")
    for _ in range(3):  # the absences do not add up
        gone("big")
        assert sweep_once().failed == 0
        clock[0] += 50
        assert sweep_once().failed == 0
        there("big", gpu=True)
        assert sweep_once().failed == 0
        clock[0] += 50
    assert get_prediction(large.id).state == State.QUEUED


def test_after_an_outage_of_the_database_workers_have_time_to_report(clock: list[float]) -> None:
    large = queued(LONG)
    Prediction.objects.filter(id=large.id).update(created=Now() - timedelta(seconds=3600))
    for name in ("small", "big"):
        there(name, gpu=name == "big")
        gone(name)
    clock[0] += 3600
    assert sweep_once().failed == 0
    there("small", gpu=False)
    assert sweep_once().failed == 0
    there("big", gpu=True)
    clock[0] += 61
    assert sweep_once().failed == 0
    assert get_prediction(large.id).state == State.QUEUED


def test_a_busy_worker_with_a_gpu_is_waited_for() -> None:
    there("big", gpu=True)
    large = queued(LONG)
    Prediction.objects.filter(id=large.id).update(created=Now() - timedelta(seconds=3600))
    assert sweep_once().failed == 0
    assert get_prediction(large.id).state == State.QUEUED


def test_a_queue_that_moves_on_says_nothing_of_messages_in_the_other() -> None:
    there("big", gpu=True)
    large, small = queued(LONG), queued(SHORT, seed=2)
    claimed(small)
    Prediction.objects.filter(id=large.id).update(sent_at=Now() - timedelta(seconds=16))
    assert sweep_once().resent == 0
    with dispatch.broker() as connection:
        connection.default_channel._purge(GPU)  # lost
    assert sweep_once().resent == 1
    assert dispatch.queue_length(GPU) == 1
