"""Between the values of a track and the range the network works in."""

from __future__ import annotations

import torch
from torch import Tensor

SOFT_CLIP = 10.0
SQUASHING_POWER = 0.75


def unscale(scaled: Tensor, mean: Tensor, resolution: int, *, squashing: bool) -> Tensor:
    """Model space to experimental units; `mean` is each track's mean over its non-zero bases, [..., T] last or broadcast.

    Values above 10 are un-clipped, RNA-seq is un-squashed, and 128-bp values come out as sums over the bin.
    """
    excess = (scaled - SOFT_CLIP).clamp_(min=0)
    x = torch.addcmul(scaled, excess, excess, value=1 / (4 * SOFT_CLIP))  # (x + 10)^2 / 40 = x + (x - 10)^2 / 40
    if squashing:
        x = x.pow_(1 / SQUASHING_POWER)
    return x.mul_(mean * resolution)


def scale_targets(values: Tensor, mean: Tensor, resolution: int, *, squashing: bool) -> Tensor:
    """The inverse of `unscale`."""
    x = values / (mean * resolution)
    if squashing:
        x = x**SQUASHING_POWER
    return soft_clip(x)


def soft_clip(x: Tensor) -> Tensor:
    """Above 10 growth is that of a square root, with the same slope at 10."""
    return torch.where(x > SOFT_CLIP, 2 * torch.sqrt(x * SOFT_CLIP) - SOFT_CLIP, x)
