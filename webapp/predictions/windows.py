"""Reading values: any window of any tracks in any number of bins, exactly.

A track is a step function: every base inside the prediction has the value of its native bin. A window's bin is the mean
of that function over the bases (and parts of bases) it covers, or its maximum; where it covers nothing, NaN. A coarser
level is read only when every bin edge falls on its grid, so that it answers exactly what the native values would;
a window that is aligned to prediction.start and whose bins are multiples of 16 or 256 native bins is therefore quick.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from predictor.api import DomainError
from webapp.lib.bins import check_window, edges_of
from webapp.predictions.finished import SHARED as FINISHED
from webapp.predictions.models import CHANGE_EDGES, EDGES, OWN, REFERENCE, PredictedTrack, Prediction, State, Tile
from webapp.predictions.tile_cache import SHARED, Place, TileCache
from webapp.predictions.tiles import FACTORS, TILE_BINS, decode, levels_of

_ELSEWHERE = {
    "pairs": "it is a contact map, which is read at the path “contacts”",
    "junctions": "it is of splice junctions, which are read at the path “junctions”",
}


@dataclass(frozen=True, slots=True)
class _Cells:
    """Per bin [bins]: the first cell that it touches and one past the last, counted from grid.first; the lengths of the parts that
    it covers of both; `whole` [2 * bins]: from and to of those that it covers wholly, where there are `several`."""

    inside: NDArray[np.bool_]
    width: NDArray[np.int64]
    head: NDArray[np.int64]
    tail: NDArray[np.int64]
    several: NDArray[np.bool_]
    whole: NDArray[np.int64]
    first_part: NDArray[np.float64]
    last_part: NDArray[np.int64]


@dataclass(frozen=True)
class _Grid:
    """Which cells of a level a window needs. Edges are counted in 1/bins of a base, so that they are whole numbers."""

    level: int
    cell: int  # length of a cell
    edges: NDArray[np.int64]  # [bins + 1], clipped to the prediction

    @property
    def first(self) -> int:
        return int(self.edges[0]) // self.cell

    @property
    def stop(self) -> int:
        return -(-int(self.edges[-1]) // self.cell)

    @cached_property
    def cells(self) -> _Cells:
        """What each bin covers, worked out once for all tracks."""
        low, high = self.edges[:-1], self.edges[1:]
        inside = high > low
        head = np.where(inside, low // self.cell, self.first) - self.first
        tail = np.where(inside, -(-high // self.cell), self.first + 1) - self.first
        inner = tail - head - 2
        return _Cells(
            inside=inside,
            width=np.where(inside, high - low, 1),
            head=head,
            tail=tail,
            several=inner > 0,
            whole=np.column_stack([head + 1, np.maximum(tail - 1, head + 1)]).ravel(),
            first_part=(np.minimum((head + 1 + self.first) * self.cell, high) - low).astype(np.float64),
            last_part=np.where(inner >= 0, high - (tail - 1 + self.first) * self.cell, 0),
        )


def read_window(
    prediction: Prediction, keys: Sequence[str], start: int, end: int, bins: int, summary: str | None = None
) -> NDArray[np.float32]:
    """float32 [len(keys), bins] over [start, end); `summary` is "mean", "max" or None for each track's own.

    A key that ends in “:low” or “:high” is an edge of the track's band. Of a prediction with edits the values are those of the
    edited sequence at the reference's places, with “:ref” the reference's, with “:own” the edited sequence's at its own places,
    counted on from the same start; the band is of the change, edited minus reference: its edges are “:less” and “:more”.

    Raises DomainError: `not_ready` (409), `unknown_track`, `no_band` or `no_edits` (404), `not_bins` or `bad_window` (422).
    """
    tracks, edges = rows_along(prediction, keys)
    if OWN in edges and set(edges) != {OWN}:
        raise DomainError("bad_window", "“:own” has places of its own; ask for it apart from the others.")
    check_window(start, end, bins)
    real_bp = prediction.edited_bp if OWN in edges else prediction.end - prediction.start
    assert real_bp is not None  # an edited sequence has a length
    grids = {
        resolution: _grid(start - prediction.start, end - prediction.start, bins, resolution, real_bp)
        for resolution in {track.resolution for track in tracks}
    }
    answer = np.full((len(tracks), bins), np.nan, np.float32)
    summaries = [(summary or track.summary) for track in tracks]
    wanted = {
        row: list(_places(track, edge, how, grids[track.resolution]))
        for row, (track, edge, how) in enumerate(zip(tracks, edges, summaries, strict=True))
    }
    tiles = fetch_tiles({place for places in wanted.values() for place in places}, SHARED)
    for row, places in wanted.items():
        if places:
            grid = grids[tracks[row].resolution]
            offset = places[0][-1] * TILE_BINS
            values = _joined([tiles[place] for place in places])[grid.first - offset : grid.stop - offset]
            answer[row] = _summarise(values, grid, summaries[row])
    return answer


def _parted(key: str) -> tuple[str, str]:
    """A track's key, and the edge behind its colon where there is one."""
    name, colon, edge = key.rpartition(":")
    return (name, edge) if colon and edge in (*EDGES, *CHANGE_EDGES, REFERENCE, OWN) else (key, "")


def rows_along(prediction: Prediction, keys: Sequence[str]) -> tuple[list[PredictedTrack], list[str]]:
    """The tracks of keys that have values along the sequence, and the edges that their tiles have. Raises as `read_window`."""
    tracks = tracks_of(prediction, keys)
    for track in tracks:
        if track.shape != "bins":
            raise DomainError("not_bins", f"“{track.key}” has no values along the sequence; {_ELSEWHERE[track.shape]}.")
    return tracks, [_known_edge(prediction, track, _parted(key)[1]) for track, key in zip(tracks, keys, strict=True)]


