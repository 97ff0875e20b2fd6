"""Rotary position embedding with AlphaGenome's frequencies, interleaved pairs.

The dtype of the frequencies is the precision of the phases. The official bfloat16 policy computes them in bfloat16, which differs
by order one beyond some 256 tokens; float32 is what a phase should be. ModelConfig.rope chooses.
"""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor


def frequencies(channels: int, max_position: int, dtype: torch.dtype = torch.float32) -> Float[Tensor, "n"]:
    """1 / (i + geometric ramp from 1 to max_position): not the usual powers of 10,000."""
    n = channels // 2
    ramp = torch.logspace(0, math.log10(max_position - n + 1), n, dtype=torch.float64)
    period = torch.arange(n, dtype=torch.float32) + ramp.float()  # rounded where the official code rounds
    return 1.0 / period.to(dtype)


def phases(frequency: Float[Tensor, "n"], positions: Tensor) -> tuple[Float[Tensor, "L D"], Float[Tensor, "L D"]]:
    """Cosine and sine of position times frequency, each for both channels of its pair, in float32."""
    theta = positions.to(frequency.dtype)[:, None] * frequency
    return theta.cos().float().repeat_interleave(2, -1), theta.sin().float().repeat_interleave(2, -1)


def turn(x: Float[Tensor, "... L D"], cos: Float[Tensor, "L D"], sin: Float[Tensor, "L D"]) -> Float[Tensor, "... L D"]:
    """Rotate channel pairs (0,1), (2,3)... of each token by its phase."""
    turned = torch.stack((-x[..., 1::2], x[..., ::2]), dim=-1).flatten(-2)
    return (x * cos + turned * sin).to(x.dtype)


def rotate(
    x: Float[Tensor, "... L D"], frequency: Float[Tensor, "n"], positions: Tensor | None = None
) -> Float[Tensor, "... L D"]:
    """`turn` by positions times frequency; positions 0, 1, 2 ... by default."""
    if positions is None:
        positions = torch.arange(x.shape[-2], device=x.device)
    return turn(x, *phases(frequency, positions))
