"""Primitives of the folded network: what is constant was computed at load, what can be done in place is."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from predictor.model.layers import EPSILON, GELU_SLOPE, RMSBatchNorm

_TOO_SMALL = 20_480  # torch does not hand smaller inputs to oneDNN


def dense(
    x: Float[Tensor, "... C"], weight: Float[Tensor, "out C"], bias: Tensor | None = None
) -> Float[Tensor, "... out"]:
    """x @ weight.T + bias.

    In float32 on a CPU this is a 1 x 1 convolution, because that is what torch hands to oneDNN: measured on an AMD EPYC with
    AVX-512, 180 to 230 GFLOP per CPU-second where MKL's matrix product, which `linear` uses, gave 75 to 110.
    """
    if x.device.type != "cpu" or x.dtype != torch.float32 or x.numel() <= _TOO_SMALL or not len(weight):
        return nn.functional.linear(x, weight, bias)
    rows = x.reshape(1, 1, -1, x.shape[-1]).permute(0, 3, 1, 2)  # [1, C, 1, rows], channels last
    y = nn.functional.conv2d(rows, weight[:, :, None, None], bias)
    return y.permute(0, 2, 3, 1).reshape(*x.shape[:-1], weight.shape[0])


def constant(tensor: Tensor) -> nn.Parameter:
    """A weight of the folded network: contiguous, without a gradient."""
    return nn.Parameter(tensor.detach().contiguous(), requires_grad=False)


def affine(norm: RMSBatchNorm) -> tuple[Tensor, Tensor]:
    """Slope and intercept per channel of a norm in evaluation mode."""
    return norm.scale * torch.rsqrt(norm.variance + EPSILON), norm.offset


class Dense(nn.Module):
    """A linear layer, with the norms before and after it folded in."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        self.weight = constant(weight)
        self.bias = constant(bias) if bias is not None else None

    def forward(self, x: Float[Tensor, "... C"]) -> Float[Tensor, "... out"]:
        return dense(x, self.weight, self.bias)

    @classmethod
    def of(cls, layer: nn.Linear, before: RMSBatchNorm | None = None, after: RMSBatchNorm | None = None) -> Dense:
        """The layer between two norms as one product."""
        weight: Tensor = layer.weight
        bias: Tensor | None = layer.bias
        if before is not None:
            slope, intercept = affine(before)
            shift = weight @ intercept
            weight, bias = weight * slope, shift if bias is None else bias + shift
        if after is not None:
            slope, intercept = affine(after)
            weight, bias = weight * slope[:, None], intercept if bias is None else bias * slope + intercept
        return cls(weight, bias)


class Activation(nn.Module):
    """Norm and gelu before a convolution: gelu(y) = silu(1.702 y) / 1.702.

    The 1.702 is in the slope here; whoever reads the result has its inverse in the weights (`GELU_SLOPE`).
    """

    def __init__(self, norm: RMSBatchNorm) -> None:
        super().__init__()
        slope, intercept = affine(norm)
        self.slope, self.intercept = constant(slope * GELU_SLOPE), constant(intercept * GELU_SLOPE)

    def forward(self, x: Float[Tensor, "B S C"]) -> Float[Tensor, "B S C"]:
        return nn.functional.silu(torch.addcmul(self.intercept, x, self.slope), inplace=True)
