"""Finding tracks: words, facets, presets, favourites, by keyboard and on a phone, with as many tracks as AlphaGenome has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, Route

from predictor.catalogue import model_info
from tests.browser.conftest import Visitor
from tests.checkpoints.many_tracks import human_model
from webapp.predictions.catalogue import make_catalogue

SHOWN = "window.locuscope.viewer.rows.flatMap(({ keys }) => keys)"
ACTIVE = "document.querySelector('.track.active')?.dataset.key"


def opened(visitor: Visitor, path: str = "/") -> Page:
    page = visitor.open(path)
    visitor.until_drawn()
    page.click("#choose-tracks")
    page.wait_for_selector("#finder[open] .track")
    return page


def found(page: Page) -> int:
    return int(page.inner_text("#finder-count").split(" of ")[0].replace(",", ""))


def test_words_and_facets_narrow_and_count(visitor: Visitor) -> None:
    page = opened(visitor)
    tracks = model_info("yeast").tracks
    assert page.inner_text("#finder-count") == f"{len(tracks)} of {len(tracks)} tracks"
    legends = page.locator("#finder-facets legend").all_inner_texts()
    assert legends == [
        "Output",
        "Sample or condition",
        "Protein or mark",
        "Strand",
        "Assay",
    ]  # yeast has no kinds of sample
    page.fill("#finder-text", "diamide")
    assert found(page) == 2
    page.fill("#finder-text", "")
    page.check("#finder-facets input[value='CHIP_TF']")
    proteins = sum(track.output == "CHIP_TF" for track in tracks)
    assert found(page) == proteins
    page.check("#finder-facets input[value='CAGE']")  # either output
    assert found(page) == proteins + 4
    page.check("#finder-facets input[value='-']")  # and the minus strand
    assert found(page) == 2
    rna = page.locator("#finder-facets label", has=page.locator("input[value='RNA_SEQ']")).locator("small")
    assert rna.inner_text() == "4"  # as many as another output would add


_SKILL = model_info("yeast").skill
UNSURE = next(t for t in model_info("yeast").tracks if t.key in _SKILL and _SKILL[t.key].skilful == "unsure")


def said_of(page: Page, key: str) -> tuple[str, str]:
    """A track's line in the list, and its details once it is chosen."""
    page.fill("#finder-text", key)
    row = page.locator(f".track[data-key='{key}']")
    line = row.inner_text()
    row.click()
    return line, page.inner_text("#finder-details")


def test_what_is_perhaps_not_skilful_is_marked_and_a_track_says_its_licence(visitor: Visitor) -> None:
    line, details = said_of(opened(visitor), UNSURE.key)
    assert "unsure" in line
    assert UNSURE.licence in details and UNSURE.source in details and "perhaps no better" in details


def test_what_is_not_skilful_is_marked(visitor: Visitor) -> None:
    """No track of the packaged model is, so its list comes with one that is."""

    def worse(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('"unsure"', '"no"'))

    visitor.page.route("**/api/v1/models/yeast/catalogue*", worse)
    line, details = said_of(opened(visitor), UNSURE.key)
    assert "not skilful" in line and "not skilful" in details


def test_a_track_that_was_predicted_is_hidden_and_shown_at_once_and_another_is_predicted(visitor: Visitor) -> None:
    page = opened(visitor)
    before = set(visitor.until(SHOWN))
    assert {"chip_reb1", "rna_wt_minus"} <= before
    page.fill("#finder-text", "reb1")
    page.keyboard.press("Enter")
    visitor.until(f"{ACTIVE} === 'chip_reb1'")
    page.keyboard.press("Space")
    visitor.until(f"!{SHOWN}.includes('chip_reb1')")
    assert page.is_hidden("#finder-predict")
    page.keyboard.press("Space")
    visitor.until(f"{SHOWN}.includes('chip_reb1')")
    page.fill("#finder-text", "diamide (+)")
    page.locator(".track").click()
    assert "1 of these was not predicted here" in page.inner_text("#finder-missing")
    page.click("#finder-predict")
    page.wait_for_url("**/p/*")
    visitor.until(f"{SHOWN}.includes('tss_diamide_plus')")
    assert set(visitor.until(SHOWN)) == before | {"tss_diamide_plus"}


