"""Splice junctions: which are kept of all pairs of a donor and an acceptor, and reading them.

A model gives a count for every pair of the sites that it found, also where the acceptor lies upstream of the donor. Of a track those
are kept whose acceptor follows in reading direction with at least one base between, with a value of at least MIN_VALUE, and
of these the MOST strongest. Of a prediction with edits either sequence has the junctions of its own sites: one that is missing
from the other has no site there, or too small a value. The edited sequence's lie at the reference's places; a site among
inserted bases is drawn at the base before them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from predictor.api import DomainError, Junctions
from webapp.predictions import tiles
from webapp.predictions.models import Prediction, Tile
from webapp.predictions.windows import known_row

MIN_VALUE = 0.01
MOST = 1000  # of a track

_ROW = np.dtype([("start", "<i8"), ("end", "<i8"), ("value", "<f4")])
Rows = NDArray[np.void]
Sites = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class StoredJunction:
    """An intron [start, end), between its sites, and the expected reads across it in the track's unit; `track_key` as asked."""

    track_key: str
    strand: str
    start: int
    end: int
    value: float


def kept(side: Junctions, row: int, origin: int, moved: Callable[[Sites], Sites] | None = None) -> Rows:
    """The junctions of one of a strand's tracks by place; positions count from `origin`. `moved`: where sites are drawn."""
    donors, acceptors = (moved(sites) if moved else sites for sites in (side.donors, side.acceptors))
    donor, acceptor = np.meshgrid(donors, acceptors, indexing="ij")
    # A site is the exon's base beside the intron.
    starts, ends = (donor + 1, acceptor) if side.strand == "+" else (acceptor + 1, donor)
    values = side.counts[row]
    where = np.flatnonzero((starts < ends) & (values >= MIN_VALUE))
    strongest = where[np.argsort(-values.ravel()[where], kind="stable")[:MOST]]
    rows = np.empty(len(strongest), _ROW)
    rows["start"], rows["end"] = starts.ravel()[strongest] + origin, ends.ravel()[strongest] + origin
    rows["value"] = tiles.rounded(values.ravel()[strongest].astype(np.float32))
    return rows[np.argsort(rows, order=("start", "end"))]


def encode(rows: Rows) -> tiles.EncodedTile:
    """Their tile, which an empty list has too."""
    return tiles.EncodedTile(0, "", 0, tiles.packed(np.frombuffer(rows.tobytes(), np.float32)) if len(rows) else b"")


def decode(data: bytes | memoryview) -> Rows:
    """The rows of a tile."""
    return np.frombuffer(tiles.decode(data).tobytes() if data else b"", _ROW)


def read_junctions(prediction: Prediction, keys: Sequence[str]) -> list[StoredJunction]:
    """Those of these tracks, in their order and then by place. A key may end in “:ref” or “:own” as in read_window.

    Raises DomainError: `not_ready` (409), `unknown_track`, `no_band` or `no_edits` (404), `not_junctions` (422).
    """
    places = {key: known_row(prediction, key) for key in keys}
    for track, _ in places.values():
        if track.shape != "junctions":
            raise DomainError(
                "not_junctions", f"“{track.key}” has no splice junctions; ask for its values at the path “windows”."
            )
    data = {
        (tile.track_id, tile.edge): tile.data
        for tile in Tile.objects.filter(track__in=[track for track, _ in places.values()])
    }
    return [
        StoredJunction(key, track.strand, int(start), int(end), float(value))
        for key, (track, edge) in places.items()
        for start, end, value in decode(data[track.pk, edge]).tolist()
    ]
