"""The baseline that knows one motif: the best match of a factor's matrix in each bin.

Matrices: JASPAR 2024 CORE, S. cerevisiae (Rauluseviciute 2024, doi 10.1093/nar/gkad1059; CC BY 4.0), from the database in the
PyPI wheel pyjaspar 4.0.0: the latest version of each matrix of a factor that has a track here or that the experiments look for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from predictor.evaluation.genome_bins import BIN_BP, whole_bins

MATRICES = Path(__file__).parent / "jaspar2024_yeast.txt"
PSEUDOCOUNT = 0.8
BACKGROUND = np.array([0.31, 0.19, 0.19, 0.31])  # of the yeast genome


@dataclass(frozen=True, slots=True)
class Motif:
    """`counts` [4, width] of A, C, G, T."""

    name: str
    factor: str
    counts: NDArray[np.float64]

    @property
    def shares(self) -> NDArray[np.float64]:
        """Of each base by position [4, width]."""
        smoothed = self.counts + PSEUDOCOUNT * BACKGROUND[:, None]
        return np.asarray(smoothed / smoothed.sum(0))

    @property
    def information(self) -> NDArray[np.float64]:
        """Shares times the position's information [width, 4], in bits: the heights of a logo."""
        shares = self.shares.T
        return np.asarray((2 + (shares * np.log2(shares)).sum(1, keepdims=True)) * shares)

    @property
    def log_odds(self) -> NDArray[np.float64]:
        """[4, width], in bits against the genome's composition."""
        return np.asarray(np.log2(self.shares / BACKGROUND[:, None]))


@cache
def motifs() -> dict[str, tuple[Motif, ...]]:
    """By the factor's name, as the tracks have it."""
    found: dict[str, list[Motif]] = {}
    lines = MATRICES.read_text().splitlines()
    for at in range(0, len(lines), 5):
        name, factor = lines[at].removeprefix(">").split()
        rows = [[float(x) for x in line.split("[")[1].rstrip("]").split()] for line in lines[at + 1 : at + 5]]
        found.setdefault(factor, []).append(Motif(name, factor, np.array(rows)))
    return {factor: tuple(some) for factor, some in found.items()}


def match(codes: NDArray[np.uint8], matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """[S]: score of the matrix [4, width] placed with its middle on each base; the lowest score where it does not fit."""
    width = matrix.shape[1]
    table = np.concatenate([matrix, matrix.min(0, keepdims=True)])  # an N matches nothing
    scores = np.full(len(codes), table.min(0).sum())
    places = len(codes) - width + 1
    middle = width // 2
    scores[middle : middle + places] = sum(table[codes[i : i + places], i] for i in range(width))
    return scores


def best_match(codes: NDArray[np.uint8], motif: Motif) -> NDArray[np.float64]:
    """[bins]: the best score on either strand in each 128-bp bin."""
    forward = motif.log_odds
    both = np.maximum(match(codes, forward), match(codes, forward[::-1, ::-1]))
    return np.asarray(both[: whole_bins(len(codes)) * BIN_BP].reshape(-1, BIN_BP).max(1))