def known_row(prediction: Prediction, key: str) -> tuple[PredictedTrack, str]:
    """A track and the edge that its tiles have. Raises DomainError as `read_window` for a key that names neither."""
    (track,) = tracks_of(prediction, [key])
    return track, _known_edge(prediction, track, _parted(key)[1])


def _known_edge(prediction: Prediction, track: PredictedTrack, edge: str) -> str:
    here, there = (CHANGE_EDGES, EDGES) if prediction.edits else (EDGES, CHANGE_EDGES)
    if edge in there and track.has_band:
        of = "the change that the edits make" if prediction.edits else "the values"
        asked = " and ".join(f"“{track.key}:{one}”" for one in here)
        raise DomainError("no_band", f"The band of this prediction is of {of}; ask for {asked}.", status=404)
    if edge in (*EDGES, *CHANGE_EDGES) and not track.has_band:
        sentence = (
            f"“{track.key}” has no band: it was predicted by one model, not by several; ask for it without “:{edge}”."
        )
        raise DomainError("no_band", sentence, status=404)
    if edge in (REFERENCE, OWN) and not prediction.edits:
        raise DomainError(
            "no_edits", f"This prediction has no edits; ask for “{track.key}” without “:{edge}”.", status=404
        )
    if edge == OWN and not any(len(edit["ref"]) != len(edit["alt"]) for edit in prediction.edits):
        return ""  # nothing moves, so that its own places are the reference's
    return edge


def tracks_of(prediction: Prediction, keys: Sequence[str]) -> list[PredictedTrack]:
    """The rows of these tracks, in this order, whether their values or an edge of their band is meant.

    Raises DomainError `not_ready` (409) or `unknown_track` (404)."""
    if prediction.state != State.DONE:
        raise DomainError(
            "not_ready", f"This prediction is {prediction.state.lower()}; it has values once it is done.", status=409
        )
    rows = FINISHED.tracks(prediction)
    names = [_parted(key)[0] for key in keys]
    for key in names:
        if key not in rows:
            near = tuple(difflib.get_close_matches(key, rows, n=3, cutoff=0.5)) or tuple(rows)[:8]
            more = " and more" if len(rows) > len(near) else ""
            sentence = f"This prediction has no track “{key[:40]}”; it has {', '.join(near)}{more}."
            raise DomainError("unknown_track", sentence, status=404, suggestions=near)
    return [rows[key] for key in names]


def _grid(start: int, end: int, bins: int, resolution: int, real_bp: int) -> _Grid:
    """The coarsest stored level whose grid holds every edge of the window."""
    stored = levels_of(-(-real_bp // resolution))
    fits = [
        level for level in range(stored)
        if start % (resolution * FACTORS[level]) == 0 and (end - start) % (bins * resolution * FACTORS[level]) == 0
    ]  # fmt: skip
    level = max(fits, default=0)
    return _Grid(level, resolution * FACTORS[level] * bins, edges_of(start, end, bins, real_bp))


def _places(track: PredictedTrack, edge: str, summary: str, grid: _Grid) -> Iterable[Place]:
    if grid.first < grid.stop:
        for index in range(grid.first // TILE_BINS, (grid.stop - 1) // TILE_BINS + 1):
            yield (track.pk, edge, grid.level, summary if grid.level else "", index)


def fetch_tiles(places: set[Place], cache: TileCache) -> dict[Place, NDArray[np.float32]]:
    """Tiles from the cache, the others by one query."""
    tiles = {place: tile for place in places if (tile := cache.get(place)) is not None}
    missing = sorted(places - tiles.keys(), key=lambda place: (place[1:], place[0]))
    if not missing:
        return tiles
    condition = Q()
    for (edge, level, summary, index), group in groupby(missing, key=lambda place: place[1:]):
        tracks = [place[0] for place in group]
        condition |= Q(edge=edge, level=level, summary=summary, index=index, track__in=tracks)
    rows = Tile.objects.filter(condition).values_list("track_id", "edge", "level", "summary", "index", "data")
    for track, edge, level, summary, index, data in rows:
        place = (track, edge, level, summary, index)
        tiles[place] = decode(data)
        cache.put(place, tiles[place])
    return tiles


def _joined(tiles: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    return tiles[0] if len(tiles) == 1 else np.concatenate(tiles)


def _summarise(values: NDArray[np.float32], grid: _Grid, summary: str) -> NDArray[np.float64]:
    """[bins] from the cells grid.first .. grid.stop."""
    cells = grid.cells
    last = len(values) - 1  # reduceat's indices must lie inside; what is cut off is added, or was masked
    if summary == "max":
        pairs = np.minimum(np.column_stack([cells.head, cells.tail]), last).ravel()
        most = np.maximum(np.maximum.reduceat(values, pairs)[::2], values[cells.tail - 1])
        return np.where(cells.inside, most, np.nan)
    # Cells that a bin covers wholly are summed; of the first and the last it may cover a part.
    pairs = np.minimum(cells.whole, last)
    whole = np.where(cells.several, np.add.reduceat(values, pairs, dtype=np.float64)[::2], 0.0)
    total = values[cells.head] * cells.first_part + whole * grid.cell + values[cells.tail - 1] * cells.last_part
    return np.where(cells.inside, total / cells.width, np.nan)
