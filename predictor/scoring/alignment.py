"""ALT drawn on REF's positions: what was inserted becomes one value, what was deleted is empty.

As variant_scoring.IndelMask and align_alternate of google-deepmind/alphagenome_research define it: the last base that both
alleles have is the anchor; an insertion behind it is summarised by the maximum of the anchor and what was inserted, a deletion
leaves zeros. Where an insertion pushes bases out of the input there is nothing left to draw: zeros.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from predictor.variants.variant import Variant

Span = tuple[int, int]  # [start, end) of the input


@dataclass(frozen=True, slots=True)
class Alignment:
    """`anchor`: position in the input of the last base before the inserted or deleted ones, -1 at its very start; `shift`: how
    far what follows has moved to the right."""

    anchor: int
    shift: int

    @classmethod
    def of(cls, variant: Variant, start: int) -> Alignment:
        """For an input that begins at `start` of the chromosome."""
        return cls(variant.start - start + min(len(variant.ref), len(variant.alt)) - 1, variant.shift)

    def needed(self, span: Span) -> Span:
        """The part of ALT that is drawn on `span` of REF; not cut to the input."""
        start, end = span
        if self.shift >= 0:
            first = start if start <= self.anchor else start + self.shift
            return first, end if end <= self.anchor else end + self.shift
        first = start if start <= self.anchor else max(self.anchor, start + self.shift)
        return first, end if end <= self.anchor else max(self.anchor + 1, end + self.shift)

    def aligned(self, values: NDArray[np.float64], first: int, span: Span) -> NDArray[np.float64]:
        """ALT's `values` [T, n], which begin at base `first` of the input, on `span` of REF [T, end - start]."""
        at = np.arange(*span)
        moved = np.where(at <= self.anchor, at, at + self.shift)
        inside = (moved >= first) & (moved < first + values.shape[1])
        inside &= ~((at > self.anchor) & (at <= self.anchor - self.shift))  # deleted
        drawn = np.zeros((len(values), len(at)))
        drawn[:, inside] = values[:, moved[inside] - first]
        if self.shift > 0 and span[0] <= self.anchor < span[1]:
            together = values[:, max(0, self.anchor - first) : self.anchor - first + self.shift + 1]
            drawn[:, self.anchor - span[0]] = together.max(1)
        return drawn
