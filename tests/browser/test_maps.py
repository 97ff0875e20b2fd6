"""Contact maps and splice junctions on the page: cells and arcs where their values are, closer bins after zooming, edits, the square."""

from __future__ import annotations

import json
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.browser.conftest import Visitor
from tests.conftest import Site

BIN = 2048
NINE = {"genome": "sacCer3", "locus": "chrIX:1-439,888", "tracks": ["contacts_g1"]}  # held out, whole
# RPL40A's intron on chrIX, which the model finds though it never saw that chromosome: 68,716 to 69,149.
SPLICED: dict[str, Any] = {
    "genome": "sacCer3",
    "locus": "chrIX:60,001-76,384",
    "tracks": ["junctions_plus", "junctions_minus", "donor_plus", "contacts_g1"],
}
INTRON = "#chrIX:68401-69500"
TRACK = "window.locuscope?.viewer.browser?.trackViews.find(({ track }) => track.type === '%s')"
MAP, ARCS = TRACK % "contactmap", TRACK % "predictedjunctions"
FEATURES = "%s?.viewports[0].featureCache?.features"
NODES = [(0x5E, 0x3C, 0x99), (0xB2, 0xAB, 0xD2), (0xF7, 0xF7, 0xF7), (0xFD, 0xB8, 0x63), (0xC6, 0x51, 0x02)]

# The pixel above a base at a share of the height, of a track's canvas.
PIXEL = """([type, base, share]) => {
  const { canvas } = window.locuscope.viewer.browser.trackViews.find(({ track }) => track.type === type).viewports[0];
  const { bpStart, bpPerPixel } = canvas._data;
  const ratio = canvas.width / canvas.clientWidth;
  const x = Math.round(((base - bpStart) / bpPerPixel) * ratio), y = Math.round(share * canvas.height);
  return [...canvas.getContext("2d").getImageData(x, y, 1, 1).data];
}"""
INKED = """(key) => {
  const { canvas } = window.locuscope.viewer.browser.trackViews.find(({ track }) => track.id === key).viewports[0];
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let pixels = 0; // of the junctions' violet
  for (let at = 0; at < data.length; at += 4)
    pixels += Number(data[at + 3] > 80 && data[at + 2] > data[at] + 20 && data[at] > data[at + 1]);
  return pixels;
}"""


def ask(site: Site, spec: dict[str, Any], visitor: Visitor) -> str:
    """The id of a finished prediction."""
    body = Request(f"{site.url}/api/v1/predictions", json.dumps(spec).encode(), {"Content-Type": "application/json"})
    row = str(read(body)["id"])
    visitor.open(f"/p/{row}")
    visitor.until("!document.getElementById('made').hidden", 120)
    return row


def read(request: Request | str) -> Any:
    with urlopen(request) as answer:
        return json.load(answer)


def go(visitor: Visitor, row: str, place: str) -> None:
    """To a place, as a new page."""
    visitor.open("/models")
    visitor.open(f"/p/{row}{place}")


def colour(value: float, end: float) -> list[int]:
    """Of a value where colours end at `end`, in the 65 steps that are drawn."""
    at = round((min(1, max(-1, value / end)) + 1) * 32) / 64 * 4
    low = min(int(at), 3)
    return [round(one + (other - one) * (at - low)) for one, other in zip(NODES[low], NODES[low + 1], strict=True)]


def test_cells_have_the_colours_of_their_values_and_zooming_brings_finer_ones(visitor: Visitor, site: Site) -> None:
    row = ask(site, NINE, visitor)
    said = read(f"{site.url}/api/v1/predictions/{row}")
    (track,) = said["tracks"]
    start = 61 * BIN
    go(visitor, row, f"#chrIX:{start + 1}-{start + 60 * BIN}")
    visitor.until(f"{FEATURES % MAP}?.map?.width === {BIN}")
    visitor.until(f"{MAP}.viewports[0].canvas?._data.features?.map")
    read_map = read(f"{site.url}/api/v1/predictions/{row}/contacts?track=contacts_g1&size=512")
    assert (read_map["bin_bp"], read_map["bins"]) == (BIN, 215)  # 439,888 / 2,048 = 214.8
    reach = visitor.until(f"{MAP}.track.reach")
    differs = set()
    for one, other in ((70, 90), (75, 110), (66, 74), (100, 101), (80, 117)):
        value = read_map["values"][one][other]
        base, share = (one + other + 1) / 2 * BIN, 1 - (other - one) * BIN / reach
        found = visitor.page.evaluate(PIXEL, ["contactmap", base, share])[:3]
        assert found == pytest.approx(colour(value, track["scale"]), abs=3), (one, other, value)
        differs.add(tuple(found))
    assert len(differs) > 2
    popup = visitor.page.evaluate(f"""() => {{
      const view = {MAP}, [viewport] = view.viewports;
      const y = viewport.viewportElement.clientHeight * (1 - {20 * BIN} / view.track.reach);
      return view.track.popupData({{ genomicLocation: {81 * BIN - BIN / 2}, y, viewport }});
    }}""")
    words = {line["name"]: line["value"] for line in popup}
    assert words["One place"] == f"chrIX:{70 * BIN + 1:,}-{71 * BIN:,}"
    assert words["Other place"] == f"chrIX:{90 * BIN + 1:,}-{91 * BIN:,}"
    assert "log fold over what the distance lets expect" in words["Contacts, G1"]
    assert "Locuscope yeast" in words["Model"]


