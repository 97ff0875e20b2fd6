"""From what was asked for to what the network reads: a length that fits and padding that is named."""

from __future__ import annotations

import hashlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from predictor.errors import DomainError
from predictor.genome import Interval
from predictor.inputs import (
    BIN_BP,
    LENGTH_STEP_BP,
    MAX_BP,
    ModelInput,
    Padding,
    from_interval,
    from_sequence,
    model_window,
)

CHROMOSOME_BP = 100_000
BASES = "".join(random.Random(3).choices("ACGT", k=CHROMOSOME_BP))


def fetch(interval: Interval) -> str:
    return BASES[interval.start : interval.end]


def place(start: int, end: int) -> Interval:
    return Interval("chrI", start, end)


@pytest.mark.parametrize(
    ("bases", "length", "n"),
    [
        (1, 2_048, 2_047),  # 2,048 - 1
        (2_047, 2_048, 1),
        (2_048, 2_048, 0),
        (2_049, 4_096, 2_047),  # 2 x 2,048 - 2,049
        (10_000, 10_240, 240),  # 5 x 2,048 - 10,000
        (MAX_BP - 1, MAX_BP, 1),
        (MAX_BP, MAX_BP, 0),
    ],
)
def test_a_sequence_is_padded_with_n_on_the_right(bases: int, length: int, n: int) -> None:
    given = from_sequence("C" * bases)
    assert given.sequence == "C" * bases + "N" * n
    assert len(given.sequence) == length
    assert (given.real_bp, given.asked, given.interval) == (bases, (0, bases), None)
    assert given.padding == ((Padding(bases, length, "N"),) if n else ())


@pytest.mark.parametrize("length", [0, MAX_BP + 1], ids=["empty", "too-long"])
def test_an_uncleaned_sequence_is_a_mistake_of_ours(length: int) -> None:
    with pytest.raises(ValueError, match="clean_sequence comes first"):
        from_sequence("A" * length)


def test_the_digest_is_that_of_the_bases() -> None:
    given = from_sequence("ACGT")
    assert given.sha256 == hashlib.sha256(b"ACGT" + b"N" * 2_044).hexdigest()
    assert given.sha256 != from_sequence("ACGA").sha256


def test_an_interval_is_put_amid_real_flanks() -> None:
    asked = place(50_000, 53_000)
    given = from_interval(asked, CHROMOSOME_BP, fetch)
    # 3,000 bp need 2 x 2,048 = 4,096. The 1,096 left over are shared: 50,000 - 548 = 49,452, and the grid begins at
    # 386 x 128 = 49,408. So 50,000 - 49,408 = 592 bases come before and 4,096 - 592 - 3,000 = 504 behind.
    assert given.interval == place(49_408, 53_504)
    assert given.sequence == BASES[49_408:53_504]
    assert given.real_bp == 4_096
    assert given.asked == (592, 3_592)
    assert given.padding == (Padding(0, 592, "flank"), Padding(3_592, 4_096, "flank"))


def test_an_interval_that_fits_exactly_has_no_padding() -> None:
    given = from_interval(place(1_280, 1_280 + 2_048), CHROMOSOME_BP, fetch)
    assert (given.asked, given.padding) == ((0, 2_048), ())


def test_an_interval_of_the_right_length_off_the_grid_gets_one_step_more() -> None:
    given = from_interval(place(1_300, 1_300 + 2_048), CHROMOSOME_BP, fetch)
    # 2,048 bp from 1,280 on would end at 3,328, before 3,348: so 4,096 bp, from (1,300 - 1,024) // 128 * 128 = 256 on.
    assert given.interval == place(256, 4_352)
    assert given.padding == (Padding(0, 1_044, "flank"), Padding(3_092, 4_096, "flank"))


def test_at_the_left_end_the_window_moves_right() -> None:
    given = from_interval(place(0, 10), CHROMOSOME_BP, fetch)
    assert given.interval == place(0, 2_048)
    assert given.padding == (Padding(10, 2_048, "flank"),)


def test_at_the_right_end_the_window_moves_left_on_its_grid() -> None:
    given = from_interval(place(99_990, 100_000), CHROMOSOME_BP, fetch)
    # 100,000 - 2,048 = 97,952 is no grid point; the next one is 766 x 128 = 98,048, and 98,048 + 2,048 = 100,096.
    assert given.interval == place(98_048, 100_000)
    assert given.sequence == BASES[98_048:] + "N" * 96
    assert given.asked == (1_942, 1_952)
    assert given.padding == (Padding(0, 1_942, "flank"), Padding(1_952, 2_048, "N"))


def test_a_chromosome_that_ends_on_the_grid_needs_no_n() -> None:
    given = from_interval(place(99_800, 99_840), 99_840, fetch)  # 780 x 128
    assert given.interval == place(97_792, 99_840)
    assert given.padding == (Padding(0, 2_008, "flank"),)


@pytest.mark.parametrize("chromosome_bp", [230_218, 813_184, 1_531_933], ids=["chrI", "chrII", "chrIV"])
def test_the_last_bases_of_a_chromosome_take_no_longer_window_than_others(chromosome_bp: int) -> None:
    start, end = model_window(place(chromosome_bp - 20, chromosome_bp), chromosome_bp, context_bp=16_384)
    assert end - start == 16_384
    assert 0 <= end - chromosome_bp < BIN_BP


def test_a_chromosome_shorter_than_the_window_is_followed_by_n() -> None:
    given = from_interval(place(100, 200), 1_000, fetch)
    assert given.sequence == BASES[:1_000] + "N" * 1_048
    assert (given.real_bp, given.interval) == (1_000, place(0, 1_000))
    assert given.padding == (Padding(0, 100, "flank"), Padding(200, 1_000, "flank"), Padding(1_000, 2_048, "N"))


