"""Rotary position embedding with AlphaGenome's frequencies, interleaved pairs, always in float32."""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor


def frequencies(channels: int, max_position: int) -> Float[Tensor, "n"]:
    """1 / (i + geometric ramp from 1 to max_position): not the usual powers of 10,000."""
    n = channels // 2
    ramp = torch.logspace(0, math.log10(max_position - n + 1), n, dtype=torch.float64)
    return (1.0 / (torch.arange(n, dtype=torch.float64) + ramp)).float()


def rotate(
    x: Float[Tensor, "... L D"], frequency: Float[Tensor, "n"], positions: Tensor | None = None
) -> Float[Tensor, "... L D"]:
    """Rotate channel pairs (0,1), (2,3)... of each token by its position times frequency; positions 0, 1, 2 ... by default."""
    if positions is None:
        positions = torch.arange(x.shape[-2], device=x.device)
    theta = positions.float()[:, None] * frequency
    cos, sin = theta.cos().repeat_interleave(2, -1), theta.sin().repeat_interleave(2, -1)
    turned = torch.stack((-x[..., 1::2], x[..., ::2]), dim=-1).flatten(-2)
    return x * cos + turned * sin
