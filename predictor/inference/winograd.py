"""Convolutions of width 5 by Winograd's minimal filtering: six products for two outputs where the plain form has ten.

The six values of a kernel's polynomial and of a stretch of input at 0, ±3/4, ±3/2 and infinity are multiplied instead of their
coefficients (Winograd 1980; Lavin and Gray 2016 for networks). These points are exact in binary and lose least: 5.6e-7 of
relative error for 192 channels where ±1, ±2 lose 8.2e-7 and the plain form 1.8e-7, in float32. In bfloat16 too much would be
lost. Norm and gelu are computed on the way, stretch by stretch, so that everything between x and the output stays in the cache.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from predictor.inference.convolutions import Convolution
from predictor.inference.layers import Activation, constant, dense
from predictor.model.config import CONV_WIDTH

INNER, OUTER = 0.75, 1.5
SMALLEST_CHANNELS = 256  # below, the transforms cost more than the products save
STRETCH = 2048  # positions at once, even
_VALUES = 6


def kernel_values(kernel: Float[Tensor, "out width in"]) -> Float[Tensor, "6 out in"]:
    """The kernel's polynomial at the points, each divided by its product of distances to the others."""
    inner, outer = INNER**2, OUTER**2
    powers = torch.arange(CONV_WIDTH, dtype=torch.float64)
    at = [torch.tensor([1.0, 0, 0, 0, 0], dtype=torch.float64) / (inner * outer)]
    for point, distances in ((INNER, 2 * inner * (inner - outer)), (OUTER, 2 * outer * (outer - inner))):
        at += [point**powers / distances, (-point) ** powers / distances]
    at.append(torch.tensor([0, 0, 0, 0, 1.0], dtype=torch.float64))
    return torch.einsum("pk,oki->poi", torch.stack(at).to(kernel.dtype), kernel)


class WinogradBlock(nn.Module):
    """Norm, gelu and a convolution of width 5, on a CPU in float32."""

    def __init__(self, activation: Activation, convolution: Convolution) -> None:
        super().__init__()
        self.slope, self.intercept = activation.slope, activation.intercept
        self.kernels = constant(kernel_values(convolution.weight))
        self.bias = convolution.bias

    def forward(self, x: Float[Tensor, "B S in"]) -> Float[Tensor, "B S out"]:
        positions = x.shape[1]
        out = x.new_empty(len(x), positions + positions % 2, len(self.bias))  # pairs: an odd last one is cut off again
        for given, wanted in zip(x, out, strict=True):
            for start in range(0, positions, STRETCH):
                self._convolve(self._activated(given, start), wanted[start : start + STRETCH])
        return out[:, :positions]

    def _activated(self, x: Float[Tensor, "S in"], start: int) -> Float[Tensor, "s in"]:
        """A stretch and two positions on either side, zeros beyond the ends."""
        end = min(start + STRETCH, len(x) + len(x) % 2)
        h = x.new_empty(end - start + CONV_WIDTH - 1, x.shape[1])
        first, last = max(0, start - 2), min(len(x), end + 2)
        h[: 2 - (start - first)] = 0
        h[len(h) - 2 + (last - end) :] = 0
        inside = h[2 - (start - first) : len(h) - 2 + (last - end)]
        torch.addcmul(self.intercept, x[first:last], self.slope, out=inside)
        nn.functional.silu(inside, inplace=True)
        return h

    def _convolve(self, h: Float[Tensor, "s in"], out: Float[Tensor, "n out"]) -> None:
        m = [dense(value, kernel) for value, kernel in zip(_input_values(h), self.kernels, strict=True)]
        inner_sum, inner_difference = m[1] + m[2], m[1].sub_(m[2])
        outer_sum, outer_difference = m[3] + m[4], m[3].sub_(m[4])
        pairs = out.view(-1, 2, out.shape[1])
        torch.add(inner_sum.add_(outer_sum).add_(m[0]), self.bias, out=pairs[:, 0])
        odd = m[5].add_(inner_difference, alpha=INNER).add_(outer_difference, alpha=OUTER)
        torch.add(odd, self.bias, out=pairs[:, 1])


def _input_values(h: Float[Tensor, "s in"]) -> Float[Tensor, "6 n in"]:
    """For each pair of outputs, the six inputs under them as values at the points."""
    inner, outer = INNER**2, OUTER**2
    pairs = h.view(-1, 2, h.shape[1])
    d0, d2, d4 = pairs[:-2, 0], pairs[1:-1, 0], pairs[2:, 0]
    d1, d3, d5 = pairs[:-2, 1], pairs[1:-1, 1], pairs[2:, 1]
    values = h.new_empty(_VALUES, len(d0), h.shape[1])
    for plus, point, other in ((1, INNER, outer), (3, OUTER, inner)):
        even, odd = torch.sub(d4, d2, alpha=other), torch.sub(d3, d1, alpha=other)
        torch.add(even, odd, alpha=point, out=values[plus])
        torch.sub(even, odd, alpha=point, out=values[plus + 1])
    torch.sub(d4, d2, alpha=inner + outer, out=values[0]).add_(d0, alpha=inner * outer)
    torch.sub(d5, d3, alpha=inner + outer, out=values[5]).add_(d1, alpha=inner * outer)
    return values


def accelerate(network: nn.Module) -> None:
    """Replace every block of a float32 network on a CPU that gains by it, in place."""
    for module in list(network.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Sequential) and isinstance(child[1], Convolution):
                activation, convolution = child
                assert isinstance(activation, Activation) and isinstance(convolution, Convolution)
                out, width, inputs = convolution.weight.shape
                if width == CONV_WIDTH and min(out, inputs) >= SMALLEST_CHANNELS:
                    setattr(module, name, WinogradBlock(activation, convolution))
