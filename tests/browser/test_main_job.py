"""The main job, as a person does it: look, search, click a gene, predict, share; paste a sequence."""

from __future__ import annotations

import json
import random
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Visitor
from tests.conftest import Site

FEATURE_AT = """(position) => {
  const view = window.locuscope.viewer.browser.trackViews.find((view) => view.track.id === "genes");
  const { x, y } = view.viewports[0].viewportElement.getBoundingClientRect();
  const frame = view.viewports[0].referenceFrame;
  return [x + (position - frame.start) / frame.bpPerPixel, y + 17]; // igv.js leaves 10 px above the first row
}"""
VALUES = """(key) => {
  const view = window.locuscope.viewer.browser.trackViews.find((view) => view.track.id === key);
  const { start, width, values } = view.viewports[0].featureCache.features.data;
  return { start, width, values: [...values] };
}"""


def api(site: Site, path: str) -> Any:
    with urllib.request.urlopen(f"{site.url}/api/v1{path}") as answer:
        return json.load(answer)


def prediction_id(visitor: Visitor) -> str:
    return visitor.page.url.split("/p/")[1].split("#")[0]


def shared(visitor: Visitor, name: str = "", days: str = "") -> str:
    """Make a link by the dialog; its path."""
    page = visitor.page
    page.click("#share")
    page.fill("#share-name", name)
    page.select_option("#share-days", days)
    page.click("#share-make")
    page.wait_for_selector("#share-made:not([hidden])")
    link = page.input_value("#share-link")
    page.click("#share-close")
    return link.removeprefix(visitor.site.url)


def dna(length: int, seed: int) -> str:
    return "".join(random.Random(seed).choices("ACGT", k=length))


def test_the_home_page_shows_predicted_tracks_beside_the_galactose_genes(visitor: Visitor) -> None:
    page = visitor.open()
    drawn = visitor.until_drawn(at_least=7)
    assert all(track["max"] > 0 for track in drawn)
    assert sum(track["pixels"] > 20 for track in drawn) >= 7  # of some proteins there is next to nothing here
    genes = visitor.until(
        """(() => { const view = window.locuscope.viewer.browser.trackViews.find((view) => view.track.id === "genes");
        return view?.viewports[0].featureCache?.features.length && view.viewports[0].featureCache.features.map((f) => f.name);
        })()"""
    )
    assert {"GAL1", "GAL10", "GAL7"} <= set(genes)
    assert "not for diagnosis" in page.inner_text("footer")
    assert "Locuscope yeast" in page.inner_text("#about") and "Apache-2.0" in page.inner_text("#about")


def test_search_click_a_gene_predict_and_send_the_link(visitors: Callable[..., Visitor], site: Site) -> None:
    alice = visitors()
    page = alice.open()
    alice.until_drawn()
    page.locator("#locus").press_sequentially("his4")
    page.wait_for_selector("#suggestions [role=option]")
    assert page.locator("#suggestions .name").first.inner_text() == "HIS4"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    alice.until("window.locuscope.viewer.place?.chromosome === 'chrIII'")
    page.wait_for_selector("#outside:not([hidden])")  # nothing predicted here yet
    gene = api(site, "/genes?q=HIS4")[0]
    alice.until(
        "(() => { const drawn = window.locuscope.viewer.browser.trackViews.find((v) => v.track.id === 'genes')"
        f".viewports[0].canvas?._data; return drawn && drawn.bpStart < {gene['start']} && drawn.bpEnd > {gene['end']}; }})()"
    )
    page.mouse.click(*page.evaluate(FEATURE_AT, (gene["start"] + gene["end"]) / 2))
    page.get_by_text("Predict here").click()
    page.wait_for_url("**/p/*")
    alice.until("window.locuscope.viewer.rows.flatMap((row) => row.keys).length >= 11")
    alice.until_drawn(at_least=7)
    assert "chrIII was held out from training" in page.inner_text("#about")
    shown = page.evaluate(VALUES, "rna_wt_plus")
    bob = visitors()  # a fresh profile
    bob.open(shared(alice))
    bob.until_drawn(at_least=7)
    assert bob.page.inner_text("h1") == page.inner_text("h1")
    assert bob.page.evaluate(VALUES, "rna_wt_plus") == shown


def test_what_is_drawn_is_what_the_api_says_from_the_whole_interval_to_single_bases(
    visitor: Visitor, site: Site
) -> None:
    visitor.open()
    visitor.until_drawn()
    showcase = visitor.page.evaluate("() => JSON.parse(document.getElementById('page-data').textContent).prediction.id")
    for width in (16_384, 2_000, 60):
        visitor.page.evaluate(
            f"() => window.locuscope.viewer.goTo({{chromosome: 'chrII', start: 277000, end: {277_000 + width}}})"
        )
        for key in ("tss_ypd_plus", "chip_reb1"):
            near = f"f.width <= {max(1, width / 800)} && f.start <= 277000"
            visitor.until(
                "(() => { const f = window.locuscope.viewer.browser.trackViews.find((v) => v.track.id === "
                f"'{key}').viewports[0].featureCache?.features.data; return f && {near}; }})()"
            )
            drawn = visitor.page.evaluate(VALUES, key)
            bins = len(drawn["values"])
            end = drawn["start"] + bins * drawn["width"]
            asked = f"start={drawn['start']}&end={end}&bins={bins}"
            said = api(site, f"/predictions/{showcase}/tracks/{key}/window?{asked}")
            assert drawn["values"] == pytest.approx(said["values"], rel=1e-6)
    assert drawn["width"] == 1  # at 60 bp in view


