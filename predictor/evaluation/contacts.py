"""Contact maps beyond distance: which pairs touch more than their distance lets expect."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from predictor.evaluation.genome_bins import BIN_BP, Array, Predicted
from predictor.evaluation.metrics import pearson
from predictor.evaluation.rows import Figure, figure
from predictor.training.store import PAIR_BP, Store

NEAREST, FARTHEST = 2, 32  # bins of 2,048 bp between the two: 4 to 66 kb, which every window holds


def figures(
    store: Store, training: tuple[str, ...], test: dict[str, Predicted], weights: NDArray[np.float64]
) -> list[Figure]:
    """Over pairs: Pearson of the values, of what is left of them when each distance's mean is taken away, and within distances.

    The last one is the stratum-adjusted correlation of HiCRep (Yang 2017, doi 10.1101/gr.220640.117) without smoothing, each
    distance weighing as many pairs as it has: the others are ruled by the far pairs, whose few counts are mostly noise.
    """
    by_distance = _means(store, training)
    ours, theirs, distance, bins, first_bin = [], [], [], [], 0
    for chromosome, predicted in test.items():
        length = store.lengths[chromosome]
        measured = store.contacts(chromosome, 0, length // PAIR_BP * PAIR_BP)
        assert predicted.contacts is not None
        size = min(len(measured), len(predicted.contacts))
        i, j = np.triu_indices(size, NEAREST)
        near = j - i <= FARTHEST
        i, j = i[near], j[near]
        known = ~np.isnan(measured[i, j]) & ~np.isnan(predicted.contacts[i, j])
        i, j = i[known], j[known]
        ours.append(predicted.contacts[i, j].astype(np.float64))
        theirs.append(measured[i, j].astype(np.float64))
        distance.append(j - i)
        bins.append(first_bin + np.minimum((i + j) // 2 * PAIR_BP // BIN_BP, length // BIN_BP - 1))
        first_bin += length // BIN_BP
    a, b, d = np.concatenate(ours), np.concatenate(theirs), np.concatenate(distance)
    resampled = weights[:, np.concatenate(bins)]
    alone = by_distance[d]
    rows = [
        figure(
            "contacts_g1",
            "contact maps",
            "Pearson",
            math.nan,
            pearson(a, b, resampled),
            {"distance": pearson(alone, b, resampled)},
        ),
        figure(
            "contacts_g1",
            "contact maps",
            "Pearson beyond distance",
            math.nan,
            pearson(_without_mean(a, d), _without_mean(b, d), resampled),
            {"distance": np.zeros(len(weights))},  # which says nothing beyond itself
        ),
        figure(
            "contacts_g1",
            "contact maps",
            "Stratum-adjusted correlation",
            math.nan,
            _within_distances(a, b, d, resampled),
            {"distance": np.zeros(len(weights))},
        ),
    ]
    return rows


def _means(store: Store, chromosomes: tuple[str, ...]) -> NDArray[np.float64]:
    """[distance in bins]: mean over the training chromosomes."""
    sums, counts = np.zeros(FARTHEST + 1), np.zeros(FARTHEST + 1)
    for chromosome in chromosomes:
        measured: Array = store.contacts(chromosome, 0, store.lengths[chromosome] // PAIR_BP * PAIR_BP)
        for distance in range(FARTHEST + 1):
            values = np.diagonal(measured, distance)
            values = values[~np.isnan(values)].astype(np.float64)
            sums[distance] += values.sum()
            counts[distance] += len(values)
    return np.asarray(sums / np.maximum(counts, 1))


def _within_distances(
    a: NDArray[np.float64], b: NDArray[np.float64], distance: NDArray[np.int64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """[R]: mean of each distance's correlation; one at which nothing varies counts as 0."""
    total = np.zeros(len(weights))
    for one in np.unique(distance):
        at = distance == one
        total += np.nan_to_num(pearson(a[at], b[at], weights[:, at])) * at.sum()
    return total / len(distance)


def _without_mean(values: NDArray[np.float64], distance: NDArray[np.int64]) -> NDArray[np.float64]:
    sums = np.bincount(distance, values)
    return np.asarray(values - (sums / np.maximum(np.bincount(distance), 1))[distance])
