"""Steps with their running sums, so that a window of any width costs the same: a look-up for each edge of a bin.

A file of columns, one after another, is mapped and hardly read. Sums run on over all chromosomes of a file; only their differences
are used. The file is made out of the steps, which lie beside it, at installation, and of tracks that an older version installed
when they are first read.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from webapp.lib.bins import edges_of
from webapp.measured.steps import Steps

SUFFIX = ".sums1"  # another one when the columns change


@dataclass(frozen=True, slots=True)
class Sums:
    """Of n steps: before each and behind the last [n + 1] the sum of value x bases, the bases with a value and those that were not
    measured, whose value is NaN; starts, ends and values [n]."""

    integral: NDArray[np.float64]
    covered: NDArray[np.int64]
    unknown: NDArray[np.int64]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    value: NDArray[np.float32]


_COLUMNS: tuple[tuple[type[Any], int], ...] = (
    (np.float64, 1), (np.int64, 1), (np.int64, 1), (np.int32, 0), (np.int32, 0), (np.float32, 0),
)  # fmt: skip
_STEP_BYTES = sum(np.dtype(kind).itemsize for kind, _ in _COLUMNS)
_MORE_BYTES = sum(np.dtype(kind).itemsize * more for kind, more in _COLUMNS)


def make_sums(steps: Steps) -> Sums:
    """Of sorted steps of one chromosome after another."""
    width = steps["end"].astype(np.int64) - steps["start"]
    missing = np.isnan(steps["value"])
    return Sums(
        _running(np.where(missing, 0.0, steps["value"].astype(np.float64) * width)),
        _running(np.where(missing, 0, width)),
        _running(np.where(missing, width, 0)),
        *(np.ascontiguousarray(steps[name]) for name in ("start", "end", "value")),
    )


def _running(parts: NDArray[Any]) -> NDArray[Any]:
    return np.concatenate([np.zeros(1, parts.dtype), np.cumsum(parts)])


def write_sums(path: Path, sums: Sums) -> None:
    """One column after another."""
    with path.open("wb") as file:
        for field in fields(sums):
            file.write(getattr(sums, field.name).tobytes())


def read_sums(path: Path) -> Sums:
    """The file, mapped. Raises FileNotFoundError, or ValueError of one that was cut off."""
    steps, rest = divmod(path.stat().st_size - _MORE_BYTES, _STEP_BYTES)
    if steps < 0 or rest:
        raise ValueError(f"{path.name} is damaged")
    whole = np.memmap(path, np.uint8, "r")
    parts, first = [], 0
    for kind, more in _COLUMNS:
        stop = first + np.dtype(kind).itemsize * (steps + more)
        parts.append(np.asarray(whole[first:stop].view(kind)))
        first = stop
    return Sums(*parts)


def summarise(
    sums: Sums, place: tuple[int, int], length: int, start: int, end: int, bins: int, summary: str
) -> NDArray[np.float32]:
    """float32 [bins] over [start, end) of a chromosome of `length` bp, whose steps are those from .. to `place`: mean or maximum
    over the bases (and parts of bases) that a bin covers, of those that were measured, 0 where there is no step; NaN where
    nothing was measured."""
    first, stop = place
    edges = edges_of(start, end, bins, length)
    base, part = edges // bins, edges % bins / bins
    # The first step that ends behind each edge. A key has the column's own type, or all of the column would be copied.
    at = first + np.searchsorted(sums.end[first:stop], base.astype(np.int32), "right")
    step = np.minimum(at, max(first, stop - 1))
    if first == stop:
        into = value = np.zeros(bins + 1)
    else:
        into = np.where(at < stop, np.maximum(base - sums.start[step] + part, 0.0), 0.0)
        value = sums.value[step].astype(np.float64)
    missing = np.isnan(value)
    integral = np.diff(sums.integral[at] - sums.integral[at[0]] + np.where(missing, 0.0, value) * into)
    covered = np.diff(sums.covered[at] - sums.covered[at[0]] + np.where(missing, 0.0, into))
    unknown = np.diff(sums.unknown[at] - sums.unknown[at[0]] + np.where(missing, into, 0.0))
    measured = np.diff(edges) / bins - unknown
    known = measured > _NOTHING
    if summary == "max":
        most = np.where(measured - covered > _NOTHING, 0.0, -np.inf)
        if first < stop:
            behind = at[1:] + (into[1:] > 0)  # one past the last step that starts before the bin's end
            most = np.fmax(most, _highest(sums.value, at[:-1], behind))
        return np.asarray(np.where(known, most, np.nan), np.float32)
    return np.asarray(np.divide(integral, measured, out=np.full(bins, np.nan), where=known), np.float32)


_NOTHING = 1e-6  # of a base: what rounding leaves; a bin is at least 1/20,000 of one


def _highest(values: NDArray[np.float32], low: NDArray[np.int64], high: NDArray[np.int64]) -> NDArray[np.float64]:
    """The highest of values[low:high] for each pair, -inf of none; where there are numbers, those that are none are left out."""
    answer = np.full(len(low), -np.inf)
    some = np.flatnonzero(low < high)
    if len(some):
        first, last = int(low[some[0]]), int(high[some[-1]]) - 1
        pairs = np.minimum(np.column_stack([low[some], high[some]]).ravel(), last) - first
        most = np.fmax.reduceat(values[first : last + 1], pairs)[::2]
        answer[some] = np.fmax(
            most, values[high[some] - 1]
        )  # reduceat's indices lie inside, so that the last value is apart
    return answer
