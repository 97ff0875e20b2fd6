"""What a link keeps beyond tracks and places, and what a row keeps when it is made anew."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from predictor.catalogue import model_info
from tests.browser.conftest import Visitor
from tests.browser.test_edits import TATA, pick
from tests.browser.test_main_job import shared
from tests.browser.test_measured import MEASURED, installed  # noqa: F401  (a fixture)
from tests.browser.test_sharing import RESTORED, SEEN, predicted
from tests.browser.test_signals import menu, stored
from tests.conftest import Site

TOPS = "(window.locuscope?.viewer.browser?.findTracks(({ type }) => type === 'predicted') ?? []).map(({ dataRange }) => dataRange.max)"
TRACK = "window.locuscope.viewer.browser.findTracks(({ id }) => id === '%s')[0]"
BINDING = [track.key for track in model_info("yeast").tracks if track.output == "CHIP_TF"]
# Stored once each, since the same tracks are the same prediction: values are 1, 2 and 3.
ONE, OTHER, PICKED = BINDING[40:43], BINDING[43:46], BINDING[46:49]


def own_axis(visitor: Visitor) -> None:
    """An edited sequence with a deletion, at its own places."""
    page = visitor.open(f"/?locus={TATA}")
    visitor.until("window.locuscope?.viewer.place?.start === 556631")
    pick(visitor, 556_672)
    page.fill("#editor-delete input", "12")
    page.click("#editor-delete button")
    visitor.until(
        "document.querySelectorAll('#edit-chips .chip').length === 1 && !document.getElementById('made').hidden"
    )
    page.click("#edit-axis")
    page.wait_for_url("**axis=own*")
    visitor.until_drawn()


def test_a_link_of_an_edited_sequences_own_places_opens_there_also_when_it_was_made_ones_own(
    visitors: Callable[..., Visitor],
) -> None:
    alice, bob = visitors(), visitors()
    own_axis(alice)
    alice.page.evaluate("() => window.locuscope.viewer.goTo({ chromosome: 'edited', start: 8000, end: 8400 })")
    alice.until("window.locuscope.viewer.place.start === 8000")
    page = bob.open(shared(alice))
    bob.until(RESTORED)
    there = {"chromosome": "edited", "start": 8000, "end": 8400}
    assert bob.until("window.locuscope.viewer.place") == there
    page.click("#fork")
    page.wait_for_url("**/p/*")
    bob.until(RESTORED)
    assert bob.until("window.locuscope.viewer.place") == there
    page.click("#edit-axis")  # the address says another axis than what was kept
    page.wait_for_url("**axis=ref*")
    bob.until(RESTORED)
    assert bob.until("window.locuscope.viewer.place")["chromosome"] == "chrIV"
    bob.until_drawn()
    page.click("#edit-axis")
    page.wait_for_url("**axis=own*")
    bob.until(RESTORED)
    assert bob.until("window.locuscope.viewer.place") == there

    # What is in view there is exported, not all of it; of the reference's places, which here begin 12 bases later.
    asked = "new URL(document.querySelector('#export [data-form=bigwig]').href).searchParams"
    page.click("#export summary")
    page.select_option("#export-which", "shown")
    start, end = bob.until(f"[Number({asked}.get('start')), Number({asked}.get('end'))]")
    first = bob.until("JSON.parse(document.getElementById('page-data').textContent).prediction.interval.start")
    assert (start - first) in {8000, 8012} and 400 <= end - start <= 412


def test_measured_rows_and_their_scale_are_in_a_link(visitors: Callable[..., Visitor], installed: None) -> None:  # noqa: F811
    alice, bob = visitors(), visitors()
    page = alice.page
    predicted(alice, "chrII:278,301-278,900", "tss_ypd_plus", "chip_reb1")
    page.click("#show-measured")
    alice.until(MEASURED)
    page.click("#same-scale")
    alice.until(f"{TRACK % 'tss_ypd_plus'}.dataRange.max > 699")
    page.evaluate(f"() => {{ {TRACK % 'measured:starts'}.trackView.setTrackHeight(61); }}")
    path = shared(alice)
    bob.open(path)
    bob.until(RESTORED)
    bob.until(f"{TRACK % 'tss_ypd_plus'}.dataRange.max > 699")
    bob.until(MEASURED)
    assert bob.page.get_attribute("#same-scale", "aria-pressed") == "true"
    assert bob.page.evaluate(f"() => {SEEN}") == page.evaluate(f"() => {SEEN}")

    page.evaluate(f"() => window.locuscope.viewer.browser.removeTrack({TRACK % 'measured:starts'})")
    page.click("#share")
    page.click("#share-make")
    alice.until(f"!document.getElementById('share-link').value.endsWith('{path}')")
    bob.open(page.input_value("#share-link").removeprefix(alice.site.url))
    bob.until(RESTORED)
    assert not bob.page.evaluate(f"() => {TRACK % 'measured:starts'}")
    assert bob.page.get_attribute("#show-measured", "aria-pressed") == "true"


def test_a_row_that_is_removed_takes_its_measured_row_and_its_scale_along(
    visitor: Visitor,
    site: Site,
    installed: None,  # noqa: F811
) -> None:
    page = visitor.open()
    visitor.until_drawn(at_least=7)
    page.click("#show-measured")
    visitor.until(MEASURED)
    page.evaluate(f"() => window.locuscope.viewer.browser.removeTrack({TRACK % 'tss_ypd_plus'})")
    visitor.until(f"!{TRACK % 'measured:starts'}")

    page = visitor.open(stored(site, ONE))
    visitor.until(f"({TOPS}).join() === '1,2,3'")
    menu(page, "One scale for all of “Protein binding”")
    visitor.until(f"({TOPS}).join() === '3,3,3'")
    page.evaluate(f"() => window.locuscope.viewer.browser.removeTrack({TRACK % ONE[2]})")
    visitor.until(f"({TOPS}).join() === '2,2'")


@pytest.mark.slow
def test_what_is_on_its_way_for_a_view_that_was_left_is_not_drawn(visitor: Visitor, site: Site) -> None:
    page = visitor.open(stored(site, BINDING[49:50]))
    visitor.until_drawn()
    rows = page.evaluate(
        """async (key) => {
          const { viewer } = window.locuscope;
          const { loadTrackList } = viewer.browser;
          let go;
          viewer.browser.loadTrackList = async (configs) => {
            await new Promise((resolve) => { go = resolve; });
            return loadTrackList.call(viewer.browser, configs);
          };
          const arranged = viewer.restore([{ key, mode: "single:shared" }]);
          await new Promise((resolve) => { setTimeout(resolve, 50); });
          viewer.clear();
          go?.();
          await arranged;
          return viewer.rows.length;
        }""",
        BINDING[49],
    )
    assert rows == 0


def test_a_row_made_anew_keeps_its_height_and_a_scale_set_by_hand(visitor: Visitor, site: Site) -> None:
    page = visitor.open(stored(site, OTHER))
    visitor.until(f"({TOPS}).join() === '1,2,3'")
    page.evaluate(
        f"() => {{ const track = {TRACK % OTHER[1]}; track.trackView.setTrackHeight(77); track.setDataRange({{ min: 0, max: 9 }}); }}"
    )
    menu(page, "One scale for all of “Protein binding”")
    visitor.until(f"({TOPS}).join() === '3,9,3'")
    assert page.evaluate(f"() => {TRACK % OTHER[1]}.height") == 77

    page = visitor.open(stored(site, ["rna_snf2_plus", "rna_snf2_minus"]))
    visitor.until_drawn()
    page.evaluate(
        f"() => {{ const track = {TRACK % 'rna_snf2_plus'}; track.trackView.setTrackHeight(91);"
        " track.setDataRange({ min: -5, max: 5 }); }"
    )
    menu(page, "Strands in two tracks")
    visitor.until(f"({TOPS}).join() === '5,5'")
    assert visitor.until(TOPS.replace("({ dataRange }) => dataRange.max", "({ height }) => height")) == [91, 91]
    assert page.evaluate(f"() => {TRACK % 'rna_snf2_minus'}.dataRange.min") == 0


def test_rows_picked_by_hand_share_a_scale_which_a_link_keeps(visitors: Callable[..., Visitor]) -> None:
    alice, bob = visitors(), visitors()
    page = alice.page
    predicted(alice, "chrVI:50,001-58,000", *PICKED, "nucleosome_occupancy")
    alice.until_drawn(at_least=4)
    before = alice.until(TOPS)
    page.focus("#tracks")
    page.keyboard.press("s")
    page.wait_for_selector("#scale-dialog[open]")
    page.get_by_role("button", name="One scale", exact=True).click()
    assert page.inner_text("#scale-dialog .error") == "Tick at least two tracks."
    boxes = page.locator("#scale-dialog label")
    names = boxes.all_inner_texts()
    for at in (1, 2):
        boxes.nth(at).click()
    page.get_by_role("button", name="One scale", exact=True).click()
    page.wait_for_selector("#scale-dialog", state="hidden")
    most = max(before[1:3])
    alice.until(f"((tops) => tops[1] === {most} && tops[2] === {most} && tops[0] === {before[0]})({TOPS})")
    path = shared(alice)
    bob.open(path)
    bob.until(RESTORED)
    bob.until(f"JSON.stringify({TOPS}) === '{page.evaluate(f'() => JSON.stringify({TOPS})')}'")
    assert len(names) == 4
    page.focus("#tracks")
    page.keyboard.press("s")
    page.locator("#scale-dialog label").nth(1).click()
    page.locator("#scale-dialog label").nth(2).click()
    page.click("text=A scale each")
    alice.until(f"JSON.stringify({TOPS}) === '{page.evaluate('(tops) => JSON.stringify(tops)', before)}'")


@pytest.mark.slow
def test_the_finder_says_when_its_list_is_slow_or_does_not_come(visitor: Visitor) -> None:
    visitor.expected = {503}
    answers = iter([503])
    visitor.context.route(
        "**/catalogue?*", lambda route: route.fulfill(status=503) if next(answers, 0) else route.continue_()
    )
    page = visitor.open()
    visitor.until_drawn()
    page.click("#choose-tracks")
    assert "The list of tracks did not come" in page.inner_text("#finder-count")
    page.click("#finder-count >> text=Try again")
    page.wait_for_selector("#finder .track")
    assert "of" in page.inner_text("#finder-count") and page.is_enabled("#choose-default")


def test_the_strength_below_which_junctions_are_hidden_is_in_a_link(visitors: Callable[..., Visitor]) -> None:
    alice, bob = visitors(), visitors()
    page = alice.page
    predicted(alice, "chrIX:60,001-76,384", "junctions_plus", "donor_plus", "contacts_g1", "chip_reb1")
    page.evaluate(f"() => {{ {TRACK % 'junctions_plus'}.share = 0.25; }}")
    bob.open(shared(alice))
    bob.until(RESTORED)
    assert bob.page.evaluate(f"() => {TRACK % 'junctions_plus'}.share") == 0.25


@pytest.mark.slow
def test_the_square_view_keeps_the_chosen_map(visitor: Visitor) -> None:
    page = visitor.open("/models")
    shown = page.evaluate(
        """async () => {
          const { SquareView } = await import("/static/js/square-view.js");
          const maps = ["one", "two"].map((key) => ({ name: key, signal: { key, edited: true } }));
          const of = (square) => [...document.querySelectorAll("#square select")].map(({ value }) => value);
          const square = new SquareView(document.querySelector("main"), "");
          square.offer(maps);
          square.restore({ key: "two", of: "change" });
          const before = of();
          square.offer(maps); // a row was made anew
          return [before, of()];
        }"""
    )
    assert shown == [["two", "change"], ["two", "change"]]


def test_the_focus_stays_in_the_list_of_links(visitor: Visitor) -> None:
    page = visitor.page
    predicted(visitor, "chrVI:53,001-57,000", "chip_reb1")
    shared(visitor, "One")
    shared(visitor, "Two")
    focus = "document.activeElement.getAttribute('aria-label')"
    page.click("#share")
    page.wait_for_selector("#share-list li")
    page.click("#share-list [aria-label='Rename: Two']")
    page.keyboard.press("Escape")
    assert visitor.until(focus) == "Rename: Two"
    page.keyboard.press("Enter")
    page.fill("#share-list form input", "Three")
    page.keyboard.press("Enter")
    visitor.until(f"{focus} === 'Rename: Three'")
    page.click("#share-list [aria-label='Revoke: Three']")
    visitor.until(f"{focus} === 'Revoke: One'")
    page.keyboard.press("Enter")
    visitor.until(f"{focus} === 'Close' && document.activeElement.id === 'share-close'")