def test_context_is_added_on_both_sides() -> None:
    given = from_interval(place(50_000, 50_001), CHROMOSOME_BP, fetch, context_bp=16_384)
    # 16,383 bp to share: 50,000 - 8,191 = 41,809, on the grid 326 x 128 = 41,728.
    assert given.interval == place(41_728, 41_728 + 16_384)
    assert given.asked == (8_272, 8_273)


def test_context_is_rounded_up_to_whole_steps() -> None:
    assert model_window(place(0, 1), CHROMOSOME_BP, context_bp=5_000) == (0, 6_144)


def test_the_longest_interval_is_accepted_and_one_base_more_refused() -> None:
    assert model_window(place(0, MAX_BP), 2_000_000) == (0, MAX_BP)
    with pytest.raises(DomainError) as caught:
        model_window(place(0, MAX_BP + 1), 2_000_000)
    assert (caught.value.code, caught.value.status) == ("interval_too_long", 413)
    assert str(caught.value) == (
        "chrI:1-1,048,577 is 1,048,577 bp long; the model reads at most 1,048,576 bp, so choose a part of it."
    )


def test_where_the_longest_window_has_no_room_for_the_grid_the_grid_gives_way() -> None:
    assert model_window(place(100, 100 + MAX_BP), 2_000_000) == (100, 100 + MAX_BP)


def test_a_reference_that_gives_too_few_bases_is_noticed() -> None:
    with pytest.raises(ValueError, match="gave 2047 bases instead of 2048"):
        from_interval(place(0, 10), CHROMOSOME_BP, lambda interval: fetch(interval)[1:])


@st.composite
def asked_intervals(draw: st.DrawFn, most_bp: int = MAX_BP, longest: int = 2_000_000) -> tuple[Interval, int]:
    """An interval and the length of its chromosome."""
    chromosome_bp = draw(st.integers(1, longest))
    start = draw(st.integers(0, chromosome_bp - 1))
    width = draw(st.integers(1, min(most_bp, chromosome_bp - start)) | st.just(min(most_bp, chromosome_bp - start)))
    return place(start, start + width), chromosome_bp


@settings(deadline=None)
@given(asked_intervals(), st.sampled_from([2_048, 16_384, 131_072, MAX_BP]))
def test_every_window_covers_what_was_asked_on_the_grid(asked: tuple[Interval, int], context_bp: int) -> None:
    interval, chromosome_bp = asked
    start, end = model_window(interval, chromosome_bp, context_bp)
    assert 0 <= start <= interval.start
    assert interval.end <= end
    assert (end - start) % LENGTH_STEP_BP == 0
    assert context_bp <= end - start <= MAX_BP
    assert start % BIN_BP == 0 or (interval.width > MAX_BP - 2 * BIN_BP and start == interval.start)
    assert end - start < max(interval.width, context_bp) + 2 * LENGTH_STEP_BP  # no more than it takes
    assert end < max(chromosome_bp + 2 * BIN_BP, end - start + 1)  # and hardly past the end of a longer chromosome


@settings(deadline=None)
@given(asked_intervals(most_bp=20_000, longest=CHROMOSOME_BP), st.sampled_from([2_048, 16_384]))
def test_every_input_is_real_bases_then_n_and_all_of_it_is_named(asked: tuple[Interval, int], context_bp: int) -> None:
    interval, chromosome_bp = asked
    given = from_interval(interval, chromosome_bp, fetch, context_bp)
    assert given.interval is not None
    assert given.interval.end <= chromosome_bp
    assert given.sequence == fetch(given.interval) + "N" * (len(given.sequence) - given.real_bp)
    assert given.real_bp == given.interval.width
    first, last = given.asked
    assert given.sequence[first:last] == fetch(interval)
    # What was asked and the parts of the padding lie side by side, without gap or overlap.
    parts = sorted([given.asked, *((part.start, part.end) for part in given.padding)])
    assert [start for start, _ in parts] == [0, *(end for _, end in parts[:-1])]
    assert parts[-1][1] == len(given.sequence)
    assert all(part.kind == ("N" if part.start >= given.real_bp else "flank") for part in given.padding)


@settings(deadline=None)
@given(st.integers(1, 10_000))
def test_a_sequence_and_the_same_interval_hold_the_same_bases(width: int) -> None:
    pasted = from_sequence(BASES[:width])
    located = from_interval(place(0, width), width, fetch)
    assert located == ModelInput(pasted.sequence, width, pasted.asked, pasted.padding, place(0, width))


LENGTHS = (16_384, 131_072, 524_288, 1_048_576)


@pytest.mark.parametrize(
    ("width", "read"),
    [(1, 131_072), (131_072, 131_072), (131_073, 524_288), (524_289, 1_048_576), (1_048_576, 1_048_576)],
)
def test_a_model_of_few_lengths_gets_one_of_them_and_the_locus_lies_inside(width: int, read: int) -> None:
    asked = Interval("chr1", 5_000_001, 5_000_001 + width)
    start, end = model_window(asked, 100_000_000, 131_072, LENGTHS)
    assert start <= asked.start and asked.end <= end
    # 131,072 bp from a place off the grid of 128 need 131,072 + 1 at least: the next length
    assert end - start == (read if width != 131_072 else 524_288)


def test_a_pasted_sequence_for_such_a_model_is_padded_to_the_least_length_that_holds_it() -> None:
    for bp, read in ((1, 16_384), (16_384, 16_384), (16_385, 131_072), (1_048_576, 1_048_576)):
        given = from_sequence("A" * bp, LENGTHS)
        assert (len(given.sequence), given.real_bp, given.sequence.count("N")) == (read, bp, read - bp)
