"""Lines by place, however many: what does not fit into memory waits in files."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from pathlib import Path

_MEMORY_BYTES = 64 << 20  # of text; as Python keeps it some five times as much
_Row = tuple[int, int, str]


class Sorter:
    """Takes lines with their places and gives them back in order; of one place they keep theirs."""

    def __init__(self, part: Path) -> None:
        self._part = part  # the files are named after it
        self._rows: list[_Row] = []
        self._bytes = 0
        self._files: list[Path] = []

    def add(self, rank: int, start: int, line: str) -> None:
        """`rank` of the chromosome, `start` on it."""
        self._rows.append((rank, start, line))
        self._bytes += len(line)
        if self._bytes > _MEMORY_BYTES:
            self._spill()

    def lines(self) -> Iterator[str]:
        """All of them, once."""
        self._rows.sort(key=_place)
        for _, _, line in heapq.merge(*map(_read, self._files), self._rows, key=_place):
            yield line
        for path in self._files:
            path.unlink()

    def _spill(self) -> None:
        self._rows.sort(key=_place)
        path = self._part.with_name(f"{self._part.name}{len(self._files)}")
        with path.open("w") as file:
            file.writelines(f"{rank}\t{start}\t{line}\n" for rank, start, line in self._rows)
        self._files.append(path)
        self._rows, self._bytes = [], 0


def _place(row: _Row) -> tuple[int, int]:
    return row[:2]


def _read(path: Path) -> Iterator[_Row]:
    with path.open(newline="\n") as file:
        for line in file:
            rank, start, rest = line.rstrip("\n").split("\t", 2)
            yield int(rank), int(start), rest
