"""Pieces of the input and the memory of their tokens."""

from __future__ import annotations

import pytest
import torch

from predictor.inference import encoding
from predictor.inference.encoding import TrunkCache, pieces


def test_pieces_lie_on_the_absolute_grid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "PIECE_BP", 1024)
    assert list(pieces(2560, 0)) == [(0, 1024), (1024, 2048), (2048, 2560)]
    # The first base lies at 10,368 = 10 pieces and 128 bp: the first piece ends 896 bp later, at 11,264.
    assert list(pieces(2560, 10_368)) == [(0, 896), (896, 1920), (1920, 2560)]
    # Off the 128-bp grid (an input of the largest length may be) the grid of the input counts.
    assert list(pieces(2048, 10_400)) == [(0, 896), (896, 1920), (1920, 2048)]


def tokens(fill: int) -> torch.Tensor:
    return torch.full((1, 10), float(fill))  # 40 bytes


def test_the_longest_unused_piece_goes_first() -> None:
    cache = TrunkCache(limit_bytes=100)
    cache.put(b"a", tokens(1))
    cache.put(b"b", tokens(2))
    assert cache.get(b"a") is not None  # now b is the longest unused
    cache.put(b"c", tokens(3))
    assert cache.get(b"b") is None
    assert [float(found[0, 0]) for key in (b"a", b"c") if (found := cache.get(key)) is not None] == [1, 3]


def test_a_piece_that_is_put_again_takes_no_more_room() -> None:
    cache = TrunkCache(limit_bytes=100)
    for _ in range(5):
        cache.put(b"a", tokens(1))
    cache.put(b"b", tokens(2))
    assert cache.get(b"a") is not None and cache.get(b"b") is not None


def test_nothing_is_kept_where_nothing_may_be() -> None:
    cache = TrunkCache(limit_bytes=0)
    cache.put(b"a", tokens(1))
    assert cache.get(b"a") is None
