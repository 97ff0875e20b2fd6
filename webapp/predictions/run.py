"""One attempt at one prediction, from the claim to the stored result. The Celery task calls it, and tests do."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings

from predictor.api import (
    Cancelled,
    DomainError,
    Interval,
    ModelInput,
    Padding,
    PredictionResult,
    Predictor,
    Progress,
    Track,
)
from webapp.hosted.services import predictor_for
from webapp.predictions import dispatch, worker
from webapp.predictions.claims import Claim, Heartbeat, fail, give_back, patiently
from webapp.predictions.models import Prediction, Request, Work
from webapp.predictions.packing import unpack
from webapp.predictions.store import store
from webapp.predictions.turns import take_in_turn

logger = logging.getLogger(__name__)


def run(prediction_id: uuid.UUID, load: Callable[[str], Predictor] = worker.loaded) -> None:
    """Claim the row and bring it to DONE or FAILED, or back to the queue. Does nothing if another attempt has it."""
    claim = patiently(lambda: take_in_turn(prediction_id, worker.worker_name()))
    if claim is None:
        logger.info("%s is not waiting any more, or not in its turn", prediction_id)
        return
    worker.set_busy(prediction_id)
    try:
        _attempt(claim, load)
    finally:
        worker.set_busy(None)


def _attempt(claim: Claim, load: Callable[[str], Predictor]) -> None:
    try:
        with Heartbeat(claim) as heartbeat:
            prediction = patiently(lambda: Prediction.objects.get(id=claim.row_id))
            with _predictor(prediction, load, heartbeat.progress) as predictor:
                tracks = _tracks(prediction, predictor)
                result, edited = _predict(predictor, prediction, tracks, heartbeat.progress)
            heartbeat.progress("storing", 1.0)
            store(claim, result, edited, prediction.haplotype)
        logger.info("%s done", claim.row_id)
    except Cancelled:
        logger.info("%s was cancelled, or another attempt has it", claim.row_id)
    except DomainError as error:
        code, sentence = error.code, str(error)
        patiently(lambda: fail(claim, code, sentence))
    except Exception as error:
        if out_of_memory(error):
            logger.warning("%s: out of memory: %s", claim.row_id, error)
            patiently(lambda: fail(claim, "out_of_memory", OUT_OF_MEMORY))
            return
        logger.exception("%s: attempt failed", claim.row_id)
        if patiently(lambda: give_back(claim)):
            dispatch.send(Prediction, [claim.row_id])
        else:
            sentence = f"The prediction failed for a reason that is ours; the server's log has it under {claim.row_id}."
            patiently(lambda: fail(claim, "internal", sentence))


@contextmanager
def _predictor(prediction: Prediction, load: Callable[[str], Predictor], progress: Progress) -> Iterator[Predictor]:
    """The loaded model, or a connection to the one that runs elsewhere, with the key of whoever asked."""
    if prediction.hosted:
        with predictor_for(prediction.model_name, prediction.visitor) as predictor:
            yield predictor
        return
    progress("loading the model", 0.0)
    yield load(prediction.model_name)


def _predict(
    predictor: Predictor, prediction: Prediction, tracks: list[Track], progress: Progress
) -> tuple[PredictionResult, PredictionResult | None]:
    """The reference's result, and the edited sequence's where there are edits."""
    if not prediction.edits:
        return predictor.predict(model_input(prediction), tracks, progress), None
    reference = predictor.predict(model_input(prediction), tracks, lambda stage, done: progress(stage, done / 2))
    edited = predictor.predict(
        edited_input(prediction), tracks, lambda stage, done: progress(f"{stage}, edited", 0.5 + done / 2)
    )
    return reference, edited


OUT_OF_MEMORY = "The machine has too little memory for this; ask for a shorter interval or for fewer tracks."


def out_of_memory(error: Exception) -> bool:
    """Python's own, and torch's two ways to say it (its classes are out of reach here)."""
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ == "OutOfMemoryError"
        or (isinstance(error, RuntimeError) and "can't allocate memory" in str(error))
    )


def model_input(prediction: Prediction) -> ModelInput:
    """What the model reads, rebuilt from the row alone."""
    origin = prediction.start
    return ModelInput(
        sequence=unpack(prediction.sequence),
        real_bp=prediction.end - origin,
        asked=(prediction.asked_start - origin, prediction.asked_end - origin),
        padding=tuple(
            Padding(part["start"] - origin, part["end"] - origin, part["kind"]) for part in prediction.padding
        ),
        interval=Interval(prediction.chromosome, origin, prediction.end) if prediction.on_genome else None,
    )


def edited_input(prediction: Prediction) -> ModelInput:
    """The same with the prediction's edits, which it must have."""
    haplotype, given = prediction.haplotype, model_input(prediction)
    assert haplotype is not None
    return haplotype.edit(given, prediction.start, prediction.tail).apply(given)


def check_model(asked: Request, predictor: Predictor) -> None:
    """Raises DomainError `model_changed` when the loaded weights are not those that were asked."""
    if predictor.info.sha256 != asked.model_sha256:
        raise DomainError(
            "model_changed",
            f"The model “{asked.model_name}” was replaced while this waited; ask again for the new one.",
            status=409,
        )


def _tracks(prediction: Prediction, predictor: Predictor) -> list[Track]:
    check_model(prediction, predictor)
    by_key = {track.key: track for track in predictor.info.tracks}
    return [by_key[row.key] for row in prediction.tracks.all()]


def lost_sentence(row: Work) -> str:
    """For work whose worker died each time, or the one time that it may be tried."""
    if getattr(row, "hosted", False):
        sentence = (
            "This server stopped while Google's AlphaGenome service was asked, and does not ask twice by itself; ask again, which may "
            "count against your quota once more."
        )
        return sentence
    return (
        f"The worker died {settings.MAX_ATTEMPTS} times while computing this, most often for lack of memory; "
        "ask for a shorter interval or for fewer tracks."
    )
