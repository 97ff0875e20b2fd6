"""How signals are drawn, read from the pixels: strands around one line, heat maps, bins, bands, common scales."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visitor
from tests.conftest import ROOT, Site

# A prediction as a worker would store it, without one: 4,096 bp whose values are known.
STORE = """
import json, sys
import numpy as np
from django.db import transaction
from tests.predictions.making import done, tracks_of
keys, banded = json.loads(sys.argv[-1])
from predictor.api import model_info
by_key = {track.key: track for track in model_info("yeast").tracks}
values, edges = [], []
for number, key in enumerate(keys):
    bins = 4096 // by_key[key].resolution
    wave = np.arange(bins) // (bins // 32) % 2  # 32 blocks, every second one high
    values.append((wave * (number + 1)).astype(np.float32))
    edges.append((values[-1] * np.float32(0.5), values[-1] * np.float32(1.5)) if banded else (None, None))
with transaction.atomic():
    print(done(4096, values, keys, edges=edges).id)
"""
# The same sequence with an edit: two members, of which one says 1 more and the other 3 more than before.
STORE_EDITED = """
import json, sys
import numpy as np
from django.db import transaction
from tests.predictions.making import claimed, queued, random_dna, result_of, tracks_of
from webapp.predictions.models import Prediction
from webapp.predictions.run import edited_input, model_input
from webapp.predictions.store import store
bases, level = random_dna(4096), np.ones(4096, np.float32)
edit = f"sequence:2001:{bases[2000]}>{'ACGT'['ACGT'.index(bases[2000]) - 1]}"
with transaction.atomic():
    row = Prediction.objects.get(id=queued(4096, tracks=[sys.argv[-1]], variants=[edit]).id)
    sides = ((model_input(row), (level, level + 8)), (edited_input(row), (level + 1, level + 11)))
    results = [result_of(given, tracks_of(row), [np.mean(said, 0)], [said]) for given, said in sides]
    store(claimed(row), *results, row.haplotype)
print(row.id)
"""
PIXELS = """([id, x, colours]) => {
  const view = window.locuscope.viewer.browser.trackViews.find(({ track }) => track.id === id);
  const canvas = view?.viewports[0].canvas;
  if (!canvas?.width || !view.viewports[0].featureCache) return null;
  const { bpPerPixel, start } = view.viewports[0].referenceFrame;
  const scale = canvas.width / parseFloat(canvas.style.width);
  const at = Math.round((x - start) / bpPerPixel - parseFloat(canvas.style.left || 0));
  const { data } = canvas.getContext("2d").getImageData(Math.round(at * scale), 0, 1, canvas.height);
  const column = [];
  for (let y = 0; y < canvas.height; y++) column.push(data[4 * y + 3] ? [data[4 * y], data[4 * y + 1], data[4 * y + 2]] : null);
  return column;
}"""


def stored(site: Site, keys: list[str], *, banded: bool = False) -> str:
    """The address of a finished prediction with these tracks."""
    return _made(site, STORE, json.dumps([keys, banded]))


def _made(site: Site, code: str, argument: str) -> str:
    env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "BROKER_URL"}}
    env |= {"LOCUSCOPE_HOME": str(site.home), "PORT": str(site.port), "DJANGO_SETTINGS_MODULE": "webapp.settings"}
    made = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup()\n{code}", argument],
        cwd=ROOT,
        env=env,
        text=True,
        capture_output=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    return f"/p/{made.stdout.split()[-1]}"


def column(visitor: Visitor, track: str, position: float) -> list[list[int] | None]:
    """Colours down the canvas of a track at a base."""
    visitor.until(f"({PIXELS})({json.dumps([track, position, []])})?.some(Boolean)")
    found = visitor.page.evaluate(PIXELS, [track, position, []])
    assert isinstance(found, list)
    return found


def dark(pixel: list[int] | None) -> bool:
    return pixel is not None and sum(pixel) < 600


def menu(page: Page, item: str) -> None:
    """In the menu behind the last track's gear."""
    page.locator("#tracks .igv-gear-menu-column svg").locator("visible=true").last.click()
    page.get_by_text(item, exact=True).locator("visible=true").click()


