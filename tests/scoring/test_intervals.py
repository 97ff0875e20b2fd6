"""Interval scorers: mean and sum over exons, within the middle of the interval."""

from __future__ import annotations

import numpy as np
import pytest

from predictor.engine import Engine
from predictor.errors import DomainError
from predictor.genes import Genes
from predictor.genome import Interval
from predictor.inputs import from_interval
from predictor.reference import Reference
from predictor.scoring.intervals import middle, score_interval
from predictor.scoring.scorers import RECOMMENDED_INTERVAL, Scorer
from tests.scoring.conftest import CONTEXT_BP

INTERVAL = Interval("chrA", 8_192, 16_384)


def test_means_and_sums_over_exons(engine: Engine, reference: Reference, genes: Genes) -> None:
    """FWD has 300 + 1,300 bp of exons from 10,000 and 10,700; of a 128-bp output the bins that they touch."""
    scorers = [
        Scorer("GENE_MASK", "RNA_SEQ", None, "MEAN"),
        Scorer("GENE_MASK", "RNA_SEQ", None, "SUM"),
        Scorer("GENE_MASK", "CHIP_TF", None, "SUM"),
    ]
    mean, total, coarse = score_interval(engine, reference, genes, INTERVAL, scorers)
    assert [gene.id for gene in mean.genes] == ["FWD", "RNA", "REV"]
    given = from_interval(INTERVAL, 30_000, reference.fetch, CONTEXT_BP)
    assert given.interval == INTERVAL
    whole = {predicted.track.key: predicted.values for predicted in engine.predict(given, engine.info.tracks).tracks}
    exons = np.r_[10_000:10_300, 10_700:12_000] - 8_192
    assert len(exons) == 1_600
    np.testing.assert_allclose(mean.values[0, 0], whole["rna_plus"][exons].mean(dtype=np.float64), rtol=1e-5)
    np.testing.assert_allclose(total.values[0, 1], whole["rna_minus"][exons].sum(dtype=np.float64), rtol=1e-5)
    # [1,808, 2,108) touches bins 14 to 16, [2,508, 3,808) bins 19 to 29.
    bins = np.r_[14:17, 19:30]
    np.testing.assert_allclose(coarse.values[0, 0], whole["factor_a"][bins].sum(dtype=np.float64), rtol=1e-5)


def test_only_genes_that_start_in_the_middle_count(engine: Engine, reference: Reference, genes: Genes) -> None:
    """2,001 of 8,192 bp: 3,095 on the left, so [11,287, 13,288): the tRNA alone starts there."""
    scorer = Scorer("GENE_MASK", "RNA_SEQ", 2_001, "MEAN")
    assert middle(INTERVAL, scorer) == Interval("chrA", 11_287, 13_288)
    (result,) = score_interval(engine, reference, genes, INTERVAL, [scorer])
    assert [gene.id for gene in result.genes] == ["RNA"]


def test_an_interval_shorter_than_the_scorer(engine: Engine, reference: Reference, genes: Genes) -> None:
    with pytest.raises(DomainError, match="needs 200,001 bp"):
        score_interval(engine, reference, genes, INTERVAL, [RECOMMENDED_INTERVAL["RNA_SEQ"]])
