"""Sequences out of FASTA, plain or gzipped, and 2bit files, in pieces: no chromosome is ever whole in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from predictor.assembly.lines import opened
from predictor.assembly.twobit import MAGIC, TwoBit
from predictor.errors import DomainError

_PIECE = 1 << 20
_LONGEST_HEADER = 10_000
_NOT_BASES = b" \t\r\n\v\f0123456789"


@dataclass(frozen=True, slots=True)
class SequenceRecord:
    """A name, which ends at the first white space, and its bases in upper case, to be read before the next record is."""

    name: str
    pieces: Iterator[bytes]


def read_sequences(path: Path) -> Iterator[SequenceRecord]:
    """Every record of a FASTA or 2bit file; of FASTA in its order, of 2bit as people count (chr2 before chr10).

    Raises DomainError `no_file`, `bad_fasta`, `bad_2bit`, `truncated`, `bad_gzip`.
    """
    with opened(path) as file:
        first = file.read(4)
    if first in MAGIC:
        with path.open("rb") as file:
            two_bit = TwoBit(path, file)
            for name in sorted(two_bit.names, key=counted):
                yield SequenceRecord(name, two_bit.pieces(name))
        return
    with opened(path) as file:
        seen: set[str] = set()
        for record in _Fasta(path.name, file).records():
            if record.name in seen:
                raise DomainError("bad_fasta", f"{path.name} has the record “{record.name[:40]}” twice.", status=400)
            seen.add(record.name)
            yield record
    if not seen:
        raise DomainError("bad_fasta", f"{path.name} holds no FASTA record.", status=400)


def counted(name: str) -> tuple[object, ...]:
    """A sort key: numbers as numbers, then X, Y, M, then all else; scaffolds behind chromosomes."""
    bare = name.removeprefix("chr")
    if bare.isdigit():
        return 0, int(bare), ""
    if bare in {"X", "Y", "W", "Z", "M", "MT"}:
        return 1, "XYWZM".index(bare[0]), ""
    return 2, 0, re.sub(r"\d+", lambda digits: digits.group().zfill(12), name)


class _Fasta:
    """Reads on in blocks; records and their pieces share the place that was reached."""

    def __init__(self, name: str, file: IO[bytes]) -> None:
        self._name, self._file = name, file
        self._block = b""

    def records(self) -> Iterator[SequenceRecord]:
        self._fill()
        self._block = self._block.lstrip()
        while self._block:
            if not self._block.startswith(b">"):
                raise DomainError(
                    "bad_fasta", f"{self._name} does not begin with “>”; give a FASTA or 2bit file.", status=400
                )
            pieces = self._pieces()
            yield SequenceRecord(self._header(), pieces)
            for _ in pieces:  # what nobody wanted
                pass

    def _fill(self) -> bool:
        more = self._file.read(_PIECE)
        self._block += more
        return bool(more)

    def _header(self) -> str:
        while b"\n" not in self._block and len(self._block) < _LONGEST_HEADER and self._fill():
            pass
        line, _, self._block = self._block.partition(b"\n")
        words = line[1:_LONGEST_HEADER].decode("ascii", "replace").split()
        if not words or len(words[0]) > 100 or not words[0].isascii():
            raise DomainError(
                "bad_fasta",
                f"{self._name} has a record without a name, or with one of more than 100 characters.",
                status=400,
            )
        return words[0]

    def _pieces(self) -> Iterator[bytes]:
        while self._block or self._fill():
            at = self._block.find(b">")
            part, self._block = (self._block, b"") if at < 0 else (self._block[:at], self._block[at:])
            if part:
                yield part.translate(None, _NOT_BASES).upper()
            if at >= 0:
                return
