"""People's own files in the browser: brought, drawn, shared, taken away and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyBigWig

from tests.browser.conftest import Visitor

LENGTH = 813_184  # of chrII
START = 278_350  # in view on the home page
ROWS = """(() => {
  const browser = window.locuscope?.viewer.browser;
  const rows = browser?.trackViews.filter(({ track }) => String(track.id).startsWith("file:")) ?? [];
  return rows.map(({ track, viewports: [pane] }) => {
    const canvas = pane.canvas;
    let painted = 0;
    if (canvas?.width && canvas.height) {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 100 && data[at] + data[at + 1] + data[at + 2] < 600) painted++;
    }
    const features = pane.featureCache?.features?.length ?? 0;
    return { name: track.name, type: track.type, color: track.color, height: track.height, order: track.order, painted, features };
  });
})()"""
LOOKS = "window.locuscope.viewer.browser.trackViews.filter(({ track }) => track.type !== 'ruler').map(({ track }) => track.id)"
ALL_DRAWN = f"{ROWS}.length === 2 && {ROWS}.every(({{ painted, features }}) => painted && features) && {ROWS}"


def files(folder: Path) -> list[str]:
    """A BED and a bigWig, with other names for the chromosome."""
    (folder / "sites.bed").write_text(
        f"II\t{START}\t{START + 600}\tsite A\t1\t+\nII\t{START + 900}\t{START + 1000}\tsite B\t1\t-\n"
    )
    signal = pyBigWig.open(str(folder / "signal.bw"), "w")
    signal.addHeader([("II", LENGTH)])
    signal.addEntries(["II", "II"], [START, START + 500], ends=[START + 500, START + 1500], values=[4.0, 9.0])
    signal.close()
    return [str(folder / "sites.bed"), str(folder / "signal.bw")]


def test_files_are_drawn_shared_removed_and_taken_back(
    visitor: Visitor, visitors: Callable[..., Visitor], tmp_path: Path
) -> None:
    page = visitor.open()
    visitor.until_drawn()
    page.click("#add-data")
    page.set_input_files("#files-input", files(tmp_path))
    drawn = visitor.until(ALL_DRAWN)
    assert [(row["name"], row["type"]) for row in drawn] == [("sites.bed", "annotation"), ("signal.bw", "wig")]
    named = (
        "window.locuscope.viewer.browser.findTracks(({ type }) => type === 'annotation').at(-1).trackView.viewports[0]"
    )
    assert page.evaluate(f"() => {named}.featureCache.features.map(({{ name }}) => name)") == ["site A", "site B"]
    assert page.locator("#files-list li").count() == 2
    assert page.locator("#files-coming li").count() == 0

    page.evaluate("""() => {
      const { browser } = window.locuscope.viewer;
      const [track] = browser.findTracks(({ type }) => type === "wig");
      track.color = "#aa0000";
      track.trackView.setTrackHeight(90, true);
    }""")
    page.click("#files-close")
    page.click("#share")
    page.click("#share-make")
    link = page.wait_for_selector("#share-made:not([hidden]) #share-link")
    assert link
    address = page.input_value("#share-link")
    order = page.evaluate(f"() => {LOOKS}")
    page.click("#share-close")

    other = visitors()
    other.open(address.removeprefix(visitor.site.url))
    seen = other.until(ALL_DRAWN)
    assert other.until(f"{LOOKS}.length === {len(order)} && {LOOKS}") == order
    wig = next(row for row in seen if row["type"] == "wig")
    assert (wig["color"], wig["height"]) == ("#aa0000", 90)

    page.click("#add-data")
    page.get_by_label("Remove: sites.bed").click()
    visitor.until(f"{ROWS}.length === 1")
    other.expected.add(404)
    other.page.reload()
    other.until(
        "document.querySelector('#message:not([hidden])')?.textContent.includes('“sites.bed” is not in this view any more')"
    )
    page.click(".toast-undo")
    visitor.until(ALL_DRAWN)

    page.reload()  # they are still there
    visitor.until(ALL_DRAWN)


def test_a_file_that_will_not_do_is_explained_beside_its_name(visitor: Visitor, tmp_path: Path) -> None:
    (tmp_path / "notes.bed").write_text("dear diary\n")
    visitor.expected.add(422)
    page = visitor.open()
    visitor.until_drawn()
    page.click("#add-data")
    page.set_input_files("#files-input", str(tmp_path / "notes.bed"))
    said = page.wait_for_selector("#files-coming .failed [role=alert]")
    assert said
    assert "begins with “dear diary”" in said.inner_text()
    page.get_by_label("Close: notes.bed").click()
    page.fill("#files-url", "http://127.0.0.1/x.bed")
    page.press("#files-url", "Enter")
    page.wait_for_selector("#files-coming .failed >> text=inside this server's network")
    assert page.evaluate(f"() => {ROWS}") == []


MARKUP = '<b>x</b><img src=/nowhere onerror="document.title=1">'
POPUP = """(() => {
  const all = [...window.locuscope.viewer.root.querySelectorAll(".igv-ui-popover")];
  const boxes = all.filter((box) => box.offsetParent && box.textContent.trim());
  return boxes.length && { text: boxes.at(-1).textContent, markup: boxes.at(-1).querySelectorAll("b, img, a").length };
})()"""


def test_what_files_say_is_shown_as_it_stands_there_and_never_read_as_markup(visitor: Visitor, tmp_path: Path) -> None:
    (tmp_path / "<i>sites.bed").write_text(f"II\t{START}\t{START + 600}\t{MARKUP}\t1\t+\n")
    (tmp_path / "changes.vcf").write_text(
        '##fileformat=VCFv4.2\n##INFO=<ID=NOTE,Number=1,Type=String,Description="n">\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n'
        f"II\t{START + 301}\t<b>v</b>\tACGT\tA\t.\tPASS\tNOTE=<b>x</b><img/onerror>\n"
    )
    page = visitor.open(f"/?locus=chrII:{START + 1}-{START + 600}")
    visitor.until_drawn()
    page.click("#add-data")
    page.set_input_files("#files-input", [str(tmp_path / "<i>sites.bed"), str(tmp_path / "changes.vcf")])
    rows = visitor.until(ALL_DRAWN)
    page.click("#files-close")
    assert [row["name"] for row in rows] == ["<i>sites.bed", "changes.vcf"]
    labels = "[...window.locuscope.viewer.root.querySelectorAll('.igv-track-label')]"
    assert "<i>sites.bed" in page.evaluate(f"() => {labels}.map(({{ textContent }}) => textContent)")
    assert page.evaluate(f"() => {labels}.filter((label) => label.children.length).length") == 0
    for name, says in (("<i>sites.bed", MARKUP), ("changes.vcf", "<b>x</b><img/onerror>")):
        view = f"window.locuscope.viewer.browser.trackViews.find(({{ track }}) => track.name === '{name}').viewports[0]"
        page.evaluate(f"() => {view}.viewportElement.scrollIntoView({{ block: 'center' }})")
        place = page.evaluate(
            f"() => {{ const pane = {view}, {{ start, bpPerPixel }} = pane.referenceFrame;"
            "const box = pane.viewportElement.getBoundingClientRect();"
            f" return {{ x: box.left + ({START + 302} - start) / bpPerPixel, top: box.top, height: box.height }}; }}"
        )
        found = None
        for down in (16, 24, 12, 34):
            page.mouse.click(place["x"], place["top"] + down)
            page.wait_for_timeout(1200)  # igv.js waits for a second click
            if found := page.evaluate(f"() => {POPUP}"):
                break
        assert found and says in found["text"], found
        assert found["markup"] == 0
        page.evaluate(
            "() => window.locuscope.viewer.root.querySelectorAll('.igv-ui-popover').forEach((box) => { box.style.display = 'none'; })"
        )
    assert page.title() != "1"
