"""A small genome, and a folder of signal files to install on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.predictions.making import small_genome
from tests.training.conftest import pack, reference, store
from webapp.loci.models import Assembly

LENGTH = 16_384
__all__ = ["pack", "reference", "store"]

TRACKS = """
[[track]]
key = "signal"
file = "signal.bedgraph"
name = "My RNA"
model_track = "rna_wt_plus"
unit = "TPM over transcript boxes"
publication = "Somebody 2020"
licence = "CC0"

[[track]]
key = "peaks"
file = "peaks.bed"
output = "CHIP_TF"
"""


@pytest.fixture
def genome(db: None, settings: Settings, tmp_path: Path) -> Iterator[Assembly]:
    """sacCer3 with the chromosomes of the small pack, in a home of its own."""
    settings.HOME = tmp_path / "home"
    yield small_genome(dict.fromkeys(("chrI", "chrII", "chrVI"), LENGTH))


@pytest.fixture
def signals(tmp_path: Path) -> Path:
    """Two files and their tracks.toml."""
    folder = tmp_path / "signals"
    folder.mkdir()
    (folder / "tracks.toml").write_text(TRACKS)
    (folder / "signal.bedgraph").write_text("track type=bedGraph\nI\t100\t200\t2\nchrI\t200\t300\t4\nchrM\t0\t9\t1\n")
    (folder / "peaks.bed").write_text("chrVI\t10\t30\ta\t5\nchrVI\t20\t40\tb\t5\n")
    return folder
