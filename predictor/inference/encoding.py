"""The encoder over a stretch of the input, and tokens that are never computed twice.

A token depends on its own 128 bp and 513 bp on either side, so a piece of the input with 640 bp around it gives what one pass
over everything would, to rounding. Pieces lie on the absolute grid of the chromosome and are remembered by their bases: a
window that moves meets the same pieces again. A piece is always encoded alone, so what is remembered changes no result.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from predictor.inference.network import Network
from predictor.model.config import TOKEN_BP

PIECE_BP = 32_768
ENCODER_HALO_BP = 640  # 513 rounded up to whole tokens

Advance = Callable[[int], None]  # called with the bases that are done


@dataclass(frozen=True, slots=True)
class Skips:
    """The decoder's skips over [start, start + bp) of the input: `levels[i]` is [B, bp >> (first + i), C]."""

    start: int
    first: int
    levels: list[Tensor]

    def cut(self, start: int, end: int) -> list[Tensor]:
        """Views of [start, end)."""
        start, end = start - self.start, end - self.start
        return [level[:, start >> i : end >> i] for i, level in enumerate(self.levels, self.first)]

    def since(self, first: int) -> Skips:
        """The levels from `first` on."""
        return Skips(self.start, first, self.levels[first - self.first :])

    def moved(self, source: Int[Tensor, "L"], count: int) -> Skips:
        """Of a whole input [1, ...]: what `count` inputs would have whose tokens are those at `source`, in memory of its own."""
        tokens = [
            level.reshape(1, -1, TOKEN_BP >> i, level.shape[-1]) for i, level in enumerate(self.levels, self.first)
        ]
        return Skips(0, self.first, [level[:, source].flatten(1, 2).repeat(count, 1, 1) for level in tokens])

    def put(self, other: Skips, start: int, end: int) -> None:
        """Take [start, end) from `other`, which has all levels."""
        for mine, its in zip(self.cut(start, end), other.since(self.first).cut(start, end), strict=True):
            mine.copy_(its)


def encode(network: Network, codes: UInt8[Tensor, "B S"], start: int, end: int) -> tuple[Float[Tensor, "B L C"], Skips]:
    """Tokens before the tower and all skips of [start, end), multiples of 128 bp."""
    outer, before = _haloed(codes, start, end)
    trunk, skips = network.encoder(network.one_hot(outer))
    first, count = before // TOKEN_BP, (end - start) // TOKEN_BP
    return trunk[:, first : first + count], Skips(start - before, 0, skips)


def fine_skips(network: Network, codes: UInt8[Tensor, "B S"], start: int, end: int, levels: int) -> list[Tensor]:
    """The first `levels` skips of [start, end) alone: cheap to make again where they are too large to keep."""
    if not levels:
        return []
    outer, before = _haloed(codes, start, end)
    return Skips(start - before, 0, network.encoder.skips(network.one_hot(outer), levels)).cut(start, end)


def _haloed(codes: UInt8[Tensor, "B S"], start: int, end: int) -> tuple[UInt8[Tensor, "B s"], int]:
    """The bases that [start, end) depends on, and how many of them lie before it; the network pads with zeros beyond the input."""
    first = max(0, start - ENCODER_HALO_BP)
    return codes[:, first : end + ENCODER_HALO_BP], start - first


def pieces(length: int, offset: int) -> Iterator[tuple[int, int]]:
    """[start, end) of the pieces of an input whose first base has the absolute position `offset`."""
    start = 0
    while start < length:
        end = min(length, start + PIECE_BP - (start + offset // TOKEN_BP * TOKEN_BP) % PIECE_BP)
        yield start, end
        start = end


class TrunkCache:
    """Tokens of pieces by what they depend on, the most recent ones up to a number of bytes."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit, self._held = limit_bytes, 0
        self._pieces: OrderedDict[bytes, Tensor] = OrderedDict()

    def get(self, key: bytes) -> Tensor | None:
        """The tokens of a piece, or None."""
        if key in self._pieces:
            self._pieces.move_to_end(key)
        return self._pieces.get(key)

    def put(self, key: bytes, trunk: Tensor) -> None:
        """Remember; the longest unused go."""
        known = self._pieces.pop(key, None)
        self._held += trunk.nbytes - (known.nbytes if known is not None else 0)
        self._pieces[key] = trunk
        while self._held > self._limit and self._pieces:
            self._held -= self._pieces.popitem(last=False)[1].nbytes


def encode_all(
    network: Network, codes: UInt8[Tensor, "1 S"], offset: int, cache: TrunkCache, kept: int | None, advance: Advance
) -> tuple[Float[Tensor, "1 L C"], Skips | None]:
    """Tokens of the whole input and its skips from level `kept` on, None for none of them."""
    length, channels = codes.shape[1], network.config.encoder_channels
    place: dict[str, Any] = {"dtype": network.dtype, "device": network.device}
    trunk = torch.empty(1, length // TOKEN_BP, network.config.trunk_channels, **place)
    levels = [
        torch.empty(1, length >> i, width, **place)
        for i, width in enumerate(channels)
        if kept is not None and i >= kept
    ]
    for start, end in pieces(length, offset):
        advance(start)
        key = _key(codes, start, end)
        part = cache.get(key)
        if part is None or kept is not None:
            part, skips = encode(network, codes, start, end)
            for level, whole in enumerate(levels, kept or 0):
                whole[:, start >> level : end >> level] = skips.cut(start, end)[level]
            part = part.clone()  # lets the halo go
            cache.put(key, part)
        trunk[:, start // TOKEN_BP : end // TOKEN_BP] = part
    return trunk, None if kept is None else Skips(0, kept, levels)


def _key(codes: UInt8[Tensor, "1 S"], start: int, end: int) -> bytes:
    outer, before = _haloed(codes, start, end)
    digest = hashlib.blake2b(outer.numpy().tobytes(), digest_size=16)
    digest.update(f"{before} {end - start}".encode())
    return digest.digest()
