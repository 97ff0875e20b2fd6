"""The page itself: bad input, keyboard, phone, dark, links to places."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

import pytest

from predictor.catalogue import model_info
from tests.browser.conftest import Visitor
from tests.conftest import ROOT

BAD_LOCI = [
    ("chrII:5-1", "ends before it starts"),
    ("chrII:1-900,000", "813,184 bp long"),
    ("chrXX:1-5", "did you mean"),
    ("IV", "at most 1,048,576 bp"),
    ("GALL1", "did you mean GAL1"),
]
BAD_SEQUENCES = [
    ("", 400, "sequence"),
    ("MKVLAAGIVG", 400, "protein"),
    (">a\nACGT\n>b\nACGT", 400, "record"),
    ("ACGTTGCA" * 393_216, 413, "1,048,576"),
]


@pytest.mark.parametrize(("text", "sentence"), BAD_LOCI, ids=[text for text, _ in BAD_LOCI])
def test_a_locus_that_cannot_be_predicted_gets_a_sentence(visitor: Visitor, text: str, sentence: str) -> None:
    page = visitor.open()
    visitor.until("window.locuscope?.viewer.place")
    visitor.expected = {400, 404, 413, 422}
    page.fill("#ask-locus", text)
    page.click("#predict")
    page.wait_for_selector("#ask-error:not([hidden])")
    assert sentence in page.inner_text("#ask-error")
    assert page.is_enabled("#predict")
    if text == "GALL1":  # the near name is a button
        page.locator("#ask-error button").first.click()
        assert page.input_value("#ask-locus") == "GAL1"


@pytest.mark.parametrize(("text", "status", "word"), BAD_SEQUENCES, ids=["empty", "protein", "two records", "3 Mb"])
def test_a_sequence_that_cannot_be_predicted_gets_a_sentence(
    visitor: Visitor, text: str, status: int, word: str
) -> None:
    page = visitor.open()
    visitor.until("window.locuscope?.viewer.place")
    visitor.expected = {status}
    page.click("#tab-paste")
    page.fill("#ask-sequence", text)
    page.click("#predict")
    page.wait_for_selector("#ask-error:not([hidden])")
    assert word in page.inner_text("#ask-error")
    assert page.input_value("#ask-sequence") == text  # nothing is lost


def test_no_tracks_chosen_is_said_before_asking(visitor: Visitor) -> None:
    page = visitor.open()
    visitor.until("window.locuscope?.viewer.place")
    page.click("#choose-tracks")
    page.click("#choose-none")
    page.click("#finder-done")
    page.click("#predict")
    assert page.inner_text("#ask-error") == "Choose at least one track."


def test_tracks_are_filtered_chosen_and_predicted(visitor: Visitor) -> None:
    page = visitor.open()
    visitor.until("window.locuscope?.viewer.place")
    page.click("#choose-tracks")
    page.click("#choose-none")
    page.fill("#finder-text", "reb1")
    page.locator(".track").first.click()
    assert page.inner_text("#finder-chosen") == "1 chosen"
    page.click("#finder-done")
    assert page.inner_text("#chosen").startswith("1 of")
    page.fill("#ask-locus", "chrVII:200,001-204,000")
    page.click("#predict")
    page.wait_for_url("**/p/*")
    visitor.until("window.locuscope.viewer.browser.findTracks((t) => t.type === 'predicted').length === 1")
    assert [track["key"] for track in visitor.until_drawn()] == ["chip_reb1"]


def test_what_was_trained_on_is_marked(visitor: Visitor) -> None:
    page = visitor.open()  # the galactose genes, on a chromosome that trained
    visitor.until_drawn()
    badge = page.locator("#about .badge")
    assert badge.inner_text() == "chrII was trained on"
    told = badge.get_attribute("title") or ""
    assert "were held out" in told and all(name in told for name in model_info("yeast").held_out)


def test_maps_and_junctions_are_offered_but_not_among_the_usual_ones(visitor: Visitor) -> None:
    page = visitor.open()
    visitor.until_drawn()
    page.click("#choose-tracks")
    page.fill("#finder-text", "junctions")
    assert page.get_attribute(".track[data-key=junctions_plus]", "aria-selected") == "false"
    page.fill("#finder-text", "contacts")
    assert page.get_attribute(".track[data-key=contacts_g1]", "aria-selected") == "false"
    assert page.is_hidden("#square")  # the home page has no contact map


def test_the_models_page_is_a_short_card(visitor: Visitor) -> None:
    page = visitor.open("/models")
    said = page.inner_text("article.card")
    info = model_info("yeast")
    skilful = sum(skill.skilful == "yes" for skill in info.skill.values())
    assert f"{skilful} of {len(info.skill)} tracks are surely better than all of these" in said
    for limit in info.limits:
        assert limit in said
    reb1 = info.skill["chip_reb1"]
    page.locator("details", has_text="CHIP_TF").locator("summary").click()
    row = page.locator("tr", has_text="chip_reb1").inner_text()
    assert f"AP {reb1.value:.2f} ({reb1.low:.2f} to {reb1.high:.2f})" in row


def test_a_place_that_does_not_exist_leaves_the_view(visitor: Visitor) -> None:
    page = visitor.open()
    visitor.until("window.locuscope?.viewer.place")
    before = page.evaluate("() => window.locuscope.viewer.place")
    visitor.expected = {404}
    page.fill("#locus", "nosuchgene9")
    page.press("#locus", "Enter")
    page.wait_for_selector("#message:not([hidden])")
    assert "nosuchgene9" in page.inner_text("#message")
    assert page.evaluate("() => window.locuscope.viewer.place") == before


@pytest.mark.parametrize("path", ["/p/00000000-0000-4000-8000-000000000000", "/p/nonsense", "/nowhere"])
def test_an_address_that_leads_nowhere_says_so(visitor: Visitor, path: str) -> None:
    visitor.expected = {404}
    page = visitor.open(path)
    assert page.inner_text(".sentence").startswith("There is no")
    page.click("text=To the genome browser")
    visitor.until_drawn()


def test_a_link_may_name_a_gene_or_carry_a_place(visitor: Visitor) -> None:
    visitor.open("/?locus=PHO5")
    visitor.until(
        "window.locuscope?.viewer.place?.chromosome === 'chrII' && window.locuscope.viewer.place.start > 400000"
    )
    visitor.open("/#chrXVI:1001-2000")
    place = visitor.until("window.locuscope?.viewer.place?.chromosome === 'chrXVI' && window.locuscope.viewer.place")
    assert abs(place["start"] - 1000) <= 1 and abs(place["end"] - 2000) <= 1


def test_the_keyboard_moves_and_zooms(visitor: Visitor) -> None:
    page = visitor.open()
    visitor.until_drawn()
    page.focus("#tracks")
    start = page.evaluate("() => window.locuscope.viewer.place.start")
    page.keyboard.press("ArrowRight")
    visitor.until(f"window.locuscope.viewer.place.start > {start} + 3000")
    page.keyboard.press("+")
    visitor.until("window.locuscope.viewer.place.end - window.locuscope.viewer.place.start < 9000")
    page.keyboard.press("-")
    visitor.until("window.locuscope.viewer.place.end - window.locuscope.viewer.place.start > 15000")
    page.set_viewport_size({"width": 390, "height": 844})  # a phone that is turned: what was drawn wide becomes narrow
    visitor.until("document.scrollingElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("path", ["/", "/models", "/p/none"])
def test_a_phone_shows_the_page_without_sideways_scrolling(visitors: Callable[..., Visitor], path: str) -> None:
    phone = visitors(viewport={"width": 390, "height": 844})
    phone.expected = {404}
    phone.open(path)
    if path == "/":
        assert len(phone.until_drawn(at_least=7)) >= 7
    assert phone.page.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_dark_follows_the_system_and_the_button_is_remembered(visitors: Callable[..., Visitor]) -> None:
    night = visitors(color_scheme="dark")
    page = night.open()
    assert page.evaluate("() => document.documentElement.dataset.theme") == "dark"
    night.until_drawn()
    view = "window.locuscope.viewer.browser.trackViews.find(({ track }) => track.type === 'predicted').viewports[0].viewportElement"
    x, y = page.evaluate(f"(({{ left, top }}) => [left + 300, top + 20])({view}.getBoundingClientRect())")
    page.mouse.click(x, y)
    said = page.locator(".igv-ui-popover:visible > div:last-child")
    said.wait_for()
    colours = said.evaluate("(body) => [getComputedStyle(body).color, getComputedStyle(body).backgroundColor]")
    assert colours == ["rgb(23, 33, 43)", "rgb(255, 255, 255)"]  # ink on paper, which the page inverts as a whole
    page.keyboard.press("Escape")
    page.click("#theme")
    page.reload()
    assert page.evaluate("() => document.documentElement.dataset.theme") == "light"


def test_without_javascript_the_page_says_where_the_values_are(visitors: Callable[..., Visitor]) -> None:
    plain = visitors(java_script_enabled=False)
    page = plain.open()
    assert "/api/v1/predictions/" in page.inner_text("noscript")


BAD_FRAGMENTS = [
    ("#chrXX:1-100", "no chromosome"),
    ("#chrI:900000-950000", "230,218 bp long"),
    ("#100%", ""),
    ("#main", ""),
]


@pytest.mark.parametrize(("fragment", "sentence"), BAD_FRAGMENTS, ids=[fragment for fragment, _ in BAD_FRAGMENTS])
def test_a_fragment_that_leads_nowhere_opens_the_prediction(visitor: Visitor, fragment: str, sentence: str) -> None:
    visitor.expected = {404, 422}
    page = visitor.open(f"/{fragment}")
    assert len(visitor.until_drawn(at_least=7)) >= 7
    assert page.locator("#message").is_visible() == bool(sentence)
    assert sentence in page.locator("#message").inner_text()


def test_the_skip_link_and_edited_fragments_do_not_load_the_page_again(visitor: Visitor) -> None:
    page = visitor.open()
    visitor.until_drawn()
    page.evaluate("() => { window.kept = true; location.hash = '#main'; }")
    page.evaluate("() => { location.hash = '#chrV:5001-9000'; }")
    visitor.until("window.locuscope.viewer.place.chromosome === 'chrV'")
    assert page.evaluate("() => window.kept") is True


def test_a_window_that_narrows_takes_the_tracks_along(visitor: Visitor) -> None:
    page = visitor.open()
    visitor.until_drawn()
    page.set_viewport_size({"width": 390, "height": 800})
    visitor.until("document.documentElement.scrollWidth <= 390")


def test_a_swipe_over_the_tracks_scrolls_a_phones_page(visitors: Callable[..., Visitor]) -> None:
    phone = visitors(viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True)
    phone.open()
    phone.until_drawn()
    finger = phone.context.new_cdp_session(phone.page)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": 200, "y": 600}]})
    for y in range(590, 300, -10):
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": 200, "y": y}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    phone.until("window.scrollY > 100")


def test_vendored_files_are_the_registrys_own() -> None:
    folder = ROOT / "static" / "vendor"
    rows = re.findall(r"^\| (\S+) \|.*\| ([0-9a-f]{64}) \|$", (folder / "VENDOR.md").read_text(), re.MULTILINE)
    assert rows
    for name, digest in rows:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name
