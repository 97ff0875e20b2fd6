"""ALT on REF's positions, on ten bases that can be checked by hand; the official definition's edges beside it."""

from __future__ import annotations

import numpy as np
import pytest

from predictor.scoring.alignment import Alignment
from predictor.variants.variant import Variant
from tests.scoring.conftest import floats

ALT = floats([10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
LENGTH = 10


def drawn(variant: Variant, span: tuple[int, int] = (0, LENGTH)) -> list[float]:
    alignment = Alignment.of(variant, 100)
    return alignment.aligned(ALT, 0, span)[0].tolist()


def test_a_substitution_moves_nothing() -> None:
    assert drawn(Variant("c", 104, "A", "G")) == ALT[0].tolist()


def test_an_insertion_is_the_maximum_of_its_bases_and_their_anchor() -> None:
    """Anchor at 3, two bases in: max(13, 14, 15) = 15 at 3, then 16, 17, 18, 19; the last two places have nothing left."""
    assert drawn(Variant("c", 103, "A", "AGG")) == [10, 11, 12, 15, 16, 17, 18, 19, 0, 0]
    assert drawn(Variant("c", 104, "", "GG")) == drawn(Variant("c", 103, "A", "AGG"))  # the same without an anchor


def test_a_deletion_leaves_zeros() -> None:
    """Anchor at 3, two bases out: zeros at 4 and 5, then ALT's 4, 5, 6 and 7."""
    assert drawn(Variant("c", 103, "AGG", "A")) == [10, 11, 12, 13, 0, 0, 14, 15, 16, 17]
    assert drawn(Variant("c", 104, "GG", "")) == drawn(Variant("c", 103, "AGG", "A"))


def test_only_what_an_uneven_replacement_adds_is_moved() -> None:
    """AC>TGG: the pair is common, one base is added behind position 4."""
    assert drawn(Variant("c", 103, "AC", "TGG")) == [10, 11, 12, 13, 15, 16, 17, 18, 19, 0]


def test_a_change_before_the_first_base() -> None:
    assert drawn(Variant("c", 100, "", "GG")) == [12, 13, 14, 15, 16, 17, 18, 19, 0, 0]
    assert drawn(Variant("c", 100, "GG", "")) == [0, 0, 10, 11, 12, 13, 14, 15, 16, 17]


def test_a_change_that_passes_the_end() -> None:
    assert drawn(Variant("c", 107, "A", "AGGGG")) == [10, 11, 12, 13, 14, 15, 16, 19, 0, 0]
    assert drawn(Variant("c", 107, "AGGGG", "A")) == [10, 11, 12, 13, 14, 15, 16, 17, 0, 0]


@pytest.mark.parametrize("span", [(0, 3), (2, 6), (3, 4), (4, 6), (5, 9), (7, 8)])
@pytest.mark.parametrize(
    "variant", [Variant("c", 103, "A", "AGG"), Variant("c", 103, "AGG", "A"), Variant("c", 103, "A", "G")]
)
def test_a_span_needs_no_more_than_it_says(variant: Variant, span: tuple[int, int]) -> None:
    """What is decoded over `needed` alone gives what the whole of ALT gives."""
    alignment = Alignment.of(variant, 100)
    start, end = alignment.needed(span)
    part = ALT[:, start : min(end, LENGTH)]
    assert alignment.aligned(part, start, span)[0].tolist() == drawn(variant, span)
    assert end - start <= span[1] - span[0] + max(0, alignment.shift)


def test_the_official_arithmetic_agrees() -> None:
    """IndelMask and align_alternate written down once more as they are: masks over the whole input."""
    rng = np.random.default_rng(3)
    for _ in range(200):
        ref, alt = ("".join(rng.choice(list("ACGT"), rng.integers(1, 6))) for _ in range(2))
        variant = Variant("c", 100 + int(rng.integers(0, 20)), "A" + ref, "A" + alt + "T")
        values = rng.normal(size=(3, 40))
        ours = Alignment.of(variant, 100).aligned(values, 0, (0, 40))
        np.testing.assert_array_equal(ours, _official(values.T, variant).T)


def _official(alt: np.ndarray, variant: Variant) -> np.ndarray:
    more = len(variant.alt) - len(variant.ref)
    at = variant.start - 100 + min(len(variant.ref), len(variant.alt)) - 1
    alt = alt.copy()
    if more > 0:
        alt[at : at + more + 1] = alt[at : at + more + 1].max(0)
        order = np.r_[0 : at + 1, at + more + 1 : len(alt), at + 1 : at + more + 1]
        alt = alt[order]
        alt[-more:] = 0
    if more < 0:
        alt[more:] = 0
        order = np.r_[0 : at + 1, len(alt) + more : len(alt), at + 1 : len(alt) + more]
        alt = alt[order]
    return alt
