"""The page's arithmetic, run where it runs: in the browser, against numpy."""

from __future__ import annotations

import numpy as np
import pytest

from tests.browser.conftest import Visitor

IMPORT = "const m = await import('/static/js/bins.js'); const l = await import('/static/js/locus.js');"


def call(visitor: Visitor, expression: str, *arguments: object) -> object:
    if visitor.page.url == "about:blank":
        visitor.open("/models")
    return visitor.page.evaluate(f"async (a) => {{ {IMPORT} return {expression}; }}", list(arguments))


@pytest.mark.parametrize(("zoom", "width"), [(0.05, 1), (1, 1), (1.99, 1), (2, 2), (15.9, 8), (1000, 512)])
def test_bins_are_the_largest_power_of_two_within_a_pixel(visitor: Visitor, zoom: float, width: int) -> None:
    assert call(visitor, "m.binWidth(a[0])", zoom) == width


def test_windows_are_whole_bins_counted_from_the_predictions_start(visitor: Visitor) -> None:
    interval = {"start": 1003, "end": 2000}
    # 1,200 lies 197 = 24.6 bins of 8 into it, 1,300 lies 297 = 37.1: bins 24 to 38.
    assert call(visitor, "m.alignedWindow(1200, 1300, a[0], 8)", interval) == {
        "start": 1003 + 24 * 8, "end": 1003 + 38 * 8, "bins": 14, "width": 8,
    }  # fmt: skip
    assert call(visitor, "m.alignedWindow(0, 1003, a[0], 8)", interval) is None
    assert call(visitor, "m.alignedWindow(2000, 9000, a[0], 8)", interval) is None


@pytest.mark.parametrize("summary", ["mean", "max"])
@pytest.mark.parametrize("zoom", [0.25, 1.0, 3.7])
def test_a_pixel_shows_the_bins_it_covers(visitor: Visitor, summary: str, zoom: float) -> None:
    values = np.random.default_rng(1).random(300).astype(np.float32)
    values[40:60] = np.nan
    got = call(
        visitor,
        "[...m.pixelColumns({start: 100, width: 2, values: new Float32Array(a[0].map((v) => v ?? NaN))}, 90, a[1], 200, a[2])]"
        ".map((v) => Number.isNaN(v) ? null : v)",
        [None if np.isnan(v) else float(v) for v in values], zoom, summary,
    )  # fmt: skip
    want = []
    for pixel in range(200):
        left = (90 - 100) / 2 + pixel * zoom / 2
        first, stop = max(0, int(np.floor(left))), min(300, max(int(np.floor(left)) + 1, int(np.ceil(left + zoom / 2))))
        covered = values[first : max(first, stop)]
        covered = covered[~np.isnan(covered)]
        want.append(None if not covered.size else float(covered.max() if summary == "max" else covered.mean()))
    assert [v is None for v in got] == [v is None for v in want]  # type: ignore[attr-defined]
    assert [v for v in got if v is not None] == pytest.approx([v for v in want if v is not None], rel=1e-6)  # type: ignore[attr-defined]


def test_loci_are_read_and_written_as_people_count(visitor: Visitor) -> None:
    assert call(visitor, "l.parseLocus('chrII:269,313-285,696')") == {
        "chromosome": "chrII",
        "start": 269312,
        "end": 285696,
    }
    assert call(visitor, "l.parseLocus('chrII:0-5')") is None
    assert call(visitor, "l.parseLocus('chrII:9-5')") is None
    assert call(visitor, "l.formatLocus({chromosome: 'chrII', start: 269312, end: 285696})") == "chrII:269,313-285,696"


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (0.00012, "1.2e-4"), (1234.5, "1230"), (0.5, "0.5"), (2.5e6, "2.5e6")]
)
def test_axis_numbers_are_short(visitor: Visitor, value: float, text: str) -> None:
    assert call(visitor, "m.formatValue(a[0])", value) == text


def test_bins_inside_a_gap_have_no_value(visitor: Visitor) -> None:
    data = {"start": 100, "width": 4, "values": [1, 2, 3, 4]}  # bins at 100, 104, 108, 112
    gapped = "m.withGaps({...a[0], values: Float32Array.from(a[0].values)}, a[1])"
    got = call(
        visitor,
        f"[...{gapped}.values].map((value) => Number.isNaN(value) ? null : value)",
        data,
        [{"start": 103, "end": 112}],
    )
    assert got == [1, None, None, 4]  # 103 lies in the first bin, which keeps its mean
    assert (
        call(
            visitor,
            f"m.largestChange({gapped}, {{...a[0], values: [5, 0, 0, 4]}}, 100, 116)",
            {**data, "values": [5, 9, 9, 4]},
            [{"start": 104, "end": 112}],
        )
        == 0
    )
