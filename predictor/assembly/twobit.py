"""UCSC's 2bit format (genome.ucsc.edu/FAQ/FAQformat.html#format7), read in pieces.

Our own reader: the library py2bit 1.0.1 crashes the process on a file that was cut off, which a broken download leaves.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Literal

import numpy as np
from numpy.typing import NDArray

from predictor.errors import DomainError

MAGIC = {b"\x43\x27\x41\x1a": "<", b"\x1a\x41\x27\x43": ">"}
_PIECE = 1 << 20  # bases, a multiple of four
_LETTERS = np.frombuffer(b"TCAG", np.uint8)
_FOUR = _LETTERS[(np.arange(256)[:, None] >> np.array([6, 4, 2, 0])) & 3]  # the letters of each byte


class TwoBit:
    """An open file; `names` in its order. Raises DomainError `bad_2bit` (400) here and while it is read."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self._path, self._file = path, file
        self._order = MAGIC.get(file.read(4), "")
        version, count, _ = self._numbers(3) if self._order else (99, 0, 0)
        if version > 1:
            raise self._bad()
        self._offsets: dict[str, int] = {}
        for _ in range(count):
            name = self._read(self._read(1)[0]).decode("ascii", "replace")
            self._offsets[name] = int.from_bytes(self._read(8), self._endian) if version else self._numbers(1)[0]

    @property
    def names(self) -> tuple[str, ...]:
        """Sequences of the file."""
        return tuple(self._offsets)

    def pieces(self, name: str) -> Iterator[bytes]:
        """Upper-case bases of a sequence: T, C, A, G and N are all there can be."""
        self._file.seek(self._offsets[name])
        (length,) = self._numbers(1)
        starts, sizes = self._blocks()
        self._blocks()  # where it is masked, which is not kept
        self._numbers(1)
        for first in range(0, length, _PIECE):
            stop = min(first + _PIECE, length)
            packed = np.frombuffer(self._read((stop - first + 3) // 4), np.uint8)
            bases = _FOUR[packed].reshape(-1)[: stop - first]
            for at in range(int(np.searchsorted(starts + sizes, first, "right")), int(np.searchsorted(starts, stop))):
                bases[max(0, starts[at] - first) : starts[at] + sizes[at] - first] = ord("N")
            yield bases.tobytes()

    def _blocks(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        (count,) = self._numbers(1)
        kind = np.dtype(f"{self._order}u4")
        starts, sizes = (np.frombuffer(self._read(4 * count), kind).astype(np.int64) for _ in range(2))
        return starts, sizes

    @property
    def _endian(self) -> Literal["little", "big"]:
        return "little" if self._order == "<" else "big"

    def _numbers(self, count: int) -> tuple[int, ...]:
        return struct.unpack(f"{self._order}{count}I", self._read(4 * count))

    def _read(self, count: int) -> bytes:
        found = self._file.read(count)
        if len(found) < count:
            raise self._bad()
        return found

    def _bad(self) -> DomainError:
        return DomainError(
            "bad_2bit", f"{self._path.name} is damaged or cut off, and no whole 2bit file; fetch it again.", status=400
        )
