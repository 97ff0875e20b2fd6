"""SpliceAI's network (Jaganathan et al., Cell 2019, Figure 1 and Methods, “SpliceAI-10k”): 1-D convolutions in residual blocks.

Layout is [channels, positions] throughout. Nothing is padded inside: each convolution gives what lies wholly within its input,
so that whoever calls decides what lies beyond a sequence's ends (the original says N), and a stretch of outputs costs
only what it depends on.

    S  bases read    s = S - 10,000 of them predicted    C = 32 channels    W kernel width
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import conv1d

from predictor.spliceai.architecture import BLOCKS_PER_SKIP, DILATIONS, FLANK_BP, SKIPS

_COMPLEMENT = [3, 2, 1, 0]  # of A, C, G, T

Tick = Callable[[], None]


class Convolved(NamedTuple):
    """A convolution whose following norm is folded in: kernel [out, in, W] and bias [out]."""

    kernel: Tensor
    bias: Tensor


class Block(NamedTuple):
    """A residual block: x + second(relu(first(relu(gain * x + shift))))."""

    gain: Tensor
    shift: Tensor
    first: Convolved
    second: Convolved
    dilation: int


@dataclass(frozen=True)
class SpliceNet:
    """One published network, reading one strand.

    `stem` takes bases to channels; `skips` take what enters the first block and what leaves every fourth one straight to the
    three classes: the published 1 x 1 convolutions after them are linear, hence one product.
    """

    stem: Convolved
    blocks: tuple[Block, ...]
    skips: tuple[Tensor, ...]
    bias: Tensor = field(repr=False)

    def __call__(self, codes: Int[Tensor, " S"], tick: Tick = lambda: None) -> Float[Tensor, "3 s"]:
        """Probabilities of neither, acceptor and donor at each of the S - 10,000 inner bases; `tick` is called after each block."""
        x = self._stem(codes)
        left = FLANK_BP
        logits = self.bias[:, None] + self.skips[0] @ x[:, left:-left]
        for number, block in enumerate(self.blocks, start=1):
            x = _residual(block, x)
            left -= (block.first.kernel.shape[2] - 1) * block.dilation
            if number % BLOCKS_PER_SKIP == 0:
                logits += self.skips[number // BLOCKS_PER_SKIP] @ x[:, left : x.shape[1] - left]
            tick()
        return logits.softmax(0)

    def _stem(self, codes: Int[Tensor, " S"]) -> Float[Tensor, "C S"]:
        """Of a base, a column of the kernel; of N, nothing but the bias."""
        table = (
            torch.cat((self.stem.kernel[:, :, 0], torch.zeros_like(self.stem.bias)[:, None]), 1)
            + self.stem.bias[:, None]
        )
        return table[:, codes.long()]

    def reversed(self) -> SpliceNet:
        """The network that says of each base what this one says of it on the other strand, without turning the sequence round."""
        turned = [
            block._replace(
                first=block.first._replace(kernel=block.first.kernel.flip(2).contiguous()),
                second=block.second._replace(kernel=block.second.kernel.flip(2).contiguous()),
            )
            for block in self.blocks
        ]
        stem = self.stem._replace(kernel=self.stem.kernel[:, _COMPLEMENT].contiguous())
        return SpliceNet(stem, tuple(turned), self.skips, self.bias)


def _residual(block: Block, x: Float[Tensor, "C S"]) -> Float[Tensor, "C s"]:
    h = torch.addcmul(block.shift[:, None], x, block.gain[:, None]).relu_()
    h = conv1d(h[None], block.first.kernel, block.first.bias, dilation=block.dilation).relu_()
    y = conv1d(h, block.second.kernel, block.second.bias, dilation=block.dilation)[0]
    lost = (x.shape[1] - y.shape[1]) // 2
    return y.add_(x[:, lost : x.shape[1] - lost])


def assemble(weights: Mapping[str, Tensor]) -> tuple[SpliceNet, ...]:
    """The networks of a checkpoint, whose tensors have the shapes of `shapes`."""
    return tuple(
        _member({name: stack[member] for name, stack in weights.items()}) for member in range(len(weights["bias"]))
    )


def _member(weights: Mapping[str, Tensor]) -> SpliceNet:
    def convolved(name: str) -> Convolved:
        return Convolved(weights[f"{name}.kernel"].contiguous(), weights[f"{name}.bias"])

    blocks = tuple(
        Block(
            weights[f"blocks.{number}.gain"],
            weights[f"blocks.{number}.shift"],
            convolved(f"blocks.{number}.first"),
            convolved(f"blocks.{number}.second"),
            dilation,
        )
        for number, dilation in enumerate(DILATIONS)
    )
    return SpliceNet(
        convolved("stem"), blocks, tuple(weights[f"skips.{number}"] for number in range(SKIPS)), weights["bias"]
    )
