"""What a window of steps holds, worked out base by base: slow, and easy to believe."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from webapp.measured.steps import Steps


def summarise(steps: Steps, length: int, start: int, end: int, bins: int, summary: str) -> NDArray[np.float32]:
    """float32 [bins] over [start, end) of a chromosome of `length` bp: mean or maximum over the bases (and parts of bases) that a
    bin covers, of those that were measured; NaN where there are none."""
    # Everything is counted in 1/bins of a base, so that the edges of bins are whole numbers.
    edges = np.clip(start * bins + np.arange(bins + 1, dtype=np.int64) * (end - start), 0, length * bins)
    first, stop = np.searchsorted(steps["end"], start, "right"), np.searchsorted(steps["start"], end, "left")
    near = np.array(steps[first:stop])
    cuts = np.unique(
        np.concatenate([edges, near["start"].astype(np.int64) * bins, near["end"].astype(np.int64) * bins])
    )
    cuts = cuts[(cuts >= edges[0]) & (cuts <= edges[-1])]
    answer = np.full(bins, np.nan, np.float32)
    if len(cuts) < 2:
        return answer
    # Between two cuts there is one bin and one value.
    low, width = cuts[:-1], np.diff(cuts).astype(np.float64)
    value = np.zeros(len(low))
    if len(near):
        at = np.searchsorted(near["start"].astype(np.int64) * bins, low, "right") - 1
        covered = (at >= 0) & (low < near["end"].astype(np.int64)[at] * bins)
        value[covered] = near["value"][at[covered]]
    bin_of = np.searchsorted(edges, low, "right") - 1
    known = ~np.isnan(value)
    bin_of, width, value = bin_of[known], width[known], value[known]
    if not len(bin_of):
        return answer
    if summary == "max":
        heads = np.flatnonzero(np.diff(bin_of, prepend=-1))
        answer[bin_of[heads]] = np.maximum.reduceat(value, heads)
        return answer
    total, weight = np.bincount(bin_of, value * width, bins), np.bincount(bin_of, width, bins)
    answer[weight > 0] = (total[weight > 0] / weight[weight > 0]).astype(np.float32)
    return answer
