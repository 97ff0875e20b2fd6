"""Measured tracks under the predictions, in the browser."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import Visitor
from tests.conftest import ROOT, Site
from webapp.lib.environment import embedded_database_url

TRACKS = """
[[track]]
key = "starts"
file = "starts.bedgraph"
name = "My starts"
model_track = "tss_ypd_plus"
unit = "5′ ends per base"
publication = "Somebody 2020"
licence = "CC0"
"""
START = 278_350  # in view on the home page
ROWS = """(() => window.locuscope?.viewer.browser?.trackViews.map(({ track }) => [track.type, track.id]))()"""
MEASURED = """(() => {
  const view = window.locuscope?.viewer.browser?.trackViews.find(({ track }) => track.type === "measured");
  const data = view?.viewports[0].featureCache?.features?.data;
  return data && { max: view.track.dataRange.max, sum: data.values.reduce((a, b) => a + b, 0) * data.width, name: view.track.name };
})()"""

POPUP = f"""(() => {{
  const view = window.locuscope.viewer.browser.trackViews.find(({{ track }}) => track.type === "measured");
  const viewport = view.viewports[0];
  if (!viewport.cachedFeatures?.data) return null;
  const rows = view.track.popupData({{ genomicLocation: {START + 1}, viewport }});
  return rows.map(({{ name, value }}) => `${{name}}: ${{value}}`);
}})()"""


def _manage(site: Site, *arguments: str) -> str:
    env = {**os.environ, "LOCUSCOPE_HOME": str(site.home), "DATABASE_URL": embedded_database_url(site.home)}
    done = subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def installed(site: Site, tmp_path: Path) -> Iterator[None]:
    (tmp_path / "tracks.toml").write_text(TRACKS)
    (tmp_path / "starts.bedgraph").write_text(f"chrII\t{START}\t{START + 4}\t700\n")
    assert "1 tracks installed" in _manage(site, "install_tracks", str(tmp_path))
    yield
    _manage(site, "install_tracks", "--remove", "all")


def test_without_measured_tracks_there_is_no_switch(visitor: Visitor) -> None:
    page = visitor.open()
    visitor.until_drawn()
    assert page.locator("#measured").is_hidden()


def test_a_measured_track_is_drawn_under_its_prediction(visitor: Visitor, installed: None) -> None:
    page = visitor.open()
    visitor.until_drawn(at_least=7)
    assert not page.evaluate(MEASURED)
    page.click("#show-measured")
    seen = visitor.until(MEASURED)
    assert seen["name"] == "measured: My starts"
    assert seen["max"] == pytest.approx(700)
    rows = visitor.until(ROWS)
    at = rows.index(["measured", "measured:starts"])
    assert rows[at - 1] == ["predicted", "tss_ypd_plus"]

    page.reload()  # the choice is remembered
    visitor.until(MEASURED)
    own = "window.locuscope.viewer.browser.findTracks(({ id }) => id === 'tss_ypd_plus')[0].dataRange.max"
    assert visitor.until(own) < 700
    page.click("#same-scale")
    visitor.until(f"{own} > 699")
    page.click("#same-scale")
    visitor.until(f"{own} < 699")
    page.click("#show-measured")
    visitor.until(f"!{MEASURED}")


def test_a_click_says_value_publication_licence_and_what_the_model_saw(visitor: Visitor, installed: None) -> None:
    page = visitor.open("/?locus=chrII:278,301-278,400")
    visitor.until_drawn(at_least=3)
    page.click("#show-measured")
    visitor.until(MEASURED)
    said = visitor.until(POPUP)
    assert "Measured: My starts: 700 5′ ends per base" in said
    assert "Publication: Somebody 2020" in said
    assert "Licence: CC0" in said
    assert any(line.startswith("chrII: training chromosome") for line in said)
