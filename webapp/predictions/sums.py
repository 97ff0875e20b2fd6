"""Sums of stored values along a stretch: means over however many places in it are then two look-ups each.

A track is the step function of windows.py: every base inside the prediction has the value of its native bin. Bases outside the
prediction and bases without a value (deleted by an edit) are in no sum and in no count.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from predictor.api import DomainError
from webapp.predictions.models import OWN, Prediction
from webapp.predictions.tile_cache import SHARED
from webapp.predictions.tiles import TILE_BINS
from webapp.predictions.windows import fetch_tiles, rows_along

MOST_TRACKS = 200  # of one question; each edge of an edited sequence counts
Places = NDArray[np.int64]


class Sums:
    """`values` [bins] of `resolution` bp from base `start` on, the last of which may end earlier, at `end`."""

    def __init__(self, values: NDArray[np.float32], resolution: int, start: int, end: int) -> None:
        self.values, self.resolution, self.start, self.end = values, resolution, start, end
        known = np.isfinite(values)
        self._each = np.append(np.where(known, values, 0).astype(np.float64), 0.0)
        self._known = np.append(known.astype(np.int64), 0)
        self._total = np.concatenate([[0.0], np.cumsum(self._each[:-1] * resolution)])
        self._count = np.concatenate([[0], np.cumsum(self._known[:-1] * resolution)])

    def bases(self, low: Places, high: Places) -> Places:
        """How many bases of each [low, high) have a value."""
        found: Places = self._up_to(self._count, self._known, high) - self._up_to(self._count, self._known, low)
        return found

    def totals(self, low: Places, high: Places) -> NDArray[np.float64]:
        """The sum over the bases of each [low, high)."""
        found: NDArray[np.float64] = self._up_to(self._total, self._each, high)
        found -= self._up_to(self._total, self._each, low)
        return found

    def means(self, low: Places, high: Places) -> NDArray[np.float64]:
        """The mean over the bases of each [low, high) that have a value, NaN where none has."""
        count = self.bases(low, high)
        found: NDArray[np.float64] = np.full(count.shape, np.nan)
        return np.divide(self.totals(low, high), count, out=found, where=count > 0)

    def highest(self, low: int, high: int) -> float:
        """The largest value of the bases of [low, high), NaN where there is none."""
        first, stop = max(low, self.start) - self.start, min(high, self.end) - self.start
        inside = (
            self.values[first // self.resolution : -(-stop // self.resolution)] if stop > first else self.values[:0]
        )
        known = inside[np.isfinite(inside)]
        return float(known.max()) if len(known) else float("nan")

    def _up_to(self, summed: NDArray[np.float64] | Places, each: NDArray[np.float64] | Places, at: Places):  # type: ignore[no-untyped-def]
        offset = np.clip(at, self.start, self.end) - self.start
        whole = offset // self.resolution
        return summed[whole] + each[whole] * (offset - whole * self.resolution)


def read_sums(prediction: Prediction, keys: Sequence[str], start: int, end: int) -> dict[str, Sums]:
    """Sums of these tracks that cover at least what the prediction has of [start, end); keys as in `read_window`, at the
    reference's places alone.

    Raises DomainError as `read_window`, and `too_many_tracks` (422).
    """
    if len(keys) > MOST_TRACKS:
        sentence = _("%(count)s tracks are too many for one question; ask for at most %(most)s.") % {
            "count": f"{len(keys):,}",
            "most": MOST_TRACKS,
        }
        raise DomainError("too_many_tracks", sentence, status=422)
    tracks, edges = rows_along(prediction, keys)
    if OWN in edges:
        raise DomainError("bad_window", _("Genes and features lie at the reference's places; ask without “:own”."))
    real_bp = prediction.end - prediction.start
    first, last = max(0, start - prediction.start), min(real_bp, end - prediction.start)
    if first >= last:
        return {key: Sums(np.empty(0, np.float32), 1, prediction.start, prediction.start) for key in keys}
    spans = {}
    for key, track, edge in zip(keys, tracks, edges, strict=True):
        tile_bp = TILE_BINS * track.resolution
        spans[key] = (track, [(track.pk, edge, 0, "", at) for at in range(first // tile_bp, (last - 1) // tile_bp + 1)])
    tiles = fetch_tiles({place for _track, places in spans.values() for place in places}, SHARED)
    found = {}
    for key, (track, places) in spans.items():
        parts = [tiles[place] for place in places]
        offset = places[0][-1] * TILE_BINS * track.resolution
        values = parts[0] if len(parts) == 1 else np.concatenate(parts)
        until = min(real_bp, offset + len(values) * track.resolution)
        found[key] = Sums(values, track.resolution, prediction.start + offset, prediction.start + until)
    return found
