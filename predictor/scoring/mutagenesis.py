"""Every substitution of a window: what each base of it is worth to a score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from predictor.errors import DomainError
from predictor.genome import Interval
from predictor.scoring.inputs import Genome
from predictor.scoring.results import Scored, ScorerResult
from predictor.scoring.scorers import Scorer
from predictor.scoring.variant_scorer import VariantScorer
from predictor.tracks import Track
from predictor.variants.variant import Variant

MAX_WINDOW_BP = 1_000
BASES = "ACGT"


def substitutions(interval: Interval, genome: Genome) -> Iterator[Variant]:
    """Every SNV of an interval in order of position, then of BASES; positions with N have none.

    Raises DomainError `unknown_chromosome` (404), `past_end` or `window_too_long` (422).
    """
    if interval.width > MAX_WINDOW_BP:
        raise DomainError(
            "window_too_long", f"{interval} is {interval.width:,} bp long; choose at most {MAX_WINDOW_BP:,} bp."
        )
    if interval.chromosome not in genome.lengths:
        raise DomainError(
            "unknown_chromosome", f"This genome has no chromosome “{interval.chromosome[:40]}”.", status=404
        )
    if interval.end > genome.lengths[interval.chromosome]:
        raise DomainError("past_end", f"{interval} goes past the end of {interval.chromosome}.")
    bases = genome.fetch(interval)
    return (
        Variant(interval.chromosome, interval.start + i, ref, alt)
        for i, ref in enumerate(bases)
        if ref in BASES
        for alt in BASES
        if alt != ref
    )


def saturate(
    scorer: VariantScorer, interval: Interval, scorers: Sequence[Scorer], tracks: Sequence[Track] | None = None
) -> Iterator[Scored]:
    """The scores of `substitutions`, each as soon as it is there. Raises as that and as VariantScorer.score."""
    return scorer.score(substitutions(interval, scorer.genome), scorers, tracks)


def effects(
    scored: Iterable[Scored], interval: Interval, scorer: Scorer, track: Track, gene: str | None = None
) -> NDArray[np.float32]:
    """[bp, 4], bases in the order of BASES: the score of each substitution, 0 for the reference's own base, NaN for what was not
    scored (yet). `gene`: its id, for a scorer that has a row per gene; of several junctions of a gene the largest counts.
    """
    matrix = np.full((interval.width, len(BASES)), np.nan, np.float32)
    for one in scored:
        position = one.variant.start - interval.start
        matrix[position, BASES.index(one.variant.ref)] = 0
        for result in one.results:
            if result.scorer == scorer:
                matrix[position, BASES.index(one.variant.alt)] = _value(result, track, gene)
    return matrix


def _value(result: ScorerResult, track: Track, gene: str | None) -> float:
    column = result.values[:, result.tracks.index(track)]
    if result.scorer.genes != "none":
        column = column[[row for row, other in enumerate(result.genes) if other.id == gene]]
    return float(column.max()) if len(column) else float("nan")


def contributions(matrix: NDArray[np.float32], bases: str) -> NDArray[np.float32]:
    """[bp, 4] of `effects` and the window's bases: at the reference's own base minus the mean of its three substitutions, what is
    lost on average when it is replaced; else 0. NaN where a substitution is not scored. (The SDK's `ism_matrix` gives the same.)
    """
    given = np.zeros_like(matrix)
    for row, scores, base in zip(given, matrix, bases, strict=True):
        if base in BASES:
            row[BASES.index(base)] = -scores.sum() / (len(BASES) - 1)
    return given
