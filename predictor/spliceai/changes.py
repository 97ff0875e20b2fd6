"""What an edit changes: a base is what it was before wherever the 10,001 bp around it are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from predictor.spliceai.architecture import FLANK_BP

Window = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Changes:
    """Of a window of the edited input.

    `source` int64 [n]: where in the reference the same 10,001 bp lie for each base, -1 where nowhere; `stretches`: [start, end) of
    the edited input without a source, in ascending order.
    """

    source: NDArray[np.int64]
    stretches: tuple[Window, ...]

    @classmethod
    def of(cls, before: str, after: str, shift: int, window: Window) -> Changes:
        """`before` and `after` of the same length; `shift`: how far the bases behind the edit moved to the right."""
        start, end = window
        positions = np.arange(start, end)
        source = np.full(end - start, -1, np.int64)
        for moved in dict.fromkeys((shift, 0)):  # the left side last: where both are right, nothing has to be moved
            same = _same_around(before, after, moved)[start:end]
            source[same] = positions[same] - moved
        edges = np.flatnonzero(np.diff(np.concatenate(([False], source < 0, [False]))))
        pairs = (edges + start).reshape(-1, 2).tolist()
        return cls(source, tuple((first, last) for first, last in pairs))

    def read_of(self, window: Window, length: int) -> Window:
        """What of the reference is needed, at least the window itself, so that edits of one window share it."""
        known = self.source[self.source >= 0]
        if not len(known):
            return window
        return max(0, min(window[0], int(known.min()))), min(length, max(window[1], int(known.max()) + 1))


def _same_around(before: str, after: str, moved: int) -> NDArray[np.bool_]:
    """For each base of `after` whether `before`, `moved` to the right, has the same bases within 5,000 bp of it; beyond the ends is N."""
    length = len(after)
    one = np.frombuffer(("N" * FLANK_BP + after + "N" * FLANK_BP).encode("ascii"), np.uint8)
    around = FLANK_BP + abs(moved)
    other = np.frombuffer(("N" * around + before + "N" * around).encode("ascii"), np.uint8)
    first = around - FLANK_BP - moved
    differ = np.concatenate(([0], np.cumsum(one != other[first : first + len(one)])))
    same = differ[2 * FLANK_BP + 1 :] == differ[:length]
    positions = np.arange(length) - moved
    both: NDArray[np.bool_] = same & (positions >= 0) & (positions < length)
    return both
