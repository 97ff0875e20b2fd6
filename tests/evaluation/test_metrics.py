from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from predictor.evaluation.metrics import auroc, average_precision, block_weights, interval, pearson
from predictor.evaluation.rows import figure

RANDOM = np.random.default_rng(5)
SCORE = RANDOM.integers(0, 40, 500).astype(float)  # many equal scores
LABEL = RANDOM.random(500) < 0.1 + SCORE / 100
WEIGHTS = np.concatenate([np.ones((1, 500)), RANDOM.integers(0, 4, (3, 500)).astype(float)])


def test_scores_are_those_of_scikit_learn_for_every_resample() -> None:
    for i, weights in enumerate(WEIGHTS):
        expected = average_precision_score(LABEL, SCORE, sample_weight=weights)
        assert average_precision(SCORE, LABEL, WEIGHTS)[i] == pytest.approx(expected)
        assert auroc(SCORE, LABEL, WEIGHTS)[i] == pytest.approx(roc_auc_score(LABEL, SCORE, sample_weight=weights))


def test_pearson_is_that_of_a_resample_written_out() -> None:
    a, b = RANDOM.normal(size=(2, 500))
    for weights, value in zip(WEIGHTS, pearson(a, b, WEIGHTS), strict=True):
        times = weights.astype(int)
        assert value == pytest.approx(np.corrcoef(np.repeat(a, times), np.repeat(b, times))[0, 1])


def test_what_does_not_vary_has_no_correlation() -> None:
    assert np.isnan(pearson(np.ones(500), SCORE, WEIGHTS)).all()


def test_no_positive_no_precision() -> None:
    assert np.isnan(average_precision(SCORE, np.zeros(500, bool), WEIGHTS)).all()


def test_blocks_are_drawn_whole_and_do_not_cross_chromosomes() -> None:
    weights = block_weights([250, 100], resamples=50, block=100)
    assert weights.shape == (51, 350)
    assert (weights[0] == 1).all()
    for first, last in ((0, 100), (100, 200), (200, 250), (250, 350)):
        assert (weights[:, first:last] == weights[:, first : first + 1]).all()
    blocks = weights[1:, [0, 100, 200, 250]]
    assert (blocks.sum(1) == 4).all()  # as many blocks as there are
    assert len(np.unique(blocks[:, 0])) > 1


def test_an_interval_holds_95_percent_of_the_resamples() -> None:
    low, high = interval(np.append(99.0, np.arange(1001)))
    assert (low, high) == (25, 975)


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [([0.5, 0.5, 0.6], [0.3, 0.3, 0.3], "yes"), ([0.5, 0.2, 0.6], [0.3, 0.3, 0.3], "unsure"), ([0.2, 0.5, 0.6], [0.3, 0.3, 0.3], "no")],
)  # fmt: skip
def test_a_track_is_skilful_if_it_surely_beats_the_best_baseline(
    ours: list[float], theirs: list[float], said: str
) -> None:
    weak = np.array([0.1, 0.1, 0.1])
    one = figure("t", "g", "AP", 0.1, np.array(ours), {"GC": weak, "6-mers": np.array(theirs)})
    assert one.skilful == said
    assert one.gain == pytest.approx(ours[0] - 0.3)
    assert one.attention is None


def test_a_track_is_skilful_beside_a_rival_that_is_as_good() -> None:
    ours, weak = np.array([0.5, 0.5, 0.6]), np.array([0.1, 0.1, 0.1])
    one = figure("t", "g", "AP", 0.1, ours, {"GC": weak}, ours + np.array([0.1, 0.2, 0.1]))
    assert (one.skilful, one.attention) == ("yes", "no")
    assert (one.rival, one.rival_gain, one.rival_gain_high) == pytest.approx((0.6, -0.1, -0.1025), abs=1e-3)
    better = figure("t", "g", "AP", 0.1, ours, {"GC": weak}, ours - np.array([0.1, -0.2, 0.1]))
    assert better.attention == "unsure"
