"""Every aggregation and kind of score on hand-made arrays, with the arithmetic beside them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from predictor.genome import Interval
from predictor.scoring.arithmetic import AGGREGATIONS, GENE_SCORES, contact_change, poly_a_change
from predictor.scoring.masks import center_bins, clipped
from predictor.scoring.parts import poly_a_spans
from tests.scoring.conftest import floats, gene

REF, ALT = floats([1, 3, 0, 4], [0, 0, 0, 0]), floats([3, 3, 1, 7], [1, 0, 0, 0])

EXPECTED = {
    "DIFF_MEAN": (14 / 4 - 8 / 4, 1 / 4),
    "DIFF_SUM": (14 - 8, 1),
    # log2(4 * 4 * 2 * 8) = 8 and log2(2 * 4 * 1 * 5) = 5.321928
    "DIFF_SUM_LOG2": (8 - math.log2(40), 1),
    "DIFF_LOG2_SUM": (math.log2(15 / 9), 1),
    "L2_DIFF": (math.sqrt(4 + 0 + 1 + 9), 1),
    # log(4 / 2), 0, log(2), log(8 / 5)
    "L2_DIFF_LOG1P": (math.sqrt(2 * math.log(2) ** 2 + math.log(1.6) ** 2), math.log(2)),
    "ACTIVE_MEAN": (14 / 4, 1 / 4),
    "ACTIVE_SUM": (14, 1),
}


@pytest.mark.parametrize("name", AGGREGATIONS)
def test_aggregations(name: str) -> None:
    np.testing.assert_allclose(AGGREGATIONS[name](REF, ALT), EXPECTED[name], rtol=1e-14)


def test_scores_of_genes() -> None:
    """Means 2 and 3.5 of the first track, 0 and 0.25 of the second; the largest changes are 7 - 4 and 1 - 0."""
    lfc = [math.log(3.501 / 2.001), math.log(0.251 / 0.001)]
    np.testing.assert_allclose(GENE_SCORES["GENE_MASK_LFC"](REF, ALT), lfc, rtol=1e-14)
    assert GENE_SCORES["GENE_MASK_ACTIVE"](ALT, REF).tolist() == [3.5, 0.25]
    assert GENE_SCORES["GENE_MASK_SPLICING"](REF, ALT).tolist() == [3, 1]


def test_contacts_of_the_variants_bin() -> None:
    """Column 1 changes by 2, 0 and 1: (2 + 0 + 1) / 3."""
    ref = np.zeros((1, 3, 3))
    alt = np.array([[[9.0, -2.0, 9.0], [-2.0, 0.0, 1.0], [9.0, 1.0, 9.0]]])
    assert contact_change(ref, alt, 1).tolist() == [1.0]


def test_cleavage_moves_between_near_and_far_sites() -> None:
    """Ratios 2, 1 and 1. First site against two: 2/1 * 2 / 2 = 2, log2 1; two against the last: 1/2 * 3 / 1, log2 0.585."""
    assert poly_a_change(floats([1, 2, 4]), floats([2, 2, 4])).tolist() == [1.0]
    # Half: |log2(2/1 * 0.5 / 2)| = 1 and |log2(1/2 * 1.5 / 1)| = 0.415.
    assert poly_a_change(floats([2, 2, 4]), floats([1, 2, 4])).tolist() == [1.0]
    # Nothing before a site in REF: its ratio counts as 0, and a split without anything on one side as no change.
    assert poly_a_change(floats([0, 2]), floats([1, 2])).tolist() == [0.0]


@pytest.mark.parametrize(
    ("position", "width", "resolution", "expected"),
    [
        (1_000, 501, 1, (750, 1_251)),
        (100, 501, 1, (0, 351)),  # cut at the left end
        (4_000, 501, 1, (3_750, 4_096)),
        (1_000, 501, 128, (5, 9)),  # ceil(501 / 128) = 4 bins; the variant's is the 7th: 7 - 2 to 7 + 2
        (1_000, 2_001, 128, (0, 15)),  # 16 bins, 7 - 8 to 7 + 8
        (1_000, None, 128, (0, 32)),
        (1_000, 2_048, 2_048, (0, 1)),
    ],
)
def test_masks_around_a_variant(position: int, width: int, resolution: int, expected: tuple[int, int]) -> None:
    assert center_bins(position, width, resolution, 4_096) == expected


def test_exons_are_cut_to_the_input_and_overlaps_count_once() -> None:
    assert clipped([(90, 120), (119, 130), (180, 300)], (100, 200), 100) == ((0, 20), (20, 30), (80, 100))


def test_coverage_before_cleavage_sites() -> None:
    """400 bp that end with the site on the plus strand, begin with it on the minus strand; cut to the input [1,000, 5,000)."""
    interval = Interval("chrA", 1_000, 5_000)
    forward = gene("F", 1_000, 3_000, "+")
    sites = (1_100, 2_000)
    of = {strand: poly_a_spans(_with(forward, strand, sites), interval) for strand in "+-"}
    assert of == {"+": ((0, 101), (601, 1_001)), "-": ((100, 500), (1_000, 1_400))}
    assert poly_a_spans(_with(forward, "+", (100, 200, 2_000)), interval) == ()  # two of three lie outside


def _with(given: object, strand: str, sites: tuple[int, ...]) -> object:
    from dataclasses import replace

    return replace(given, strand=strand, poly_a=sites)  # type: ignore[type-var]
