"""The small genome, and models beside the packaged one."""

from __future__ import annotations

from pathlib import Path

import pytest

from predictor import catalogue
from tests.predictions.conftest import empty_tile_cache, genome

__all__ = ["empty_tile_cache", "genome"]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where models are installed."""
    monkeypatch.setattr(catalogue, "_folders", [catalogue.CHECKPOINTS, tmp_path / "models"])
    return tmp_path / "models"
