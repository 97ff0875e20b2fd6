"""Windows against a naive reference that writes the value of each base down."""

from __future__ import annotations

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from predictor.api import DomainError
from tests.predictions.making import done, key_of, queued
from webapp.predictions import tile_cache, windows
from webapp.predictions.models import Prediction
from webapp.predictions.tiles import decode, rounded
from webapp.predictions.windows import read_window

pytestmark = pytest.mark.django_db

START = 1280  # where the prediction lies
REAL_BP = 140_037  # three tiles at 1 bp; the last 128-bp bin covers 5 bases


def _naive(
    values: NDArray[np.float32], resolution: int, start: int, end: int, bins: int, summary: str
) -> NDArray[np.float64]:
    """Each bin by the bases, and shares of bases, it covers; positions relative to the prediction."""
    per_base = np.repeat(values, resolution)[:REAL_BP].astype(np.float64)
    answer = np.full(bins, np.nan)
    for index in range(bins):
        low = max(start + index * (end - start) / bins, 0.0)
        high = min(start + (index + 1) * (end - start) / bins, float(REAL_BP))
        if high - low < 1e-9:
            continue
        first, last = int(np.floor(low + 1e-9)), int(np.ceil(high - 1e-9))
        weights = np.minimum(np.arange(first, last) + 1, high) - np.maximum(np.arange(first, last), low)
        bases = per_base[first:last]
        answer[index] = bases.max() if summary == "max" else (bases * weights).sum() / weights.sum()
    return answer


