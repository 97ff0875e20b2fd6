"""What a variant changes, and no more: after a block with a reach of r bp, values further than r from the edit are the reference's.

At a block that has read r bp on either side, only outputs within r of the edit can have changed, and only those that the asked
window still depends on are needed. Of 10,101 bp through 16 blocks that is a fifth of the reference's own pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from predictor.spliceai.architecture import FLANK_BP
from predictor.spliceai.network import SpliceNet, run


@dataclass(frozen=True, slots=True)
class Known:
    """What a network made of a reference of `length` bp: what entered each block, and what left the last [C, s]."""

    entered: Sequence[Tensor]
    length: int


@dataclass(frozen=True, slots=True)
class Replacement:
    """Of reference bases [start, end) by `codes`."""

    start: int
    end: int
    codes: Int[Tensor, " n"]

    @property
    def shift(self) -> int:
        """How far what lies behind moves to the right."""
        return len(self.codes) - (self.end - self.start)


def changed(network: SpliceNet, known: Known, edit: Replacement, window: tuple[int, int]) -> Float[Tensor, "3 n"]:
    """Probabilities at [start, end) of the edited sequence; 5,000 bp on either side of the window must have been read."""
    start, end = window
    around = _Around(known, edit, network.channels(edit.codes), edit.start, edit.start + len(edit.codes))
    logits = network.bias[:, None] + network.skips[0] @ around.values(0, start, end)
    reach, number = FLANK_BP, 0
    for blocks, skip in network.groups():
        for block in blocks:
            lost = block.lost_bp
            reach -= lost
            first, last = max(around.first - lost, start - reach), min(around.last + lost, end + reach)
            around.patch = run((block,), around.values(number, first - lost, last + lost))
            around.first, around.last = first, last
            number += 1
        logits += skip @ around.values(number, start, end)
    return logits.softmax(0)


@dataclass(slots=True)
class _Around:
    """The edited sequence's values: [first, last) are `patch`, the rest the reference's."""

    known: Known
    edit: Replacement
    patch: Tensor
    first: int
    last: int

    def values(self, number: int, start: int, end: int) -> Float[Tensor, "C n"]:
        """[start, end) of what enters block `number`."""
        reference = self.known.entered[number]
        lost = (self.known.length - reference.shape[1]) // 2
        moved = lost + self.edit.shift
        parts = (
            reference[:, start - lost : min(self.first, end) - lost] if start < self.first else None,
            self.patch[:, max(0, start - self.first) : max(0, end - self.first)],
            reference[:, max(self.last, start) - moved : end - moved] if end > self.last else None,
        )
        return torch.cat([part for part in parts if part is not None], 1)
