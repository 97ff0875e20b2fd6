"""The API as a client without cookies sees it, over a small genome in the real tables."""

from __future__ import annotations

import pytest

from tests.predictions.conftest import empty_tile_cache, genome

__all__ = ["empty_tile_cache", "genome"]


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    """Every test here needs it."""