@pytest.fixture
def made() -> tuple[Prediction, dict[str, NDArray[np.float32]]]:
    rng = np.random.default_rng(7)
    values = {
        key_of(1): rng.gamma(0.5, 2, REAL_BP).astype(np.float32),
        key_of(128): rng.normal(0, 2, -(-REAL_BP // 128)).astype(np.float32),
    }
    return done(REAL_BP, list(values.values()), list(values), start=START), values


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.integers(-3000, REAL_BP + 2000),
    width=st.one_of(st.integers(1, 600), st.integers(1, REAL_BP + 3000), st.sampled_from([256, 4096, 65_536, 131_072])),
    bins=st.one_of(st.integers(1, 40), st.sampled_from([16, 64, 256])),
    summary=st.sampled_from(["mean", "max"]),
    snap=st.sampled_from([1, 16, 256, 2048]),
)
def test_every_window_has_the_values_of_its_bases(
    made: tuple[Prediction, dict[str, NDArray[np.float32]]], start: int, width: int, bins: int, summary: str, snap: int
) -> None:
    prediction, values = made
    start = start // snap * snap  # so that coarser levels are read too
    got = read_window(prediction, list(values), START + start, START + start + width, bins, summary)
    assert got.dtype == np.float32
    for row, (key, resolution) in enumerate(zip(values, (1, 128), strict=True)):
        kept = rounded(values[key])
        expected = _naive(kept, resolution, start, start + width, bins, summary)
        size = _naive(np.abs(kept), resolution, start, start + width, bins, summary)
        assert np.array_equal(np.isnan(got[row]), np.isnan(expected))
        seen = ~np.isnan(expected)
        # A reduced level is rounded once more, by 2^-13 of the mean size of what it sums.
        assert np.all(np.abs(got[row][seen] - expected[seen]) <= 2.0**-12 * np.abs(size[seen]) + 1e-6)


def test_aligned_bins_are_read_from_the_coarsest_level_that_fits(
    made: tuple[Prediction, dict[str, NDArray[np.float32]]],
) -> None:
    prediction, _ = made
    with CaptureQueriesContext(
        connection,
    ) as queries:
        read_window(prediction, [key_of(1)], START, START + 131_072, 512)  # 256 bp per bin
    (tiles,) = [q["sql"] for q in queries if "predictions_tile" in q["sql"]]
    assert '"level" = 2' in tiles


def test_all_tracks_come_in_one_query_and_then_from_memory(
    made: tuple[Prediction, dict[str, NDArray[np.float32]]],
) -> None:
    prediction, values = made
    for expected in (1, 0):
        with CaptureQueriesContext(connection) as queries:
            read_window(prediction, list(values), START + 3, START + 140_000, 100)
        assert sum("predictions_tile" in q["sql"] for q in queries) == expected


def test_a_track_is_read_in_the_order_asked_and_by_its_own_summary(
    made: tuple[Prediction, dict[str, NDArray[np.float32]]],
) -> None:
    prediction, values = made
    both = read_window(prediction, list(values), START, START + 1280, 10)
    turned = read_window(prediction, list(reversed(values)), START, START + 1280, 10)
    assert np.array_equal(both, turned[::-1])
    own = [track.summary for track in prediction.tracks.all()]
    for row, (key, summary) in enumerate(zip(values, own, strict=True)):
        assert np.array_equal(both[row], read_window(prediction, [key], START, START + 1280, 10, summary)[0])


@pytest.mark.parametrize(
    ("start", "end", "bins", "part"),
    [
        (10, 10, 1, "empty"),
        (20, 10, 1, "empty"),
        (0, 10, 0, "between"),
        (0, 10, 20_001, "between"),
        (0, 2**41, 10, "beyond"),
    ],
)
def test_windows_without_sense_are_refused(start: int, end: int, bins: int, part: str) -> None:
    prediction = done(2048, [np.ones(2048, np.float32)], [key_of(1)])
    with pytest.raises(DomainError, match=part) as caught:
        read_window(prediction, [key_of(1)], start, end, bins)
    assert caught.value.status == 422


def test_unknown_tracks_and_unfinished_predictions_are_refused() -> None:
    waiting = queued()
    with pytest.raises(DomainError, match="queued") as caught:
        read_window(waiting, [key_of(1)], 0, 10, 1)
    assert caught.value.status == 409
    prediction = done(2048, [np.ones(2048, np.float32)], [key_of(1)])
    with pytest.raises(DomainError, match="no track “nothing”") as caught:
        read_window(prediction, ["nothing"], 0, 10, 1)
    assert (caught.value.status, caught.value.suggestions) == (404, (key_of(1),))


def test_ten_tracks_over_a_megabase_are_one_query_of_at_most_two_tiles_each_at_any_zoom(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real_bp = 1_048_576
    keys = [key_of(1, n) for n in range(6)] + [key_of(128, n) for n in range(4)]
    rng = np.random.default_rng(3)
    ones, coarse = rng.random(real_bp, np.float32), rng.random(real_bp // 128, np.float32)
    prediction = done(real_bp, [ones] * 6 + [coarse] * 4, keys)
    decoded: list[bytes] = []

    def counted(data: bytes) -> NDArray[np.float32]:
        decoded.append(data)
        return decode(data)

    monkeypatch.setattr(windows, "decode", counted)
    for width in (1_048_576, 262_144, 65_536, 16_384, 1024, 64):
        tile_cache.SHARED.clear()
        decoded.clear()
        with CaptureQueriesContext(connection) as queries:
            read_window(prediction, keys, 524_288, 524_288 + width, min(width, 1024))
        assert sum("predictions_tile" in q["sql"] for q in queries) == 1
        assert len(keys) <= len(decoded) <= 2 * len(keys)  # of a megabase's 16 tiles of bases


def test_the_edges_of_a_band_are_read_like_values() -> None:
    rng = np.random.default_rng(11)
    low = rng.gamma(0.5, 2, REAL_BP).astype(np.float32)
    values, high = low + 1, low + 3
    key = key_of(1)
    prediction = done(REAL_BP, [values], [key], start=START, edges=[(low, high)])
    for start, end, bins in ((START, START + 4096, 256), (START, START + 131_072, 512), (START + 7, START + 60, 53)):
        got = read_window(prediction, [key, f"{key}:low", f"{key}:high"], start, end, bins, "mean")
        for row, array in zip(got, (values, low, high), strict=True):
            expected = _naive(array, 1, start - START, end - START, bins, "mean")
            assert row == pytest.approx(expected, rel=2**-11)
    assert prediction.tracks.get(key=key).has_band


def test_a_band_that_is_not_there_is_said() -> None:
    key = key_of(1)
    prediction = done(5000, [np.ones(5000, np.float32)], [key])
    with pytest.raises(DomainError, match="has no band: it was predicted by one model"):
        read_window(prediction, [f"{key}:low"], 0, 100, 10)
    assert not prediction.tracks.get(key=key).has_band


def test_a_band_that_is_no_number_is_not_stored() -> None:
    values = np.ones(5000, np.float32)
    with pytest.raises(DomainError, match="values that are no numbers"):
        done(5000, [values], [key_of(1)], edges=[(values, np.full(5000, np.nan, np.float32))])
