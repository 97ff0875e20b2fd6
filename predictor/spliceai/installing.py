"""What an installer of SpliceAI needs: its terms, its files, their conversion."""

from __future__ import annotations

from predictor.spliceai.card import NAME, TERMS, VERSION, WHEEL
from predictor.spliceai.conversion import convert
from predictor.spliceai.gene_table import read_gene_table
from predictor.spliceai.source import check_wheel, read_files, unpack_gene_table

__all__ = [
    "NAME", "TERMS", "VERSION", "WHEEL", "check_wheel", "convert", "read_files", "read_gene_table", "unpack_gene_table",
]  # fmt: skip
