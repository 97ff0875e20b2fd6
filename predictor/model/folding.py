"""The network's convolutions for inference: what is constant is computed once, at load.

A block is norm, gelu, standardised convolution. The norm is an affine map; gelu(y) = silu(1.702 y) / 1.702, so the 1.702 goes
into the affine map and its inverse into the kernel. What is left is one multiply-add, one silu in place, one plain convolution.
Exact to rounding; the trainable form stays in convolutions.py and is what the tests compare with.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from predictor.model.alphagenome import AlphaGenome
from predictor.model.convolutions import ConvBlock
from predictor.model.layers import EPSILON, GELU_SLOPE, StandardizedConv


class FoldedConvBlock(nn.Module):
    """A ConvBlock in evaluation mode."""

    slope: Tensor
    intercept: Tensor

    def __init__(self, block: ConvBlock) -> None:
        super().__init__()
        norm, conv = block.norm, block.conv
        factor = GELU_SLOPE * norm.scale * torch.rsqrt(norm.variance + EPSILON)
        self.register_buffer("slope", factor.detach()[:, None].clone())
        self.register_buffer("intercept", (GELU_SLOPE * norm.offset).detach()[:, None].clone())
        assert isinstance(conv, (StandardizedConv, nn.Conv1d))
        kernel = conv.kernel() if isinstance(conv, StandardizedConv) else conv.weight
        bias = conv.bias
        assert bias is not None
        self.conv = nn.Conv1d(kernel.shape[1], kernel.shape[0], kernel.shape[2], padding="same")
        self.conv.weight = nn.Parameter((kernel / GELU_SLOPE).detach(), requires_grad=False)
        self.conv.bias = nn.Parameter(bias.detach().clone(), requires_grad=False)

    def forward(self, x: Float[Tensor, "B in S"]) -> Float[Tensor, "B out S"]:
        h = torch.addcmul(self.intercept, x, self.slope)
        out: Tensor = self.conv(nn.functional.silu(h, inplace=True))
        return out


def fold(model: AlphaGenome) -> AlphaGenome:
    """Replace every convolution block of `model`, which is given back; it cannot be trained or saved afterwards."""
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, ConvBlock):
                setattr(module, name, FoldedConvBlock(child))
    return model
