"""Variants by the exact local path beside two whole forwards per variant: how far the scores differ, how much faster it is.

Both are measured in one run and in turn, each variant by both before the next one, in processor time of all threads. The
variants are random, as those of the background are, each with an input of its own: nothing is shared that a dense VCF or a
saturation would share.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from predictor.engine import TRUNKS_BYTES, Engine
from predictor.genes import Gene, load_sacCer3_genes
from predictor.genome import Interval
from predictor.inference.encoding import TrunkCache
from predictor.inputs import ModelInput
from predictor.reference import load_sacCer3
from predictor.results import PredictionResult, Predictor, Progress, SiteList, load
from predictor.scoring.background import random_variants
from predictor.scoring.inputs import Genome
from predictor.scoring.mutagenesis import saturate
from predictor.scoring.results import Scored
from predictor.scoring.scorers import Scorer, scorers_for
from predictor.scoring.variant_scorer import VariantScorer
from predictor.tracks import Track
from predictor.variants.edit import Edit

CONTEXTS = (16_384, 65_536)
COUNT = 50
SATURATED = Interval("chrII", 278_500, 278_516)  # upstream of GAL1


class FullPath:
    """A predictor that knows no short way: whole inputs, one after another."""

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor
        self.info, self.device, self.dtype = predictor.info, predictor.device, predictor.dtype

    def predict(
        self,
        model_input: ModelInput,
        tracks: Sequence[Track],
        progress: Progress | None = None,
        *,
        window: tuple[int, int] | None = None,
        **options: Any,
    ) -> PredictionResult:
        """All of the input, whatever `window` says."""
        return self._predictor.predict(model_input, tracks, progress, **options)

    def alternatives(
        self,
        model_input: ModelInput,
        edits: Sequence[Edit],
        tracks: Sequence[Track],
        *,
        sites: Sequence[SiteList] | None = None,
        **options: Any,
    ) -> Iterator[PredictionResult]:
        """A forward of each edited input."""
        for i, edit in enumerate(edits):
            of_edit = sites[i] if sites is not None else None
            yield self.predict(edit.apply(model_input), tracks, sites=of_edit, **options)


def difference(one: Scored, other: Scored) -> float:
    """The largest difference of two results of a variant, relative to values above 1. inf where rows differ."""
    worst = 0.0
    for a, b in zip(one.results, other.results, strict=True):
        if a.values.shape != b.values.shape or a.genes != b.genes or a.junctions != b.junctions:
            return float("inf")
        gap = np.abs(a.values - b.values) / np.maximum(1, np.abs(b.values))
        if not np.array_equal(np.isnan(a.values), np.isnan(b.values)):
            return float("inf")
        worst = max(worst, float(np.nanmax(gap, initial=0)))
    return worst


def table(model: str, *, threads: int = 0, count: int = COUNT, contexts: Sequence[int] = CONTEXTS) -> str:
    """Markdown: a row per context and set of scorers."""
    predictor, genome, genes = load(model, threads=threads), load_sacCer3(), load_sacCer3_genes()
    every = scorers_for(predictor.info)
    local = tuple(scorer for scorer in every.values() if scorer.genes == "none")
    lines = [
        "| context, bp | scorers | variants | largest difference | two forwards: variants per CPU second | ours | faster "
        "| ours, saturation of 16 bp | peak memory, GB |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for context_bp in contexts:
        for name, scorers in (("all", tuple(every.values())), ("around the variant", local)):
            row = _row(predictor, genome, genes, context_bp, scorers, count)
            lines.append(f"| {context_bp:,} | {name}: {len(scorers)} | {count} | {row} |")
            print(lines[-1], file=sys.stderr)
    return "\n".join(lines)


def _row(
    predictor: Predictor,
    genome: Genome,
    genes: Callable[[Interval], Sequence[Gene]],
    context_bp: int,
    scorers: Sequence[Scorer],
    count: int,
) -> str:
    ours = VariantScorer(predictor, genome, genes, context_bp=context_bp)
    full = VariantScorer(FullPath(predictor), genome, genes, context_bp=context_bp)
    worst, seconds = 0.0, {"ours": 0.0, "full": 0.0}
    for variant in random_variants(genome, count, seed=5):
        scored = {}
        for name, scorer in (("full", full), ("ours", ours)):
            forget(predictor)
            began = time.process_time()
            (scored[name],) = scorer.score([variant], scorers)
            seconds[name] += time.process_time() - began
        worst = max(worst, difference(scored["ours"], scored["full"]))
    began = time.process_time()
    dense = sum(1 for _ in saturate(ours, SATURATED, scorers))
    dense_seconds = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    return (
        f"{worst:.1e} | {count / seconds['full']:.2f} | {count / seconds['ours']:.2f} "
        f"| {seconds['full'] / seconds['ours']:.2f} | {dense / dense_seconds:.2f} | {peak:.2f}"
    )


def forget(predictor: Predictor) -> None:
    """What the engines remember of the other path's inputs would flatter this one."""
    for engine in getattr(predictor, "_engines", (predictor,)):
        assert isinstance(engine, Engine)
        engine._readings.clear()
        engine._trunks = TrunkCache(TRUNKS_BYTES)
