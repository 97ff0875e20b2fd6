"""A measured signal as a step function: sorted stretches that do not overlap, one value per base; 0 where there are none, NaN
where nothing was measured."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

STEP = np.dtype([("start", "<i4"), ("end", "<i4"), ("value", "<f4")])
Steps = NDArray[np.void]


def as_steps(runs: Sequence[tuple[int, int, float]], unknown: Sequence[tuple[int, int]] = ()) -> Steps:
    """Steps of runs (start, end, value) in any order; where runs overlap they add up, and `unknown` beats all of them."""
    if not runs and not unknown:
        return np.empty(0, STEP)
    said = np.array(runs, np.float64).reshape(-1, 3)
    gaps = np.array(unknown, np.float64).reshape(-1, 2)
    finite = np.isfinite(said[:, 2])  # a value that is no number was not measured, and would spoil every sum behind it
    gaps, said = np.concatenate([gaps, said[~finite, :2]]), said[finite]
    starts, ends = said[:, 0].astype(np.int64), said[:, 1].astype(np.int64)
    edges = np.unique(np.concatenate([starts, ends, gaps.ravel().astype(np.int64)]))

    def summed(low: NDArray[np.int64], high: NDArray[np.int64], value: NDArray[np.float64]) -> NDArray[np.float64]:
        change = np.bincount(np.searchsorted(edges, low), value, len(edges)).astype(np.float64)
        change -= np.bincount(np.searchsorted(edges, high), value, len(edges))
        total: NDArray[np.float64] = np.cumsum(change)[:-1]
        return total

    depth = summed(starts, ends, np.ones(len(said)))
    value = np.where(depth > 0.5, summed(starts, ends, said[:, 2]), 0.0)
    hidden = summed(gaps[:, 0].astype(np.int64), gaps[:, 1].astype(np.int64), np.ones(len(gaps))) > 0.5
    value[hidden] = np.nan
    kept = hidden | (depth > 0.5)
    steps = np.empty(int(kept.sum()), STEP)
    steps["start"], steps["end"], steps["value"] = edges[:-1][kept], edges[1:][kept], value[kept]
    return steps


def highest(steps: Steps) -> float:
    """The largest value, 0 where there is none above."""
    values = steps["value"]
    values = values[~np.isnan(values)]
    return float(max(0.0, values.max())) if len(values) else 0.0
