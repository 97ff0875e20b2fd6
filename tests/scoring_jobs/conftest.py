"""A small genome in the real tables."""

from __future__ import annotations

from tests.predictions.conftest import genome

__all__ = ["genome"]
