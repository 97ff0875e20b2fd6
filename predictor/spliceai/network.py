"""SpliceAI's network (Jaganathan et al., Cell 2019, Figure 1 and Methods, “SpliceAI-10k”): 1-D convolutions in residual blocks.

Layout is [channels, positions] throughout. Nothing is padded inside: each convolution gives what lies wholly within its input,
so that whoever calls decides what lies beyond a sequence's ends (the original says N), and a stretch of outputs costs
only what it depends on.

    S  bases read    s = S - 10,000 of them predicted    C = 32 channels    W kernel width
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import conv1d

from predictor.spliceai.architecture import BLOCKS_PER_SKIP, DILATIONS, FLANK_BP, SKIPS
from predictor.spliceai.fourier import Frames, Kernel, convolve

_COMPLEMENT = [3, 2, 1, 0]  # of A, C, G, T

FRAMED_BP = 1_000  # shorter ones are sooner convolved plainly

Tick = Callable[[], None]


class Block(NamedTuple):
    """A residual block: x + second(relu(first(relu(gain * x + shift))))."""

    gain: Tensor
    shift: Tensor
    first: Kernel
    second: Kernel
    dilation: int

    @property
    def lost_bp(self) -> int:
        """On either side."""
        return (self.first.width - 1) * self.dilation


@dataclass(frozen=True)
class SpliceNet:
    """One published network, reading one strand.

    `stem` takes bases to channels; `skips` take what enters the first block and what leaves every fourth one straight to the
    three classes: the published 1 x 1 convolutions after them are linear, hence one product.
    """

    stem: Kernel
    blocks: tuple[Block, ...]
    skips: tuple[Tensor, ...]
    bias: Tensor = field(repr=False)

    def __call__(
        self, codes: Int[Tensor, " S"], tick: Tick = lambda: None, keep: list[Tensor] | None = None
    ) -> Float[Tensor, "3 s"]:
        """Probabilities of neither, acceptor and donor at each of the S - 10,000 inner bases.

        `tick` is called after each block; what enters each block, and what leaves the last, is added to `keep`.
        """
        x = self.channels(codes)
        left = FLANK_BP
        logits = self.bias[:, None] + self.skips[0] @ x[:, left:-left]
        for blocks, skip in self.groups():
            x = run(blocks, x, tick, keep)
            left -= sum(block.lost_bp for block in blocks)
            logits += skip @ x[:, left : x.shape[1] - left]
        if keep is not None:
            keep.append(x)
        return logits.softmax(0)

    def groups(self) -> Iterator[tuple[Sequence[Block], Tensor]]:
        """Blocks of one dilation, and the skip that reads what leaves them."""
        for number, skip in enumerate(self.skips[1:]):
            yield self.blocks[number * BLOCKS_PER_SKIP : (number + 1) * BLOCKS_PER_SKIP], skip

    def channels(self, codes: Int[Tensor, " S"]) -> Float[Tensor, "C S"]:
        """Of a base, a column of the kernel; of N, nothing but the bias."""
        table = (
            torch.cat((self.stem.values[:, :, 0], torch.zeros_like(self.stem.bias)[:, None]), 1)
            + self.stem.bias[:, None]
        )
        return table[:, codes.long()]

    def reversed(self) -> SpliceNet:
        """The network that says of each base what this one says of it on the other strand, without turning the sequence round."""
        turned = [
            block._replace(
                first=Kernel(block.first.values.flip(2).contiguous(), block.first.bias),
                second=Kernel(block.second.values.flip(2).contiguous(), block.second.bias),
            )
            for block in self.blocks
        ]
        stem = Kernel(self.stem.values[:, _COMPLEMENT].contiguous(), self.stem.bias)
        return SpliceNet(stem, tuple(turned), self.skips, self.bias)


def run(
    blocks: Sequence[Block], x: Float[Tensor, "C S"], tick: Tick = lambda: None, keep: list[Tensor] | None = None
) -> Float[Tensor, "C s"]:
    """What leaves blocks of one dilation; what enters each is added to `keep`."""
    way = _by_frames if x.device.type == "cpu" and x.shape[1] >= FRAMED_BP else _plainly
    return way(blocks, x, tick, keep)


def _plainly(
    blocks: Sequence[Block], x: Float[Tensor, "C S"], tick: Tick, keep: list[Tensor] | None
) -> Float[Tensor, "C s"]:
    for block in blocks:
        if keep is not None:
            keep.append(x)
        h = torch.addcmul(block.shift[:, None], x, block.gain[:, None]).relu_()
        h = conv1d(h[None], block.first.values, block.first.bias, dilation=block.dilation).relu_()
        y = conv1d(h, block.second.values, block.second.bias, dilation=block.dilation)[0]
        x = y.add_(x[:, block.lost_bp : x.shape[1] - block.lost_bp])
        tick()
    return x


def _by_frames(
    blocks: Sequence[Block], x: Float[Tensor, "C S"], tick: Tick, keep: list[Tensor] | None
) -> Float[Tensor, "C s"]:
    """Of one dilation d: each d-th base is a row of its own, in which nothing is dilated."""
    (channels, left), dilation = x.shape, blocks[0].dilation
    rows = torch.nn.functional.pad(x, (0, -left % dilation)).view(channels, -1, dilation).transpose(1, 2)
    for block in blocks:
        if keep is not None:
            keep.append(rows.transpose(1, 2).reshape(channels, -1)[:, :left])
        rows = _residual(block, rows)
        left -= 2 * block.lost_bp
        tick()
    return rows.transpose(1, 2).reshape(channels, -1)[:, :left]


def _residual(block: Block, x: Float[Tensor, "C d M"]) -> Float[Tensor, "C d m"]:
    width = block.first.width
    first, second = (Frames.of(width, x.shape[2] - lost, x.shape[1]) for lost in (width - 1, 2 * width - 2))
    h = x.new_empty(*x.shape[:2], first.read)
    h[:, :, x.shape[2] :] = 0
    inside = torch.addcmul(block.shift[:, None, None], x, block.gain[:, None, None], out=h[:, :, : x.shape[2]])
    inside.relu_()
    g = x.new_empty(*x.shape[:2], max(first.written, second.read))
    g[:, :, first.written :] = 0
    convolve(first, h, block.first, g[:, :, : first.written], relu=True)
    y = x.new_empty(*x.shape[:2], second.written)
    convolve(second, g[:, :, : second.read], block.second, y, relu=False)
    y = y[:, :, : x.shape[2] - 2 * width + 2]
    return y.add_(x[:, :, width - 1 : 1 - width])


def assemble(weights: Mapping[str, Tensor]) -> tuple[SpliceNet, ...]:
    """The networks of a checkpoint, whose tensors have the shapes of `shapes`."""
    return tuple(
        _member({name: stack[member] for name, stack in weights.items()}) for member in range(len(weights["bias"]))
    )


def _member(weights: Mapping[str, Tensor]) -> SpliceNet:
    def convolved(name: str) -> Kernel:
        return Kernel(weights[f"{name}.kernel"].contiguous(), weights[f"{name}.bias"])

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