def test_a_pasted_sequence_is_its_own_small_genome(visitor: Visitor) -> None:
    page = visitor.open()
    page.click("#tab-paste")
    page.fill("#ask-sequence", f">my promoter\n{dna(10_000, 7)}")
    assert "10,000 bp pasted" in page.inner_text("#counted")
    page.click("#predict")
    page.wait_for_url("**/p/*")
    assert len(visitor.until_drawn(at_least=7)) >= 7
    assert page.inner_text("h1") == "my promoter: 10,000 bp pasted"
    page.evaluate("() => window.locuscope.viewer.goTo({chromosome: 'sequence', start: 100, end: 140})")
    bases = visitor.until("window.locuscope.viewer.browser.genome.getSequence('sequence', 100, 140)")
    assert bases.upper() == dna(10_000, 7)[100:140]
    assert "240 N" in page.inner_text("#warnings")  # 10,000 + 240 = 5 x 2,048
    assert page.locator("#recent a").first.inner_text() == "my promoter: 10,000 bp pasted"


def test_a_name_with_markup_stays_text(visitor: Visitor) -> None:
    page = visitor.open()
    page.click("#tab-paste")
    page.fill("#ask-sequence", f"><img src=x onerror=alert(1)> <b>bold</b>\n{dna(600, 8)}")
    page.click("#predict")
    page.wait_for_url("**/p/*")
    visitor.until_drawn()
    assert page.inner_text("h1").startswith("<img src=x onerror=alert(1)>")
    assert page.locator("img[src=x]").count() == 0


def test_a_running_prediction_shows_its_progress_and_can_be_cancelled(visitors: Callable[..., Visitor]) -> None:
    alice, bob = visitors(), visitors()
    page = alice.open()
    alice.until_drawn()
    page.fill("#ask-locus", "chrXV:1-1,048,576")
    page.click("#predict")
    page.wait_for_url("**/p/*")
    alice.until("/Predicting: .*%/.test(document.getElementById('stage').textContent)")
    bob.open()
    bob.until("window.locuscope?.viewer.place")
    bob.page.fill("#ask-locus", "chrXV:1-1,048,576")  # the same: it is computed once
    bob.page.click("#predict")
    bob.page.wait_for_url(f"**/p/{prediction_id(alice)}*")
    bob.expected = {403}
    bob.page.click("#cancel")
    bob.page.wait_for_selector("#message:not([hidden])")
    assert "Only the browser that asked" in bob.page.inner_text("#message")
    alice.expected = {409}
    page.click("#cancel")
    page.wait_for_selector("#message:not([hidden])")
    assert "goes on for them" in page.inner_text("#message")  # Bob waits for it, and now it is his
    bob.page.click("#cancel")
    for who in (alice, bob):
        who.until("document.getElementById('stage').textContent === 'This prediction was cancelled.'")


def test_of_two_predictions_opened_at_once_the_last_one_stays(visitor: Visitor) -> None:
    page = visitor.open()
    visitor.until_drawn()
    page.evaluate(
        """() => {
          const form = document.getElementById("ask"), locus = document.getElementById("ask-locus");
          for (const text of ["chrVIII:1-200,000", "chrVIII:210,001-215,000"]) {
            locus.value = text;
            form.dispatchEvent(new SubmitEvent("submit", { cancelable: true }));
          }
        }"""
    )
    last = "chrVIII:210,001-215,000"
    visitor.until(f"document.getElementById('title').textContent === '{last}'")
    shown = "window.locuscope.viewer.browser.findTracks((t) => t.type === 'predicted')"
    visitor.until(
        f"window.locuscope.viewer.rows.flatMap((row) => row.keys).length === 11 && {shown}.every((t) => t.signal.interval.end < 240000)"
    )
    first = visitor.page.evaluate(
        "async () => (await (await fetch('/api/v1/predictions', {method: 'POST', headers: {'Content-Type': "
        "'application/json'}, body: JSON.stringify({locus: 'chrVIII:1-200,000'})})).json()).id"
    )
    visitor.until(f"fetch('/api/v1/predictions/{first}').then((r) => r.json()).then((p) => p.state === 'DONE')")
    assert page.inner_text("h1") == last  # the first one's end did not take the page over


def test_a_cancelled_paste_can_be_tried_again_under_its_name(visitor: Visitor) -> None:
    page = visitor.open()
    page.click("#tab-paste")
    page.fill("#ask-sequence", f">long one\n{dna(600_000, 11)}")
    page.click("#predict")
    page.wait_for_url("**/p/*")
    page.click("#cancel")
    page.wait_for_selector("#retry:not([hidden])")
    first = prediction_id(visitor)
    page.click("#retry")
    page.wait_for_url(lambda url: "/p/" in url and first not in url)
    visitor.until("document.getElementById('title').textContent === 'long one: 600,000 bp pasted'")
    page.click("#cancel")
    page.wait_for_selector("#retry:not([hidden])")


def test_a_stored_result_appears_without_a_new_computation(visitor: Visitor, site: Site) -> None:
    page = visitor.open()
    visitor.until_drawn()
    page.fill("#ask-locus", "chrV:100,001-110,000")
    page.click("#predict")
    page.wait_for_url("**/p/*")
    visitor.until("window.locuscope.viewer.place.chromosome === 'chrV'")
    visitor.until_drawn(at_least=6)
    first = prediction_id(visitor)
    visitor.open()
    visitor.until_drawn()
    page.fill("#ask-locus", "V:100001..110000")
    page.click("#predict")
    page.wait_for_url("**/p/*")
    assert prediction_id(visitor) == first
