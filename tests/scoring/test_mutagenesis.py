"""Every substitution of a window, and what each base is worth."""

from __future__ import annotations

import numpy as np
import pytest

from predictor.errors import DomainError
from predictor.genes import Genes
from predictor.genome import Interval
from predictor.reference import Reference
from predictor.scoring.mutagenesis import contributions, effects, saturate, substitutions
from predictor.scoring.scorers import RECOMMENDED
from predictor.scoring.variant_scorer import VariantScorer
from tests.scoring.conftest import CHROMOSOMES, TRACKS

WINDOW = Interval("chrA", 10_290, 10_298)
CAGE = next(track for track in TRACKS if track.output == "CAGE")


def test_substitutions_come_in_order_and_leave_out_n() -> None:
    genome = Reference({"c": "GNA"})
    found = [(one.start, one.ref + one.alt) for one in substitutions(Interval("c", 0, 3), genome)]
    assert found == [(0, "GA"), (0, "GC"), (0, "GT"), (2, "AC"), (2, "AG"), (2, "AT")]


def test_a_window_streams_and_gives_the_same_scores_as_its_variants(scorer: VariantScorer) -> None:
    stream = saturate(scorer, WINDOW, [RECOMMENDED["CAGE"]])
    first = next(stream)
    scored = [first, *stream]
    bases = CHROMOSOMES["chrA"][WINDOW.start : WINDOW.end]
    assert len(scored) == 3 * WINDOW.width and first.variant.start == WINDOW.start
    matrix = effects(scored, WINDOW, RECOMMENDED["CAGE"], CAGE)
    assert matrix.shape == (8, 4)
    for one in scored:
        assert matrix[one.variant.start - WINDOW.start, "ACGT".index(one.variant.alt)] == one.results[0].values[0, 0]
    assert all(matrix[i, "ACGT".index(base)] == 0 for i, base in enumerate(bases))
    part = effects(scored[:4], WINDOW, RECOMMENDED["CAGE"], CAGE)
    assert np.isfinite(part[0]).all() and np.isnan(part[1]).sum() == 2 and np.isnan(part[2]).all()


def test_effects_on_one_gene(scorer: VariantScorer) -> None:
    scored = list(saturate(scorer, WINDOW, [RECOMMENDED["RNA_SEQ"]]))
    plus = TRACKS[0]
    matrix = effects(scored, WINDOW, RECOMMENDED["RNA_SEQ"], plus, "FWD")
    row = [gene.id for gene in scored[0].results[0].genes].index("FWD")
    assert matrix[0, "ACGT".index(scored[0].variant.alt)] == scored[0].results[0].values[row, 0]
    assert np.isnan(effects(scored, WINDOW, RECOMMENDED["RNA_SEQ"], plus, "none")).sum() == 3 * 8


def test_a_contribution_is_minus_the_mean_of_the_three_substitutions() -> None:
    matrix = np.array([[0, -3, -1, -2], [4, 1, 0, 1], [0, 0, 0, 0]], np.float32)
    assert contributions(matrix, "AGN").tolist() == [[2, 0, 0, 0], [0, 0, -2, 0], [0, 0, 0, 0]]


@pytest.mark.parametrize(
    ("interval", "code"),
    [
        (Interval("chrA", 0, 1_001), "window_too_long"),
        (Interval("chrZ", 0, 10), "unknown_chromosome"),
        (Interval("chrB", 4_990, 5_001), "past_end"),
    ],
)
def test_windows_that_cannot_be_scored(interval: Interval, code: str, scorer: VariantScorer, genes: Genes) -> None:
    with pytest.raises(DomainError) as caught:
        saturate(scorer, interval, [RECOMMENDED["CAGE"]])
    assert caught.value.code == code
