"""What the page asks for before anything is drawn: all scripts at once, nothing twice, compressed."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Route

from tests.browser.conftest import Visitor
from tests.browser.test_signals import stored
from tests.conftest import ROOT, Site

RESOURCES = "() => performance.getEntriesByType('resource').map(({ name, startTime }) => ({ name, startTime }))"
GENES = "window.locuscope.viewer.browser.findTracks(({ id }) => id === 'genes')[0]"


# Frames that were painted with every predicted track drawn, and how many of them had been when the genes were read.
COUNT_FRAMES = """
  window.drawnFrames = 0;
  const drawn = () => {
    const views = window.locuscope?.viewer.browser?.trackViews.filter(({ track }) => track.type === "predicted") ?? [];
    return views.length && views.every(({ viewports: [port] }) => port.canvas?.width && port.featureCache);
  };
  const frame = () => setTimeout(() => { if (drawn()) window.drawnFrames++; requestAnimationFrame(frame); });
  requestAnimationFrame(frame);
  const { open } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, url, ...others) {
    if (String(url).includes("genes.gff3")) window.framesBeforeGenes ??= window.drawnFrames;
    return open.call(this, method, url, ...others);
  };
"""


def test_the_first_draw_is_few_requests_and_is_painted_before_the_genes_are_read(visitor: Visitor) -> None:
    visitor.page.add_init_script(COUNT_FRAMES)
    page = visitor.open()
    visitor.until_drawn(at_least=7)
    visitor.until("window.framesBeforeGenes !== undefined")
    assert page.evaluate("window.framesBeforeGenes") >= 1
    asked = [urlsplit(one["name"]).path for one in page.evaluate(RESOURCES)]
    assert len([path for path in asked if path.endswith(".js")]) == 4, asked  # theme, help, igv.js and ours
    assert len([path for path in asked if path.endswith(".css")]) == 3, asked  # common, the page's, print
    assert len(asked) <= 20, asked


def test_nothing_is_asked_for_twice_and_values_in_one_request(visitor: Visitor, site: Site) -> None:
    page = visitor.open(stored(site, ["rna_wt_plus", "rna_wt_minus", "rna_snf2_plus", "rna_snf2_minus"]))
    visitor.until_drawn(at_least=2)
    names = [one["name"] for one in page.evaluate(RESOURCES) if ".js" in one["name"] or "/api/" in one["name"]]
    assert sorted(names) == sorted(set(names))
    (values,) = (name for name in names if "/windows?" in name)
    assert all(key in values for key in ("rna_wt_plus", "rna_wt_minus", "rna_snf2_plus", "rna_snf2_minus"))


def test_values_are_asked_for_before_the_genome_is_read_and_the_list_of_tracks_after_they_are_drawn(
    visitor: Visitor, site: Site
) -> None:
    visitor.page.add_init_script(COUNT_FRAMES)
    page = visitor.open(stored(site, ["rna_wt_plus", "rna_wt_minus"]))
    visitor.until("document.getElementById('finder-presets').children.length")
    began = {urlsplit(one["name"]).path.rsplit("/")[-1]: one["startTime"] for one in page.evaluate(RESOURCES)}
    assert began["windows"] < began["sequence.fa"]
    shown = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    assert shown < began["catalogue"]
    assert page.evaluate("window.drawnFrames") >= 1


def test_tracks_wait_neither_for_the_catalogue_nor_for_the_genes_and_nothing_moves_when_those_come(
    visitor: Visitor,
) -> None:
    held: list[Route] = []
    visitor.context.route("**/catalogue?*", lambda route: held.append(route))
    visitor.context.route("**/*.gff3.gz*", lambda route: held.append(route))
    page = visitor.open()
    visitor.until_drawn(at_least=7)
    view = "window.locuscope.viewer.browser.trackViews.find(({ track }) => track.id === 'chip_reb1')"
    top = f"{view}.viewports[0].viewportElement.getBoundingClientRect().top"
    before = visitor.until(top)
    assert held and not page.evaluate(f"() => {GENES}")
    for route in list(held):
        route.continue_()
    visitor.context.unroute_all()  # which lets the others go on
    visitor.until(f"{GENES}?.trackView.viewports[0].featureCache")
    assert visitor.until(top) == before
    ids = page.evaluate("() => window.locuscope.viewer.browser.trackViews.map(({ track }) => track.id)")
    assert not [one for one in ids if one and one.startswith("annotation-place")]


@pytest.mark.parametrize("by", ["finger", "mouse"])
def test_a_row_may_be_taken_away_while_it_is_held(visitors: Callable[..., Visitor], by: str) -> None:
    size = {"width": 390, "height": 700}
    visitor = visitors(viewport=size, has_touch=True, is_mobile=True) if by == "finger" else visitors()
    held: list[Route] = []
    visitor.context.route("**/*.gff3.gz*", lambda route: held.append(route))
    page = visitor.open()
    visitor.until_drawn()
    place = "window.locuscope.viewer.browser.trackViews.find(({ track }) => track.type === 'annotation-place')"
    page.evaluate(f"() => {place}.viewports[0].viewportElement.scrollIntoView({{ block: 'center' }})")
    box = page.evaluate(f"() => {place}.viewports[0].viewportElement.getBoundingClientRect().toJSON()")
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    finger = visitor.context.new_cdp_session(page)
    if by == "finger":
        finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    else:
        page.mouse.move(x, y)
        page.mouse.down()
    for route in list(held):
        route.continue_()
    visitor.context.unroute_all()
    visitor.until(f"{GENES}?.trackView.viewports[0].featureCache")
    assert not page.evaluate(f"() => {place}")
    if by == "finger":
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    else:
        page.mouse.move(x - 60, y, steps=4)
        page.mouse.up()
    assert not page.evaluate("() => window.locuscope.viewer.browser.isTrackPanning()")


def test_scripts_are_sent_compressed(site: Site) -> None:
    name = "vendor/igv-3.8.10/igv.esm.min.js"
    whole = (ROOT / "static" / name).read_bytes()
    with urlopen(Request(f"{site.url}/static/{name}", headers={"Accept-Encoding": "gzip"})) as answer:
        body = answer.read()
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "immutable" in answer.headers["Cache-Control"]
    assert len(body) < len(whole) / 3
    assert gzip.decompress(body) == whole
    with urlopen(f"{site.url}/static/{name}") as answer:
        assert answer.read() == whole
