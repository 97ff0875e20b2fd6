"""A real Celery worker that is killed in the middle of a job, and a prediction that does not wait for all of it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from tests.predictions.making import queued
from tests.predictions.test_worker import _until, log, workers
from tests.scoring_jobs.making import asked
from webapp.loci.models import Assembly
from webapp.predictions.access import get_prediction
from webapp.predictions.models import State
from webapp.scoring.access import get_job
from webapp.scoring.models import ScoreSlice
from webapp.scoring.table import read_table

__all__ = ["log", "workers"]

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_killed_worker_costs_a_slice_and_a_prediction_is_let_in_between(
    workers: Callable[[], subprocess.Popen[bytes]], log: Path, genome: Assembly
) -> None:
    workers()
    job = asked(saturation="chrI:10,001-10,150")  # 450 rows, 64 at a time
    _until(lambda: get_job(job.id).done > 0, log)
    running = ScoreSlice.objects.filter(job=job, state=State.RUNNING)
    _until(lambda: running.filter(progress__gt=0).exists(), log)
    kept = {part.start: bytes(part.table) for part in ScoreSlice.objects.filter(job=job, state=State.DONE)}
    os.kill(int(running.get().worker.split(":")[-2]), signal.SIGKILL)
    prediction = queued()
    _until(lambda: get_prediction(prediction.id).state == State.DONE, log)
    assert get_job(job.id).state == State.RUNNING
    _until(lambda: get_job(job.id).state == State.DONE, log, 300)
    row = get_job(job.id)
    assert (row.done, row.failed) == (450, 0)
    assert (read_table(row).status == 1).all()
    parts = list(ScoreSlice.objects.filter(job=job).order_by("start"))
    assert all(bytes(part.table) == kept[part.start] for part in parts if part.start in kept)
    assert [part.start for part in parts[1:]] == [part.start + part.count for part in parts[:-1]]
    assert max(part.attempts for part in parts) <= settings.MAX_ATTEMPTS
