"""Rounding, cutting and reducing a track's values."""

from __future__ import annotations

import numpy as np
import pytest

from webapp.predictions.packing import pack, unpack
from webapp.predictions.tile_cache import TileCache
from webapp.predictions.tiles import TILE_BINS, decode, encode, rounded


def test_rounding_keeps_twelve_bits_of_the_mantissa() -> None:
    values = np.random.default_rng(0).lognormal(0, 5, 100_000).astype(np.float32)
    assert np.max(np.abs(rounded(values) - values) / values) <= 2.0**-13  # half of the last of 12 bits


def test_short_tracks_have_one_level_and_come_back_rounded() -> None:
    values = np.linspace(-3, 9, TILE_BINS, dtype=np.float32)
    (tile,) = encode(values, 1, TILE_BINS)
    assert (tile.level, tile.summary, tile.index) == (0, "", 0)
    assert np.array_equal(decode(tile.data), rounded(values))


def test_long_tracks_have_two_coarser_levels_of_mean_and_maximum() -> None:
    values = np.random.default_rng(1).random(3 * TILE_BINS + 5, np.float32)
    tiles = list(encode(values, 1, len(values)))
    places = [(tile.level, tile.summary, tile.index) for tile in tiles]
    # 3 * 65,536 + 5 bins: four tiles; over 16 bins 12,289 cells, over 256 bins 769 cells: a tile each.
    assert places == [
        (0, "", 0),
        (0, "", 1),
        (0, "", 2),
        (0, "", 3),
        (1, "mean", 0),
        (1, "max", 0),
        (2, "mean", 0),
        (2, "max", 0),
    ]
    by_place = {place: decode(tile.data) for place, tile in zip(places, tiles, strict=True)}
    assert by_place[1, "max", 0][3] == rounded(values)[48:64].max()
    assert by_place[1, "mean", 0][3] == pytest.approx(values[48:64].mean(), rel=2**-12)
    assert by_place[2, "mean", 0][-1] == pytest.approx(values[-5:].mean(), rel=2**-12)


def test_the_last_cell_is_weighted_by_the_bases_it_covers() -> None:
    bins = TILE_BINS + 2  # 65,538 = 16 * 4,096 + 2
    values = np.zeros(bins, np.float32)
    values[-2:] = 1.0, 3.0
    last = next(
        decode(t.data) for t in encode(values, 128, 128 * (bins - 1) + 64) if (t.level, t.summary) == (1, "mean")
    )[-1]
    assert last == pytest.approx((1.0 * 128 + 3.0 * 64) / 192, rel=2**-12)


def test_the_cache_forgets_what_was_read_longest_ago() -> None:
    cache = TileCache(max_bytes=800)
    tiles = [np.full(100, n, np.float32) for n in range(3)]  # 400 bytes each: two fit
    for n in (0, 1):
        cache.put((n, 0, "", 0), tiles[n])
    assert cache.get((0, 0, "", 0)) is tiles[0]
    cache.put((2, 0, "", 0), tiles[2])
    assert cache.get((1, 0, "", 0)) is None
    assert cache.get((0, 0, "", 0)) is tiles[0]


def test_a_packed_sequence_comes_back_in_a_third_of_its_bytes() -> None:
    bases = "".join(np.random.default_rng(2).choice(list("ACGT"), 100_000)) + "N" * 352
    assert unpack(pack(bases)) == bases
    assert len(pack(bases)) < len(bases) / 3
