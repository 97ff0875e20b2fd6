"""`manage.py install_model spliceai`: terms first, then each way it can go wrong in a sentence."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from predictor.spliceai.card import H5_SHA256, WHEEL


def install(*arguments: object) -> str:
    out = io.StringIO()
    call_command("install_model", "spliceai", *map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def test_the_terms_are_shown_and_nothing_happens_without_a_yes(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="run this again with --accept-terms"):
        install()
    monkeypatch.setattr("sys.stdin", type("Terminal", (io.StringIO,), {"isatty": lambda self: True})("no\n"))
    out = io.StringIO()
    with pytest.raises(CommandError, match="were not accepted, so nothing was installed"):
        call_command("install_model", "spliceai", stdout=out)
    assert "GPLv3" in out.getvalue() and "NON-COMMERCIAL" in out.getvalue() and "by-nc/4.0" in out.getvalue()
    assert not (home / "models").exists()


def test_without_a_network_it_says_how_else(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_NO_CACHE_DIR": "1",
        "PIP_RETRIES": "0",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    with pytest.raises(CommandError, match=r"cannot be fetched from the package index .* name it with --from"):
        install("--accept-terms")
    assert not (home / "models" / "spliceai").exists()


def test_a_wrong_file_is_refused(home: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"There is no file .*/nowhere.whl"):
        install("--accept-terms", "--from", tmp_path / "nowhere.whl")
    (tmp_path / "text.whl").write_text("not a wheel")
    with pytest.raises(CommandError, match=r"text.whl is no wheel"):
        install("--accept-terms", "--from", tmp_path / "text.whl")
    with zipfile.ZipFile(tmp_path / WHEEL, "w") as wheel:
        for name in H5_SHA256:
            wheel.writestr(name, b"something else")
    with pytest.raises(CommandError, match=rf"{WHEEL} has the SHA-256 [0-9a-f]{{64}}, not 63c633b8"):
        install("--accept-terms", "--from", tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(CommandError, match="empty has neither the wheel"):
        install("--accept-terms", "--from", empty)
    for name in H5_SHA256:
        (empty / Path(name).name).write_bytes(b"something else")
    with pytest.raises(CommandError, match=r"spliceai1.h5 has the SHA-256"):
        install("--accept-terms", "--from", empty)
    assert not (home / "models" / "spliceai").exists()


def test_a_full_disk_is_said_before_anything_is_fetched(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**12, 10**12 - 5 * 10**8, 5 * 10**8)
    )
    with pytest.raises(CommandError, match=r"60 MB are needed and 500 MB are free on the disk of .*models; 1,074 MB"):
        install("--accept-terms")


def test_a_second_run_changes_nothing_and_damaged_weights_are_replaced(
    published: Path, home: Path, tmp_path: Path
) -> None:
    """Where nothing is fetched: what is there is enough."""
    shutil.copytree(published, home / "models" / "spliceai")
    assert "is installed already" in install("--accept-terms", "--from", tmp_path / "nowhere.whl")
    weights = home / "models" / "spliceai" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(CommandError, match="There is no file"):
        install("--accept-terms", "--from", tmp_path / "nowhere.whl")
