"""What the network knows after reading an input, and decoding any stretch of it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from predictor.inference.encoding import Skips, encode, fine_skips
from predictor.inference.network import Network
from predictor.model.config import TOKEN_BP

DECODER_HALO_BP = 768  # an output base depends on tokens and skips within 762 bp


@dataclass(slots=True)
class Reading:
    """Everything global of B inputs: `codes` [B, S]; `trunk` [B, L, C] before and `tokens` after the tower; `at_128`, the
    128-bp embedding; `pair` [B, P, P, E]; `skips` as far as they were kept.
    """

    codes: UInt8[Tensor, "B S"]
    organism: int
    trunk: Tensor
    tokens: Tensor
    at_128: Tensor
    pair: Tensor
    skips: Skips | None = None

    def decode(self, network: Network, start: int, end: int) -> Float[Tensor, "B s c"]:
        """Decoded bases of [start, end), multiples of 128 bp, before the 1-bp embedder."""
        outer_start, outer_end = max(0, start - DECODER_HALO_BP), min(self.codes.shape[1], end + DECODER_HALO_BP)
        if self.skips is None:
            skips = encode(network, self.codes, outer_start, outer_end)[1].cut(outer_start, outer_end)
        else:
            fine = fine_skips(network, self.codes, outer_start, outer_end, self.skips.first)
            skips = fine + self.skips.cut(outer_start, outer_end)
        tokens = self.tokens[:, outer_start // TOKEN_BP : outer_end // TOKEN_BP]
        return network.decode(tokens, skips)[:, start - outer_start : end - outer_start]

    def embed(self, network: Network, bases: Tensor, start: int) -> Float[Tensor, "B s F"]:
        """The 1-bp embedding of decoded bases that begin at `start`."""
        first, count = start // TOKEN_BP, bases.shape[1] // TOKEN_BP
        at_1: Tensor = network.embedder_1(bases, self.at_128[:, first : first + count], self.organism)
        return at_1


def attended(network: Network, codes: Tensor, trunk: Tensor, organism: int, skips: Skips | None) -> Reading:
    """Run the tower over tokens and embed them."""
    tokens, pair = network.attend(trunk, organism)
    return Reading(codes, organism, trunk, tokens, network.embedder_128(tokens, organism), pair, skips)


def kept_levels(network: Network, length: int, limit_bytes: int) -> int:
    """The finest skip level that may be kept for `length` bp without passing the limit; finer ones are made again."""
    size = torch.finfo(network.dtype).bits // 8
    widths = [width >> level for level, width in enumerate(network.config.encoder_channels)]
    first = 0
    while sum(widths[first:]) * length * size > limit_bytes and first < len(widths) - 1:
        first += 1
    return first
