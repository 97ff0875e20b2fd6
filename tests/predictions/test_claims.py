"""One attempt at a time: claim, fence, heartbeat, store."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
import pytest
from django.db import connection

from predictor.api import Cancelled, DomainError
from tests.predictions.making import claimed, key_of, queued, result_for
from webapp.predictions.access import cancel, get_prediction
from webapp.predictions.claims import Heartbeat, fail, give_back, take
from webapp.predictions.models import Prediction, State, Tile
from webapp.predictions.store import store


def _until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    give_up = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up, "it did not happen in time"
        time.sleep(0.02)


def _drop_all_other_connections() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_gets_the_row() -> None:
    prediction = queued()
    got = []
    together = threading.Barrier(6)

    def work(name: str) -> None:
        together.wait()
        got.append(take(prediction.id, name))
        connection.close()

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(claim is not None for claim in got) == 1
    assert get_prediction(prediction.id).attempts == 1


@pytest.mark.django_db
def test_an_attempt_that_lost_its_claim_stores_nothing() -> None:
    prediction = queued()
    slow = claimed(prediction)
    assert give_back(slow)  # the sweeper thought it dead
    second = claimed(prediction)
    with pytest.raises(Cancelled):
        store(slow, result_for(prediction))
    assert not Tile.objects.exists()
    store(second, result_for(prediction))
    tiles = Tile.objects.count()
    with pytest.raises(Cancelled):
        store(slow, result_for(prediction))
    assert Tile.objects.count() == tiles
    assert not fail(slow, "x", "y")
    assert get_prediction(prediction.id).state == State.DONE


@pytest.mark.django_db
def test_storing_twice_under_one_claim_is_one_result() -> None:
    """The database may go away after a commit and before its answer."""
    prediction = queued()
    claim = claimed(prediction)
    store(claim, result_for(prediction))
    tiles = Tile.objects.count()
    store(claim, result_for(prediction))
    assert Tile.objects.count() == tiles


@pytest.mark.django_db
def test_values_that_are_no_numbers_are_never_stored() -> None:
    prediction = queued(tracks=[key_of(1)])
    claim = claimed(prediction)
    values = np.ones(1500, np.float32)
    values[7] = np.nan
    with pytest.raises(DomainError, match="no numbers"):
        store(claim, result_for(prediction, [values]))
    assert get_prediction(prediction.id).state == State.RUNNING


@pytest.mark.django_db
def test_minimum_and_maximum_are_those_of_the_stored_values() -> None:
    prediction = queued(tracks=[key_of(1)])
    values = np.linspace(-1, 3, 1500, dtype=np.float32)
    store(claimed(prediction), result_for(prediction, [values]))
    track = prediction.tracks.get()
    assert (track.minimum, track.maximum) == (-1.0, 3.0)


@pytest.mark.django_db(transaction=True)
def test_progress_reaches_the_row_at_most_five_times_a_second() -> None:
    claim = claimed(queued())
    writes = []
    with Heartbeat(claim) as heartbeat:
        original = heartbeat._write
        heartbeat._write = lambda: (writes.append(time.monotonic()), original())[1]  # type: ignore[method-assign]
        begun = time.monotonic()
        while time.monotonic() - begun < 1.2:
            heartbeat.progress("tower", (time.monotonic() - begun) / 2)
            time.sleep(0.001)
    assert 2 <= len(writes) <= 6  # 1.2 s at a write each 0.2 s
    row = Prediction.objects.get(id=claim.row_id)
    assert row.stage == "tower"
    assert 0 < row.progress <= 0.6


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_prediction_stops_at_its_next_progress() -> None:
    prediction = queued()
    with Heartbeat(claimed(prediction)) as heartbeat:
        heartbeat.progress("tower", 0.1)
        cancel(get_prediction(prediction.id), "")
        with pytest.raises(Cancelled):
            for n in range(1000):
                heartbeat.progress("tower", n / 1000)
                time.sleep(0.01)


@pytest.mark.django_db(transaction=True)
def test_the_heartbeat_outlives_its_connection() -> None:
    claim = claimed(queued())
    with Heartbeat(claim) as heartbeat:
        heartbeat.progress("tower", 0.1)
        _until(lambda: Prediction.objects.get(id=claim.row_id).progress == 0.1)
        _drop_all_other_connections()
        heartbeat.progress("tower", 0.7)
        _until(lambda: Prediction.objects.get(id=claim.row_id).progress == 0.7)
        heartbeat.progress("tower", 0.8)  # and the claim is not lost


@pytest.mark.django_db(transaction=True)
def test_a_result_is_stored_over_a_new_connection_when_the_old_one_died() -> None:
    prediction = queued()
    claim, result = claimed(prediction), result_for(prediction)
    errors: list[BaseException] = []
    connected, dropped = threading.Event(), threading.Event()

    def work() -> None:
        try:
            Prediction.objects.count()
            connected.set()
            dropped.wait(10)
            store(claim, result)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    connected.wait(10)
    _drop_all_other_connections()
    dropped.set()
    thread.join(20)
    assert errors == []
    assert get_prediction(prediction.id).state == State.DONE
