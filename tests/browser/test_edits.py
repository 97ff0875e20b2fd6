"""Editing the sequence as a person does it: click a base, see the difference, stack, undo, send the link."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.browser.conftest import Visitor
from tests.browser.test_main_job import shared

# TPI1 (minus strand of chrIV) starts at 556,472; its TATA box is TATATA at 556,671 to 556,676.
TATA = "chrIV:556632-556712"
BASE = 556_672  # 0-based: a T of it
BASE_AT = """(position) => {
  const view = window.locuscope.viewer.browser.trackViews.find(({ track }) => track.type === "sequence");
  const { x, y, height } = view.viewports[0].viewportElement.getBoundingClientRect();
  const frame = view.viewports[0].referenceFrame;
  return [x + (position + 0.5 - frame.start) / frame.bpPerPixel, y + height / 2];
}"""
DRAWN = """(key) => {
  const view = window.locuscope.viewer.browser.trackViews.find(({ track }) => track.signal?.row?.keys.includes(key));
  const row = view?.viewports[0].featureCache?.features;
  const drawn = row?.below && view.track.signal.row.keys[1] === key ? row.below : row; // two strands around one line
  if (!drawn?.data) return null;
  const sum = (data) => data.values.reduce((total, value) => total + (value || 0), 0);
  return { edited: sum(drawn.data), reference: drawn.reference && sum(drawn.reference), change: view.track.scale.change,
    mode: view.track.mode, height: view.viewports[0].viewportElement.clientHeight };
}"""
CHIPS = "[...document.querySelectorAll('#edit-chips .chip button:first-child')].map((chip) => chip.textContent)"


def shown(visitor: Visitor, key: str = "chip_sua7") -> dict[str, float]:
    found = visitor.until(f"({DRAWN})('{key}')")
    assert isinstance(found, dict)
    return found


def edited(visitor: Visitor, *chips: str) -> None:
    """Wait until these edits are on the page and drawn."""
    visitor.until(f"JSON.stringify({CHIPS}) === JSON.stringify({json.dumps(chips)})")
    visitor.until("!document.getElementById('made').hidden")
    visitor.until("window.locuscope.viewer.browser.findTracks(({ type }) => type === 'predicted').length > 0")


def pick(visitor: Visitor, position: int) -> None:
    visitor.page.mouse.click(*visitor.page.evaluate(BASE_AT, position))
    visitor.page.wait_for_selector("#editor:not([hidden])")


def test_a_base_of_a_tata_box_is_changed_stacked_undone_and_sent(visitors: Callable[..., Visitor]) -> None:
    alice = visitors()
    page = alice.open(f"/?locus={TATA}")
    alice.until(f"window.locuscope.viewer.place?.start === {556_631}")
    pick(alice, BASE)
    assert page.inner_text("#editor-place") == "chrIV:556,673"
    assert page.inner_text("#editor-context b") == "T"
    assert page.is_disabled("#editor [data-base=T]")
    page.click("#editor [data-base=G]")
    edited(alice, "556,673 T to G")
    first = shown(alice)
    assert 0 < first["edited"] < first["reference"]  # TFIIB leaves a TATA box that is none any more
    assert alice.until("window.locuscope.viewer.place.start === 556631")  # the view stayed
    one = page.evaluate("() => location.href")

    # A second edit on top, by keyboard, at the next base but one.
    page.focus("#tracks")
    page.keyboard.press("e")
    page.wait_for_selector("#editor:not([hidden])")
    middle = page.inner_text("#editor-place")
    page.keyboard.press("ArrowRight")
    alice.until(f"document.getElementById('editor-place').textContent !== '{middle}'")
    page.fill("#editor-insert input", "ttacccg")
    page.click("#editor-insert button")
    edited(alice, "556,673 T to G", "556,674 TTACCCG inserted")
    two = page.evaluate("() => location.href")
    link = shared(alice)
    assert two.split("#")[0] != one.split("#")[0]

    bob = visitors()  # a fresh profile follows the link
    bob.open(link)
    edited(bob, "556,673 T to G", "556,674 TTACCCG inserted")
    assert shown(bob) == shown(alice)

    page.click("#edit-undo")
    edited(alice, "556,673 T to G")
    alice.until(f"location.href.split('#')[0] === '{one.split('#')[0]}'")
    page.click("#edit-reset")
    page.wait_for_selector("#edits", state="hidden")
    alice.until(f"({DRAWN})('chip_sua7')?.reference === null")
    assert shown(alice)["edited"] == pytest.approx(first["reference"], rel=1e-6)


def test_an_indel_is_drawn_at_the_references_places_and_at_its_own(visitor: Visitor) -> None:
    page = visitor.open(f"/?locus={TATA}")
    visitor.until(f"window.locuscope.viewer.place?.start === {556_631}")
    pick(visitor, BASE)
    page.fill("#editor-delete input", "12")
    page.click("#editor-delete button")
    visitor.until(f"({CHIPS})[0]?.includes('deleted')")
    visitor.until("!document.getElementById('made').hidden")
    gaps = visitor.until(
        "window.locuscope.viewer.browser.findTracks(({ type }) => type === 'predicted')[0].signal.gaps"
    )
    assert [gap["end"] - gap["start"] for gap in gaps] == [12]
    marks = visitor.until(
        "window.locuscope.viewer.browser.findTracks(({ id }) => id === 'edits')[0].featureSource.marks.map((f) => f.end - f.start)"
    )
    assert marks == [12]
    page.click("#edit-axis")
    page.wait_for_url("**axis=own*")
    visitor.until_drawn()
    place = visitor.until("window.locuscope.viewer.place")
    assert (place["chromosome"], place["start"], place["end"]) == ("edited", 0, 16_384)
    own = shown(visitor, "tss_ypd_minus")
    assert own["reference"] is None and own["edited"] > 0
    assert page.is_hidden("#edits .modes")
    page.click("#edit-axis")
    page.wait_for_url(lambda url: "axis=own" not in url)
    edited(visitor, page.inner_text("#edit-chips .chip button:first-child"))


def test_undo_takes_back_the_latest_also_where_the_server_moved_it(visitor: Visitor) -> None:
    page = visitor.open(f"/?locus={TATA}")
    visitor.until(f"window.locuscope.viewer.place?.start === {556_631}")
    pick(visitor, BASE)
    page.click("#editor [data-base=G]")
    edited(visitor, "556,673 T to G")
    # CCC at 556,645 to 556,647: one C less is written at the first of them, left of the edit before.
    pick(visitor, 556_646)
    assert page.inner_text("#editor-context b") == "C"
    page.click("#editor-delete button")
    visitor.until(f"({CHIPS}).length === 2 && !document.getElementById('made').hidden")
    chips = visitor.until(CHIPS)
    assert chips[0] == "556,673 T to G" and chips[1].endswith("C deleted")
    page.click("#edit-undo")
    edited(visitor, "556,673 T to G")


def test_what_an_insertion_pushes_out_at_the_right_is_a_gap(visitor: Visitor) -> None:
    page = visitor.open(f"/?locus={TATA}")
    visitor.until(f"window.locuscope.viewer.place?.start === {556_631}")
    pick(visitor, BASE)
    page.fill("#editor-insert input", "ACGT" * 50)
    page.click("#editor-insert button")
    edited(visitor, "556,673 200 bp inserted")
    track = "window.locuscope.viewer.browser.findTracks(({ type }) => type === 'predicted')[0].signal"
    gaps, interval = visitor.until(f"{track}.gaps"), visitor.until(f"{track}.interval")
    assert [(gap["start"], gap["end"]) for gap in gaps] == [(interval["end"] - 200, interval["end"])]


def test_marks_a_few_bases_apart_stand_under_each_other_until_their_labels_have_room(visitor: Visitor) -> None:
    page = visitor.open("/models")
    rows = """async (scale) => (await import("/static/js/edits.js")).staggered(
      [21, 26, 34, 41, 46, 47, 900].map((start) => ({ start, end: start + 1, name: "A to T" })), scale).map(({ row }) => row)"""
    assert page.evaluate(rows, 0.1) == [0, 0, 0, 0, 0, 1, 0]  # a label of six letters, 39 px, is 3.9 bases wide
    assert page.evaluate(rows, 0.3) == [0, 1, 0, 1, 0, 2, 0]  # 11.7 bases: those within them stand on rows of their own
    assert page.evaluate(rows, 10) == [0, 1, 2, 3, 4, 4, 0]  # as many rows as there are, then on the last


def test_tracks_show_the_overlay_the_difference_or_both(visitor: Visitor) -> None:
    page = visitor.open(f"/?locus={TATA}")
    visitor.until(f"window.locuscope.viewer.place?.start === {556_631}")
    pick(visitor, BASE)
    page.click("#editor [data-base=C]")
    edited(visitor, "556,673 T to C")
    both = shown(visitor)
    for mode in ("overlay", "difference"):
        page.click(f"#edits [data-mode={mode}]")
        now = visitor.until(f"(() => {{ const d = ({DRAWN})('chip_sua7'); return d?.mode === '{mode}' && d; }})()")
        assert now["height"] < both["height"]
        assert page.get_attribute(f"#edits [data-mode={mode}]", "aria-pressed") == "true"


def test_a_wrong_edit_gets_a_sentence_and_nothing_is_lost(visitor: Visitor) -> None:
    page = visitor.open(f"/?locus={TATA}")
    visitor.until(f"window.locuscope.viewer.place?.start === {556_631}")
    visitor.expected = {400, 422}
    pick(visitor, BASE)
    page.fill("#editor-insert input", "ACXQ")
    page.click("#editor-insert button")
    assert "letters that are no bases" in page.inner_text("#editor-error")
    page.fill("#editor-type input", "chrIV:556673:A>G")
    page.click("#editor-type button")
    page.wait_for_selector("#editor-error:has-text('does not fit the reference, which has T there and not A')")
    assert page.input_value("#editor-type input") == "chrIV:556673:A>G"  # to be mended where it was typed
    page.keyboard.press("Escape")
    page.focus("#tracks")
    page.keyboard.press("e")
    page.wait_for_selector("#editor:not([hidden])")
    page.keyboard.press("Escape")
    assert page.is_hidden("#editor")
    visitor.until("document.activeElement.id === 'tracks'")


def test_a_click_from_far_away_comes_closer_first(visitor: Visitor) -> None:
    page = visitor.open("/?locus=chrIV:550000-563000")
    visitor.until("window.locuscope.viewer.place?.chromosome === 'chrIV'")
    page.mouse.click(*page.evaluate(BASE_AT, BASE))
    page.wait_for_selector("#editor:not([hidden])")
    place = visitor.until("window.locuscope.viewer.place")
    assert place["end"] - place["start"] < 100
    position = int(page.inner_text("#editor-place").split(":")[1].replace(",", "")) - 1
    assert place["start"] <= position < place["end"]
    assert abs(position - BASE) < 30  # a pixel was twelve bases
