"""The track loss of the reference."""

from __future__ import annotations

import torch
from jaxtyping import Bool, Float
from torch import Tensor

EPSILON = 1e-7
POSITIONAL_WEIGHT = 5.0


def multinomial_loss(
    predicted: Float[Tensor, "B T N"], target: Float[Tensor, "B T N"], mask: Bool[Tensor, "B 1 N"] | None = None
) -> Float[Tensor, "T"]:
    """Poisson loss of the segment's total plus five times the multinomial loss of its shape, per track, in model space.

    The segment is the whole last dimension: the reference cuts 131,072 bp, which leaves nothing to cut here.
    The total's loss has its minimum subtracted, so that a perfect prediction costs nothing but its shape's entropy.
    """
    target = target.clamp(min=0)
    if mask is not None:
        predicted, target = predicted * mask, target * mask
    length = predicted.shape[-1]
    total_predicted, total = predicted.sum(-1), target.sum(-1)
    poisson = total_predicted - total * torch.log(total_predicted + EPSILON)
    least = total - total * torch.log(total + EPSILON)
    share = predicted / (total_predicted[..., None] + EPSILON)
    positional = -(target * torch.log(share + EPSILON)).mean(-1)
    return ((poisson - least) / length + POSITIONAL_WEIGHT * positional).mean(0)
