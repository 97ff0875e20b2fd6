"""Primitives of the network. Convolutional parts are [B, C, S], tokens [B, L, C]."""

from __future__ import annotations

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor, nn

EPSILON = 1e-5
GELU_SLOPE = 1.702


def gelu(x: Tensor) -> Tensor:
    """The sigmoid form x * sigmoid(1.702 x), used everywhere but in the pair path, which has torch's tanh form."""
    return nn.functional.silu(GELU_SLOPE * x) / GELU_SLOPE  # one fused kernel each way instead of three


def truncated_normal_(weight: Tensor, fan_in: int) -> None:
    """Haiku's initialiser: sigma 1/sqrt(fan_in), cut at two sigma and not renormalised."""
    sigma = fan_in**-0.5
    nn.init.trunc_normal_(weight, std=sigma, a=-2 * sigma, b=2 * sigma)


def linear(inputs: int, outputs: int, *, bias: bool = True) -> nn.Linear:
    """A Linear with the reference's initialisation (1.6)."""
    layer = nn.Linear(inputs, outputs, bias=bias)
    truncated_normal_(layer.weight, inputs)
    if bias:
        nn.init.zeros_(layer.bias)
    return layer


class RMSBatchNorm(nn.Module):
    """x * scale / sqrt(variance + 1e-5) + offset per channel, without a mean.

    `variance` is a running mean square. In training the batch's own mean square (over batch and positions) is used and
    the running one follows it with decay 0.9: the released reference is inference only and does not say.
    `channel_dim` is 1 for [B, C, S], -1 for tokens and pairs. `shared` averages the batch's mean square over the processes
    that train together, with its gradient; None for one process. `counted`: the part of its input that is measured, where
    processes have margins in common; None for all of it.
    """

    variance: Tensor
    shared: Callable[[Tensor], Tensor] | None = None
    counted: Callable[[Tensor], Tensor] | None = None

    def __init__(self, channels: int, channel_dim: int, decay: float = 0.9) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels))
        self.offset = nn.Parameter(torch.zeros(channels))
        self.register_buffer("variance", torch.ones(channels))
        self.channel_dim = channel_dim
        self.decay = decay

    def forward(self, x: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
        if self.training:
            others = [dim for dim in range(x.dim()) if dim != self.channel_dim % x.dim()]
            measured = x if self.counted is None else self.counted(x)
            variance = measured.float().square().mean(others)
            if self.shared is not None:
                variance = self.shared(variance)
            with torch.no_grad():
                self.variance.lerp_(variance, 1 - self.decay)
        else:
            variance = self.variance
        scale = self.scale * torch.rsqrt(variance + EPSILON)
        if self.channel_dim == 1:
            return torch.addcmul(self.offset[:, None], x, scale[:, None])
        return torch.addcmul(self.offset, x, scale)


class LayerNorm(nn.Module):
    """Over the last dimension; with `centred=False` the mean stays (but the offset is still added)."""

    def __init__(self, channels: int, *, centred: bool) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(channels))
        self.offset = nn.Parameter(torch.zeros(channels))
        self.centred = centred

    def forward(self, x: Float[Tensor, "... C"]) -> Float[Tensor, "... C"]:
        if self.centred:
            return nn.functional.layer_norm(x, x.shape[-1:], self.scale, self.offset, EPSILON)
        mean_square = x.float().square().mean(-1, keepdim=True)
        return x * torch.rsqrt(mean_square + EPSILON).to(x.dtype) * self.scale + self.offset


class StandardizedConv(nn.Module):
    """Convolution over 5 bins with a kernel of zero mean and variance scale^2/fan_in per output channel (1.2).

    The floor under the variance is a maximum, not an addition.
    """

    def __init__(self, inputs: int, outputs: int, width: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs, width))
        self.scale = nn.Parameter(torch.ones(outputs))
        self.bias = nn.Parameter(torch.zeros(outputs))
        truncated_normal_(self.weight, inputs * width)

    def kernel(self) -> Float[Tensor, "out in width"]:
        """The standardised kernel."""
        variance, mean = torch.var_mean(self.weight, dim=(1, 2), correction=0, keepdim=True)
        fan_in = self.weight.shape[1] * self.weight.shape[2]
        factor = self.scale[:, None, None] * torch.rsqrt(torch.clamp(fan_in * variance, min=1e-4))
        return (self.weight - mean) * factor

    def forward(self, x: Float[Tensor, "B in S"]) -> Float[Tensor, "B out S"]:
        return nn.functional.conv1d(x, self.kernel(), self.bias, padding="same")


class OrganismEmbedding(nn.Module):
    """One learnt vector per organism."""

    def __init__(self, organisms: int, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(organisms, channels))
        truncated_normal_(self.weight, 1)

    def forward(self, organism: Tensor) -> Float[Tensor, "B C"]:
        return self.weight[organism]
