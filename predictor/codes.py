"""Bases as small integers: A C G T are 0..3, anything else is 4."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_CODES = np.full(256, 4, np.uint8)
for _code, _base in enumerate(b"ACGT"):
    _CODES[_base] = _code
    _CODES[_base + 32] = _code  # lower case


def encode_bases(bases: str) -> NDArray[np.uint8]:
    """Codes [S] of an ASCII string."""
    return _CODES[np.frombuffer(bases.encode("ascii"), np.uint8)]


def reverse_complement(codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Of codes [..., S]; 4 stays 4."""
    flipped = codes[..., ::-1]
    return np.where(flipped < 4, 3 - flipped, 4).astype(np.uint8)
