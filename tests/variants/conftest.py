"""The yeast genome, read once."""

from __future__ import annotations

import pytest

from predictor.api import ReferenceGenome, yeast_genome


@pytest.fixture(scope="session")
def yeast() -> ReferenceGenome:
    return yeast_genome()
