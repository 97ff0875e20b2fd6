"""SpliceAI's network written down once more, in plain numpy and as the paper draws it: no folding, no chunks, no torch."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def probabilities(weights: Mapping[str, Floats], sequence: str) -> Floats:
    """[3, n] of the inner n bases of a sequence of n + 10,000; `weights` of one member, as in our checkpoint."""
    one_hot = np.array([[base == letter for base in sequence] for letter in "ACGT"], np.float64)
    x = weights["stem.kernel"][:, :, 0] @ one_hot + weights["stem.bias"][:, None]
    logits = weights["skips.0"] @ x
    for number, (width, dilation) in enumerate([(11, 1)] * 4 + [(11, 4)] * 4 + [(21, 10)] * 4 + [(41, 25)] * 4):
        block = f"blocks.{number}"
        h = np.maximum(weights[f"{block}.gain"][:, None] * x + weights[f"{block}.shift"][:, None], 0)
        h = np.maximum(_same(h, weights[f"{block}.first.kernel"], weights[f"{block}.first.bias"], width, dilation), 0)
        x = x + _same(h, weights[f"{block}.second.kernel"], weights[f"{block}.second.bias"], width, dilation)
        if number % 4 == 3:
            logits = logits + weights[f"skips.{number // 4 + 1}"] @ x
    logits = (logits + weights["bias"][:, None])[:, 5_000:-5_000]
    powers = np.exp(logits - logits.max(0))
    return np.asarray(powers / powers.sum(0))


def _same(x: Floats, kernel: Floats, bias: Floats, width: int, dilation: int) -> Floats:
    """A convolution that gives as many positions as it reads, with zeros beyond the ends."""
    reach = width // 2 * dilation
    wide = np.pad(x, ((0, 0), (reach, reach)))
    total = np.zeros_like(x) + bias[:, None]
    for tap in range(width):
        total += kernel[:, :, tap] @ wide[:, tap * dilation : tap * dilation + x.shape[1]]
    return total
