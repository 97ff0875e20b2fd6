"""One attempt with the packaged model, and every way it can end."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence

import numpy as np
import pytest
from django.conf import settings

from predictor.api import DomainError, ModelInput, PredictionResult, Predictor, Track, model_info
from predictor.results import Progress
from tests.predictions.making import queued, result_of
from webapp.loci.models import Assembly
from webapp.predictions import worker
from webapp.predictions.access import cancel, get_prediction
from webapp.predictions.models import Prediction, State, Tile
from webapp.predictions.run import run
from webapp.predictions.specs import parse_spec
from webapp.predictions.submit import submit
from webapp.predictions.windows import read_window

pytestmark = pytest.mark.django_db(transaction=True)


class Ends:
    """A predictor that ends as told; everything else of the attempt is real."""

    device, dtype = "cpu", "float32"

    def __init__(self, end: BaseException | None = None, cancels: uuid.UUID | None = None) -> None:
        self.info = model_info(settings.MODEL)
        self.end, self.cancels = end, cancels

    def predict(self, given: ModelInput, tracks: Sequence[Track], progress: Progress | None = None) -> PredictionResult:
        assert progress is not None
        if self.cancels:
            cancel(get_prediction(self.cancels), "")
            for n in range(1000):
                progress("tower", n / 1000)
                time.sleep(0.01)
        if self.end:
            raise self.end
        return result_of(given, tracks)


def _run(prediction: Prediction, predictor: Predictor) -> Prediction:
    run(prediction.id, load=lambda name: predictor)
    return get_prediction(prediction.id)


def test_the_packaged_model_predicts_a_locus_and_again_to_the_same_bytes(genome: Assembly) -> None:
    prediction = submit(parse_spec({"locus": "chrI:20,001-21,000"}), "")[0]
    run(prediction.id)
    row = get_prediction(prediction.id)
    assert (row.state, row.attempts, row.progress) == (State.DONE, 1, 1.0)
    assert row.device and row.dtype == "float32" and row.seconds
    keys = [track.key for track in row.tracks.all()]
    values = read_window(row, keys, row.start, row.end, row.end - row.start)
    assert np.isfinite(values).all()
    first = list(Tile.objects.order_by("track__order", "level", "summary", "index").values_list("data", flat=True))
    Prediction.objects.filter(id=row.id).update(state=State.QUEUED)
    Tile.objects.all().delete()
    run(row.id)
    again = list(Tile.objects.order_by("track__order", "level", "summary", "index").values_list("data", flat=True))
    assert [bytes(tile) for tile in first] == [bytes(tile) for tile in again]


def test_a_row_that_does_not_wait_is_left_alone() -> None:
    prediction = queued()
    Prediction.objects.filter(id=prediction.id).update(state=State.CANCELLED)
    assert _run(prediction, Ends(AssertionError())).attempts == 0
    run(uuid.uuid4(), load=lambda name: Ends())


def test_a_domain_error_is_the_users_sentence() -> None:
    row = _run(queued(), Ends(DomainError("too_odd", "This is too odd; try another.")))
    assert (row.state, row.error_code, row.error_message) == (State.FAILED, "too_odd", "This is too odd; try another.")


OutOfMemoryError = type("OutOfMemoryError", (RuntimeError,), {})  # as torch calls its own


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OutOfMemoryError("CUDA"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried 9 bytes"),
    ],
)
def test_too_little_memory_is_said_and_not_tried_again(error: Exception) -> None:
    row = _run(queued(), Ends(error))
    assert (row.state, row.error_code, row.attempts) == (State.FAILED, "out_of_memory", 1)
    assert "shorter interval" in row.error_message


def test_a_fault_of_ours_is_tried_three_times_and_then_told_without_its_trace(caplog: pytest.LogCaptureFixture) -> None:
    prediction = queued()
    states = [_run(prediction, Ends(ValueError("secret detail"))).state for _ in range(3)]
    assert states == [State.QUEUED, State.QUEUED, State.FAILED]
    row = get_prediction(prediction.id)
    assert (row.attempts, row.error_code) == (3, "internal")
    assert str(row.id) in row.error_message
    assert "secret" not in row.error_message
    assert "secret detail" in caplog.text


def test_a_cancelled_prediction_stays_cancelled() -> None:
    prediction = queued()
    assert _run(prediction, Ends(cancels=prediction.id)).state == State.CANCELLED
    assert not Tile.objects.exists()


def test_a_model_that_was_replaced_meanwhile_is_said() -> None:
    prediction = queued()
    Prediction.objects.filter(id=prediction.id).update(model_sha256="0" * 64)
    row = _run(prediction, Ends())
    assert (row.state, row.error_code) == (State.FAILED, "model_changed")


def test_a_model_that_cannot_be_loaded_fails_the_job_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str, **_: object) -> Predictor:
        raise OSError("no such library")

    monkeypatch.setattr(worker, "load", broken)
    monkeypatch.setattr(worker, "_loaded", {})
    prediction = queued()
    run(prediction.id)
    row = get_prediction(prediction.id)
    assert (row.state, row.error_code) == (State.FAILED, "model_not_loaded")
    assert "could not be loaded" in row.error_message
    monkeypatch.setattr(worker, "_error", "")
