"""The Export menu: files through the browser, pictures, and the offline report opened with the network off."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import pyBigWig
from playwright.sync_api import Browser

from tests.browser.conftest import Visitor


def opened(visitor: Visitor, locus: str = "chrII:278000-280000") -> None:
    visitor.open(f"/?locus={locus}")
    visitor.until_drawn(2)
    visitor.page.click("#export summary")
    visitor.page.wait_for_selector("#export-files a[href*=bigwig]")


def fetched(visitor: Visitor, selector: str) -> tuple[str, Path]:
    with visitor.page.expect_download(timeout=60_000) as download:
        visitor.page.click(selector)
    return download.value.suggested_filename, Path(download.value.path())


def test_what_is_in_view_is_downloaded_as_it_is_stored(visitor: Visitor, tmp_path: Path) -> None:
    opened(visitor)
    page = visitor.page
    said = json.loads(
        urlopen(page.evaluate("document.querySelector('[data-form=csv]').href.split('/export/')[0]")).read()
    )
    key = next(track["key"] for track in said["tracks"] if track["resolution"] == 1 and track["shape"] == "bins")
    page.evaluate(
        "key => { const link = document.querySelector('[data-form=bigwig]'); const url = new URL(link.href);"
        " url.searchParams.set('tracks', key); link.href = url; }",
        key,
    )
    name, path = fetched(visitor, "#export-files a[data-form=bigwig]")
    assert name.startswith("locuscope_chrII-2780") and name.endswith(f"_{key}.bw")
    file = pyBigWig.open(str(path))
    start, end = file.intervals("chrII")[0][0], file.intervals("chrII")[-1][1]
    assert start <= 277_999 and end >= 280_000 and end - start < 4000  # the view, with its 128-bp edges at most
    window = f"{visitor.site.url}/api/v1/predictions/{said['id']}/windows?tracks={key}&start={start}&end={end}&bins={end - start}&format=f4"
    assert np.array_equal(
        np.array(file.values("chrII", start, end), np.float32), np.frombuffer(urlopen(window).read(), "<f4")
    )


def test_the_menu_says_sizes_lines_to_copy_and_is_used_by_keyboard(visitor: Visitor) -> None:
    opened(visitor)
    page = visitor.page
    assert "tracks over" in page.inner_text("#export-said")
    assert page.input_value("#export-curl").startswith("curl -OJ 'http")
    hub = page.input_value("#export-hub")
    assert urlopen(hub).read().startswith(b"hub locuscope_")
    page.focus("#export summary")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.form") == "report"
    page.keyboard.press("Escape")
    assert not page.evaluate("document.getElementById('export').open")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_the_view_is_saved_as_drawing_and_as_picture_for_print(visitor: Visitor) -> None:
    opened(visitor)
    name, drawing = fetched(visitor, "[data-picture=svg]")
    assert name.endswith(".svg") and "<svg" in drawing.read_text()[:200]
    assert drawing.read_text().endswith("research use only, not for diagnosis</text></svg>")
    name, picture = fetched(visitor, "[data-picture=png]")
    content = picture.read_bytes()
    assert int.from_bytes(content[16:20], "big") == 2100  # 7 inches at 300 dots
    assert content[37:41] == b"pHYs" and int.from_bytes(content[41:45], "big") == 11811  # dots per metre: 300 / 0.0254


def test_the_report_draws_with_the_network_off(visitor: Visitor, chromium: Browser, tmp_path: Path) -> None:
    opened(visitor)
    name, path = fetched(visitor, "#export-files a[data-form=report]")
    assert name.endswith(".html")
    report = tmp_path / "report.html"
    report.write_bytes(path.read_bytes())
    context = chromium.new_context(offline=True, viewport={"width": 1440, "height": 1200})
    page = context.new_page()
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: message.type in {"error", "warning"} and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    page.wait_for_function("window.report?.browser.trackViews.length > 3")
    page.wait_for_function("document.getElementById('tracks').shadowRoot.querySelectorAll('canvas').length > 3")
    page.get_by_role("button", name="GAL1", exact=True).click()
    page.wait_for_function("window.report.row.cells[0] === 'GAL1'")
    page.wait_for_function(PAINTED)
    context.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


# The first signal's canvas has pixels of its colour.
PAINTED = """() => {
  const view = window.report.browser.trackViews.find(({ track }) => track.type === 'wig');
  const canvas = view?.viewports[0].canvas;
  if (!canvas?.width) return false;
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let coloured = 0;
  for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 100 && Math.abs(data[at] - data[at + 2]) > 40) coloured++;
  return coloured > 50;
}"""


# The hub as igv.js reads one: its groups of tracks, one of them loaded into a browser of its own.
LOADED = """async () => {
  const igv = (await import("/static/vendor/igv-3.8.10/igv.esm.min.js")).default;
  const page = JSON.parse(document.getElementById("page-data").textContent);
  const { id, interval } = page.prediction;
  const hub = await igv.loadHub(`${location.origin}/api/v1/predictions/${id}/hub/hub.txt`);
  const tracks = (await hub.getGroupedTrackConfigurations("sacCer3")).flatMap((group) => group.tracks);
  const place = document.createElement("div");
  document.body.append(place);
  const browser = await igv.createBrowser(place, {
    reference: { ...page.reference, tracks: [] }, locus: `${interval.chromosome}:${interval.start + 1}-${interval.end}`,
    loadDefaultGenomes: false, genomeList: [], search: false,
  });
  const track = await browser.loadTrack(tracks[0]);
  const found = await track.getFeatures(interval.chromosome, interval.start, interval.end, (interval.end - interval.start) / 1000);
  const said = { tracks: tracks.length, names: tracks.map(({ name }) => name), features: found.length, format: tracks[0].format };
  igv.removeBrowser(browser);
  return said;
}"""


def test_igv_opens_the_hub_and_asks_nobody_else(visitor: Visitor) -> None:
    page = visitor.open("/")
    visitor.until("window.locuscope?.viewer?.browser")
    said = page.evaluate(LOADED)
    assert said["tracks"] > 5 and all(said["names"])
    assert said["format"].lower() == "bigwig" and said["features"] > 50
