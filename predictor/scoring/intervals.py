"""Scoring what the reference itself is predicted to do: the SDK's interval scorer, the mean or sum over each gene's exons."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from predictor.errors import DomainError
from predictor.genes import Gene
from predictor.genome import Interval
from predictor.inputs import from_interval
from predictor.results import Predictor
from predictor.scoring.inputs import Genome
from predictor.scoring.masks import Span, clipped, genes_starting, hull
from predictor.scoring.reads import Values, chunks
from predictor.scoring.results import ScorerResult
from predictor.scoring.scorers import Scorer
from predictor.tracks import Track


def score_interval(
    predictor: Predictor,
    genome: Genome,
    genes: Callable[[Interval], Sequence[Gene]],
    interval: Interval,
    scorers: Sequence[Scorer],
    tracks: Sequence[Track] | None = None,
) -> tuple[ScorerResult, ...]:
    """A result per scorer of kind GENE_MASK, with a row per gene that starts in the middle `width` bp of the interval.

    Only exons within that middle count; of a coarse output every bin that an exon touches. Raises DomainError `no_tracks` or
    `interval_too_short` (422), and as from_interval.
    """
    length = genome.lengths[interval.chromosome]
    given = from_interval(interval, length, genome.fetch, predictor.info.context_bp)
    assert given.interval is not None
    start = given.interval.start
    chosen = predictor.info.tracks if tracks is None else tracks
    results = []
    for scorer in scorers:
        some = tuple(track for track in chosen if track.output == scorer.output)
        if not some or scorer.kind != "GENE_MASK":
            raise DomainError("no_tracks", f"{scorer} has no track to score; choose one of {scorer.output}.")
        target = middle(interval, scorer)
        rows = genes_starting(target, genes(target))
        masks = [clipped(gene.exons, (target.start, target.end), start) for gene in rows]
        values = np.full((len(rows), len(some)), np.nan)
        window = hull(span for mask in masks for span in mask)
        if window is not None:
            predicted = Values(predictor.predict(given, some, window=window))
            for row, mask in zip(values, masks, strict=True):
                if mask:
                    row[:] = _of_gene(predicted, some, mask, scorer)
        results.append(ScorerResult(scorer, some, rows, (), values.astype(np.float32)))
    return tuple(results)


def middle(interval: Interval, scorer: Scorer) -> Interval:
    """The scorer's width around the interval's middle. Raises DomainError `interval_too_short` (422)."""
    if scorer.width is None:
        return interval
    if scorer.width > interval.width:
        raise DomainError(
            "interval_too_short", f"{scorer} needs {scorer.width:,} bp; {interval} has {interval.width:,}."
        )
    first = interval.start + (interval.width - scorer.width) // 2
    return Interval(interval.chromosome, first, first + scorer.width)


def _of_gene(predicted: Values, tracks: Sequence[Track], mask: Sequence[Span], scorer: Scorer) -> np.ndarray:
    resolution = scorer.resolution
    touched = sorted({at // resolution for first, last in mask for at in (*range(first, last, resolution), last - 1)})
    first, last = touched[0], touched[-1] + 1
    parts = []
    for some in chunks(tracks, last - first):
        values = predicted.bins(some, (first, last))[:, np.asarray(touched) - first]
        parts.append(values.mean(1) if scorer.aggregation == "MEAN" else values.sum(1))
    return np.concatenate(parts)
