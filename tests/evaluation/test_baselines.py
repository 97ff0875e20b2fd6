from __future__ import annotations

import numpy as np
import pytest

from predictor.codes import encode_bases, reverse_complement
from predictor.evaluation.kmers import WORDS, KmerRegression, gc_content, word_counts
from predictor.evaluation.motifs import best_match, match, motifs

RANDOM = np.random.default_rng(8)


def test_words_are_counted_in_a_bin_and_its_neighbours() -> None:
    codes = encode_bases("A" * 128 + "C" * 128 + "N" * 128 + "G" * 128)
    counts = word_counts(codes)
    a, c = 0, int("111111", 4)
    assert counts[0, a] == 123  # 128 - 5 words of six A, none of them beyond its bin's last base
    assert counts[0, c] == 123  # of the neighbour: its last five reach into N
    assert counts[3, a] == 0
    assert counts[1, WORDS] == pytest.approx(1 / 3)  # GC of A, C and N
    assert gc_content(codes).tolist() == [0, 1, 0, 1]


def test_regression_finds_the_word_that_matters() -> None:
    codes = {
        name: (3 * RANDOM.integers(0, 2, 128 * bins)).astype(np.uint8) for name, bins in (("chrI", 900), ("chrII", 200))
    }
    word = int("303003", 4)  # of A and T only, so that 64 words can be told apart by 900 bins
    target = {name: word_counts(bases)[:, word][None] for name, bases in codes.items()}
    model = KmerRegression({"chrI": codes["chrI"]}, {"chrI": target["chrI"]})
    fits = [np.corrcoef(one[0], target["chrII"][0])[0, 1] for one in model.predict(codes["chrII"], [0])]
    assert max(fits) > 0.99


def test_every_matrix_has_counts_and_finds_its_own_consensus() -> None:
    assert {"Reb1", "Abf1", "Rap1", "Gcn4", "Gal4", "Spt15"} <= motifs().keys()
    for some in motifs().values():
        for motif in some:
            assert motif.shares.sum(0) == pytest.approx(1)
            assert motif.log_odds.shape[0] == 4
            best = motif.log_odds.argmax(0).astype(np.uint8)
            codes = np.zeros(256, np.uint8)
            codes[140 : 140 + len(best)] = reverse_complement(best)
            assert best_match(codes, motif)[1] == pytest.approx(motif.log_odds.max(0).sum())


def test_reb1_is_the_motif_the_field_knows() -> None:
    words = {"".join("ACGT"[i] for i in motif.shares.argmax(0)) for motif in motifs()["Reb1"]}
    turned = {word[::-1].translate(str.maketrans("ACGT", "TGCA")) for word in words}
    assert any("TTACCCG" in word for word in words | turned)


def test_an_n_matches_nothing() -> None:
    matrix = np.array([[1.0, 1.0], [-2.0, -3.0], [-2.0, -3.0], [-2.0, -3.0]])
    scores = match(np.array([0, 0, 4, 0], np.uint8), matrix)
    assert scores.tolist() == [-5, 2, 1 - 3, -2 + 1]  # the first base has no room for the matrix around it
