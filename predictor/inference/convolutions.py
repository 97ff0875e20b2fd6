"""Encoder and decoder, folded and channels last: a convolution over positions is a 1 x 5 one over an image of one row.

Channels last is the layout of the tokens and of the heads' products, so nothing is transposed on the way, and it is what
oneDNN and cuDNN convolve fastest.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from predictor.inference.layers import Activation, Dense, constant
from predictor.model.convolutions import ConvBlock, DownResBlock, SequenceDecoder, SequenceEncoder, UpResBlock
from predictor.model.layers import GELU_SLOPE, StandardizedConv


class Convolution(nn.Module):
    """Odd width, zeros beyond the ends. The kernel is stored as [out, width, in], as it is read."""

    def __init__(self, kernel: Float[Tensor, "out in width"], bias: Tensor) -> None:
        super().__init__()
        self.weight = constant(kernel.transpose(1, 2))
        self.bias = constant(bias)

    def forward(self, x: Float[Tensor, "B S in"]) -> Float[Tensor, "B S out"]:
        kernel = self.weight[:, None].permute(0, 3, 1, 2)  # [out, in, 1, width], channels last
        rows = x[:, None].permute(0, 3, 1, 2)
        y = nn.functional.conv2d(rows, kernel, self.bias, padding=(0, kernel.shape[3] // 2))
        return y.permute(0, 2, 3, 1)[:, 0]


def _folded(block: ConvBlock) -> nn.Sequential:
    conv = block.conv
    assert isinstance(conv, (StandardizedConv, nn.Conv1d))
    kernel = conv.kernel() if isinstance(conv, StandardizedConv) else conv.weight
    assert conv.bias is not None
    folded = Dense(kernel[:, :, 0], conv.bias) if kernel.shape[2] == 1 else Convolution(kernel, conv.bias)
    folded.weight.data = folded.weight.data / GELU_SLOPE  # a copy: the kernel may be the plain network's own
    return nn.Sequential(Activation(block.norm), folded)


def pooled(x: Float[Tensor, "B S C"]) -> Float[Tensor, "B S/2 C"]:
    """The larger of each two positions."""
    return torch.maximum(x[:, 0::2], x[:, 1::2])


class FoldedDown(nn.Module):
    """Two residual convolutions; the first adds channels."""

    def __init__(self, block: DownResBlock) -> None:
        super().__init__()
        self.widen, self.keep = _folded(block.block1), _folded(block.block2)

    def forward(self, x: Float[Tensor, "B S in"]) -> Float[Tensor, "B S out"]:
        wider = self.widen(x)
        wider[..., : x.shape[-1]] += x
        out: Tensor = self.keep(wider)
        return out.add_(wider)


class FoldedEncoder(nn.Module):
    """Bases to tokens before the tower, and the skips, finest first."""

    def __init__(self, encoder: SequenceEncoder) -> None:
        super().__init__()
        stem = encoder.dna_embedder
        assert stem.conv.bias is not None
        self.stem = Convolution(stem.conv.weight, stem.conv.bias)
        self.stem_block = _folded(stem.block)
        blocks = (block for block in encoder.down_blocks if isinstance(block, DownResBlock))
        self.down_blocks = nn.ModuleList(FoldedDown(block) for block in blocks)

    def forward(self, dna: Float[Tensor, "B S 4"]) -> tuple[Float[Tensor, "B L C"], list[Tensor]]:
        skips = self.skips(dna, len(self.down_blocks) + 1)
        return pooled(skips[-1]), skips

    def skips(self, dna: Float[Tensor, "B S 4"], levels: int) -> list[Tensor]:
        """The first `levels` skips alone, at 1, 2, 4 ... bp per bin."""
        x = self.stem(dna)
        x = self.stem_block(x).add_(x)
        skips = [x]
        for block in self.down_blocks[: levels - 1]:
            x = block(pooled(x))
            skips.append(x)
        return skips


class FoldedUp(nn.Module):
    """One doubling of the resolution."""

    def __init__(self, block: UpResBlock) -> None:
        super().__init__()
        self.conv_in, self.conv_out = _folded(block.conv_in), _folded(block.conv_out)
        self.pointwise = _folded(block.pointwise)
        self.residual_scale = constant(block.residual_scale)

    def forward(self, x: Float[Tensor, "B s in"], skip: Float[Tensor, "B S out"]) -> Float[Tensor, "B S out"]:
        out: Tensor = self.pointwise(skip)
        y = self.conv_in(x)
        y += x[..., : y.shape[-1]]
        y *= self.residual_scale
        out.view(*y.shape[:2], 2, -1).add_(y[:, :, None])  # each element twice
        return self.conv_out(out).add_(out)  # type: ignore[no-any-return]


class FoldedDecoder(nn.Module):
    """Tokens back to bases."""

    def __init__(self, decoder: SequenceDecoder) -> None:
        super().__init__()
        blocks = (block for block in decoder.up_blocks if isinstance(block, UpResBlock))
        self.up_blocks = nn.ModuleList(FoldedUp(block) for block in blocks)

    def forward(self, tokens: Float[Tensor, "B L C"], skips: Sequence[Tensor]) -> Float[Tensor, "B S c"]:
        x = tokens
        for block, skip in zip(self.up_blocks, reversed(skips), strict=True):
            x = block(x, skip)
        return x
