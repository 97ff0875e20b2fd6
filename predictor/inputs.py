"""From what a person asked for to what the network reads: a length that fits, padding that is named."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from predictor.errors import DomainError
from predictor.genome import Interval

BIN_BP = 128  # one token of the transformer tower
LENGTH_STEP_BP = 2048  # 16 tokens: one bin of the pair representation
MAX_BP = 1_048_576


@dataclass(frozen=True, slots=True)
class Padding:
    """Part of the model's input that was not asked for: [start, end) counted from the input's first base.

    `kind`: "flank" is real neighbouring sequence, whose predictions are as good as any; "N" is no sequence at all.
    """

    start: int
    end: int
    kind: Literal["flank", "N"]


@dataclass(frozen=True, slots=True)
class ModelInput:
    """What the network reads.

    `sequence`: ACGTN, its length a multiple of 2,048. `real_bp`: bases before any N padding, which is always at the right
    end; predictions cover exactly these. `asked`: [start, end) of what was asked for. `interval`: where the real bases lie
    on the assembly, or None for a pasted sequence.
    """

    sequence: str
    real_bp: int
    asked: tuple[int, int]
    padding: tuple[Padding, ...]
    interval: Interval | None = None

    @property
    def sha256(self) -> str:
        """Digest of the bases."""
        return hashlib.sha256(self.sequence.encode("ascii")).hexdigest()


def _round_up(length: int, step: int) -> int:
    return -(-length // step) * step


def _fitting(bp: int, lengths: Sequence[int]) -> int:
    """The least length that holds so many bases: one of `lengths` (ascending), any multiple of 2,048 where there are none."""
    return next((length for length in lengths if length >= bp), MAX_BP) if lengths else _round_up(bp, LENGTH_STEP_BP)


def from_sequence(bases: str, lengths: Sequence[int] = ()) -> ModelInput:
    """A cleaned sequence, padded with N on the right to a multiple of 2,048 bp, or to one of `lengths`, all that a model takes."""
    if not 0 < len(bases) <= MAX_BP:
        raise ValueError(f"{len(bases)} bases: clean_sequence comes first")
    length = _fitting(len(bases), lengths)
    padding = (Padding(len(bases), length, "N"),) if length > len(bases) else ()
    return ModelInput(bases + "N" * (length - len(bases)), len(bases), (0, len(bases)), padding)


def model_window(
    asked: Interval, chromosome_bp: int, context_bp: int = LENGTH_STEP_BP, lengths: Sequence[int] = ()
) -> tuple[int, int]:
    """[start, end) of the input that covers `asked`: start on the 128-bp grid, length a multiple of 2,048 (of `lengths` one, where
    a model takes these alone) and at least `context_bp`.

    `end` may lie past the chromosome's end, where there is nothing but N. Raises DomainError `interval_too_long` (413).
    """
    if asked.width > MAX_BP:
        raise DomainError(
            "interval_too_long",
            f"{asked} is {asked.width:,} bp long; the model reads at most {MAX_BP:,} bp, so choose a part of it.",
            status=413,
        )
    length = min(MAX_BP, _fitting(max(asked.width, context_bp), lengths))
    while True:
        start = asked.start - (length - asked.width) // 2
        # Stay on the chromosome while that is possible; where its end lies off the grid, up to 127 N follow it.
        start = max(0, min(start, _round_up(chromosome_bp - length, BIN_BP)))
        start = start // BIN_BP * BIN_BP
        if start + length >= asked.end:
            return start, start + length
        if length == MAX_BP:  # no room for what rounding to the grid takes: the grid gives way
            return asked.start, asked.start + length
        length = _fitting(length + 1, lengths)


def from_interval(
    asked: Interval,
    chromosome_bp: int,
    fetch: Callable[[Interval], str],
    context_bp: int = LENGTH_STEP_BP,
    lengths: Sequence[int] = (),
) -> ModelInput:
    """The asked interval with real flanking sequence where the chromosome has it, else N.

    `fetch` returns the bases of an interval inside the chromosome. Raises as `model_window`.
    """
    start, end = model_window(asked, chromosome_bp, context_bp, lengths)
    real = Interval(asked.chromosome, start, min(end, chromosome_bp))
    bases = fetch(real)
    if len(bases) != real.width:
        raise ValueError(f"{real}: the reference gave {len(bases)} bases instead of {real.width}")
    first, last = asked.start - start, asked.end - start
    parts = (Padding(0, first, "flank"), Padding(last, real.width, "flank"), Padding(real.width, end - start, "N"))
    return ModelInput(
        bases + "N" * (end - start - real.width),
        real.width,
        (first, last),
        tuple(part for part in parts if part.end > part.start),
        real,
    )
