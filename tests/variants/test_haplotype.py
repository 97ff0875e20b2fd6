"""Edits put together; every expected array is counted out by hand on ten or so bases."""

from __future__ import annotations

import random

import numpy as np
import pytest

from predictor.errors import DomainError
from predictor.inputs import ModelInput, from_sequence
from predictor.variants.haplotype import DELETED, Haplotype
from predictor.variants.variant import Variant

ORIGIN = 100


def variant(start: int, ref: str, alt: str) -> Variant:
    return Variant("chrI", start, ref, alt)


def given(bases: str) -> ModelInput:
    return from_sequence(bases)


def test_edits_become_one_replacement_of_the_input() -> None:
    #             100       110
    bases = "ACGTACGTACGTACGTACGT"
    haplotype = Haplotype.of([variant(112, "A", "AGG"), variant(103, "T", "C"), variant(106, "GTA", "G")])
    edit = haplotype.edit(given(bases), ORIGIN)
    assert (edit.start, edit.end, edit.shift) == (3, 13, 0)  # -2 and +2
    changed = edit.apply(given(bases)).sequence[:20]
    assert changed == "ACG" + "C" + "AC" + "G" + "CGT" + "A" + "GG" + "CGTACGT"


def test_random_haplotypes_are_what_editing_from_the_right_gives() -> None:
    rng = random.Random(2)
    for _ in range(200):
        bases = "".join(rng.choices("ACGT", k=60))
        places = sorted(rng.sample(range(2, 56, 6), 3))
        edits = []
        for place in places:
            ref = bases[place : place + rng.randrange(1, 4)]
            alt = "".join(rng.choices("ACGT", k=rng.randrange(1, 5)))
            if ref != alt:
                edits.append(variant(ORIGIN + place, ref, alt))
        if not edits:
            continue
        expected = bases
        for one in reversed(edits):
            expected = expected[: one.start - ORIGIN] + one.alt + expected[one.end - ORIGIN :]
        haplotype = Haplotype.of(edits)
        changed = haplotype.edit(given(bases), ORIGIN).apply(given(bases))
        assert changed.sequence[: changed.real_bp] == expected
        # Every base that has a place in the reference is the reference's, but where an edit replaced it.
        source = haplotype.source(ORIGIN, 60, len(expected))
        touched = {at - ORIGIN for one in edits for at in range(one.start, one.end)}
        assert all(expected[source[at]] == bases[at] for at in range(60) if at not in touched and source[at] != DELETED)


def test_an_insertion_keeps_its_peak_and_a_deletion_is_nothing() -> None:
    # Reference 100..107; after base 102 two bases come in, 105 and 106 go.
    haplotype = Haplotype.of([variant(102, "A", "AGG"), variant(104, "CTT", "C")])
    edited = np.array([0, 1, 2, 20, 21, 3, 4, 7], np.float32)  # 8 = 8 + 2 - 2; the values name the reference's base
    aligned = haplotype.at_reference(edited, 1, ORIGIN, 8, 8)
    assert aligned.tolist() == [0, 1, 21, 3, 4, 0, 0, 7]  # 21 is the greatest of 2, 20, 21


def test_coarse_bins_are_means_over_their_bases() -> None:
    # Bins of 4; base 101 goes: reference bases 100 102 103 104 | 105 ... have edited bases 0 1 2 3 | 4 ...
    haplotype = Haplotype.of([variant(100, "AC", "A")])
    edited = np.array([8.0, 4.0], np.float32)  # edited bases 0-3 and 4-6
    aligned = haplotype.at_reference(edited, 4, ORIGIN, 8, 7)
    # first bin: bases 0, gone, 1, 2 -> (8 + 0 + 8 + 8) / 4; second: 3, 4, 5, 6 -> (8 + 4 + 4 + 4) / 4
    assert aligned.tolist() == [6.0, 5.0]


def test_without_indels_nothing_moves() -> None:
    haplotype = Haplotype.of([variant(102, "A", "T")])
    values = np.arange(8, dtype=np.float32)
    assert not haplotype.has_indel
    assert haplotype.at_reference(values, 1, ORIGIN, 8, 8).tolist() == values.tolist()


def test_what_an_insertion_pushes_out_at_the_right_has_no_value() -> None:
    haplotype = Haplotype.of([variant(101, "C", "CTTT")])
    values = np.arange(6, dtype=np.float32) + 1  # an input of 6 bases stays 6 long
    assert haplotype.at_reference(values, 1, ORIGIN, 6, 6).tolist() == [1, 5, 6, 0, 0, 0]


@pytest.mark.parametrize(
    ("edits", "code"),
    [
        ([variant(100, "AC", "A"), variant(101, "C", "T")], "edits_overlap"),
        ([variant(100, "A", "AT"), variant(100, "A", "AG")], "edits_overlap"),
        ([variant(100, "A", "C"), Variant("chrII", 100, "A", "C")], "several_chromosomes"),
        ([variant(100 + i, "A", "C") for i in range(51)], "too_many_edits"),
    ],
)
def test_what_cannot_lie_on_one_haplotype(edits: list[Variant], code: str) -> None:
    with pytest.raises(DomainError) as refused:
        Haplotype.of(edits)
    assert refused.value.code == code


def test_neighbours_and_the_same_edit_twice_are_fine() -> None:
    haplotype = Haplotype.of([variant(101, "C", "T"), variant(100, "A", "G"), variant(100, "A", "G")])
    assert [one.start for one in haplotype.variants] == [100, 101]
    Haplotype.of([variant(101, "", "A"), variant(101, "C", "T")])  # an insertion before a base, and that base
    # An SNV of the base before an insertion: the anchor is the reference's, the SNV wins it.
    both = Haplotype.of([variant(101, "C", "CAA"), variant(101, "C", "T")])
    assert both.edit(given("ACGT"), ORIGIN).apply(given("ACGT")).sequence[:6] == "ATAAGT"
