"""Jobs come one after the other, so that a prediction waits behind a slice of one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from tests.predictions.making import queued
from tests.predictions.test_sweep import empty_queue
from tests.scoring_jobs.making import asked, notation, turn
from webapp.loci.models import Assembly
from webapp.predictions import dispatch
from webapp.predictions.models import State
from webapp.predictions.sweep import sweep_once
from webapp.scoring.access import cancel_job, get_job
from webapp.scoring.models import ScoreJob, ScoreSlice
from webapp.scoring.run import run

__all__ = ["empty_queue"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def jobs(genome: Assembly) -> list[ScoreJob]:
    return [asked(variants=[notation(genome, n)]) for n in (10_001, 10_002, 10_003)]


def _sent(jobs: list[ScoreJob]) -> list[bool]:
    return [ScoreSlice.objects.filter(job=job).latest("start").sent_at is not None for job in jobs]


def _all_are_old() -> None:
    ago = Now() - timedelta(seconds=60)
    ScoreSlice.objects.update(created=ago)
    ScoreSlice.objects.exclude(sent_at=None).update(sent_at=ago)


def test_only_the_oldest_job_has_a_message(jobs: list[ScoreJob]) -> None:
    assert _sent(jobs) == [True, False, False]
    assert dispatch.queue_length() == 1


def test_the_end_of_a_job_sends_the_next(jobs: list[ScoreJob]) -> None:
    run(turn(jobs[0]).id)
    assert get_job(jobs[0].id).state == State.DONE
    assert _sent(jobs) == [True, True, False]
    run(turn(jobs[1]).id)
    assert _sent(jobs) == [True, True, True]


def test_the_next_slice_of_a_job_comes_before_the_next_job(genome: Assembly, settings: object) -> None:
    settings.SLICE_ROWS = 1  # type: ignore[attr-defined]
    jobs = [asked(saturation="chrI:10,001"), asked(saturation="chrI:10,002")]
    run(turn(jobs[0]).id)
    assert turn(jobs[0]).start == 1
    assert _sent(jobs) == [True, False]


def test_the_failure_of_a_job_sends_the_next(jobs: list[ScoreJob]) -> None:
    ScoreJob.objects.filter(id=jobs[0].id).update(model_sha256="0" * 64)
    run(turn(jobs[0]).id)
    assert get_job(jobs[0].id).state == State.FAILED
    assert _sent(jobs) == [True, True, False]


def test_cancelling_a_job_sends_the_next_if_it_was_its_turn(jobs: list[ScoreJob]) -> None:
    cancel_job(jobs[1], "")
    assert _sent(jobs) == [True, False, False]
    cancel_job(jobs[0], "")
    assert _sent(jobs) == [True, False, True]


def test_an_attempt_that_is_tried_again_keeps_its_turn(jobs: list[ScoreJob], caplog: pytest.LogCaptureFixture) -> None:
    def broken(name: str) -> None:
        raise OSError

    run(turn(jobs[0]).id, load=broken)  # type: ignore[arg-type]
    assert _sent(jobs) == [True, False, False]
    assert dispatch.queue_length() == 2  # the first message was not read here


def test_the_sweeper_sends_nothing_out_of_turn(jobs: list[ScoreJob]) -> None:
    _all_are_old()
    with dispatch.broker() as connection:
        connection.default_channel._purge("predictor")
    assert sweep_once().resent == 1
    assert _sent(jobs) == [True, False, False]
    assert dispatch.queue_length() == 1


def test_the_sweeper_sends_the_next_where_a_worker_died_before_it_could(jobs: list[ScoreJob]) -> None:
    ScoreSlice.objects.filter(job=jobs[0]).update(state=State.DONE)
    ScoreJob.objects.filter(id=jobs[0].id).update(state=State.DONE)
    _all_are_old()
    assert sweep_once().resent == 1
    assert _sent(jobs) == [True, True, False]


def test_a_prediction_waits_behind_one_slice(jobs: list[ScoreJob]) -> None:
    queued()
    assert dispatch.queue_length() == 2
