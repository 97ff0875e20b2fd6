"""A small genome in the real tables."""

from __future__ import annotations

import pytest

from tests.predictions.conftest import genome

__all__ = ["genome"]


@pytest.fixture(autouse=True)
def one_thread(settings: object) -> None:
    """Several threads wait for each other where others use the machine too."""
    settings.PREDICTOR_THREADS = 1  # type: ignore[attr-defined]
