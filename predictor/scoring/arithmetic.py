"""From values to scores: the formulas of google-deepmind/alphagenome_research, model/variant_scoring, in float64.

T tracks, n bins of a mask, G genes. REF and ALT are already cut to the mask, and ALT is aligned where the scorer aligns it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LFC_OFFSET = 1e-3
POLY_A_BP = 400  # coverage is read over so much before a cleavage site
POLY_A_WITHIN = 0.8  # share of a gene's sites that must lie in the input

# From REF and ALT [T, n] to [T].
AGGREGATIONS: Mapping[str, Callable[[Floats, Floats], Floats]] = {
    "DIFF_MEAN": lambda ref, alt: alt.mean(1) - ref.mean(1),
    "DIFF_SUM": lambda ref, alt: alt.sum(1) - ref.sum(1),
    "DIFF_SUM_LOG2": lambda ref, alt: np.log2(alt + 1).sum(1) - np.log2(ref + 1).sum(1),
    "DIFF_LOG2_SUM": lambda ref, alt: np.log2(1 + alt.sum(1)) - np.log2(1 + ref.sum(1)),
    "L2_DIFF": lambda ref, alt: np.sqrt(((alt - ref) ** 2).sum(1)),
    "L2_DIFF_LOG1P": lambda ref, alt: np.sqrt(((np.log1p(alt) - np.log1p(ref)) ** 2).sum(1)),
    "ACTIVE_MEAN": lambda ref, alt: np.maximum(alt.mean(1), ref.mean(1)),
    "ACTIVE_SUM": lambda ref, alt: np.maximum(alt.sum(1), ref.sum(1)),
}

# From the values of one gene's mask.
GENE_SCORES: Mapping[str, Callable[[Floats, Floats], Floats]] = {
    "GENE_MASK_LFC": lambda ref, alt: np.log(alt.mean(1) + LFC_OFFSET) - np.log(ref.mean(1) + LFC_OFFSET),
    "GENE_MASK_ACTIVE": lambda ref, alt: np.maximum(alt.mean(1), ref.mean(1)),
    "GENE_MASK_SPLICING": lambda ref, alt: np.abs(alt - ref).max(1),
}


def contact_change(ref: Floats, alt: Floats, bin_: int) -> Floats:
    """Mean absolute difference of all contacts of one bin; `ref` and `alt` [T, P, P] to [T]."""
    change: Floats = np.abs(alt[:, :, bin_] - ref[:, :, bin_]).mean(1)
    return change


def poly_a_change(ref: Floats, alt: Floats) -> Floats:
    """How much the use of a gene's cleavage sites has moved between the near and the far ones, as Borzoi scores paQTLs.

    `ref` and `alt` [T, A]: coverage before each of A sites in ascending order. For every split into the first k sites and the
    others: |log2| of the mean ratio ALT / REF of the first over that of the others; the largest is returned, [T].
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.nan_to_num(alt / ref, nan=0, posinf=0, neginf=0)
        first = np.arange(1, ratio.shape[1])  # a split leaves sites on both sides
        near = ratio.cumsum(1)[:, :-1]
        far = ratio.sum(1, keepdims=True) - near
        change = np.abs(np.log2((ratio.shape[1] - first) / first * near / far))
    most: Floats = np.nan_to_num(change, nan=0, posinf=0, neginf=0).max(1, initial=0)
    return most
