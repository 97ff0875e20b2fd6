"""Lost slices come back, whatever was lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from tests.predictions.making import queued
from tests.predictions.test_sweep import empty_queue
from tests.scoring_jobs.making import asked, notation, turn
from webapp.loci.models import Assembly
from webapp.predictions import dispatch
from webapp.predictions.claims import take
from webapp.predictions.models import Prediction, State
from webapp.predictions.sweep import Swept, sweep_once
from webapp.scoring.models import ScoreJob, ScoreSlice

__all__ = ["empty_queue"]

pytestmark = pytest.mark.django_db(transaction=True)


def _ago(row: ScoreSlice, seconds: int, *fields: str) -> None:
    ScoreSlice.objects.filter(id=row.id).update(**dict.fromkeys(fields, Now() - timedelta(seconds=seconds)))


@pytest.fixture
def job(genome: Assembly) -> ScoreJob:
    return asked(variants=[notation(genome, 10_001)])


def test_a_silent_worker_loses_its_slice_however_often(job: ScoreJob) -> None:
    for attempt in range(1, 6):
        part = turn(job)
        take(part.id, "w", ScoreSlice)
        _ago(part, 21, "heartbeat_at")
        before = dispatch.queue_length()
        assert sweep_once() == Swept(1, 0, 0)
        assert dispatch.queue_length() == before + 1
        assert turn(job).attempts == attempt  # the run itself leaves out what kills workers


def test_a_message_that_was_never_sent_is_sent(job: ScoreJob) -> None:
    ScoreSlice.objects.filter(job=job).update(sent_at=None)
    assert sweep_once().resent == 0
    _ago(turn(job), 4, "created")
    assert sweep_once().resent == 1
    assert turn(job).sent_at is not None


def test_a_prediction_that_was_overtaken_by_a_slice_has_lost_its_message(job: ScoreJob) -> None:
    forgotten = queued()
    Prediction.objects.filter(id=forgotten.id).update(sent_at=Now() - timedelta(seconds=60))
    assert sweep_once().resent == 0  # nothing moves, and the broker has messages
    take(turn(job).id, "w", ScoreSlice)
    assert sweep_once().resent == 1


def test_a_slice_of_a_cancelled_job_is_not_sent(job: ScoreJob) -> None:
    from webapp.scoring.access import cancel_job, get_job

    part = turn(job)
    cancel_job(get_job(job.id), "")
    _ago(part, 60, "sent_at", "created")
    assert sweep_once() == Swept(0, 0, 0)
    assert ScoreSlice.objects.get(id=part.id).state == State.CANCELLED
