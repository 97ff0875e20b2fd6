"""Decoded tiles of finished predictions, the most recently read ones, within a bound on bytes. Tiles never change."""

from __future__ import annotations

import threading
from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from webapp.predictions.tiles import TILE_BINS

Place = tuple[int, str, int, str, int]  # track row, edge, level, summary, index


class TileCache:
    """A least-recently-used cache that threads may share."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self._tiles: OrderedDict[Place, NDArray[np.float32]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, place: Place) -> NDArray[np.float32] | None:
        """The tile, or None."""
        with self._lock:
            tile = self._tiles.get(place)
            if tile is not None:
                self._tiles.move_to_end(place)
            return tile

    def put(self, place: Place, tile: NDArray[np.float32]) -> None:
        """Keep the tile, and forget the longest unread ones beyond the bound."""
        with self._lock:
            if place in self._tiles:
                return
            self._tiles[place] = tile
            self._bytes += tile.nbytes
            while self._bytes > self.max_bytes and self._tiles:
                self._bytes -= self._tiles.popitem(last=False)[1].nbytes

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._tiles.clear()
            self._bytes = 0


SHARED = TileCache(max_bytes=512 * TILE_BINS * 4)  # 128 MiB: twenty tracks of single bases over a megabase take 84
