"""Variants in their normal form; each expected row was worked out by hand on the little chromosome below."""

from __future__ import annotations

import random

import pytest

from predictor.errors import DomainError
from predictor.genome import Interval
from predictor.variants.variant import Variant, check_reference, normalised, variant_text

#        0123456789012345
BASES = "GATTTTCACACAGGGA"


def fetch(interval: Interval) -> str:
    assert interval.chromosome == "chrI"
    return BASES[interval.start : interval.end]


def variant(start: int, ref: str, alt: str) -> Variant:
    return Variant("chrI", start, ref, alt)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (variant(3, "T", "G"), variant(3, "T", "G")),  # an SNV stays
        (variant(2, "TTT", "TGT"), variant(3, "T", "G")),  # shared bases on both sides go
        (variant(4, "T", ""), variant(1, "AT", "A")),  # any of the four Ts: the leftmost
        (variant(5, "", "T"), variant(1, "A", "AT")),
        (variant(10, "CA", ""), variant(5, "TCA", "T")),  # a unit of CACACA, through the repeat's start
        (variant(12, "", "CA"), variant(5, "T", "TCA")),
        (variant(12, "GGG", "GG"), variant(11, "AG", "A")),
        (variant(0, "G", ""), variant(0, "GA", "A")),  # no base before it: the anchor stands behind
        (variant(0, "", "C"), variant(0, "G", "CG")),
        (variant(3, "TT", "GA"), variant(3, "TT", "GA")),  # an MNV
        (variant(1, "ATT", "CG"), variant(1, "ATT", "CG")),  # a replacement of another length needs no anchor
    ],
)
def test_normal_form(given: Variant, expected: Variant) -> None:
    assert normalised(given, fetch) == expected


def test_the_normal_form_makes_the_same_sequence() -> None:
    rng = random.Random(5)
    for _ in range(300):
        start = rng.randrange(len(BASES))
        ref = BASES[start : start + rng.randrange(4)]
        alt = "".join(rng.choices("ACGT", k=rng.randrange(4)))
        if ref == alt:
            continue
        one = variant(start, ref, alt)
        other = normalised(one, fetch)
        assert BASES[: one.start] + one.alt + BASES[one.end :] == BASES[: other.start] + other.alt + BASES[other.end :]
        assert other.ref and other.alt
        assert normalised(other, fetch) == other


def test_a_wrong_reference_base_is_shown() -> None:
    check_reference(variant(2, "TTTT", "A"), fetch, len(BASES))
    with pytest.raises(DomainError, match=r"chrI:3:TTA>A does not fit the reference, which has TTT there and not TTA"):
        check_reference(variant(2, "TTA", "A"), fetch, len(BASES))
    with pytest.raises(DomainError, match=r"reaches past the end of chrI, which has 16 bp"):
        check_reference(variant(15, "AC", "A"), fetch, len(BASES))


def test_text_is_counted_from_one() -> None:
    assert variant_text(variant(3, "T", "G")) == "chrI:4:T>G"
    assert variant_text(variant(3, "", "G")) == "chrI:4:->G"
