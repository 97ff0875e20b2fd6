"""The baseline that knows words but no grammar: ridge regression on the 6-mers within 384 bp, and GC content alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from predictor.evaluation.genome_bins import BIN_BP, whole_bins

K = 6
WORDS = 4**K
PENALTIES = (3e2, 3e3, 3e4, 3e5)

Features = NDArray[np.float32]


def word_counts(codes: NDArray[np.uint8]) -> Features:
    """[bins, 4,096 + 2]: 6-mers of the plus strand in each 128-bp bin and its two neighbours, GC of the three, and 1."""
    bins = whole_bins(len(codes))
    codes = codes[: bins * BIN_BP].astype(np.int64)
    words = np.zeros(len(codes), np.int64)
    whole = np.ones(len(codes), np.bool_)
    for i in range(K):
        shifted = np.append(codes[i:], np.full(i, 4))
        words = words * 4 + np.minimum(shifted, 3)
        whole &= shifted < 4
    bin_of = np.arange(len(codes)) // BIN_BP
    counts = np.bincount(bin_of[whole] * WORDS + words[whole], minlength=bins * WORDS).reshape(bins, WORDS)
    gc = np.isin(codes, (1, 2)).reshape(bins, BIN_BP).mean(1)
    features = np.ones((bins, WORDS + 2), np.float32)
    features[:, :WORDS] = _around(counts.astype(np.float32))
    features[:, WORDS] = _around(gc[:, None])[:, 0] / 3
    return features


def _around(values: NDArray[np.floating]) -> NDArray[np.floating]:
    """Each row with its two neighbours."""
    total = values.copy()
    total[1:] += values[:-1]
    total[:-1] += values[1:]
    return total


class KmerRegression:
    """One linear model per target for each penalty; all share one matrix."""

    def __init__(self, codes: Mapping[str, NDArray[np.uint8]], targets: Mapping[str, NDArray[np.float32]]) -> None:
        """Fitted on the chromosomes of `codes`; `targets[chromosome]` [T, bins]."""
        gram, cross = np.zeros((WORDS + 2, WORDS + 2)), None
        for chromosome, bases in codes.items():
            features = word_counts(bases)
            gram += features.T @ features
            part = features.T @ targets[chromosome].T
            cross = part.astype(np.float64) if cross is None else cross + part
        assert cross is not None
        ridge = np.diag(np.append(np.ones(WORDS + 1), 0))  # the constant is free
        self._weights = [np.linalg.solve(gram + penalty * ridge, cross).astype(np.float32) for penalty in PENALTIES]

    def predict(self, codes: NDArray[np.uint8], columns: Sequence[int]) -> list[NDArray[np.float32]]:
        """For each penalty [T, bins] of the targets asked for."""
        features = word_counts(codes)
        return [(features @ weights[:, columns]).T for weights in self._weights]


def gc_content(codes: NDArray[np.uint8]) -> NDArray[np.float32]:
    """[bins]: share of G and C in each 128-bp bin."""
    bins = whole_bins(len(codes))
    counted = np.isin(codes[: bins * BIN_BP], (1, 2)).reshape(bins, BIN_BP)
    return np.asarray(counted.mean(1), np.float32)
