"""Which tokens an edit leaves as they are, on small numbers that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from predictor.codes import encode_bases
from predictor.inference.edits import alike, merged, reusable, stretches
from predictor.inputs import ModelInput, Padding, from_sequence
from predictor.variants.edit import Edit

TOKENS = 40
BASES = "".join(np.random.default_rng(8).choice(list("ACGT"), 128 * TOKENS))
GIVEN = ModelInput(BASES, len(BASES), (0, len(BASES)), ())


def changed(edit: Edit) -> str:
    return edit.apply(GIVEN).sequence


def other(base: str) -> str:
    return "A" if base != "A" else "C"


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (Edit(5, 6, "T"), BASES[:5] + "T" + BASES[6:]),
        (Edit(5, 5, "TTT"), BASES[:5] + "TTT" + BASES[5:-3]),
        (Edit(5, 9, ""), BASES[:5] + BASES[9:] + "NNNN"),
        (Edit(5, 9, "", tail="ACGTACGT"), BASES[:5] + BASES[9:] + "ACGT"),
        (Edit(5, 9, "", tail="AC"), BASES[:5] + BASES[9:] + "ACNN"),
        (Edit(0, len(BASES), ""), "N" * len(BASES)),
        (Edit(len(BASES), len(BASES), "A"), BASES),
    ],
)
def test_an_edit_keeps_length_and_start(edit: Edit, expected: str) -> None:
    assert changed(edit) == expected


@pytest.mark.parametrize("edit", [Edit(-1, 3, "A"), Edit(4, 3, "A"), Edit(0, len(BASES) + 1, "")])
def test_an_edit_outside_the_input_is_refused(edit: Edit) -> None:
    with pytest.raises(ValueError, match="lies outside an input of 5120 bp"):
        edit.apply(GIVEN)


def test_the_real_bases_are_counted_anew() -> None:
    """5,000 bp of an input of 6,144: an insertion takes N's place, a deletion leaves more, whatever follows."""
    padded = from_sequence(BASES[:5000])
    assert len(padded.sequence) == 6144
    longer, shorter = Edit(10, 10, "ACGT").apply(padded), Edit(10, 14, "", tail="ACGT").apply(padded)
    assert (longer.real_bp, shorter.real_bp) == (5004, 4996)
    assert longer.sequence == (BASES[:10] + "ACGT" + BASES[10:5000]).ljust(6144, "N")
    assert longer.padding == (Padding(5004, 6144, "N"),) and shorter.padding == (Padding(4996, 6144, "N"),)
    whole = Edit(10, 14, "", tail="AC").apply(GIVEN)
    assert (whole.real_bp, whole.padding) == (len(BASES) - 2, (Padding(len(BASES) - 2, len(BASES), "N"),))


def source_of(edit: Edit) -> list[int]:
    return reusable(encode_bases(BASES), encode_bases(changed(edit)), edit.shift).tolist()


def test_a_substitution_changes_the_tokens_within_640_bp() -> None:
    """Base 2,600 is seen by tokens whose [start - 640, start + 768) holds it: starts 1,833 to 3,240, tokens 15 to 25."""
    source = source_of(Edit(2_600, 2_601, other(BASES[2_600])))
    assert [token for token, where in enumerate(source) if where < 0] == list(range(15, 26))
    assert all(where in (-1, token) for token, where in enumerate(source))


def test_a_substitution_by_the_same_base_changes_nothing() -> None:
    assert source_of(Edit(2_600, 2_601, BASES[2_600])) == list(range(TOKENS))


def test_an_insertion_off_the_grid_changes_all_that_follows() -> None:
    source = source_of(Edit(2_600, 2_600, "GATTACA"))
    assert source[:15] == list(range(15)) and set(source[15:]) == {-1}


def test_tokens_that_move_by_whole_tokens_are_taken_along() -> None:
    """256 bp more at 2,600: token t behind it is the reference's t - 2, but near the right end, where sequence was lost.

    It is reusable where its 640 bp on the left lie beyond the insertion's end at 2,856: starts from 3,496, token 28 on; and
    where the reference's token still has 640 bp to its right: t - 2 + 6 tokens within 40, t up to 35, and the very last ones
    see the input's end nearer than the reference's did.
    """
    source = source_of(Edit(2_600, 2_600, "ACGT" * 64))
    assert source[:15] == list(range(15))
    assert set(source[15:28]) == {-1}
    assert source[28:35] == list(range(26, 33))
    assert set(source[35:]) == {-1}


def test_stretches_and_their_merging() -> None:
    tokens = np.zeros(TOKENS, bool)
    tokens[[3, 4, 20, 39]] = True
    assert stretches(tokens) == [(384, 640), (2_560, 2_688), (4_992, 5_120)]
    assert merged([(2_560, 2_688), (384, 640), (700, 1_000)]) == [
        (384, 1_000),
        (2_560, 2_688),
    ]  # 1,560 bp apart: two halos are less
    assert merged([(0, 5_000), (100, 200)]) == [(0, 5_000)]


def test_neighbours_that_reuse_the_same_tokens_run_together() -> None:
    edits = [Edit(at, at + 1, other(BASES[at])) for at in (2_600, 2_601, 2_602, 900)]
    groups = list(alike(GIVEN, edits, at_once=2))
    assert [len(group.codes) for group in groups] == [2, 1, 1]
    assert [one.sequence for group in groups for one in group.inputs] == [changed(edit) for edit in edits]
    assert [encode_bases(one.sequence).tolist() for one in groups[0].inputs] == groups[0].codes.tolist()