BAND_SAID = """window.locuscope.viewer.browser.findTracks(({ id }) => id === "nucleosome_occupancy")[0]
  .signal.about().filter(({ name }) => name === "Band").map(({ value }) => value)"""
HIGH, LOW = 192, 64  # the middle of a high and of a low block of 128 bp


def test_the_strands_of_an_assay_are_drawn_around_one_line(visitor: Visitor, site: Site) -> None:
    visitor.open(stored(site, ["rna_wt_plus", "rna_wt_minus"]))
    rows = visitor.until("window.locuscope.viewer.rows.length && window.locuscope.viewer.rows")
    assert rows == [{"id": "rna_wt_plus", "mode": "mirrored", "keys": ["rna_wt_plus", "rna_wt_minus"]}]
    visitor.until_drawn()
    at = column(visitor, "rna_wt_plus", HIGH)
    middle = len(at) // 2
    up, down = sum(map(dark, at[:middle])), sum(map(dark, at[middle:]))
    assert up == pytest.approx(down / 2, rel=0.15)  # plus is 1, minus is 2, on one axis
    assert down > 0.8 * middle
    visitor.page.evaluate(
        "() => { const { viewer } = window.locuscope; return viewer.restore("
        "[{ key: 'rna_wt_plus', mode: 'single' }, { key: 'rna_wt_minus', mode: 'single' }]); }"
    )
    visitor.until("window.locuscope.viewer.rows.length === 2")
    single = column(visitor, "rna_wt_minus", HIGH)
    assert sum(map(dark, single)) > 0.8 * len(single)


def test_dozens_of_tracks_of_an_output_become_a_heat_map_and_its_menu_takes_them_apart(
    visitor: Visitor, site: Site
) -> None:
    from predictor.catalogue import model_info

    keys = [track.key for track in model_info("yeast").tracks if track.output == "CHIP_TF"][:30]
    page = visitor.open(stored(site, keys))
    (row,) = visitor.until("window.locuscope.viewer.rows.length && window.locuscope.viewer.rows")
    assert (row["id"], row["mode"], row["keys"]) == ("predicted-heat:CHIP_TF", "heat:shared", keys)
    at = column(visitor, row["id"], HIGH)
    each = (len(at) - 18 * len(at) / page.evaluate(HEIGHT, row["id"])) / 30
    shades = [sum(at[int((number + 0.5) * each)] or [0]) for number in range(30)]
    assert shades == sorted(shades, reverse=True) and shades[0] - shades[29] > 250  # track i is i + 1 high, one scale
    assert all(sum(pixel or [0]) > 700 for pixel in column(visitor, row["id"], LOW)[: int(each * 30)] if pixel)
    menu(page, "A scale for each row")
    visitor.until("window.locuscope.viewer.rows[0].mode === 'heat'")
    own = column(visitor, row["id"], HIGH)
    assert abs(sum(own[int(each / 2)] or [0]) - sum(own[int(29.5 * each)] or [0])) < 12  # each row by its own highest
    menu(page, "Draw as separate tracks")
    visitor.until("window.locuscope.viewer.rows.length === 30")


HEIGHT = "(id) => window.locuscope.viewer.browser.findTracks((track) => track.id === id)[0].height"


def test_a_value_of_128_bp_looks_like_a_bin(visitor: Visitor, site: Site) -> None:
    address = stored(site, ["chip_reb1"])
    visitor.open(address)
    visitor.until_drawn()
    visitor.page.evaluate(
        "() => window.locuscope.viewer.goTo({ ...window.locuscope.viewer.place, start: 0, end: 1024 })"
    )
    visitor.until("window.locuscope.viewer.place.end - window.locuscope.viewer.place.start < 1100")
    inside = [sum(map(dark, column(visitor, "chip_reb1", place))) for place in (140, 170, 200, 240)]
    assert inside[0] > 10 and len(set(inside)) == 1  # flat from edge to edge, never sloped
    assert sum(map(dark, column(visitor, "chip_reb1", LOW))) <= 1  # the line at zero


