"""Reading and writing places on a genome: the text is 1-based inclusive, the numbers are 0-based half-open."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from predictor.errors import DomainError
from predictor.genome import Interval, LocusText, format_locus, format_position, looks_like_locus, parse_locus

# (text, chromosome, first base counted from 1, last base counted from 1)
ACCEPTED = {
    "plain": ("chrII:278000-281000", "chrII", 278_000, 281_000),
    "commas": ("chrII:278,000-281,000", "chrII", 278_000, 281_000),
    "commas-in-odd-places": ("chrII:2,78000-28,1000", "chrII", 278_000, 281_000),
    "two-dots": ("chrII:278000..281000", "chrII", 278_000, 281_000),
    "two-dots-and-commas": ("chrII:278,000..281,000", "chrII", 278_000, 281_000),
    "hyphen-u2010": ("chrII:278000\u2010281000", "chrII", 278_000, 281_000),
    "non-breaking-hyphen": ("chrII:278000\u2011281000", "chrII", 278_000, 281_000),
    "figure-dash": ("chrII:278000\u2012281000", "chrII", 278_000, 281_000),
    "en-dash": ("chrII:278,000\u2013281,000", "chrII", 278_000, 281_000),
    "em-dash": ("chrII:278,000\u2014281,000", "chrII", 278_000, 281_000),
    "thin-spaces": ("chrII:278\u2009000-281\u2009000", "chrII", 278_000, 281_000),
    "narrow-no-break-spaces": ("chrII:278\u202f000-281\u202f000", "chrII", 278_000, 281_000),
    "spaces-as-separators": ("chrII:278 000 - 281 000", "chrII", 278_000, 281_000),
    "underscores": ("chrII:278_000-281_000", "chrII", 278_000, 281_000),
    "apostrophes": ("chrII:278'000-281'000", "chrII", 278_000, 281_000),
    "white-space-around": ("  chrII : 278000 \t- 281000\n", "chrII", 278_000, 281_000),
    "bare-numeral": ("II:278000-281000", "II", 278_000, 281_000),
    "case-is-kept": ("CHRII:5-9", "CHRII", 5, 9),
    "any-name-is-kept": ("BK006936.2:5-9", "BK006936.2", 5, 9),
    "first-base": ("chrI:1-1", "chrI", 1, 1),
    "single-position": ("chrII:278000", "chrII", 278_000, 278_000),
    "single-position-with-commas": ("II:278,000", "II", 278_000, 278_000),
    "leading-zeros": ("chrI:0007-0010", "chrI", 7, 10),
    "twenty-digits": (f"chrI:1-{10**19}", "chrI", 1, 10**19),
}

# (text, part of the sentence)
REFUSED = {
    "empty": ("", "“” is not a locus; write it as chrII:278,000-281,000."),
    "blank": (" \t", "is not a locus"),
    "no-position": ("chrII:", "“chrII:” is not a locus"),
    "no-colon": ("chrII", "“chrII” is not a locus"),
    "no-chromosome": (":5-9", "“:5-9” is not a locus"),
    "words": ("chrII:here-there", "“chrII:here-there” is not a locus"),
    "no-last": ("chrII:5-", "“chrII:5-” is not a locus"),
    "no-first": ("chrII:-5", "“chrII:-5” is not a locus"),
    "negative-last": ("chrII:5--9", "“chrII:5--9” is not a locus"),
    "three-numbers": ("chrII:5-9-12", "“chrII:5-9-12” is not a locus"),
    "two-colons": ("chrII:5:9", "“chrII:5:9” is not a locus"),
    "one-dot": ("chrII:5.9", "“chrII:5.9” is not a locus"),
    "three-dots": ("chrII:5...9", "“chrII:5...9” is not a locus"),
    "letters-behind": ("chrII:5-9bp", "“chrII:5-9bp” is not a locus"),
    "kilobases": ("chrII:278k-281k", "“chrII:278k-281k” is not a locus"),
    "name-with-a-space": ("chr II:5-9", "“chr II:5-9” is not a locus"),
    "begins-with-a-comma": ("chrII:,5-9", "“chrII:,5-9” is not a locus"),
    "zero": ("chrII:0-100", "“chrII:0-100” starts at 0, but positions are counted from 1."),
    "zero-alone": ("chrII:0", "“chrII:0” starts at 0"),
    "zero-to-zero": ("chrII:0-0", "starts at 0"),
    "reversed": (
        "chrII:281000-278000",
        "“chrII:281000-278000” ends before it starts; write the smaller position first, as in chrII:278,000-281,000.",
    ),
    "ends-at-zero": ("chrII:5-0", "“chrII:5-0” ends before it starts; positions are counted from 1."),
    "reversed-on-a-long-name": ("x" * 1_000 + ":9-5", "write the smaller position first"),
    "a-long-run-of-spaces": (f"chrII:1{' ' * 2_000}-{' ' * 2_000}1{' ' * 2_000}x", "is not a locus"),
    "thousands-of-digits": ("chrII:" + "1" * 5_000, "is not a locus"),
    "thousands-of-digits-last": ("chrII:1-" + "9" * 5_000, "is not a locus"),
}


@pytest.mark.parametrize(("text", "chromosome", "first", "last"), ACCEPTED.values(), ids=ACCEPTED)
def test_a_locus_is_read_as_its_first_and_last_base(text: str, chromosome: str, first: int, last: int) -> None:
    # Counting from 1 with both ends included, "5-9" are five bases; from 0 and half-open they are [4, 9).
    assert parse_locus(text) == LocusText(chromosome, first - 1, last)


@pytest.mark.parametrize(("text", "part"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_locus_is_refused_in_one_sentence(text: str, part: str) -> None:
    with pytest.raises(DomainError) as caught:
        parse_locus(text)
    assert (caught.value.code, caught.value.status) == ("bad_locus", 400)
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


def test_a_long_text_is_shortened_in_the_sentence() -> None:
    with pytest.raises(DomainError) as caught:
        parse_locus("chrII:" + "x" * 1_000)
    assert f"“chrII:{'x' * 53}…” is not a locus" in str(caught.value)  # 60 characters, the last is the dots


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        ("chrII:278000", True),
        (" chrII :5", True),
        ("chrII:", True),
        ("chrII:word", True),
        ("GAL1", False),
        ("chrII", False),
        ("", False),
        (":5", False),
        ("two words: 5", False),
    ],
)
def test_a_name_and_a_colon_look_like_a_locus(text: str, looks: bool) -> None:
    assert looks_like_locus(text) is looks


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        (Interval("chrII", 278_000, 281_000), "chrII:278,001-281,000"),
        (Interval("chrI", 0, 1), "chrI:1-1"),
        (Interval("chrIV", 0, 1_531_933), "chrIV:1-1,531,933"),
    ],
)
def test_an_interval_is_written_as_a_person_counts(interval: Interval, text: str) -> None:
    assert format_locus(interval) == str(interval) == text


def test_a_position_is_written_as_a_person_counts() -> None:
    assert [format_position(position) for position in (0, 999, 278_000)] == ["1", "1,000", "278,001"]


intervals = st.builds(
    lambda chromosome, start, width: Interval(chromosome, start, start + width),
    st.from_regex(r"[A-Za-z0-9_.|-]{1,20}", fullmatch=True),
    st.integers(0, 10**9),
    st.integers(1, 10**9),
)


@settings(deadline=None)
@given(intervals)
def test_what_is_written_reads_back(interval: Interval) -> None:
    said = parse_locus(format_locus(interval))
    assert said == LocusText(interval.chromosome, interval.start, interval.end)


@settings(deadline=None)
@given(intervals)
def test_the_width_is_the_number_of_bases_written(interval: Interval) -> None:
    first, last = (int(part.replace(",", "")) for part in format_locus(interval).rpartition(":")[2].split("-"))
    assert interval.width == last - first + 1


@settings(deadline=None)
@given(st.text(max_size=200) | st.text("chrIVX0123456789:,.-–' ", max_size=60))
def test_any_text_is_a_locus_or_a_domain_error(text: str) -> None:
    try:
        said = parse_locus(text)
    except DomainError as error:
        assert (error.code, error.status) == ("bad_locus", 400)
    else:
        assert said.start is not None
        assert said.end is not None
        assert Interval(said.chromosome, said.start, said.end).width >= 1


@pytest.mark.parametrize(("start", "end"), [(5, 5), (6, 5), (-1, 5)], ids=["empty", "reversed", "negative"])
def test_an_interval_holds_at_least_one_base(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="not an interval"):
        Interval("chrI", start, end)


def test_intervals_sort_by_chromosome_then_start() -> None:
    places = [Interval("chrII", 1, 2), Interval("chrI", 9, 10), Interval("chrI", 2, 90)]
    assert sorted(places) == [Interval("chrI", 2, 90), Interval("chrI", 9, 10), Interval("chrII", 1, 2)]
