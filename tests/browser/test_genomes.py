"""A second genome in the page: chosen, searched, with its genes drawn and explained."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assemblies import small_files as small
from tests.browser.conftest import Visitor
from tests.conftest import ROOT, Site


def command(site: Site, *arguments: str) -> str:
    env = {**os.environ, "LOCUSCOPE_HOME": str(site.home)}
    env = {key: value for key, value in env.items() if key not in {"DATABASE_URL", "BROKER_URL"}}
    done = subprocess.run(
        [sys.executable, "manage.py", "install_genome", "mini", *arguments],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def mini(site: Site, tmp_path: Path) -> Iterator[None]:
    """Installed beside yeast while a test goes on."""
    (tmp_path / "a.fa").write_bytes(small.fasta())
    (tmp_path / "a.gtf").write_text(small.GTF)
    (tmp_path / "bands.txt").write_text(small.BANDS)
    files = {"--sequence": "a.fa", "--annotation": "a.gtf", "--bands": "bands.txt"}
    options = [part for key, name in files.items() for part in (key, str(tmp_path / name))]
    command(site, "--title", "A made genome", *options)
    yield
    command(site, "--remove")


def test_a_genome_is_chosen_searched_and_drawn(visitor: Visitor, mini: None) -> None:
    page = visitor.page
    page.goto(visitor.site.url)
    visitor.until("window.locuscope?.viewer.browser")
    choice = page.get_by_label("Genome", exact=True)
    choice.focus()
    page.keyboard.press("m")  # by keys one passes others on the way
    assert choice.input_value() == "mini"
    page.wait_for_timeout(300)
    assert "genome=mini" not in page.url
    page.keyboard.press("Enter")
    page.wait_for_url("**/?genome=mini*")
    page.go_back()
    page.get_by_label("Genome", exact=True).select_option("mini")  # as by a pointer: at once
    page.wait_for_url("**/?genome=mini*")
    page.get_by_role("heading", name="A made genome").wait_for()
    assert page.locator("#examples li").count() == 0
    genes = "locuscope.viewer.browser.findTracks((track) => track.id === 'genes')[0]"
    drawn = f"(async () => (await {genes}.getFeatures('chr2', 0, 6000, 1)).map(({{ name, row }}) => [name, row]))()"
    visitor.until(f"Boolean({genes})")
    assert page.evaluate(drawn) == [["ABC1", 0], ["LINC1", 0]]
    page.get_by_role("combobox", name="Locus or gene").fill("linc")
    page.get_by_role("option").filter(has_text="LINC1").click()
    visitor.until("location.hash.startsWith('#chr2:3001')")  # 2,000 bp before it
    bases = page.evaluate("locuscope.viewer.bases('chr2', 3000, 3010)")
    assert bases.upper() == small.CHR2[3000:3010].upper()
    described = page.evaluate(f"(async () => (await {genes}.getFeatures('chr2', 0, 6000, 1))[0].popupData())()")
    assert {"name": "location", "value": "chr2:1,001-3,000 (-)"} in described


def test_an_unknown_genome_is_said_with_those_there_are(visitor: Visitor) -> None:
    answer = visitor.page.request.get(f"{visitor.site.url}/?genome=hg38")
    assert answer.status == 404
    assert "There is no genome “hg38”" in answer.text()
