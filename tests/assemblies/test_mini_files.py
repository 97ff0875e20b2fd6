"""The files of hg19-mini out of a folder of one's own, which is only read."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from predictor.api import DomainError, spliceai
from webapp.loci.installation.mini import mini_plan


def nothing(_: str) -> None:
    """Says nothing."""


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """What somebody has: a folder named apt, and a wheel that is none."""
    folder = tmp_path / "given"
    (folder / "apt").mkdir(parents=True)
    (folder / "apt" / "mine.txt").write_text("mine")
    (folder / spliceai.WHEEL).write_bytes(b"no wheel")
    return folder


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    return folder


def test_a_package_that_the_folder_lacks_is_fetched_elsewhere(
    given: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def download(command: list[str], cwd: str, **_: Any) -> subprocess.CompletedProcess[str]:
        (Path(cwd) / f"{command[-1]}_1_all.deb").write_bytes(b"no package")
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr("webapp.lib.debian.shutil.which", lambda _: "/usr/bin/apt-get")
    monkeypatch.setattr("webapp.lib.debian.subprocess.run", download)
    before = sorted(given.rglob("*"))
    get = mini_plan(given).sequence.get
    assert get is not None
    with pytest.raises(DomainError, match=r"vt-examples_1_all\.deb cannot be unpacked"):
        get(work, nothing)
    assert sorted(given.rglob("*")) == before
    assert (given / "apt" / "mine.txt").read_text() == "mine"
    assert [path.name for path in work.iterdir()] == ["hg19-mini.fa.gz"]  # the bad package is not kept for the next run


def test_a_wheel_that_is_none_is_refused_and_left(given: Path, work: Path) -> None:
    source = mini_plan(given).annotation
    assert source is not None and source.get is not None
    with pytest.raises(DomainError):
        source.get(work, nothing)
    assert (given / spliceai.WHEEL).read_bytes() == b"no wheel"
