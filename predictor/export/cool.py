"""Contact maps as cool and mcool files, by the library `cooler` (BSD-3-Clause), which also reads them.

Bins follow the prediction: where it does not begin at a multiple of its bins, the chromosome's first and last bins are of
another width, so that no value is moved. The values are logs of observed over expected, not counts, and coarser zooms hold means.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ZOOMS = (1, 2, 4, 8, 16)
_FEWEST_BINS = 4  # of a zoom


def write_cool(
    path: Path, lengths: Mapping[str, int], chromosome: str, start: int, bin_bp: int,
    values: NDArray[np.float32], about: Mapping[str, str], *, zooms: bool = False,
) -> None:  # fmt: skip
    """`values` [n, n], symmetric, of bins of `bin_bp` from `start` on; NaN is left out. `zooms`: an mcool file.

    Raises OSError when the file cannot be written.
    """
    for factor in _ZOOMS if zooms else (1,):
        coarse = _coarser(values, factor)
        if factor > 1 and len(coarse) < _FEWEST_BINS:
            break
        where = f"{path}::/resolutions/{bin_bp * factor}" if zooms else str(path)
        _write_one(where, lengths, chromosome, start, bin_bp * factor, coarse, about, mode="w" if factor == 1 else "a")
    if zooms:
        import h5py

        with h5py.File(path, "r+") as file:
            file.attrs.update({"format": "HDF5::MCOOL", "format-version": 2})


def _write_one(
    where: str, lengths: Mapping[str, int], chromosome: str, start: int, bin_bp: int,
    values: NDArray[np.float32], about: Mapping[str, str], *, mode: str,
) -> None:  # fmt: skip
    import cooler
    import pandas as pd

    first, bins = _bins(lengths, chromosome, start, bin_bp, len(values))
    rows, columns = np.triu_indices(len(values))
    known = np.isfinite(values[rows, columns])
    rows, columns = rows[known], columns[known]
    pixels = pd.DataFrame({"bin1_id": rows + first, "bin2_id": columns + first, "count": values[rows, columns]})
    cooler.create_cooler(
        where, pd.DataFrame(bins), pixels, dtypes={"count": np.float32}, metadata=dict(about), mode=mode, ordered=True
    )


def _bins(
    lengths: Mapping[str, int], chromosome: str, start: int, bin_bp: int, count: int
) -> tuple[int, dict[str, Any]]:
    """The bin of the first value, and the table of all: chrom, start, end."""
    chrom: list[str] = []
    edges: list[tuple[int, int]] = []
    first = 0
    for name, length in lengths.items():
        offset = start % bin_bp if name == chromosome else 0
        cuts = [*([0] if offset else []), *range(offset, length, bin_bp), length]
        if name == chromosome:
            first = len(edges) + cuts.index(start)
            missing = cuts.index(start) + count - (len(cuts) - 1)
            if missing > 0:
                raise ValueError(f"{count} bins of {bin_bp} bp from {start} on do not fit into {length} bp")
        edges += list(pairwise(cuts))
        chrom += [name] * (len(cuts) - 1)
    return first, {"chrom": chrom, "start": [a for a, _ in edges], "end": [b for _, b in edges]}


def _coarser(values: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
    """Means over factor x factor bins, of those that are known; what is left over at the end makes smaller ones."""
    if factor == 1:
        return values
    cuts = np.arange(0, len(values), factor)
    known = np.isfinite(values)
    total = np.add.reduceat(np.add.reduceat(np.where(known, values, 0).astype(np.float64), cuts, 0), cuts, 1)
    count = np.add.reduceat(np.add.reduceat(known.astype(np.int64), cuts, 0), cuts, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 0, total / count, np.nan).astype(np.float32)
