"""Links as people use them: share what is on the screen, open it elsewhere, make it yours, take it back, open an old one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from tests.browser.conftest import Visitor
from tests.browser.test_edits import TATA, edited
from tests.browser.test_main_job import FEATURE_AT, VALUES, prediction_id, shared
from tests.browser.test_scores import one_track, scored
from tests.conftest import ROOT, Site

# What igv.js itself says of its tracks, from the top, and of the place.
SEEN = """(() => {
  const { browser, place } = window.locuscope.viewer;
  const tracks = browser.trackViews.map(({ track }) => track).filter(({ id }) => id && !["ruler", "ideogram"].includes(id));
  return { place, tracks: tracks.map(({ id, color, height, autoscale, dataRange, mode, displayMode }) => ({ id, height, mode, displayMode,
    color: typeof color === "function" ? "by strand" : color, scale: autoscale ? "auto" : dataRange })) };
})()"""
RESTORED = "window.locuscope?.keep?.restored"


def predicted(visitor: Visitor, locus: str, *keys: str) -> str:
    """Ask for it and wait until it is drawn; its id."""
    page = visitor.open()
    visitor.until("window.locuscope?.viewer.place")
    if keys:
        one_track(visitor, *keys)
    page.fill("#ask-locus", locus)
    page.click("#predict")
    page.wait_for_url("**/p/*")
    visitor.until("!document.getElementById('made').hidden")
    visitor.until_drawn()
    return prediction_id(visitor)


def django(site: Site, code: str) -> str:
    """Run Python inside the installation."""
    env = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "BROKER_URL"}}
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    ended = subprocess.run(
        command, cwd=ROOT, env=env | {"LOCUSCOPE_HOME": str(site.home)}, capture_output=True, text=True, check=True
    )
    return ended.stdout.strip()


def test_a_link_shows_the_same_state_in_a_fresh_profile(visitors: Callable[..., Visitor]) -> None:
    alice = visitors()
    page = alice.page
    found = predicted(alice, "chrVI:50,001-58,000", "chip_reb1", "rna_wt_plus", "rna_wt_minus", "tss_ypd_plus")
    page.evaluate("() => window.locuscope.viewer.goTo({chromosome: 'chrVI', start: 52000, end: 54000})")
    alice.until("window.locuscope.viewer.place.start === 52000")
    page.evaluate(
        """() => {
          const { browser } = window.locuscope.viewer;
          const find = (key) => browser.findTracks(({ id }) => id === key)[0];
          find("chip_reb1").color = "rgb(200,10,120)";
          find("chip_reb1").trackView.setTrackHeight(97);
          find("tss_ypd_plus").setDataRange({ min: 0, max: 12.5 });
          find("tss_ypd_plus").order = -5;
          browser.reorderTracks();
          browser.removeTrack(find("rna_wt_minus"));
          document.getElementById("made").open = true;
        }"""
    )
    path = shared(alice, "Reb1 upstream")
    seen = page.evaluate(f"() => {SEEN}")
    order = [track["id"] for track in seen["tracks"]]
    assert order.index("tss_ypd_plus") < order.index("genes") < order.index("chip_reb1")
    assert "rna_wt_minus" not in order

    bob = visitors(color_scheme="dark")  # a fresh profile, in the other theme
    bob.open(path)
    bob.until(RESTORED)
    bob.until_drawn(at_least=2)
    assert bob.page.evaluate(f"() => {SEEN}") == seen
    assert bob.page.evaluate("() => document.getElementById('made').open") is True
    for key in ("chip_reb1", "tss_ypd_plus", "rna_wt_plus"):
        assert bob.page.evaluate(VALUES, key) == page.evaluate(VALUES, key)
    assert bob.page.title().startswith("chrVI") or "Reb1 upstream" in bob.page.title()
    assert not bob.context.cookies()  # whoever only reads leaves nothing behind

    bob.expected = {404}
    bob.open(f"/p/{found}")  # the link is all that he may see
    assert bob.page.inner_text(".sentence").startswith("There is no prediction")


def test_whoever_reads_may_move_and_is_asked_to_make_it_theirs_before_editing(visitors: Callable[..., Visitor]) -> None:
    alice, bob = visitors(), visitors()
    found = predicted(alice, "chrVI:60,001-64,000", "chip_reb1", "rna_wt_plus", "rna_wt_minus")
    alice.page.evaluate(
        "() => { window.locuscope.viewer.browser.findTracks(({ id }) => id === 'chip_reb1')[0].color = '#aa00aa'; }"
    )
    path = shared(alice)
    page = bob.open(path)
    bob.until(RESTORED)
    assert "Shared view, to read" in page.inner_text(".shared")
    page.click("#zoom-in")
    bob.until("window.locuscope.viewer.place.end - window.locuscope.viewer.place.start < 3000")
    page.focus("#tracks")
    page.keyboard.press("e")
    page.wait_for_selector("#fork-dialog[open]")
    page.click("#fork-stay")
    page.click("#predict")
    page.wait_for_selector("#fork-dialog[open]")
    page.click("#fork-go")
    page.wait_for_url(f"**/p/{found}*")
    bob.until(RESTORED)
    bob.until_drawn()
    assert bob.until("window.locuscope.viewer.browser.findTracks(({ id }) => id === 'chip_reb1')[0].color") == "#aa00aa"
    assert page.locator(".shared").count() == 0
    page.focus("#tracks")
    page.keyboard.press("e")
    page.wait_for_selector("#editor:not([hidden])")  # it is his now


def test_a_link_is_renamed_revoked_and_opened_again(visitors: Callable[..., Visitor]) -> None:
    alice, bob = visitors(), visitors()
    page = alice.page
    predicted(alice, "chrVI:53,001-57,000", "chip_reb1", "rna_wt_plus", "rna_wt_minus")
    path = shared(alice, "For the class", "7")
    bob.open(path)
    bob.until(RESTORED)
    page.click("#share")
    row = page.locator("#share-list li", has_text="For the class")
    row.get_by_text("opened once").wait_for()  # the list of before is there until the new one has come
    assert "ends on" in row.inner_text()
    page.click("text=Rename")
    page.fill("#share-list form input", "Genetics 101")
    page.keyboard.press("Enter")
    page.locator("#share-list li", has_text="Genetics 101").wait_for()
    page.click("text=Revoke")
    page.locator("#share-mine").wait_for(state="hidden")
    bob.expected = {404, 410}
    refused = "async () => (await fetch('/api/v1/predictions/%s?view=%s')).status"
    shows = bob.page.evaluate("() => JSON.parse(document.getElementById('page-data').textContent).prediction.id")
    assert bob.page.evaluate(refused % (shows, path.removeprefix("/v/"))) == 404
    bob.open(path)
    assert bob.page.inner_text(".sentence") == "Whoever made this link has taken it back."
    page.click(".toast >> text=Undo")
    page.locator("#share-list li", has_text="Genetics 101").wait_for()
    bob.open(path)
    bob.until(RESTORED)
    bob.until_drawn()


def test_the_edits_of_a_shared_view_and_what_its_tracks_show(visitors: Callable[..., Visitor]) -> None:
    alice = visitors()
    page = alice.open(f"/?locus={TATA}")
    alice.until("window.locuscope?.viewer.place?.start === 556631")
    page.click("#tab-variants")
    page.check("[name=together][value=one]")
    page.fill("#ask-variants", "chrIV:556673:T>G")
    page.click("#predict")
    page.wait_for_url("**/p/*")
    edited(alice, "556,673 T to G")
    page.click("#edits [data-mode=difference]")
    path = shared(alice)
    seen = page.evaluate(f"() => {SEEN}")
    bob = visitors()
    bob.open(path)
    bob.until(RESTORED)
    edited(bob, "556,673 T to G")
    assert bob.page.get_attribute("#edits [data-mode=difference]", "aria-pressed") == "true"
    assert bob.page.evaluate(f"() => {SEEN}") == seen
    bob.page.click("#edit-undo")
    bob.page.wait_for_selector("#fork-dialog[open]")


def test_a_pasted_sequence_is_read_by_its_link(visitors: Callable[..., Visitor]) -> None:
    alice, bob = visitors(), visitors()
    page = alice.open()
    alice.until("window.locuscope?.viewer.place")
    one_track(alice, "chip_reb1")
    page.click("#tab-paste")
    page.fill("#ask-sequence", ">mine\n" + "ACGTTACCCGGCAT" * 60)
    page.click("#predict")
    page.wait_for_url("**/p/*")
    alice.until_drawn()
    path = shared(alice)
    bob.open(path)
    bob.until(RESTORED)
    bob.until_drawn()
    assert (
        bob.until("window.locuscope.viewer.browser.genome.getSequence('sequence', 0, 14)").upper() == "ACGTTACCCGGCAT"
    )


def test_an_open_popup_of_a_gene_is_open_again(visitors: Callable[..., Visitor]) -> None:
    alice, bob = visitors(), visitors()
    page = alice.open()
    alice.until_drawn()
    popup = "[...window.locuscope.viewer.root.querySelectorAll('.igv-ui-popover')].find((box) => box.offsetParent)?.textContent"
    gene = (
        "window.locuscope.viewer.browser.trackViews.find((v) => v.track.id === 'genes')?.viewports[0]"
        ".featureCache?.features.find(({name}) => name === 'GAL1')"
    )
    found: dict[str, Any] = alice.until(f"(({gene}) && {{ start: ({gene}).start, end: ({gene}).end }})")
    page.mouse.click(*page.evaluate(FEATURE_AT, (found["start"] + found["end"]) / 2))
    said = alice.until(popup)
    assert "GAL1" in said
    path = shared(alice)
    bob.open(path)
    assert bob.until(popup) == said


def test_scores_are_shared_as_they_are_sorted_and_filtered(visitors: Callable[..., Visitor]) -> None:
    alice, bob = visitors(), visitors()
    page = alice.open(f"/?locus={TATA}")
    alice.until("window.locuscope?.viewer.place?.start === 556631")
    one_track(alice, "chip_sua7", "chip_spt15")
    page.click("#tab-variants")
    page.fill("#ask-variants", "chrIV:556673:T>G\nchrIV-556700-A-T\nchrIV-556690-T-A")
    page.click("#predict")
    scored(alice, 3)
    page.fill("#filters [name=filter]", "5567")
    alice.until("document.querySelectorAll('#table tbody tr').length === 1")
    page.select_option("#column", index=1)
    path = shared(alice)
    bob.open(path)
    bob.until("document.querySelectorAll('#table tbody tr').length === 1")
    assert "556700" in bob.page.inner_text("#table tbody")
    assert bob.page.evaluate("() => document.getElementById('column').selectedIndex") == 1
    with bob.page.expect_download() as download:
        bob.page.click("a[download]:has-text('CSV')")
    assert "research use only" in download.value.path().read_text()
    bob.page.click("#table button.open")
    bob.page.wait_for_selector("#fork-dialog[open]")
    bob.page.click("#fork-go")
    bob.page.wait_for_url("**/s/*")
    bob.until("document.querySelectorAll('#table tbody tr').length === 1")


def test_an_old_link_shows_its_values_after_the_model_changed(visitors: Callable[..., Visitor], site: Site) -> None:
    alice, bob = visitors(), visitors()
    found = predicted(alice, "chrVI:80,001-84,000", "chip_reb1")
    shown = alice.page.evaluate(VALUES, "chip_reb1")
    path = shared(alice)
    django(
        site,
        "from webapp.predictions.models import Prediction\n"
        f"row = Prediction.objects.get(id='{found}')\n"
        "row.model_card['version'], row.model_sha256, row.digest = '0.1', '0' * 64, 'f' * 64\n"
        "row.model_card['sha256'] = row.model_sha256\n"
        "row.save()",
    )
    page = bob.open(path)
    bob.until(RESTORED)
    bob.until_drawn()
    banner = page.inner_text("#outdated")
    assert "version 0.1; version" in banner and "is installed" in banner
    assert bob.page.evaluate(VALUES, "chip_reb1") == shown
    page.click("#recompute")
    page.wait_for_url(lambda url: "/p/" in url and found not in url)
    bob.until("!document.getElementById('made').hidden")
    bob.until_drawn()
    assert page.locator("#outdated").count() == 0
    assert "version 0.1" not in page.inner_text("#about")
    assert page.inner_text("h1") == "chrVI:80,001-84,000"


def test_the_arithmetic_of_states(visitor: Visitor) -> None:
    page = visitor.open("/models")
    run = "async (a) => { const m = await import('/static/js/view-state.js'); return %s; }"
    order = run % "m.orderOf(a[0], a[1])"
    # Those that the link does not know stay behind their neighbour; those that are gone are left out.
    assert page.evaluate(order, [["a", "b", "c", "d"], ["d", "gone", "b", "a"]]) == ["d", "b", "c", "a"]
    assert page.evaluate(order, [["new", "a"], ["a"]]) == ["new", "a"]
    one = page.evaluate(
        run % "m.readState(a, {chromosome: 'chrI', start: 1, end: 9, more: 1}, {keys: ['x', 'gone']})",
        [
            {"id": "ruler"},
            {"id": "s", "type": "sequence"},
            {"id": "x", "height": 46.4, "autoscale": False, "dataRange": {"min": 0, "max": 2}, "color": "url(evil)", "mode": "<b>"},
            {"id": "genes", "height": 2, "displayMode": "EXPANDED", "autoscale": False, "autoscaleGroup": "g"},
        ],
    )  # fmt: skip
    assert one == {
        "locus": {"chromosome": "chrI", "start": 1, "end": 9}, "mode": None, "own": False, "panels": [], "panel": None, "popups": [],
        "files": [], "measured": None, "square": None,
        "tracks": [
            {"key": "x", "hidden": False, "colour": None, "height": 46, "scale": {"min": 0, "max": 2}, "group": None,
             "mode": None, "display": None, "share": None},
            {"key": "genes", "hidden": False, "colour": None, "height": 5, "scale": None, "group": "g", "mode": None,
             "display": "EXPANDED", "share": None},
            {"key": "gone", "hidden": True},
        ],
    }  # fmt: skip
