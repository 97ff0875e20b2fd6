"""Jobs take turns slice by slice, one slice at a time, so that neither a small job nor a prediction waits for a large one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F
from django.db.models.functions import Now

from tests.predictions.making import queued
from tests.predictions.test_sweep import empty_queue
from tests.scoring_jobs.making import asked, notation, turn
from webapp.loci.models import Assembly
from webapp.predictions import dispatch, worker
from webapp.predictions.claims import take
from webapp.predictions.models import State
from webapp.predictions.sweep import sweep_once
from webapp.scoring.access import cancel_job, get_job
from webapp.scoring.describe import describe
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
    minute = timedelta(seconds=60)
    ScoreSlice.objects.update(created=F("created") - minute)
    ScoreSlice.objects.exclude(sent_at=None).update(sent_at=F("sent_at") - minute)


def test_only_one_job_has_a_message(jobs: list[ScoreJob]) -> None:
    assert _sent(jobs) == [True, False, False]
    assert dispatch.queue_length() == 1


def test_the_end_of_a_job_sends_the_next(jobs: list[ScoreJob]) -> None:
    run(turn(jobs[0]).id)
    assert get_job(jobs[0].id).state == State.DONE
    assert _sent(jobs) == [True, True, False]
    run(turn(jobs[1]).id)
    assert _sent(jobs) == [True, True, True]


def _work(turns: int) -> list[ScoreJob]:
    """What a worker does that reads `turns` messages: the job of each."""
    served = []
    for _ in range(turns):
        (part,) = ScoreSlice.objects.filter(state=State.QUEUED).exclude(sent_at=None).select_related("job")
        served.append(part.job)
        run(part.id)
    return served


@pytest.fixture
def one_row_each(settings: object) -> None:
    settings.SLICE_ROWS = 1  # type: ignore[attr-defined]


@pytest.mark.usefixtures("one_row_each")
def test_a_small_job_behind_a_large_one_is_done_first(genome: Assembly) -> None:
    large = asked(saturation="chrI:10,001-10,010")
    assert _work(1) == [large]
    small = asked(variants=[notation(genome, 10_001), notation(genome, 10_002)])
    assert describe(get_job(small.id))["queue_position"] == 1
    _work(4)
    assert get_job(small.id).state == State.DONE
    assert (get_job(large.id).state, get_job(large.id).done) == (State.RUNNING, 3)
    assert _work(1) == [large]  # alone again, it goes on


@pytest.mark.usefixtures("one_row_each")
def test_three_jobs_alternate(genome: Assembly) -> None:
    first, second, third = (asked(saturation=f"chrI:{n:,}") for n in (10_001, 10_002, 10_003))
    assert _work(9) == [first, second, third] * 3


@pytest.mark.usefixtures("one_row_each")
def test_two_jobs_of_one_visitor_get_no_more_turns_than_one_of_another(genome: Assembly) -> None:
    alice, bob = "a" * 32, "b" * 32
    one, two = asked(alice, saturation="chrI:10,001"), asked(alice, saturation="chrI:10,002")
    other = asked(bob, saturation="chrI:10,003")
    assert _work(6) == [one, other, two, other, one, other]


@pytest.mark.usefixtures("one_row_each")
def test_what_a_visitor_had_long_ago_does_not_count(genome: Assembly) -> None:
    alice, bob = "a" * 32, "b" * 32
    one = asked(alice, saturation="chrI:10,001-10,002")
    _work(2)
    ScoreSlice.objects.filter(state=State.DONE).update(sent_at=Now() - timedelta(hours=1))
    other = asked(bob, saturation="chrI:10,003")
    assert _work(3) == [one, other, one]


@pytest.mark.usefixtures("one_row_each")
def test_the_time_left_is_told_of_jobs_that_take_turns(genome: Assembly) -> None:
    large, small = asked(saturation="chrI:10,001-10,010"), asked(saturation="chrI:10,011")
    for job, done in ((large, 10), (small, 1)):
        ScoreJob.objects.filter(id=job.id).update(state=State.RUNNING, done=done, busy_seconds=10.0 * done)
    # 20 rows of 10 s left of the large one, 2 of the small one: it ends after 4 turns, the large one after all 22.
    assert describe(get_job(small.id))["seconds_left"] == 40
    assert describe(get_job(large.id))["seconds_left"] == 220


@pytest.mark.usefixtures("one_row_each")
def test_a_job_whose_worker_died_goes_on_and_the_others_with_it(genome: Assembly) -> None:
    jobs = [asked(saturation=f"chrI:{n:,}") for n in (10_001, 10_002)]
    take(turn(jobs[0]).id, f"{worker.host_and_home()}:4194305:0000", ScoreSlice)  # no process has this number
    assert not ScoreSlice.in_turn().exists()
    assert worker.recover_predecessors() == 1
    assert _work(6) == jobs * 3
    assert [get_job(job.id).state for job in jobs] == [State.DONE, State.DONE]


@pytest.mark.usefixtures("one_row_each")
def test_cancelling_one_of_jobs_that_alternate_leaves_the_turn_to_the_other(genome: Assembly) -> None:
    jobs = [asked(saturation=f"chrI:{n:,}") for n in (10_001, 10_002)]
    _work(2)
    cancel_job(get_job(jobs[0].id), "")
    assert _work(2) == [jobs[1], jobs[1]]
    assert get_job(jobs[1].id).state == State.DONE
    assert get_job(jobs[0].id).done == 1


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
