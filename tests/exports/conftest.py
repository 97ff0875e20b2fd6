"""A small genome in the real tables, and a client without cookies."""

from __future__ import annotations

import pytest

from tests.predictions.conftest import empty_tile_cache, genome

__all__ = ["empty_tile_cache", "genome"]


@pytest.fixture(autouse=True)
def _home(db: None, settings: object, tmp_path: object) -> None:
    """Files that are made go to a folder of the test."""
    settings.HOME = tmp_path  # type: ignore[attr-defined]
