"""What scoring gives back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from predictor.errors import DomainError
from predictor.genes import Gene
from predictor.genome import Interval
from predictor.scoring.scorers import Scorer
from predictor.tracks import Track
from predictor.variants.variant import Variant


@dataclass(frozen=True, slots=True)
class ScorerResult:
    """`values` float32 [rows, tracks]; NaN where a gene and a track are of opposite strands.

    A row per gene of `genes`, or a single one for scorers without genes. `junctions`: per row the intron [start, end) on the
    chromosome, for the scorer of junctions only, which may have several rows of one gene. `quantiles` [rows, tracks]: the rank
    of a value among random variants of the genome, from 0 to 1, of signed scorers from -1 to 1; None where the model has no
    background.
    """

    scorer: Scorer
    tracks: tuple[Track, ...]
    genes: tuple[Gene, ...]
    junctions: tuple[tuple[int, int], ...]
    values: NDArray[np.float32]
    quantiles: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """A variant and what each scorer said, in the order they were asked; `interval`: the real bases the model read.

    `error`: why it has no results.
    """

    variant: Variant
    results: tuple[ScorerResult, ...]
    interval: Interval | None = None
    error: DomainError | None = None
