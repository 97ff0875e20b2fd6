"""Skill with its uncertainty: every figure comes with its values in resamples of blocks of the genome.

`weights` [R, n] counts how often each bin is in each resample; row 0 is all ones, so that element 0 of what comes back is the
figure itself. Neighbouring bins are alike, so that blocks, not bins, are drawn.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
RESAMPLES = 200
BLOCK_BINS = 391  # 50 kb of 128-bp bins


def block_weights(lengths: list[int], seed: int = 0, resamples: int = RESAMPLES, block: int = BLOCK_BINS) -> Values:
    """[1 + resamples, n] for chromosomes of `lengths` bins that lie one after another."""
    blocks = [np.full(min(block, length - at), i) for length in lengths for i, at in enumerate(range(0, length, block))]
    owner = np.repeat(np.arange(len(blocks)), [len(part) for part in blocks])
    random = np.random.default_rng(seed)
    drawn = random.multinomial(len(blocks), np.full(len(blocks), 1 / len(blocks)), size=resamples)
    return np.concatenate([np.ones((1, len(owner))), drawn[:, owner].astype(np.float64)])


def average_precision(score: Values, label: NDArray[np.bool_], weights: Values) -> Values:
    """[R]; NaN where a resample has no positive. Equal scores count as one threshold."""
    true, all_, positives = _sweep(score, label, weights)
    precision = true / np.maximum(all_, 1e-12)
    recall_steps = np.diff(true, axis=1, prepend=0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((precision * recall_steps).sum(1) / positives)


def auroc(score: Values, label: NDArray[np.bool_], weights: Values) -> Values:
    """[R]; NaN where a resample has one class only. Equal scores count half."""
    true, all_, positives = _sweep(score, label, weights)
    false = all_ - true
    zero = np.zeros((len(weights), 1))
    middle = (np.concatenate([zero, true[:, :-1]], axis=1) + true) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((np.diff(false, axis=1, prepend=0.0) * middle).sum(1) / (positives * false[:, -1]))


def pearson(a: Values, b: Values, weights: Values) -> Values:
    """[R]; NaN where one of the two does not vary, or nothing was drawn."""
    total = weights.sum(1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_a, mean_b = weights @ a / total, weights @ b / total
        covariance = weights @ (a * b) / total - mean_a * mean_b
        spread = (weights @ (a * a) / total - mean_a**2) * (weights @ (b * b) / total - mean_b**2)
        return np.asarray(np.where(spread > 1e-18, covariance / np.sqrt(np.maximum(spread, 1e-300)), np.nan))


def interval(values: Values) -> tuple[float, float]:
    """95 % of the resamples (rows after the first) lie between these."""
    known = values[1:][~np.isnan(values[1:])]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.percentile(known, (2.5, 97.5))
    return float(low), float(high)


def _sweep(score: Values, label: NDArray[np.bool_], weights: Values) -> tuple[Values, Values, Values]:
    """Weight of positives and of all bins at or above each threshold [R, thresholds], and of all positives [R]."""
    order = np.argsort(-score, kind="stable")
    ordered = score[order]
    last_of_equals = np.append(ordered[1:] != ordered[:-1], True)
    sorted_weights = weights[:, order]
    true = np.cumsum(sorted_weights * label[order], axis=1)
    everything = np.cumsum(sorted_weights, axis=1)
    return true[:, last_of_equals], everything[:, last_of_equals], true[:, -1]
