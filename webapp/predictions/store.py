"""Storing a result: one transaction, whose first statement takes the row away from everybody else or finds it gone."""

from __future__ import annotations

import logging

import numpy as np
from django.db import connection, transaction
from django.db.models.functions import Now
from numpy.typing import NDArray

from predictor.api import Cancelled, DomainError, Haplotype, PredictedTrack, PredictionResult
from webapp.predictions import tiles
from webapp.predictions.claims import Claim, patiently
from webapp.predictions.models import EDGES, OWN, REFERENCE, Prediction, State, Tile
from webapp.predictions.models import PredictedTrack as TrackRow

logger = logging.getLogger(__name__)

Values = NDArray[np.float32]
Encoded = dict[tuple[str, str], list[tiles.EncodedTile]]  # by track key and edge

_BATCH = 32  # tiles per INSERT: some megabytes


def store(
    claim: Claim, result: PredictionResult, edited: PredictionResult | None = None, haplotype: Haplotype | None = None
) -> None:
    """RUNNING -> DONE with all values, or nothing. `edited`: the result of the same sequence with the edits of `haplotype`.

    Raises Cancelled (claim lost) or DomainError `not_finite`.
    """
    encoded: Encoded = {}
    ranges = {}
    for place, predicted in enumerate(result.tracks):
        key = predicted.track.key
        arrays = (
            _with_edges(predicted)
            if edited is None or haplotype is None
            else _with_reference(predicted, edited.tracks[place], haplotype, result, edited)
        )
        for edge, values in arrays.items():
            if not np.isfinite(values).all():
                raise DomainError(
                    "not_finite",
                    f"The model gave values that are no numbers for “{predicted.track.name}”; please report this sequence.",
                    status=500,
                )
            covered = edited.input.real_bp if edited is not None and edge == OWN else result.input.real_bp
            encoded[key, edge] = list(tiles.encode(values, predicted.track.resolution, covered))
        shown = [arrays[edge] for edge in ("", REFERENCE) if edge in arrays]
        least, most = min(values.min() for values in shown), max(values.max() for values in shown)
        kept = tiles.rounded(np.array([least, most], np.float32))
        ranges[key] = (float(kept[0]), float(kept[1]))
    patiently(lambda: _write(claim, result, encoded, ranges))


def _with_edges(predicted: PredictedTrack) -> dict[str, Values]:
    """Values, and the edges of their band where there is one."""
    edges = zip(EDGES, (predicted.low, predicted.high), strict=True)
    return {"": predicted.values, **{edge: values for edge, values in edges if values is not None}}


def _with_reference(
    reference: PredictedTrack,
    edited: PredictedTrack,
    haplotype: Haplotype,
    result: PredictionResult,
    edited_result: PredictionResult,
) -> dict[str, Values]:
    """Of an edited sequence: its values at the reference's places, the reference's, and where places move its own."""
    origin = result.input.interval.start if result.input.interval else 0
    bp = result.input.real_bp, edited_result.input.real_bp
    aligned = haplotype.at_reference(edited.values, edited.resolution, origin, *bp)
    own = {OWN: edited.values} if haplotype.has_indel else {}
    return {"": aligned, REFERENCE: reference.values, **own}


def _write(
    claim: Claim,
    result: PredictionResult,
    encoded: Encoded,
    ranges: dict[str, tuple[float, float]],
) -> None:
    with transaction.atomic():
        done = Prediction.objects.filter(claim.held).update(
            state=State.DONE,
            finished_at=Now(),
            stage="",
            progress=1.0,
            device=result.device,
            dtype=result.dtype,
            seconds={stage: round(seconds, 4) for stage, seconds in result.seconds.items()},
        )
        if not done:
            if Prediction.objects.filter(id=claim.row_id, state=State.DONE, claim=claim.token).exists():
                logger.info("%s was stored already: the database went away after its commit", claim.row_id)
                return
            raise Cancelled
        with connection.cursor() as cursor:  # a worker whose host vanishes must not hold the row for hours
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '60s'")
        rows = {track.key: track for track in TrackRow.objects.filter(prediction_id=claim.row_id)}
        for key, (minimum, maximum) in ranges.items():
            rows[key].minimum, rows[key].maximum = minimum, maximum
            rows[key].has_band = all((key, edge) in encoded for edge in EDGES)
        TrackRow.objects.bulk_update(rows.values(), ["minimum", "maximum", "has_band"])
        Tile.objects.bulk_create(
            (
                Tile(
                    track=rows[key], edge=edge, level=tile.level, summary=tile.summary, index=tile.index, data=tile.data
                )
                for (key, edge), parts in encoded.items()
                for tile in parts
            ),
            batch_size=_BATCH,
        )