def test_a_track_that_the_browser_removes_is_no_longer_chosen(visitor: Visitor) -> None:
    page = visitor.open()
    visitor.until_drawn()
    page.evaluate(
        "() => { const { browser } = window.locuscope.viewer;"
        " browser.removeTrack(browser.findTracks(({ id }) => id === 'chip_reb1')[0]); }"
    )
    count = len(model_info("yeast").default_tracks())
    visitor.until(f"document.getElementById('chosen').textContent.startsWith('{count - 1} of')")
    page.click("#choose-tracks")
    page.click("#choose-default")
    visitor.until(f"{SHOWN}.includes('chip_reb1')")


def test_a_preset_chooses_and_favourites_stay_in_this_browser(visitor: Visitor) -> None:
    page = opened(visitor)
    page.click("[data-preset=splicing]")
    visitor.until(
        "document.getElementById('chosen-outputs').textContent === 'Transcription 8 · Splice sites 4 · Splice junctions 2'"
    )
    page.fill("#finder-text", "rap1")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("f")
    page.reload()
    visitor.until_drawn()
    page.click("#choose-tracks")
    page.click("#finder-favourites-only")
    assert page.locator(".track").evaluate_all("(rows) => rows.map((row) => row.dataset.key)") == ["chip_rap1"]
    with page.expect_download() as download:
        page.click("#finder-export")
    assert Path(download.value.path()).read_text() == "chip_rap1\n"


def test_the_list_is_used_by_keyboard_alone(visitor: Visitor) -> None:
    page = opened(visitor)
    page.keyboard.press("ArrowDown")  # from the box, which has the focus, into the list
    tracks = model_info("yeast").tracks
    visitor.until(f"{ACTIVE} === '{tracks[0].key}'")
    page.keyboard.press("End")
    visitor.until(f"{ACTIVE} === '{tracks[-1].key}'")
    page.keyboard.press("ArrowUp")
    visitor.until(f"{ACTIVE} === '{tracks[-2].key}'")
    active = "document.getElementById(document.getElementById('tracks-found').getAttribute('aria-activedescendant'))"
    assert visitor.until(f"{active}.ariaPosInSet") == str(len(tracks) - 1)
    page.keyboard.press("Space")
    visitor.until(f"{active}.ariaSelected === 'true'")
    page.keyboard.press("Escape")
    visitor.until("!document.getElementById('finder').open")
    assert visitor.until("document.activeElement.id") == "choose-tracks"


def test_a_phone_has_the_whole_screen_for_it(visitors: Callable[..., Visitor]) -> None:
    phone = visitors(viewport={"width": 390, "height": 844})
    page = opened(phone)
    box = page.locator("#finder").bounding_box()
    assert box and (box["width"], box["height"]) == (390, 844)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    assert page.locator("#finder-facets").is_hidden()
    page.fill("#finder-text", "abf1")
    page.locator(".track").first.click()
    page.click("#finder-done")
    assert page.is_hidden("#finder")


def test_six_thousand_tracks_answer_within_a_key_stroke(visitor: Visitor) -> None:
    """The list is made up, with the numbers, fields and kinds of text of the published human metadata, which is not ours to ship."""
    body = make_catalogue(human_model()).text
    visitor.context.route("**/catalogue?*", lambda route: route.fulfill(body=body, content_type="application/json"))
    page = opened(visitor)
    assert page.inner_text("#finder-count") == "5,930 of 5,930 tracks"
    assert page.locator(".track").count() < 40  # only those in sight exist
    assert "Kind of sample" in page.locator("#finder-facets legend").all_inner_texts()
    for text, least in (("efo:0002067 h3k4me3", 1), ("UBERON:0000007", 1), ("fac30", 1)):
        page.fill("#finder-text", text)
        assert found(page) >= least
    took = page.evaluate("""() => {
      const box = document.getElementById("finder-text"), took = [];
      for (let end = 1; end <= "cell line chip-seq".length; end++) {
        box.value = "cell line chip-seq".slice(0, end);
        const start = performance.now();
        box.dispatchEvent(new Event("input"));
        document.getElementById("finder-count").getBoundingClientRect(); // with its layout
        took.push(performance.now() - start);
      }
      return took.sort((a, b) => a - b);
    }""")
    print(f"\na key stroke over 5,930 tracks: median {took[len(took) // 2]:.1f} ms, worst {took[-1]:.1f} ms")
    page.fill("#finder-text", "k562")
    page.click("#finder-add")
    visitor.until("document.getElementById('finder-missing').textContent.includes('not predicted here')")
    page.locator("#tracks-found").evaluate("(list) => { list.scrollTop = list.scrollHeight; }")
    visitor.until("document.querySelector('.track[aria-setsize]').ariaPosInSet > 100")
