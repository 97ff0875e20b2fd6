"""Contact maps and splice sites: figures that can be told beforehand."""

from __future__ import annotations

import numpy as np
import pytest

from predictor.codes import reverse_complement
from predictor.evaluation import contacts, splicing
from predictor.evaluation.genome_bins import Predicted, predict_chromosome
from predictor.evaluation.metrics import block_weights
from predictor.reference import Reference
from predictor.training.loop import Trainer
from predictor.training.store import Store
from tests.training.conftest import CONFIG, LENGTH

WEIGHTS = block_weights([LENGTH // 128], resamples=20, block=16)


def test_a_map_like_the_measured_one_has_correlation_one_whatever_its_scale(store: Store) -> None:
    measured = store.contacts("chrVI", 0, LENGTH)
    figures = contacts.figures(store, ("chrI",), {"chrVI": Predicted(contacts=0.5 * measured + 3)}, WEIGHTS)
    measures = ("Pearson", "Pearson beyond distance", "Stratum-adjusted correlation")
    assert tuple(one.measure for one in figures) == measures
    assert [one.value for one in figures[:2]] == pytest.approx([1.0, 1.0])
    # At most distances: where one pair alone is left, nothing varies.
    lonely = [d for d in range(2, 8) if np.isfinite(np.diagonal(measured, d)).sum() == 1]
    pairs = {d: np.isfinite(np.diagonal(measured, d)).sum() for d in range(2, 8)}
    assert figures[2].value == pytest.approx(1 - sum(pairs[d] for d in lonely) / sum(pairs.values()))


def test_each_distance_is_correlated_by_itself() -> None:
    # Distance 2: -1 over three pairs; distance 3: +1 over two. Far values are a thousand times larger and count no more.
    a, b = np.array([1.0, 2.0, 3.0, 1000.0, 5000.0]), np.array([3.0, 2.0, 1.0, -9000.0, 7000.0])
    found = contacts._within_distances(a, b, np.array([2, 2, 2, 3, 3]), np.ones((1, 5)))
    assert found[0] == pytest.approx((-1 * 3 + 1 * 2) / 5)


def test_a_map_of_distance_alone_says_nothing_beyond_distance(store: Store) -> None:
    bins = LENGTH // 2048
    distance = np.abs(np.subtract.outer(np.arange(bins), np.arange(bins))).astype(np.float32)
    overall, *beyond = contacts.figures(store, ("chrI",), {"chrVI": Predicted(contacts=-distance)}, WEIGHTS)
    assert overall.baselines.keys() == {"distance"}
    for one in beyond:
        assert not one.value > 1e-6
        assert one.skilful == "no"


def test_a_chromosomes_map_is_put_together_on_the_measured_ones_grid(
    store: Store, reference: Reference, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    from predictor.evaluation import genome_bins
    from predictor.results import load_folder

    folder = tmp_path_factory.mktemp("model")
    Trainer(CONFIG, store, folder).save()
    predictor = load_folder(folder, device="cpu")
    monkeypatch.setattr(genome_bins, "WINDOW_BP", 8192)
    monkeypatch.setattr(genome_bins, "EDGE_BP", 2048)
    track = next(track for track in predictor.info.tracks if track.output == "CONTACT_MAPS")
    found = predict_chromosome(predictor, reference, "chrVI", [track]).contacts
    assert found is not None and found.shape == (8, 8)
    from predictor.genome import Interval
    from predictor.inputs import from_interval

    first = from_interval(Interval("chrVI", 0, 8192), LENGTH, reference.fetch, 8192)
    second = from_interval(Interval("chrVI", 4096, 12_288), LENGTH, reference.fetch, 8192)
    one, two = (predictor.predict(window, [track]).tracks[0].values for window in (first, second))
    assert found[0, 1] == pytest.approx(one[0, 1])  # only the first window has it
    assert found[2, 3] == pytest.approx((one[2, 3] + two[0, 1]) / 2)
    assert np.isnan(found[0, 7])  # farther apart than a window is wide
    assert not np.isnan(found[np.abs(np.subtract.outer(np.arange(8), np.arange(8))) <= 2]).any()


@pytest.mark.parametrize("kind", ["donor", "acceptor"])
def test_a_sites_matrix_scores_the_sites_own_base_on_either_strand(store: Store, kind: str) -> None:
    matrix = splicing._matrix(store, ("chrI",), kind)
    codes = store.codes("chrI", 0, LENGTH)
    for intron in store.introns("chrI", 0, LENGTH):  # one on each strand, which the matrix was made of
        strand = "-" if intron["minus"] else "+"
        scores = splicing._match(codes, matrix, kind, strand)
        at = int(intron[kind])
        assert scores[at] == pytest.approx(scores.max(), rel=0.2)
        assert scores[at - 5 : at + 6].argmax() == 5  # not a base beside it


def test_both_strands_are_scored_alike(store: Store) -> None:
    matrix = splicing._matrix(store, ("chrI",), "donor")
    codes = store.codes("chrVI", 0, LENGTH)
    plus = splicing._match(codes, matrix, "donor", "+")
    minus = splicing._match(reverse_complement(codes), matrix, "donor", "-")
    assert minus[::-1] == pytest.approx(plus)
