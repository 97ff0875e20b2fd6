"""Contact maps: how they are kept, and reading any window of them.

A map is symmetric, so that its upper triangle is kept, with the diagonal, row by row, rounded as tiles are. Of a map that a model
gave unsymmetric the mean of both halves is kept. Half a megabyte is read and decoded in milliseconds, so that coarser
levels are made while reading: the mean over 2, 4, 8 ... bins in both directions, counted from the prediction's start, over those
that have a value. Of a prediction with edits the map of the edited sequence lies at the reference's places (see
Haplotype.pairs_at_reference), NaN where the reference's bases were all deleted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from predictor.api import DomainError
from webapp.predictions import tiles
from webapp.predictions.models import OWN, Prediction, Tile
from webapp.predictions.tile_cache import SHARED
from webapp.predictions.windows import known_row

MAX_SIZE = 512  # bins on a side: a megabase at 2,048 bp
_ENDS = (2, 98)  # percentiles of the values where colours end

Map = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ContactWindow:
    """`values` [n, n]: pairs of bins of `bin_bp` bp from `start` on; NaN where there is none. The last bin may reach past the
    prediction's end."""

    start: int
    bin_bp: int
    values: Map


def encode(values: Map) -> tiles.EncodedTile:
    """The tile of a map [P, P]."""
    both = (values + values.T) / np.float32(2)
    return tiles.EncodedTile(0, "", 0, tiles.packed(tiles.rounded(both[np.triu_indices(len(both))])))


def decode(data: bytes | memoryview) -> Map:
    """The map [P, P] of a tile."""
    half = tiles.decode(data)
    size = (int(np.sqrt(8 * len(half) + 1)) - 1) // 2
    values = np.empty((size, size), np.float32)
    rows, columns = np.triu_indices(size)
    values[rows, columns] = values[columns, rows] = half
    return values


def colour_end(maps: list[Map]) -> float:
    """A value that few pairs of these maps lie beyond, on either side of zero."""
    known = np.concatenate([one[np.isfinite(one)] for one in maps])
    return float(np.abs(np.percentile(known, _ENDS)).max()) if known.size else 0.0


def read_contacts(prediction: Prediction, key: str, start: int, end: int, size: int) -> ContactWindow:
    """The bins that [start, end) touches, at the finest width at which they are no more than `size`.

    A key may end in “:ref” or “:own” as in read_window. Raises DomainError: `not_ready` (409), `unknown_track`, `no_band` or
    `no_edits` (404), `not_pairs` or `bad_window` (422).
    """
    track, edge = known_row(prediction, key)
    if track.shape != "pairs":
        raise DomainError(
            "not_pairs", f"“{track.key}” is no contact map; ask for its values at the path “windows” or “junctions”."
        )
    if end <= start:
        raise DomainError("bad_window", f"The window {start}-{end} is empty; “end” must be larger than “start”.")
    if not 1 <= size <= MAX_SIZE:
        raise DomainError("bad_window", f"“size” is {size:,}; it must lie between 1 and {MAX_SIZE:,}.")
    real_bp = prediction.edited_bp if edge == OWN else prediction.end - prediction.start
    assert real_bp is not None  # an edited sequence has a length
    first, last = max(0, start - prediction.start), min(real_bp, end - prediction.start)
    if first >= last:
        raise DomainError(
            "bad_window",
            f"There is no contact map at {start}-{end}; this prediction has it from {prediction.start} to "
            f"{prediction.start + real_bp}.",
        )
    factor = 1
    while True:
        bin_bp = track.resolution * factor
        low, high = first // bin_bp, -(-last // bin_bp)
        if high - low <= size:
            break
        factor *= 2
    native = _whole(track.pk, edge)[low * factor : high * factor, low * factor : high * factor]
    return ContactWindow(prediction.start + low * bin_bp, bin_bp, _coarser(native, factor))


def _whole(track: int, edge: str) -> Map:
    place = (track, edge, 0, "", 0)
    known = SHARED.get(place)
    if known is None:
        known = decode(Tile.objects.values_list("data", flat=True).get(track=track, edge=edge, level=0, index=0))
        SHARED.put(place, known)
    return known


def _coarser(values: Map, factor: int) -> Map:
    """[ceil(n / factor)] ** 2: the means over squares of `factor`, of those that are numbers."""
    if factor == 1:
        return values
    starts = np.arange(0, len(values), factor)
    known = np.isfinite(values)
    total = np.where(known, values, 0).astype(np.float64)
    for axis in (0, 1):
        total = np.add.reduceat(total, starts, axis)
    count = np.add.reduceat(np.add.reduceat(known.astype(np.int64), starts, 0), starts, 1)
    means = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return np.asarray(means, np.float32)
