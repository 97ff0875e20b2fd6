"""The keyboard map, the tour, empty places that teach, narrow windows, little motion, paper."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.browser.conftest import Visitor
from tests.browser.test_accessibility import job

FOCUSED = "() => document.activeElement.id"
OVERLAP = """() => {
  const [card, target] = [".tour", ".tour-here"].map((one) => document.querySelector(one).getBoundingClientRect());
  const inside = card.left >= target.left && card.right <= target.right && card.top >= target.top && card.bottom <= target.bottom;
  return !inside && card.left < target.right && card.right > target.left && card.top < target.bottom && card.bottom > target.top;
}"""


def test_the_keyboard_map_opens_keeps_the_focus_and_gives_it_back(visitor: Visitor) -> None:
    page = visitor.open("/models")
    page.focus("#theme")
    page.keyboard.press("?")
    page.wait_for_selector("#keys[open]")
    for _ in range(12):  # round the dialog and past the browser's own window, never into the page below
        page.keyboard.press("Tab")
        assert page.evaluate(
            "() => document.activeElement === document.body || !!document.activeElement.closest('#keys')"
        )
    page.keyboard.press("Escape")
    page.wait_for_selector("#keys", state="hidden")
    assert page.evaluate(FOCUSED) == "theme"
    page.click("#help")
    page.click("#keys-close")
    assert page.evaluate(FOCUSED) == "help"


def test_shortcuts_leave_alone_who_types_and_can_be_switched_off(visitor: Visitor) -> None:
    page = visitor.open()
    visitor.until("window.locuscope?.viewer.place")
    page.focus("#theme")
    page.keyboard.press("/")
    assert page.evaluate(FOCUSED) == "locus"
    page.keyboard.type("a?/b")
    assert page.input_value("#locus") == "a?/b"
    assert page.is_hidden("#keys")
    page.click("#help")
    page.uncheck("#keys-single")
    page.keyboard.press("Escape")
    page.reload()
    visitor.until("window.locuscope?.viewer.place")
    page.focus("#theme")
    page.keyboard.press("?")
    page.keyboard.press("/")
    assert page.is_hidden("#keys")
    assert page.evaluate(FOCUSED) == "theme"


def test_the_skip_link_is_the_first_stop_and_every_stop_is_seen(visitor: Visitor) -> None:
    page = visitor.open("/")
    visitor.until_drawn()
    page.keyboard.press("Tab")
    assert page.inner_text(":focus") == "Skip to the content"
    assert page.locator(":focus").bounding_box()["x"] >= 0  # type: ignore[index]
    seen = []
    while len(seen) < 60:
        page.keyboard.press("Tab")
        stop = page.evaluate(
            "() => { const one = document.activeElement; const { outlineStyle, outlineWidth } = getComputedStyle(one);"
            " return one !== document.body && !one.matches('.skip')"
            " && [one.id || one.textContent.trim().slice(0, 20), outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1]; }"
        )
        if not stop:  # round
            break
        seen.append(stop)
    reached = {name for name, _ in seen}
    assert {"locus", "help", "theme", "share", "tracks", "tab-locus", "ask-locus", "predict"} <= reached
    assert [
        name for name, outlined in seen if not outlined and name not in {"tracks", ""}
    ] == []  # the tracks' frame has it


@pytest.mark.parametrize("width", [1440, 390])
def test_a_first_visitor_is_shown_round_in_three_steps_once(visitors: Callable[..., Visitor], width: int) -> None:
    new = visitors(tour=True, viewport={"width": width, "height": 844})
    page = new.open()
    new.until_drawn()
    assert page.evaluate(
        "() => document.activeElement === document.body"
    )  # nothing is taken from whoever begins to type
    for number in (1, 2, 3):
        assert f"Step {number} of 3" in page.inner_text(".tour")
        assert page.evaluate(OVERLAP) is False
        page.click(".tour-next" if number < 3 else ".tour-done")
    assert page.locator(".tour, .tour-here").count() == 0
    page.goto(f"{new.site.url}/")
    new.until_drawn()
    assert page.locator(".tour").count() == 0
    page.keyboard.press("?")
    page.click("#keys-tour")
    assert "Step 1 of 3" in page.inner_text(".tour")
    page.keyboard.press("Escape")
    assert page.locator(".tour").count() == 0


def test_a_link_to_a_place_or_a_prediction_is_not_toured(visitors: Callable[..., Visitor]) -> None:
    new = visitors(tour=True)
    page = new.open("/#chrV:5001-9000")
    new.until("window.locuscope?.viewer.place?.chromosome === 'chrV'")
    assert page.locator(".tour").count() == 0


def test_empty_places_say_the_next_step(visitor: Visitor) -> None:
    page = visitor.open()
    visitor.until_drawn()
    assert "Predict a gene" in page.inner_text("#recent-section")
    job(visitor)
    page.fill("#filters [name=filter]", "no such thing")
    page.click("#table td.none button")
    visitor.until("document.querySelectorAll('#table tbody tr').length === 3")
    assert page.input_value("#filters [name=filter]") == ""


@pytest.mark.parametrize("path", ["/", "/models", "/p/none"])
def test_at_320_pixels_nothing_scrolls_sideways_and_fingers_find_their_aim(
    visitors: Callable[..., Visitor], path: str
) -> None:
    phone = visitors(viewport={"width": 320, "height": 640}, has_touch=True)
    phone.expected = {404}
    page = phone.open(path)
    if path == "/":
        phone.until_drawn()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 320
    small = page.evaluate(
        "() => [...document.querySelectorAll('button, .links a, .brand, summary, select')]"
        ".map((one) => [one.id || one.textContent.trim(), one.getBoundingClientRect()])"
        ".filter(([, { width, height }]) => width && (height < 24 || width < 24)).map(([name]) => name)"
    )
    assert small == []
    for main in ("#predict", "#help", "#share") if path == "/" else ("#help",):
        box = page.locator(main).bounding_box()
        assert box and box["height"] >= 44 and box["width"] >= 44, main


def test_paper_has_the_tracks_and_how_they_were_made_and_no_buttons(visitor: Visitor) -> None:
    page = visitor.open()
    visitor.until_drawn()
    page.evaluate("() => { document.documentElement.dataset.theme = 'dark'; dispatchEvent(new Event('beforeprint')); }")
    page.emulate_media(media="print")
    shown = page.evaluate(
        "() => [...document.querySelectorAll('button, input, .side, .top, #title, .frame, #facts, .foot')]"
        ".filter((one) => one.checkVisibility()).map((one) => one.id || one.className)"
    )
    assert shown == ["title", "frame", "facts", "foot"]
    assert "not for diagnosis" in page.inner_text(".foot")
    assert page.evaluate("() => getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.evaluate("() => getComputedStyle(document.querySelector('.frame')).filter") == "none"
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert page.locator("#made").get_attribute("open") is None
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 2
