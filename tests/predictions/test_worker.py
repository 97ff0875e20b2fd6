"""A real Celery worker in its own process, and what happens when it is killed in mid-job."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from predictor.api import machine, model_info
from tests.predictions.making import CHROMOSOMES, queued, small_genome
from webapp.predictions import dispatch
from webapp.predictions.access import cancel, get_prediction
from webapp.predictions.models import ANY, EDGES, GPU, QUEUES, Prediction, State, Tile, WorkerStatus
from webapp.predictions.sweep import sweep_once

pytestmark = pytest.mark.django_db(transaction=True)

LONG_BP = 400_000  # seconds of work on one thread: long enough to be killed in
LONGEST_BP = 1_000_000


def _test_database_url() -> str:
    given = connection.settings_dict
    secret = f":{quote(given['PASSWORD'])}" if given["PASSWORD"] else ""
    host, port = given["HOST"] or given["OPTIONS"].get("host", ""), given["PORT"] or given["OPTIONS"].get("port", "")
    where = f"?host={quote(str(host))}&port={port}" if str(host).startswith("/") else ""
    return f"postgresql://{given['USER']}{secret}@{'' if where else f'{host}:{port}'}/{given['NAME']}{where}"


def start_worker(log: Path, queue: str = ANY) -> subprocess.Popen[bytes]:
    """As the supervisor starts it, on the test database."""
    environment = {
        **os.environ,
        "DATABASE_URL": _test_database_url(),
        "BROKER_URL": settings.BROKER_URL,
        "LOCUSCOPE_HOME": str(settings.HOME),
        "PREDICTOR_THREADS": "1",
    }
    command = f"-m celery -A webapp.celery worker -P prefork -c 1 -Q {queue} --without-gossip --without-mingle --without-heartbeat"
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, *command.split()],
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "worker.log"


@pytest.fixture
def workers(log: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    started = []
    with dispatch.broker() as broker:  # other tests' messages, and what killed workers had unacknowledged
        for queue in QUEUES:
            broker.default_channel._purge(queue)
        broker.default_channel.client.delete("unacked", "unacked_index")

    def start(queue: str = ANY) -> subprocess.Popen[bytes]:
        started.append(start_worker(log, queue))
        return started[-1]

    yield start
    for process in started:
        _kill_all_of(process)


def _kill_all_of(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def _until(condition: Callable[[], bool], log: Path, seconds: float = 90.0) -> None:
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up, f"it did not happen in time; the worker said:\n{log.read_text()[-4000:]}"
        time.sleep(0.05)


def _running(prediction: Prediction) -> Callable[[], bool]:
    return lambda: (row := get_prediction(prediction.id)).state == State.RUNNING and row.progress > 0


def _child_pid(prediction: Prediction) -> int:
    return int(get_prediction(prediction.id).worker.split(":")[-2])


def test_a_job_is_done_and_the_worker_says_that_it_is_ready(
    workers: Callable[[], subprocess.Popen[bytes]], log: Path
) -> None:
    workers()
    prediction = queued()
    _until(lambda: get_prediction(prediction.id).state == State.DONE, log)
    _until(lambda: WorkerStatus.objects.filter(ready=True, model=settings.MODEL).exists(), log)


def test_a_child_that_is_killed_in_mid_job_costs_an_attempt_and_no_result(
    workers: Callable[[], subprocess.Popen[bytes]], log: Path
) -> None:
    workers()
    prediction = queued(LONG_BP)
    _until(_running(prediction), log)
    os.kill(_child_pid(prediction), signal.SIGKILL)
    killed = time.monotonic()
    _until(lambda: get_prediction(prediction.id).attempts == 2, log)
    assert time.monotonic() - killed < settings.STALE_AFTER_SECONDS  # the next child took over, nobody swept
    _until(lambda: get_prediction(prediction.id).state == State.DONE, log)
    _exactly_one_result(prediction)


def test_a_whole_worker_that_is_killed_is_replaced_by_the_next(
    workers: Callable[[], subprocess.Popen[bytes]], log: Path
) -> None:
    first = workers()
    prediction = queued(LONG_BP)
    _until(_running(prediction), log)
    _kill_all_of(first)
    workers()
    _until(lambda: get_prediction(prediction.id).state == State.DONE, log)
    assert get_prediction(prediction.id).attempts == 2
    _exactly_one_result(prediction)


def test_a_parent_that_is_killed_alone_leaves_one_result(
    workers: Callable[[], subprocess.Popen[bytes]], log: Path
) -> None:
    first = workers()
    prediction = queued(LONG_BP)
    _until(_running(prediction), log)
    os.kill(first.pid, signal.SIGKILL)
    workers()

    def finished() -> bool:
        sweep_once()
        return get_prediction(prediction.id).state == State.DONE

    _until(finished, log)
    _exactly_one_result(prediction)


def test_the_database_loses_all_connections_in_mid_job(
    workers: Callable[[], subprocess.Popen[bytes]], log: Path
) -> None:
    workers()
    prediction = queued(LONG_BP)
    _until(_running(prediction), log)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    _until(lambda: get_prediction(prediction.id).state == State.DONE, log)
    assert get_prediction(prediction.id).attempts == 1
    _exactly_one_result(prediction)


def test_cancelling_frees_the_worker_for_the_next(workers: Callable[[], subprocess.Popen[bytes]], log: Path) -> None:
    workers()
    long, short = queued(LONGEST_BP, seed=5), queued(1500, seed=6)
    _until(_running(long), log)
    cancel(get_prediction(long.id), "")
    _until(lambda: get_prediction(short.id).state == State.DONE, log, 60)
    assert get_prediction(long.id).state == State.CANCELLED


def test_what_needs_a_gpu_is_done_by_a_worker_of_its_queue_and_by_no_other(
    workers: Callable[..., subprocess.Popen[bytes]], log: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.CPU_MAX_BP = 2048
    monkeypatch.setattr(machine, "is_full", lambda model: True)  # the packaged model under the card of a full one
    large, small = queued(3000, seed=7), queued(1500, seed=8)
    assert (large.needs_gpu, small.needs_gpu) == (True, False)
    without = workers()
    _until(lambda: get_prediction(small.id).state == State.DONE, log)
    waiting = get_prediction(large.id)
    assert (waiting.state, waiting.attempts) == (State.QUEUED, 0)  # although it was there before
    _kill_all_of(without)
    workers(GPU)
    _until(lambda: get_prediction(large.id).state == State.DONE, log)
    _exactly_one_result(large)


def test_the_showcase_is_stored_once_and_then_instant(
    workers: Callable[[], subprocess.Popen[bytes]], log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from webapp.predictions.showcase import showcase_prediction

    small_genome({**CHROMOSOMES})
    assert showcase_prediction() is None
    workers()
    call_command("showcase", timeout=90)
    assert "stored, /p/" in capsys.readouterr().out
    begun = time.monotonic()
    call_command("showcase", timeout=60)
    assert time.monotonic() - begun < 30  # it is there: nothing is waited for
    shown = showcase_prediction()
    assert shown is not None
    assert (shown.start, shown.end) == (269_312, 285_696)  # 16,384 bp, no flank
    assert Prediction.objects.count() == 1


def _exactly_one_result(prediction: Prediction) -> None:
    tracks = prediction.tracks.count()
    tiles = Tile.objects.filter(track__prediction=prediction)
    for edge in ("", *EDGES) if len(model_info(settings.MODEL).members) > 1 else ("",):
        assert tiles.filter(level=0, index=0, edge=edge).count() == tracks
    assert len(set(tiles.values_list("track_id", "edge", "level", "summary", "index"))) == tiles.count()
