"""Sequence encoder and decoder: a U-Net from bases to 128-bp tokens and back. Layout [B, C, S]."""

from __future__ import annotations

from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from predictor.model.config import CONV_WIDTH, STEM_WIDTH, ModelConfig
from predictor.model.layers import RMSBatchNorm, StandardizedConv, gelu, truncated_normal_


class ConvBlock(nn.Module):
    """Pre-activation: norm, gelu, then a standardised convolution, or a plain one."""

    def __init__(self, inputs: int, outputs: int, *, standardized: bool, width: int = CONV_WIDTH) -> None:
        super().__init__()
        self.norm = RMSBatchNorm(inputs, channel_dim=1)
        self.conv: nn.Module
        if standardized:
            self.conv = StandardizedConv(inputs, outputs, width)
        else:
            self.conv = nn.Conv1d(inputs, outputs, width, padding="same")
            truncated_normal_(self.conv.weight, inputs * width)
            nn.init.zeros_(self.conv.bias)  # type: ignore[arg-type]

    def forward(self, x: Float[Tensor, "B in S"]) -> Float[Tensor, "B out S"]:
        out: Tensor = self.conv(gelu(self.norm(x)))
        return out


class DnaEmbedder(nn.Module):
    """Bases to channels."""

    def __init__(self, channels: int, *, standardized: bool) -> None:
        super().__init__()
        self.conv = nn.Conv1d(4, channels, STEM_WIDTH, padding="same")
        truncated_normal_(self.conv.weight, 4 * STEM_WIDTH)
        nn.init.zeros_(self.conv.bias)  # type: ignore[arg-type]
        self.block = ConvBlock(channels, channels, standardized=standardized)

    def forward(self, dna: Float[Tensor, "B 4 S"]) -> Float[Tensor, "B C S"]:
        x: Tensor = self.conv(dna)
        embedded: Tensor = x + self.block(x)
        return embedded


class DownResBlock(nn.Module):
    """Two residual convolutions; the first adds channels, which its shortcut fills with zeros."""

    def __init__(self, inputs: int, outputs: int, *, standardized: bool) -> None:
        super().__init__()
        self.block1 = ConvBlock(inputs, outputs, standardized=standardized)
        self.block2 = ConvBlock(outputs, outputs, standardized=standardized)

    def forward(self, x: Float[Tensor, "B in S"]) -> Float[Tensor, "B out S"]:
        wider = self.block1(x)
        added = wider.shape[1] - x.shape[1]
        x = wider + nn.functional.pad(x, (0, 0, 0, added))
        out: Tensor = x + self.block2(x)
        return out


class SequenceEncoder(nn.Module):
    """Bases to tokens, with the skips (taken before each pooling) that the decoder needs."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        channels = config.encoder_channels
        self.dna_embedder = DnaEmbedder(channels[0], standardized=config.standardized)
        self.down_blocks = nn.ModuleList(
            DownResBlock(inputs, outputs, standardized=config.standardized) for inputs, outputs in pairwise(channels)
        )

    def forward(self, dna: Float[Tensor, "B 4 S"]) -> tuple[Float[Tensor, "B C L"], list[Tensor]]:
        x: Tensor = self.dna_embedder(dna)
        skips = [x]
        for block in self.down_blocks:
            x = block(nn.functional.max_pool1d(x, 2))
            skips.append(x)
        return nn.functional.max_pool1d(x, 2), skips


class UpResBlock(nn.Module):
    """One doubling of the resolution; the shortcut keeps the first channels."""

    def __init__(self, inputs: int, outputs: int, *, standardized: bool) -> None:
        super().__init__()
        self.conv_in = ConvBlock(inputs, outputs, standardized=standardized)
        self.pointwise = ConvBlock(outputs, outputs, standardized=False, width=1)
        self.conv_out = ConvBlock(outputs, outputs, standardized=standardized)
        self.residual_scale = nn.Parameter(torch.ones(()))
        self.outputs = outputs

    def forward(self, x: Float[Tensor, "B in s"], skip: Float[Tensor, "B out S"]) -> Float[Tensor, "B out S"]:
        x = self.conv_in(x) + x[:, : self.outputs]
        x = x.repeat_interleave(2, dim=2) * self.residual_scale + self.pointwise(skip)
        out: Tensor = x + self.conv_out(x)
        return out


class SequenceDecoder(nn.Module):
    """Tokens back to bases."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        skips = config.encoder_channels[::-1]
        inputs = (config.trunk_channels, *skips[:-1])
        self.up_blocks = nn.ModuleList(
            UpResBlock(i, o, standardized=config.standardized) for i, o in zip(inputs, skips, strict=True)
        )

    def forward(self, trunk: Float[Tensor, "B C L"], skips: list[Tensor]) -> Float[Tensor, "B c S"]:
        x = trunk
        for block, skip in zip(self.up_blocks, reversed(skips), strict=True):
            x = block(x, skip)
        return x
