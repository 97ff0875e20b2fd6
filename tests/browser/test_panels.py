"""The panels beside the browser: what they draw is what the API says, follows the locus, can be downloaded, and comes back by a link."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import numpy as np
import pytest

from tests.browser.conftest import Visitor
from tests.browser.test_accessibility import findings
from tests.browser.test_main_job import shared
from tests.browser.test_measured import installed
from tests.browser.test_sharing import RESTORED
from tests.conftest import Site

__all__ = ["installed"]

PLOT = "document.getElementById('panel-plot')"
TITLE = "document.getElementById('panel-title').textContent"
IDLE = "!document.getElementById('panels').hasAttribute('aria-busy')"
GAL7, GAL1 = (274_426, 275_527), (279_020, 280_607)  # [start, end): GAL7 on −, GAL1 on +
GENES = "window.locuscope.viewer.browser.findTracks(({ id }) => id === 'genes')[0].trackView.viewports"
GENES_MIDDLE = f"""() => {{
  const box = {GENES}[0].viewportElement.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + 15];
}}"""
# What is drawn: bars as {name: value}, lines and points as lists.
BARS = f"Object.fromEntries({PLOT}.data.flatMap(({{ y, x }}) => y.map((name, at) => [name, x[at]])))"
LINES = f"{PLOT}.data.map(({{ name, x, y }}) => ({{ name, x: [...x], y: [...y] }}))"
SEEN = f"""(() => ({{
  title: {TITLE}, about: document.getElementById("panel-about").textContent,
  tab: document.querySelector("#panels [aria-selected=true]").dataset.tab,
  drawn: {PLOT}.data.map(({{ x, y }}) => [[...x], [...y]]), place: window.locuscope.viewer.place,
}}))()"""


def opened(visitor: Visitor, tab: str, path: str = "/") -> Any:
    """The page with this panel drawn."""
    page = visitor.open(path)
    visitor.until_drawn()
    page.click("#panels-toggle")
    if tab != "gene":
        page.click(f"#panel-tab-{tab}")
    visitor.until(f"document.querySelector('#panels [aria-selected=true]').dataset.tab === '{tab}'")
    return page


def found(visitor: Visitor, path: str, **query: Any) -> Any:
    """The API's answer on the prediction of the page, which is everybody's."""
    row = visitor.page.evaluate("() => JSON.parse(document.getElementById('page-data').textContent).prediction")
    with urlopen(f"{visitor.site.url}/api/v1/predictions/{row['id']}/{path}?{urlencode(query)}") as answer:
        said = json.load(answer)
    if "tracks" in said:
        names = {track["key"]: track["name"] for track in row["tracks"]}
        said["tracks"] = [{**one, "name": names[one["key"]]} for one in said["tracks"]]
    return said


def table(visitor: Visitor) -> list[dict[str, str]]:
    """What the button CSV gives, below the lines that say what it is."""
    with visitor.page.expect_download() as download:
        visitor.page.click("#panel-csv")
    lines = Path(download.value.path()).read_text().splitlines()
    about = [line for line in lines if line.startswith("# ")]
    assert about[-1].endswith("research use only, not for diagnosis") and "version " in about[-1]
    return list(csv.DictReader(lines[len(about) :]))


def go(visitor: Visitor, start: int, end: int) -> None:
    visitor.page.evaluate(f"() => window.locuscope.viewer.goTo({{ chromosome: 'chrII', start: {start}, end: {end} }})")


def test_the_gene_panel_shows_the_apis_numbers_and_follows_the_locus(visitor: Visitor) -> None:
    page = visitor.open("/")
    visitor.until_drawn()
    assert not page.evaluate("() => 'Plotly' in window")  # only for those who want it
    before = page.evaluate("() => window.locuscope.viewer.place")
    page.keyboard.press("p")
    visitor.until(f"{PLOT}.data && {IDLE}")
    visitor.until(f"JSON.stringify(window.locuscope.viewer.place) === '{json.dumps(before, separators=(',', ':'))}'")
    for (start, end), name in ((GAL1, "GAL1"), (GAL7, "GAL7")):
        go(visitor, start, end)
        visitor.until(f"{TITLE} === 'Signal of {name} by track' && {IDLE}")
        drawn = page.evaluate(f"() => {BARS}")
        said = found(visitor, "gene-signal", gene=name)["tracks"]
        assert drawn == {one["name"]: one["value"] for one in said if one["sense"] is not False}
        assert [(row["name"], float(row["value"])) for row in table(visitor)] == list(drawn.items())
    page.click("#panel-both")
    visitor.until(f"{PLOT}.data.flatMap(({{ y }}) => y).length === {len(said)}")
    values = page.evaluate(f"() => {PLOT}.data.map(({{ x }}) => [...x])")
    assert all(group == sorted(group, reverse=True) for group in values)
    assert {(row["same_strand"], row["track"]) for row in table(visitor)} >= {
        ("true", "rna_wt_minus"),
        ("false", "rna_wt_plus"),
    }
    page.keyboard.press("p")
    visitor.until("document.getElementById('panels').hidden")


def test_the_gene_is_the_one_under_the_pointer_until_another_is_pinned(visitor: Visitor) -> None:
    page = opened(visitor, "gene")
    visitor.until(f"{PLOT}.data && {IDLE}")
    at = page.evaluate(f"""() => {{
      const [{{ viewportElement, referenceFrame: {{ start, bpPerPixel }} }}] = {GENES};
      const box = viewportElement.getBoundingClientRect();
      return [box.left + ({sum(GAL7) / 2} - start) / bpPerPixel, box.top + 15];
    }}""")
    page.mouse.move(at[0] + 3, at[1] + 3)
    page.mouse.move(*at)
    visitor.until(f"{TITLE} === 'Signal of GAL7 by track' && {IDLE}")
    page.select_option("#panel-gene", "YBR020W")
    visitor.until(f"{TITLE} === 'Signal of GAL1 by track' && {IDLE}")
    page.mouse.move(at[0] + 4, at[1])
    go(visitor, GAL7[0] - 500, GAL7[1] + 500)
    visitor.until(f"window.locuscope.viewer.place.start === {GAL7[0] - 500} && {IDLE}")
    assert page.evaluate(f"() => {TITLE}") == "Signal of GAL1 by track"
    page.mouse.click(*page.evaluate(GENES_MIDDLE))
    visitor.until(f"{TITLE} === 'Signal of GAL7 by track' && document.getElementById('panel-gene').value === 'YBR018C'")


def test_a_profile_is_drawn_in_the_direction_of_what_was_clicked_and_as_a_mean(visitor: Visitor) -> None:
    page = opened(visitor, "profile", f"/#chrII:{GAL7[0] - 1000}-{GAL7[1] + 1000}")
    visitor.until(f"{TITLE} === 'Around the start of GAL7' && {IDLE}")
    said = found(visitor, "profile", position=GAL7[1], strand="-", flank=2000)["tracks"]
    lines = page.evaluate(f"() => {LINES}")
    assert {one["name"]: one["y"] for one in lines} == {one["name"]: one["values"] for one in said}
    assert (lines[0]["x"][0], lines[0]["x"][-1], len(lines[0]["x"])) == (-1990, 1990, 200)
    page.select_option("#panel-flank", "500")
    page.select_option("#panel-what", "feature-end")
    visitor.until(f"{TITLE} === 'Around the end of GAL7' && {PLOT}.data[0].x[0] === -497.5 && {IDLE}")
    said = found(visitor, "profile", position=GAL7[0], strand="-", flank=500)["tracks"]
    assert page.evaluate(f"() => {LINES}.map(({{ y }}) => y)") == [one["values"] for one in said]
    rows = table(visitor)
    assert [float(row["bp_from_feature"]) for row in rows[:2]] == [-497.5, -492.5]
    assert [float(row["chip_sua7"]) for row in rows] == next(one["values"] for one in said if one["key"] == "chip_sua7")
    page.select_option("#panel-what", "mean-start")
    visitor.until(f"{TITLE}.startsWith('Mean around the starts of') && {IDLE}")
    said = found(visitor, "mean-profile", at="start", flank=500)
    assert f"of {said['genes']} genes" in page.evaluate(f"() => {TITLE}")
    assert page.evaluate(f"() => {LINES}.map(({{ y }}) => y)") == [one["values"] for one in said["tracks"]]
    page.select_option("#panel-what", "feature-start")
    # A click on a signal means its peak nearby.
    point = page.evaluate("""() => {
      const view = window.locuscope.viewer.browser.findTracks(({ id }) => id === "nucleosome_occupancy")[0]?.trackView
        ?? window.locuscope.viewer.browser.trackViews.find(({ track }) => track.type === "predicted");
      view.viewports[0].viewportElement.scrollIntoView({ block: "center" });
      const box = view.viewports[0].viewportElement.getBoundingClientRect();
      return [box.left + box.width / 2, box.top + box.height / 2];
    }""")
    page.mouse.click(*point)
    visitor.until(f"{TITLE}.startsWith('Around the peak at 27') && {IDLE}")
    assert page.locator("#panel-follow").is_visible()
    page.click("#panel-follow")
    visitor.until(f"{TITLE} === 'Around the start of GAL7' && {IDLE}")


def test_without_measurements_the_panel_says_how_to_install_them(visitor: Visitor) -> None:
    page = opened(visitor, "measured")
    visitor.until("document.getElementById('panel-empty').textContent.includes('manage.py install_tracks')")
    assert page.locator("#panel-downloads").is_hidden()


def test_predicted_is_drawn_against_measured_with_its_correlation(visitor: Visitor, installed: None) -> None:
    page = opened(visitor, "measured", "/#chrII:277001-280000")
    visitor.until(f"{PLOT}.data && {IDLE}")
    about = page.inner_text("#panel-about")
    place = page.evaluate("() => window.locuscope.viewer.place")
    row = page.evaluate("() => JSON.parse(document.getElementById('page-data').textContent).prediction.interval")
    first = (place["start"] - row["start"]) // 128
    bins = -(-(place["end"] - row["start"]) // 128) - first
    start = row["start"] + first * 128
    asked = {"start": start, "end": start + bins * 128, "bins": bins, "summary": "mean"}
    predicted = np.array(found(visitor, "windows", tracks="tss_ypd_plus", **asked)["values"]["tss_ypd_plus"])
    with urlopen(
        f"{visitor.site.url}/api/v1/measured/windows?{urlencode({**asked, 'chromosome': 'chrII', 'tracks': 'starts'})}"
    ) as answer:
        measured = np.array(json.load(answer)["values"]["starts"])
    r = np.corrcoef(np.log10(1 + measured), np.log10(1 + predicted))[0, 1]
    assert f"r of log values = {r:.3f}, n = {bins} bins".replace("-", "−") in about
    assert "Training chromosome" in about
    rows = table(visitor)
    assert [float(one["measured starts"]) for one in rows] == pytest.approx(measured.tolist())
    assert [float(one["predicted tss_ypd_plus"]) for one in rows] == pytest.approx(predicted.tolist(), rel=1e-6)
    drawn = page.evaluate(f"() => {LINES}.at(-1)")
    assert drawn["x"] == pytest.approx(np.log10(1 + measured).tolist())
    assert drawn["y"] == pytest.approx([float(one["log10(1 + predicted)"]) for one in rows])


@pytest.mark.slow
def test_a_saturation_is_started_in_place_and_drawn_with_its_logo(visitor: Visitor) -> None:
    page = opened(visitor, "saturation")
    visitor.until("document.getElementById('panel-empty').textContent.startsWith('Zoom in to at most 1,000 bp')")
    page.evaluate("""() => window.locuscope.viewer.choose(["chip_sua7"])""")
    go(visitor, 278_500, 278_530)
    page.wait_for_selector("#panel-mutate:not([hidden])")
    page.click("#panel-mutate")
    visitor.until(
        f"!document.getElementById('panel-job').hidden && {IDLE} && {PLOT}.data"
        " && !document.getElementById('panel-about').textContent.includes('are scored')",
        180,
    )
    job = page.get_attribute("#panel-job", "href").rpartition("/")[2]
    said = page.evaluate(f"async () => (await fetch('/api/v1/scores/{job}/matrix?column=0')).json()")
    drawn = page.evaluate(f"() => [{PLOT}.data[0].z.map((row) => [...row]), [...{PLOT}.data[1].y]]")
    assert drawn[0] == [list(row) for row in zip(*said["matrix"], strict=True)]
    assert drawn[1] == said["contributions"]
    assert page.evaluate(f"() => {PLOT}.layout.shapes.length") == sum(bool(one) for one in said["contributions"])
    rows = table(visitor)
    assert len(rows) == 3 * len(said["reference"]) and rows[0]["position"] == "278501"


@pytest.mark.slow
def test_pictures_say_what_they_show(visitor: Visitor) -> None:
    page = opened(visitor, "gene")
    visitor.until(f"{PLOT}.data && {IDLE}")
    with page.expect_download() as download:
        page.click("#panel-png")
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")
    with page.expect_download() as download:
        page.click("#panel-svg")
    drawn = Path(download.value.path()).read_text()
    assert "Signal of GAL10 by track" in drawn and "binding events per 128 bp" in drawn
    assert "research use only, not for diagnosis" in drawn and "licence: " in drawn
    assert download.value.suggested_filename == "locuscope-GAL10.svg"


def test_a_link_brings_the_panel_back_in_a_fresh_profile(visitors: Callable[..., Visitor]) -> None:
    alice = visitors()
    page = opened(alice, "profile", f"/#chrII:{GAL7[0] - 1000}-{GAL7[1] + 1000}")
    alice.until(f"{TITLE} === 'Around the start of GAL7' && {IDLE}")
    page.mouse.click(*page.evaluate(GENES_MIDDLE))
    page.wait_for_selector("#panel-follow:not([hidden])")
    page.select_option("#panel-flank", "10000")
    page.select_option("#panel-what", "feature-end")
    go(alice, *GAL1)
    alice.until(f"{TITLE} === 'Around the end of GAL7' && {PLOT}.data[0].x[0] === -9950 && {IDLE}")
    alice.until(f"window.locuscope.viewer.place.start === {GAL1[0]}")
    path = shared(alice)
    seen = page.evaluate(f"() => {SEEN}")

    bob = visitors(color_scheme="dark")
    bob.open(path)
    bob.until(RESTORED)
    bob.until(f"{PLOT}.data && {IDLE}")
    assert bob.page.evaluate(f"() => {SEEN}") == seen
    bob.page.click("#panel-tab-saturation")
    bob.until(
        "document.getElementById('panel-empty').textContent.startsWith('Mutations are not part of a shared view')"
    )


def test_a_link_shows_its_saturation_to_a_stranger_and_leaves_it_to_whoever_makes_it_theirs(
    visitors: Callable[..., Visitor],
) -> None:
    alice, bob = visitors(), visitors(locale="zh-CN", color_scheme="dark")
    page = alice.open("/")
    alice.until("window.locuscope?.viewer.place")
    job, path = page.evaluate(
        """async ([saturation, locus]) => {
          const send = async (path, body) => (await fetch("/api/v1" + path, { method: "POST", body: JSON.stringify(body),
            headers: { "Content-Type": "application/json" } })).json();
          const { prediction } = JSON.parse(document.getElementById("page-data").textContent);
          const job = (await send("/scores", { saturation, tracks: ["chip_sua7"], scorers: ["CHIP_TF"] })).id;
          const panel = { tab: "saturation", job };
          return [job, (await send("/views", { prediction: prediction.id, state: { locus, panel } })).url];
        }""",
        ["chrII:278,501-278,502", {"chromosome": "chrII", "start": 278_490, "end": 278_530}],
    )
    page = bob.open(path)
    bob.until(f"{PLOT}.data && {IDLE} && !document.getElementById('panel-about').textContent.includes('6 个突变')", 180)
    said = page.evaluate(
        f"async () => (await fetch(`/api/v1/scores/{job}/matrix?view=${{location.pathname.slice(3)}}`)).json()"
    )
    shown = f"{PLOT}.data[0].z.map((row) => [...row])"
    assert page.evaluate(f"() => {shown}") == [list(row) for row in zip(*said["matrix"], strict=True)]
    assert page.locator("#panel-job").is_hidden()
    with page.expect_download() as download:
        page.click("#panel-svg")
    drawn = Path(download.value.path()).read_text()
    assert "仅供研究使用，不得用于诊断" in drawn and "许可：" in drawn

    page.click("#fork")
    page.wait_for_url("**/p/*")
    bob.until(f"{PLOT}.data && {IDLE}")
    assert page.get_attribute("#panel-job", "href") == f"/s/{job}"
    assert page.evaluate(f"() => {shown}") == [list(row) for row in zip(*said["matrix"], strict=True)]


def test_a_late_answer_never_replaces_a_newer_one_and_a_refusal_is_said(visitor: Visitor) -> None:
    page = opened(visitor, "gene")
    visitor.until(f"{PLOT}.data && {IDLE}")
    held: list[Any] = []
    page.route("**/gene-signal?position=275*", lambda route: held.append(route))
    go(visitor, GAL7[0], GAL7[1] + 200)
    visitor.until("document.getElementById('panels').getAttribute('aria-busy') === 'true'")
    assert page.evaluate(f"() => {PLOT}.data.length") > 0  # the last drawing, dimmed
    assert float(page.evaluate(f"() => getComputedStyle({PLOT}).opacity")) <= 1
    go(visitor, *GAL1)
    visitor.until(f"{TITLE} === 'Signal of GAL1 by track' && {IDLE}")
    for route in held:
        route.abort()
    visitor.expected = {409}
    refusal = {"error": {"code": "x", "message": "One sentence that helps.", "suggestions": []}}
    page.route("**/gene-signal?*", lambda route: route.fulfill(status=409, json=refusal))
    go(visitor, *GAL7)
    visitor.until("document.getElementById('panel-error').textContent === 'One sentence that helps.'")
    assert page.locator("#panel-plot").is_hidden()


@pytest.mark.slow
def test_on_a_phone_the_panel_lies_below_the_tracks(visitors: Callable[..., Visitor]) -> None:
    phone = visitors(viewport={"width": 390, "height": 844})
    page = opened(phone, "gene")
    phone.until(f"{PLOT}.data && {IDLE}")
    tracks, panel = page.locator("#tracks").bounding_box(), page.locator("#panels").bounding_box()
    assert panel["y"] > tracks["y"] + tracks["height"] - 1
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390


@pytest.mark.slow
def test_axe_finds_nothing_serious_in_any_panel(visitors: Callable[..., Visitor]) -> None:
    serious = []
    for size, theme in (((1440, 900), "light"), ((390, 844), "dark")):
        visitor = visitors(viewport={"width": size[0], "height": size[1]}, color_scheme=theme, reduced_motion="reduce")
        page = opened(visitor, "gene")
        for tab in ("gene", "measured", "profile", "saturation"):
            page.click(f"#panel-tab-{tab}")
            visitor.until(f"{IDLE} && ({PLOT}.hidden ? document.getElementById('panel-empty').textContent : {TITLE})")
            serious += [f"{theme}, {tab}: {line}" for line in findings(visitor, "panels")]
        visitor.page.close()
    assert serious == []


def test_the_tabs_are_walked_by_keyboard_and_closing_gives_the_focus_back(visitor: Visitor, site: Site) -> None:
    page = visitor.open("/")
    visitor.until_drawn()
    page.focus("#panels-toggle")
    page.keyboard.press("Enter")
    visitor.until("document.activeElement.id === 'panel-tab-gene'")
    page.keyboard.press("ArrowRight")
    visitor.until(
        "document.activeElement.id === 'panel-tab-measured' && document.activeElement.ariaSelected === 'true'"
    )
    page.keyboard.press("Tab")
    visitor.until("document.activeElement.id === 'panels-close'")
    page.keyboard.press("Enter")
    visitor.until("document.getElementById('panels').hidden && document.activeElement.id === 'panels-toggle'")