def test_a_phone_gets_coarse_bins_of_a_chromosome_and_fine_ones_when_close(visitors: Any, site: Site) -> None:
    phone = visitors(viewport={"width": 390, "height": 844})
    row = ask(site, NINE, phone)
    go(phone, row, "")
    phone.until(f"{FEATURES % MAP}?.map?.width === {2 * BIN}")
    phone.page.evaluate("() => window.locuscope.viewer.goTo({ chromosome: 'chrIX', start: 100000, end: 150000 })")
    phone.until(f"{FEATURES % MAP}?.map?.width === {BIN}")
    assert phone.page.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_an_arc_stands_over_a_held_out_intron(visitor: Visitor, site: Site) -> None:
    row = ask(site, SPLICED, visitor)
    found = read(f"{site.url}/api/v1/predictions/{row}/junctions")["junctions"]
    assert {"start": 68_715, "end": 69_149}.items() <= next(one for one in found if one["end"] == 69_149).items()
    strongest = max(found, key=lambda one: float(one["value"]))
    go(visitor, row, INTRON)
    arcs = visitor.until(f"{FEATURES % ARCS}?.arcs")
    assert [(arc["start"], arc["end"]) for arc in arcs] == [(one["start"], one["end"]) for one in found]
    before = visitor.until(f"({INKED})('junctions_plus')")
    assert before > 500
    assert visitor.page.evaluate(INKED, "junctions_minus") == 0
    # A click on the left flank of the strongest arc, a quarter of the way, where it has three quarters of its height.
    point = visitor.page.evaluate(f"""() => {{
      const viewport = {ARCS}.viewports[0], frame = viewport.referenceFrame;
      const box = viewport.viewportElement.getBoundingClientRect();
      const tall = Math.min(box.height - 13 - 8 - 6, ({strongest["end"] - strongest["start"]}) / frame.bpPerPixel * 0.35);
      const base = {strongest["start"] + (strongest["end"] - strongest["start"]) / 4};
      return [box.left + (base - frame.start) / frame.bpPerPixel, box.top + box.height - 4 - 0.75 * tall];
    }}""")
    visitor.page.mouse.click(*point)
    said = visitor.page.locator(".igv-ui-popover:visible").last
    said.wait_for()
    assert f"chrIX:{strongest['start'] + 1:,}-{strongest['end']:,} (+)" in said.inner_text()
    assert "annotated introns" in said.inner_text() and "learnt from 215 introns, a demonstration" in said.inner_text()


def test_an_edit_is_drawn_beside_the_reference_and_as_a_difference(visitor: Visitor, site: Site) -> None:
    spec = {**SPLICED, "variants": ["chrIX:68716:G>C"]}  # the G of the intron's GT
    row = ask(site, spec, visitor)
    go(visitor, row, INTRON)
    arcs = visitor.until(f"{FEATURES % ARCS}?.arcs")
    keys = {reference: {arc["end"] for arc in arcs if arc["reference"] is reference} for reference in (True, False)}
    values = read(f"{site.url}/api/v1/predictions/{row}/junctions?tracks=junctions_plus,junctions_plus:ref")[
        "junctions"
    ]
    assert len(arcs) == len(values) and keys[True] >= keys[False]
    maps = visitor.until(
        f"(() => {{ const f = {FEATURES % MAP}; return f?.change && [f.map, f.reference, f.change].map((m) => [...m.values]); }})()"
    )
    assert all(abs(c - (a - b)) < 1e-6 for a, b, c in zip(*maps, strict=True))
    assert any(maps[2])
    heights = {}
    for mode in ("both", "overlay", "difference"):
        visitor.page.click(f"#edits [data-mode={mode}]")
        visitor.until(f"{MAP}.track.mode === '{mode}' && {ARCS}.track.mode === '{mode}'")
        heights[mode] = visitor.page.evaluate(f"() => {MAP}.viewports[0].viewportElement.clientHeight")
    assert heights["both"] > heights["overlay"] > heights["difference"]
    svg = visitor.page.evaluate("() => window.locuscope.viewer.browser.toSVG()")
    assert "rgb(" in svg and "Contacts, G1" in svg


def test_the_square_view_follows_the_locus(visitor: Visitor, site: Site) -> None:
    row = ask(site, NINE, visitor)
    go(visitor, row, "#chrIX:102401-184320")  # bins 50 to 89
    visitor.until(f"{FEATURES % MAP}?.map")
    assert not visitor.page.evaluate("() => 'Plotly' in window")  # only for those who want it
    visitor.page.focus("#square summary")
    visitor.page.keyboard.press("Enter")
    plot = "document.querySelector('#square .plot')"
    visitor.until(f"{plot}.data?.[0].z.length === 40")
    values = read(f"{site.url}/api/v1/predictions/{row}/contacts?track=contacts_g1&start=102400&end=184320")["values"]
    drawn = visitor.page.evaluate(f"() => {plot}.data[0].z[3][20]")
    assert drawn == pytest.approx(values[3][20], rel=1e-6)
    table = visitor.page.evaluate("async () => (await fetch(document.querySelector('#square .line a').href)).text()")
    head, *cells = [line for line in table.splitlines() if not line.startswith("#")]
    assert head == "start_1,start_2,bin_bp,contacts_g1" and len(cells) == 40 * 41 // 2
    visitor.page.evaluate("() => window.locuscope.viewer.goTo({ chromosome: 'chrIX', start: 204800, end: 245760 })")
    visitor.until(f"{plot}.data?.[0].z.length < 25 && {plot}.data[0].x[0] > 204000")
