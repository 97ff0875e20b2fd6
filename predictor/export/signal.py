"""A track's values at their places, and the stretches over which they stay the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Signal:
    """`values` float32 [bins], of `resolution` bp each from `start` on (0-based); the last bin ends at `end`, and may be cut.

    NaN where nothing was predicted: no file says anything there.
    """

    key: str
    chromosome: str
    start: int
    end: int
    resolution: int
    values: NDArray[np.float32]

    def part(self, start: int, end: int) -> Signal:
        """What lies in [start, end) of it, with bins that are whole: the first and the last reach over its edges."""
        first = max(0, start - self.start) // self.resolution
        stop = max(first, -(-(min(end, self.end) - self.start) // self.resolution))
        begin = self.start + first * self.resolution
        until = min(self.end, self.start + stop * self.resolution)
        return Signal(self.key, self.chromosome, begin, max(begin, until), self.resolution, self.values[first:stop])

    def edges(self) -> NDArray[np.int64]:
        """[bins + 1]: where bins begin and the last ends."""
        edges = self.start + np.arange(len(self.values) + 1, dtype=np.int64) * self.resolution
        edges[-1] = self.end
        return edges

    def runs(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        """Starts, ends and values of neighbouring bins that have the same value, taken together; without NaN."""
        if not len(self.values):
            nothing = np.empty(0, np.int64)
            return nothing, nothing, np.empty(0, np.float32)
        edges = self.edges()
        first = np.flatnonzero(np.append(True, self.values[1:] != self.values[:-1]))
        ends = edges[np.append(first[1:], len(self.values))]
        values = self.values[first]
        kept = np.isfinite(values)
        return edges[first][kept], ends[kept], values[kept]

    def bins(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        """Starts, ends and values of each bin that has one."""
        edges, kept = self.edges(), np.isfinite(self.values)
        return edges[:-1][kept], edges[1:][kept], self.values[kept]


def chrom_sizes(lengths: Mapping[str, int]) -> str:
    """A file of chromosomes and their lengths, as UCSC's tools want it."""
    return "".join(f"{name}\t{length}\n" for name, length in lengths.items())
