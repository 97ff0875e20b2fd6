"""How a track's values are kept: rounded, cut into tiles, with coarser levels beside them.

A stored value is the float32 rounded to 12 explicit mantissa bits: its relative error is at most 2^-13 (0.012 %), far
below what any model means, and it halves the bytes. Tiles are compressed by zstd after a bit shuffle. Level 0 has the
native bins; where those fill more than one tile, levels 1 and 2 hold the mean and the maximum over 16 and 256 bins,
taken from the unrounded values and rounded likewise. The last bin of a level may cover fewer bases; its mean is over
those.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numcodecs import Blosc
from numcodecs.bitround import BitRound
from numpy.typing import NDArray

TILE_BINS = 65_536
FACTORS = (1, 16, 256)  # native bins per bin of levels 0, 1, 2

_ROUND = BitRound(keepbits=12)
_BLOSC = Blosc(cname="zstd", clevel=3, shuffle=Blosc.BITSHUFFLE)


@dataclass(frozen=True, slots=True)
class EncodedTile:
    """A row of the Tile table before it has a track."""

    level: int
    summary: str
    index: int
    data: bytes


def rounded(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The values as they will be read back."""
    bits: NDArray[np.float32] = _ROUND.encode(np.ascontiguousarray(values, np.float32)).view(np.float32)
    return bits


def levels_of(bins: int) -> int:
    """How many levels a track of so many native bins is stored at."""
    return len(FACTORS) if bins > TILE_BINS else 1


def encode(values: NDArray[np.float32], resolution: int, real_bp: int) -> Iterator[EncodedTile]:
    """All tiles of a track; `values` [ceil(real_bp / resolution)]."""
    yield from _cut(values, 0, "")
    for level in range(1, levels_of(len(values))):
        mean, maximum = _reduce(values, FACTORS[level], resolution, real_bp)
        yield from _cut(mean, level, "mean")
        yield from _cut(maximum, level, "max")


def packed(values: NDArray[np.float32]) -> bytes:
    """Compressed values, as they are; `rounded` comes first where they are measured ones."""
    return bytes(_BLOSC.encode(np.ascontiguousarray(values)))


def decode(data: bytes | memoryview) -> NDArray[np.float32]:
    """Values of one tile, read-only."""
    return np.frombuffer(_BLOSC.decode(bytes(data)), np.float32)


def _cut(values: NDArray[np.float32], level: int, summary: str) -> Iterator[EncodedTile]:
    kept = rounded(values)
    for index, first in enumerate(range(0, len(kept), TILE_BINS)):
        yield EncodedTile(level, summary, index, packed(kept[first : first + TILE_BINS]))


def _reduce(
    values: NDArray[np.float32], factor: int, resolution: int, real_bp: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean over the bases and maximum over the bins of each run of `factor` bins."""
    starts = np.arange(0, len(values), factor)
    bases = np.full(len(values), resolution, np.float64)
    bases[-1] = real_bp - resolution * (len(values) - 1)
    mean = np.add.reduceat(values * bases, starts) / np.add.reduceat(bases, starts)
    return mean.astype(np.float32), np.maximum.reduceat(values, starts)
