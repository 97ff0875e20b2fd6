"""A window cut into bins, as all that draw along the sequence ask for it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from predictor.api import DomainError

MAX_BINS = 20_000


def check_window(start: int, end: int, bins: int) -> None:
    """Raises DomainError `bad_window` (422) where [start, end) is empty, or too far away, or cannot be cut into so many bins."""
    if end <= start:
        raise DomainError("bad_window", f"The window {start}-{end} is empty; “end” must be larger than “start”.")
    if not 1 <= bins <= MAX_BINS:
        raise DomainError("bad_window", f"“bins” is {bins:,}; it must lie between 1 and {MAX_BINS:,}.")
    if max(abs(start), abs(end)) > 2**40:
        raise DomainError("bad_window", "The window lies beyond any genome.")


def edges_of(start: int, end: int, bins: int, length: int) -> NDArray[np.int64]:
    """[bins + 1] ends of the bins of [start, end), cut to 0 .. `length`: counted in 1/bins of a base, so that they are whole numbers."""
    edges = start * bins + np.arange(bins + 1, dtype=np.int64) * (end - start)
    return np.clip(edges, 0, length * bins)
