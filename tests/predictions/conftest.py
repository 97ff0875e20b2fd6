"""A small genome in the real tables, and finished predictions with known values."""

from __future__ import annotations

import pytest

from tests.predictions.making import CHROMOSOMES, small_genome
from webapp.loci.models import Assembly
from webapp.predictions import tile_cache


@pytest.fixture
def genome(db: None) -> Assembly:
    """sacCer3 with short random chromosomes."""
    return small_genome(CHROMOSOMES)


@pytest.fixture(autouse=True)
def empty_tile_cache() -> None:
    """Rolled-back rows may give their numbers to others."""
    tile_cache.SHARED.clear()
