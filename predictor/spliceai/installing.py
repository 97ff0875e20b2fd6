"""What an installer of SpliceAI needs: its terms, its files, their conversion."""

from __future__ import annotations

from predictor.spliceai.card import NAME, TERMS, VERSION, WHEEL
from predictor.spliceai.conversion import convert
from predictor.spliceai.source import check_wheel, read_files

__all__ = ["NAME", "TERMS", "VERSION", "WHEEL", "check_wheel", "convert", "read_files"]
