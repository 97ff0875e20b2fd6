"""Coverage as runs: stretches of bases at one value, like the rows of a bedGraph, drawn at any resolution when asked for.

Box coverage, points and peaks are all runs, so that a genome of targets is a few megabytes that are mapped, not read, and a
window can begin at any base.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RUN = np.dtype([("start", "<i4"), ("end", "<i4"), ("row", "<i4"), ("value", "<f4")])
Runs = NDArray[np.void]


def as_runs(
    start: NDArray[np.int64], end: NDArray[np.int64], row: NDArray[np.int64], value: NDArray[np.float64]
) -> Runs:
    """Runs sorted by start, as `draw` needs them."""
    runs = np.empty(len(start), RUN)
    runs["start"], runs["end"], runs["row"], runs["value"] = start, end, row, value
    return runs[np.argsort(runs["start"], kind="stable")]


def longest(runs: Runs) -> int:
    """bp of the longest run; 0 without any."""
    return int((runs["end"] - runs["start"]).max()) if len(runs) else 0


def draw(
    runs: Runs, longest_bp: int, rows: int, start: int, end: int, resolution: int, *, core_bp: int = 0
) -> NDArray[np.float32]:
    """[rows, bins]: for each bin of `resolution` bp over [start, end) the sum of its bases' values; overlapping runs add up.

    `longest_bp` is that of `runs`. `core_bp`: longer runs count with this much of their middle, and with all
    that they total. Bases beyond a chromosome have no runs and are 0. Raises ValueError for a part of a bin.
    """
    if (end - start) % resolution:
        raise ValueError(f"[{start}, {end}) is no whole number of bins of {resolution} bp.")
    bins = (end - start) // resolution
    first, last = np.searchsorted(runs["start"], (start - longest_bp, end))
    near = runs[first:last]
    near = near[near["end"] > start]
    if core_bp:
        near = _cores(near, core_bp)
    # The sum up to a base is piecewise linear in that base: it bends where a run begins and where it ends. A bend inside a
    # bin counts there for what is left of the bin and in every later bin in full; one running sum gives all bins.
    width = bins + 2
    bends = np.zeros(rows * width)
    value = near["value"].astype(np.float64)
    for at, sign in ((near["start"], 1.0), (near["end"], -1.0)):
        offset = np.clip(at, start, end).astype(np.int64) - start
        where = near["row"] * width + offset // resolution
        inside = offset % resolution
        bends += np.bincount(where, sign * value * (resolution - inside), rows * width)
        bends += np.bincount(where + 1, sign * value * inside, rows * width)
    sums = np.cumsum(bends.reshape(rows, width), axis=1)[:, :bins]
    # What cancels leaves 1e-12 instead of 0, which a logarithm would see.
    sums[np.abs(sums) < 1e-6] = 0
    return sums.astype(np.float32)


def _cores(runs: Runs, core_bp: int) -> Runs:
    """The middles of runs longer than `core_bp`."""
    cores = runs.copy()
    length = runs["end"] - runs["start"]
    width = np.minimum(length, core_bp)
    cores["start"] = runs["start"] + (length - width) // 2
    cores["end"] = cores["start"] + width
    cores["value"] = runs["value"] * (length / width)
    return cores
