"""Storing a result: one transaction, whose first statement takes the row away from everybody else or finds it gone."""

from __future__ import annotations

import logging

import numpy as np
from django.db import connection, transaction
from django.db.models.functions import Now

from predictor.api import Cancelled, DomainError, PredictionResult
from webapp.predictions import tiles
from webapp.predictions.claims import Claim, patiently
from webapp.predictions.models import EDGES, PredictedTrack, Prediction, State, Tile

logger = logging.getLogger(__name__)

Encoded = dict[tuple[str, str], list[tiles.EncodedTile]]  # by track key and edge

_BATCH = 32  # tiles per INSERT: some megabytes


def store(claim: Claim, result: PredictionResult) -> None:
    """RUNNING -> DONE with all values, or nothing. Raises Cancelled (claim lost) or DomainError `not_finite`."""
    encoded: Encoded = {}
    ranges = {}
    for predicted in result.tracks:
        values, key = predicted.values, predicted.track.key
        for edge, array in (("", values), *zip(EDGES, (predicted.low, predicted.high), strict=True)):
            if array is None:
                continue
            if not np.isfinite(array).all():
                raise DomainError(
                    "not_finite",
                    f"The model gave values that are no numbers for “{predicted.track.name}”; please report this sequence.",
                    status=500,
                )
            encoded[key, edge] = list(tiles.encode(array, predicted.track.resolution, result.input.real_bp))
        kept = tiles.rounded(np.array([values.min(), values.max()], np.float32))
        ranges[key] = (float(kept[0]), float(kept[1]))
    patiently(lambda: _write(claim, result, encoded, ranges))


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
        rows = {track.key: track for track in PredictedTrack.objects.filter(prediction_id=claim.row_id)}
        for key, (minimum, maximum) in ranges.items():
            rows[key].minimum, rows[key].maximum = minimum, maximum
            rows[key].has_band = all((key, edge) in encoded for edge in EDGES)
        PredictedTrack.objects.bulk_update(rows.values(), ["minimum", "maximum", "has_band"])
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