def test_the_band_of_several_models_is_an_envelope_around_the_signal(visitor: Visitor, site: Site) -> None:
    visitor.open(stored(site, ["nucleosome_occupancy", "rna_wt_plus", "rna_wt_minus"], banded=True))
    visitor.until_drawn()
    at = column(visitor, "nucleosome_occupancy", HIGH)
    first = next(y for y, pixel in enumerate(at) if pixel)
    height = len(at) - first
    # 1.5 is the top: the envelope from there to 0.5 is translucent, over nothing above the value and over the bar below it.
    above, below, bar = at[first + height // 6], at[first + height // 2], at[first + height * 5 // 6]
    assert above and below and bar
    assert len({tuple(above), tuple(below), tuple(bar)}) == 3
    assert (
        visitor.until("window.locuscope.viewer.browser.findTracks(({ id }) => id === 'rna_wt_plus')[0].dataRange.max")
        >= 3
    )
    said = visitor.page.evaluate(f"() => {BAND_SAID}")
    assert said == [
        "from the least to the most that the members of the model say; where it is narrow, all may still be wrong"
    ]


def test_a_view_in_which_bins_share_pixels_has_no_band(visitor: Visitor) -> None:
    visitor.open("/")  # the packaged model's own prediction
    visitor.until_drawn()
    row = "window.locuscope.viewer.browser.trackViews.find(({ track }) => track.id === 'nucleosome_occupancy').viewports[0]"
    visitor.until(f"{row}.featureCache?.features?.band?.low && {row}.referenceFrame.bpPerPixel < 128")
    visitor.page.evaluate("() => window.locuscope.viewer.goTo({ chromosome: 'chrII', start: 100000, end: 600000 })")
    visitor.until(f"{row}.referenceFrame.bpPerPixel > 128 && {row}.featureCache?.bpPerPixel > 128")
    assert visitor.until(f"{row}.featureCache.features.data") and not visitor.page.evaluate(
        f"() => {row}.featureCache.features.band"
    )


def test_how_far_members_agree_in_a_change_is_an_envelope_around_the_difference(visitor: Visitor, site: Site) -> None:
    page = visitor.open(_made(site, STORE_EDITED, "nucleosome_occupancy"))
    page.click("#edits [data-mode=difference]")
    track = "window.locuscope.viewer.browser.findTracks(({ id }) => id === 'nucleosome_occupancy')[0]"
    assert visitor.until(f"{track}.mode === 'difference' && {track}.scale.change") == 3  # the most that a member says
    at = column(visitor, "nucleosome_occupancy", 1000)
    # Zero is in the middle, the mean's change of 2 is blue, the members' from 1 to 3 lies over and above it.
    bar, both, above = (at[len(at) // 2 - round(share * len(at) / 2)] for share in (0.15, 0.5, 0.85))
    assert bar and both and above
    assert bar[2] > bar[0] + 40 and both != bar and abs(above[2] - above[0]) < 40
    assert not dark(at[len(at) * 3 // 4])  # nobody says less


def test_all_tracks_of_an_output_go_on_one_scale(visitor: Visitor, site: Site) -> None:
    page = visitor.open(stored(site, ["chip_reb1", "chip_abf1", "chip_rap1"]))
    visitor.until_drawn()
    tops = "window.locuscope.viewer.browser.findTracks(({ type }) => type === 'predicted').map(({ dataRange }) => dataRange.max)"
    assert visitor.until(f"({tops}).join() === '1,2,3'")
    menu(page, "One scale for all of “Protein binding”")
    visitor.until(f"({tops}).join() === '3,3,3'")
    assert {row["mode"] for row in visitor.until("window.locuscope.viewer.rows")} == {"single:shared"}
