"""Storing a result: one transaction, whose first statement takes the row away from everybody else or finds it gone."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial

import numpy as np
from django.db import connection, transaction
from django.db.models.functions import Now
from numpy.typing import NDArray

from predictor.api import Cancelled, DomainError, Haplotype, Junctions, PredictedTrack, PredictionResult, Track
from webapp.predictions import junctions, pairs, tiles
from webapp.predictions.claims import Claim, patiently
from webapp.predictions.models import CHANGE_EDGES, EDGES, OWN, REFERENCE, Prediction, State, Tile
from webapp.predictions.models import PredictedTrack as TrackRow

logger = logging.getLogger(__name__)

Values = NDArray[np.float32]

_BATCH = 32  # tiles per INSERT: some megabytes


@dataclass(frozen=True, slots=True)
class _Edited:
    """The result of the same sequence with the edits of `haplotype`, and where both begin and end."""

    result: PredictionResult
    haplotype: Haplotype
    origin: int
    bp: tuple[int, int]  # real bases of the reference and of the edited input

    @property
    def place(self) -> tuple[int, int, int]:
        return self.origin, *self.bp


@dataclass(slots=True)
class _Kept:
    """What a track's row is told, and its tiles by edge."""

    minimum: float
    maximum: float
    tiles: dict[str, list[tiles.EncodedTile]]
    scale: float | None = None


def store(
    claim: Claim, result: PredictionResult, edited: PredictionResult | None = None, haplotype: Haplotype | None = None
) -> None:
    """RUNNING -> DONE with all values, or nothing. `edited`: the result of the same sequence with the edits of `haplotype`.

    Raises Cancelled (claim lost) or DomainError `not_finite`.
    """
    origin = result.input.interval.start if result.input.interval else 0
    other = (
        _Edited(edited, haplotype, origin, (result.input.real_bp, edited.input.real_bp))
        if edited is not None and haplotype is not None
        else None
    )
    kept = {}
    for place, predicted in enumerate(result.tracks):
        changed = other.result.tracks[place] if other else None
        keep = _map if predicted.track.output_type.shape == "pairs" else _signal
        kept[predicted.track.key] = keep(predicted, changed, other, result.input.real_bp)
    for strand, side in enumerate(result.junctions):
        for row, track in enumerate(side.tracks):
            kept[track.key] = _junctions(row, side, other.result.junctions[strand] if other else None, other, origin)
    patiently(lambda: _write(claim, result, kept))


def _check_finite(track: Track, *arrays: Values) -> None:
    if not all(np.isfinite(values).all() for values in arrays):
        raise DomainError(
            "not_finite",
            f"The model gave values that are no numbers for “{track.name}”; please report this sequence.",
            status=500,
        )


def _signal(predicted: PredictedTrack, changed: PredictedTrack | None, edited: _Edited | None, real_bp: int) -> _Kept:
    """Values along the sequence, in bins."""
    arrays = _with_edges(predicted)
    if changed is not None and edited is not None:
        # At the reference's places, the reference's, and where places move its own.
        aligned = edited.haplotype.at_reference(changed.values, changed.resolution, *edited.place)
        own = {OWN: changed.values} if edited.haplotype.has_indel else {}
        arrays = {"": aligned, REFERENCE: predicted.values, **own, **_change_edges(predicted, changed, edited)}
    _check_finite(predicted.track, *arrays.values())
    encoded = {}
    for edge, values in arrays.items():
        covered = edited.bp[1] if edited is not None and edge == OWN else real_bp
        encoded[edge] = list(tiles.encode(values, predicted.track.resolution, covered))
    return _Kept(*_range([arrays[edge] for edge in ("", REFERENCE) if edge in arrays]), encoded)


def _map(predicted: PredictedTrack, changed: PredictedTrack | None, edited: _Edited | None, real_bp: int) -> _Kept:
    """Contacts of pairs of bins; how far the members of a model are apart is not kept of these."""
    maps = {"": predicted.values}
    if changed is not None and edited is not None:
        _check_finite(predicted.track, changed.values)
        maps = {"": changed.values, REFERENCE: predicted.values}
        if edited.haplotype.has_indel:
            aligned = edited.haplotype.pairs_at_reference(changed.values, changed.resolution, *edited.place)
            maps = {"": aligned, REFERENCE: predicted.values, OWN: changed.values}
    _check_finite(predicted.track, predicted.values)
    shown = [maps[edge] for edge in ("", REFERENCE) if edge in maps]
    encoded = {edge: [pairs.encode(values)] for edge, values in maps.items()}
    return _Kept(*_range(shown), encoded, scale=pairs.colour_end(shown))


def _junctions(row: int, side: Junctions, changed: Junctions | None, edited: _Edited | None, origin: int) -> _Kept:
    """Introns of one of a strand's tracks."""
    lists = {"": junctions.kept(side, row, origin)}
    _check_finite(side.tracks[row], side.counts)
    if changed is not None and edited is not None:
        _check_finite(side.tracks[row], changed.counts)
        moved = partial(_moved, edited)
        lists = {"": junctions.kept(changed, row, origin, moved), REFERENCE: lists[""]}
        if edited.haplotype.has_indel:
            lists[OWN] = junctions.kept(changed, row, origin)
    most = max((float(rows["value"].max()) for rows in lists.values() if len(rows)), default=0.0)
    return _Kept(0.0, most, {edge: [junctions.encode(rows)] for edge, rows in lists.items()})


def _moved(edited: _Edited, sites: NDArray[np.int64]) -> NDArray[np.int64]:
    return edited.haplotype.sites_at_reference(sites, *edited.place)


def _range(arrays: list[Values]) -> tuple[float, float]:
    """The least and the most, as they will be read back."""
    least, most = min(float(np.nanmin(values)) for values in arrays), max(float(np.nanmax(values)) for values in arrays)
    low, high = tiles.rounded(np.array([least, most], np.float32)).tolist()
    return low, high


def _with_edges(predicted: PredictedTrack) -> dict[str, Values]:
    """Values, and the edges of their band where there is one."""
    band = zip(EDGES, predicted.band, strict=True) if predicted.band else ()
    return {"": predicted.values, **dict(band)}


def _change_edges(predicted: PredictedTrack, changed: PredictedTrack, edited: _Edited) -> dict[str, Values]:
    """The least and the most change that a member says, where there are several: each is compared with itself, since members that
    differ in level may agree in what an edit does."""
    if predicted.members is None or changed.members is None:
        return {}
    least, most = np.full_like(predicted.values, np.inf), np.full_like(predicted.values, -np.inf)
    for before, after in zip(predicted.members, changed.members, strict=True):
        change = edited.haplotype.at_reference(after, changed.resolution, *edited.place) - before
        np.minimum(least, change, out=least)
        np.maximum(most, change, out=most)
    return dict(zip(CHANGE_EDGES, (least, most), strict=True))


def _write(
    claim: Claim,
    result: PredictionResult,
    kept: dict[str, _Kept],
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
        for key, one in kept.items():
            rows[key].minimum, rows[key].maximum, rows[key].scale = one.minimum, one.maximum, one.scale
            rows[key].has_band = any(set(edges) <= one.tiles.keys() for edges in (EDGES, CHANGE_EDGES))
        TrackRow.objects.bulk_update(rows.values(), ["minimum", "maximum", "has_band", "scale"])
        Tile.objects.bulk_create(
            (
                Tile(
                    track=rows[key], edge=edge, level=tile.level, summary=tile.summary, index=tile.index, data=tile.data
                )
                for key, one in kept.items()
                for edge, parts in one.tiles.items()
                for tile in parts
            ),
            batch_size=_BATCH,
        )
