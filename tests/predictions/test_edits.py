"""Predictions of an edited sequence: what is stored of them, computed and read back."""

from __future__ import annotations

import numpy as np
import pytest

from predictor.api import DomainError, Interval
from tests.predictions.making import claimed, queued, random_dna, result_of, tracks_of
from webapp.loci.models import Assembly
from webapp.loci.services import fetch_sequence
from webapp.predictions.access import get_prediction
from webapp.predictions.fasta import predicted_fasta
from webapp.predictions.models import Prediction, State, Tile
from webapp.predictions.run import edited_input, model_input, run
from webapp.predictions.specs import parse_spec
from webapp.predictions.store import store
from webapp.predictions.submit import submit
from webapp.predictions.windows import read_window

TRACKS = ["tss_ypd_plus", "chip_reb1"]  # 1 and 128 bp


def _bases(genome: Assembly, start: int, length: int, chromosome: str = "chrI") -> str:
    return fetch_sequence(Interval(chromosome, start, start + length), genome)


def _other(base: str) -> str:
    return "ACGT"["ACGT".index(base) - 1]


def _snv(genome: Assembly, start: int) -> str:
    base = _bases(genome, start, 1)
    return f"chrI:{start + 1}:{base}>{_other(base)}"


@pytest.mark.django_db
def test_edits_alone_are_predicted_with_room_around_them(genome: Assembly) -> None:
    row = submit(parse_spec({"variants": [_snv(genome, 20_000)]}), "")[0]
    assert (row.asked_start, row.asked_end) == (15_000, 25_001)
    assert row.edited_bp == row.end - row.start
    base = _bases(genome, 20_000, 1)
    assert row.edits == [{"start": 20_000, "ref": base, "alt": _other(base)}]
    changed, given = edited_input(row).sequence, model_input(row).sequence
    assert [at + row.start for at in range(len(given)) if given[at] != changed[at]] == [20_000]


@pytest.mark.django_db
def test_a_deletion_draws_in_what_follows_and_the_order_does_not_matter(genome: Assembly) -> None:
    start = 20_000
    edits = [f"chrI:{start + 1}:{_bases(genome, start, 301)}>{_bases(genome, start, 1)}", _snv(genome, 21_000)]
    row, reused = submit(parse_spec({"variants": edits, "locus": "chrI:19,001-22,000"}), "")
    again, known = submit(parse_spec({"variants": edits[::-1], "locus": "chrI:19,001-22,000"}), "")
    assert (reused, known, again.id) == (False, True, row.id)
    whole = _bases(genome, row.start, row.end - row.start + 300)
    taken = row.edits[0]["start"] - row.start + 1, row.edits[0]["start"] - row.start + 301
    expected = whole[: taken[0]] + whole[taken[1] :]
    found = edited_input(row).sequence
    differs = [at for at in range(len(expected)) if expected[at] != found[at]]
    assert differs == [21_000 - row.start - 300]  # the other edit alone
    assert row.edited_bp == len(found) == row.end - row.start


@pytest.mark.django_db
def test_what_was_read_into_an_edit_is_said(genome: Assembly) -> None:
    base = _bases(genome, 20_000, 1)
    row = submit(parse_spec({"variants": [f"I:20001:{base}:{_other(base)}"]}), "")[0]
    assert row.edits[0]["start"] == 20_000
    assert "counted from 1" in " ".join(row.warnings)
    plain = submit(parse_spec({"locus": "chrI:15,001-25,001"}), "")[0]
    assert (plain.edits, plain.edited_bp) == ([], None)
    assert plain.id != row.id


@pytest.mark.django_db
def test_the_same_edit_in_another_notation_is_the_same_prediction(genome: Assembly) -> None:
    base = _bases(genome, 20_000, 1)
    first, _ = submit(parse_spec({"variants": [f"I:20001:{base}:{_other(base)}"]}), "")
    for text in (f"BK006935.2:20000:{base}:{_other(base)}", _snv(genome, 20_000)):
        again, known = submit(parse_spec({"variants": [text]}), "")
        assert (again.id, known) == (first.id, True)
        assert again.warnings == first.warnings  # of the first


BAD = [
    ({"variants": ["chrI:20001:N>A"]}, "wrong_reference"),
    ({"variants": ["hello"]}, "bad_variant"),
    ({"variants": ["chrI:45000:A>C"]}, "past_end"),
    ({"variants": ["chrI:g.20001_20002insA"], "locus": "chrI:1-300"}, "edit_outside"),
    ({"variants": ["chrI:g.20001_20010del", "chrI:g.20005_20012del"]}, "edits_overlap"),
    ({"variants": ["chrI:g.20001del", "chrII:g.20005del"]}, "several_chromosomes"),
    ({"variants": []}, "nothing_asked"),
    ({"variants": ["chrI:g.1del"] * 51}, "too_long"),
    ({"variants": ["sequence:5:A>C"], "sequence": "ACGTC" * 20}, "wrong_reference"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("body", "code"), BAD, ids=[f"{i}-{code}" for i, (_, code) in enumerate(BAD)])
def test_an_edit_that_cannot_be_made_is_refused(genome: Assembly, body: dict[str, object], code: str) -> None:
    with pytest.raises(DomainError) as refused:
        submit(parse_spec(body), "")
    assert refused.value.code == code
    assert str(refused.value).endswith(".") and "Traceback" not in str(refused.value)


@pytest.mark.django_db
def test_a_pasted_sequence_can_be_edited_too() -> None:
    bases = random_dna(1500)
    row = queued(1500, variants=[f"sequence:101:{bases[100]}>{bases[100]}TTTT"])
    row = Prediction.objects.get(id=row.id)
    assert row.edited_bp == 1504
    assert predicted_fasta(row, edited=True).decode().split("\n", 1)[0] == ">edited"
    edited = predicted_fasta(row, edited=True).decode().split("\n", 1)[1].replace("\n", "")
    anchor = row.edits[0]["start"] + 1
    assert edited == bases[:anchor] + row.edits[0]["alt"][1:] + bases[anchor:]


def _stored(alt: str) -> Prediction:
    """A pasted sequence of 300 bp, base 101 of which becomes `alt`; values of the reference count up, edited ones are 1000 more."""
    bases = random_dna(300)
    row = queued(300, tracks=TRACKS, variants=[f"sequence:101:{bases[100]}>{bases[100] if len(alt) > 1 else ''}{alt}"])
    row = Prediction.objects.get(id=row.id)
    fine, coarse = np.arange(300, dtype=np.float32), np.array([1, 2, 3], np.float32)
    assert row.edited_bp is not None
    after = np.arange(row.edited_bp, dtype=np.float32) + 1000
    store(
        claimed(row),
        result_of(model_input(row), tracks_of(row), [fine, coarse]),
        result_of(edited_input(row), tracks_of(row), [after, coarse + 10]),
        row.haplotype,
    )
    return get_prediction(row.id)


@pytest.mark.django_db
def test_reference_edited_and_own_values_are_read_apart() -> None:
    row = _stored("GGGG")  # four bases more, somewhere at or before base 101 (normal form moves them left)
    at = row.edits[0]["start"]
    keys = ["tss_ypd_plus", "tss_ypd_plus:ref", "chip_reb1", "chip_reb1:ref"]
    values = read_window(row, keys, 0, 300, 300)
    assert values[1].tolist() == list(range(300))
    assert values[0, :at].tolist() == [1000 + i for i in range(at)]
    assert values[0, at] == 1000 + at + 4  # the greatest of the anchor and the four inserted bases
    assert values[0, at + 1 :].tolist() == [1004 + i for i in range(at + 1, 300)]
    assert set(values[3].tolist()) == {1, 2, 3} and values[2].min() > 10
    (own,) = read_window(row, ["tss_ypd_plus:own"], 0, 304, 304)
    assert own.tolist() == [1000 + i for i in range(304)]
    with pytest.raises(DomainError, match="has places of its own"):
        read_window(row, ["tss_ypd_plus", "tss_ypd_plus:own"], 0, 300, 300)


@pytest.mark.django_db
def test_members_that_differ_in_level_may_agree_in_what_an_edit_does() -> None:
    bases, key = random_dna(300), "tss_ypd_plus"
    row = queued(300, tracks=[key], variants=[f"sequence:101:{bases[100]}>{_other(bases[100])}"])
    row = Prediction.objects.get(id=row.id)
    level = np.arange(300, dtype=np.float32)
    before, after = (level, level + 40), (level + 2, level + 43)  # one says 2 more, the other 3
    results = [
        result_of(given, tracks_of(row), [np.mean(said, 0)], [said])
        for given, said in ((model_input(row), before), (edited_input(row), after))
    ]
    store(claimed(row), *results, row.haplotype)
    row = get_prediction(row.id)
    least, most, here, there = read_window(
        row, [f"{key}{edge}" for edge in (":less", ":more", "", ":ref")], 0, 300, 300
    )
    assert set(least.tolist()) == {2} and set(most.tolist()) == {3}
    assert set((here - there).tolist()) == {2.5}
    with pytest.raises(DomainError, match="is of the change that the edits make; ask for “tss_ypd_plus:less” and"):
        read_window(row, [f"{key}:low"], 0, 300, 300)


@pytest.mark.django_db
def test_an_edit_that_moves_nothing_has_no_places_of_its_own() -> None:
    base = random_dna(300)[100]
    row = _stored(_other(base))
    assert set(Tile.objects.filter(track__prediction=row).values_list("edge", flat=True)) == {"", "ref"}
    own, edited = (read_window(row, [key], 0, 300, 300)[0] for key in ("tss_ypd_plus:own", "tss_ypd_plus"))
    assert own.tolist() == edited.tolist() == [1000 + i for i in range(300)]
    track = row.tracks.get(key="tss_ypd_plus")
    assert (track.minimum, track.maximum) == (0, 1299)  # of both, so that they share a scale


@pytest.mark.django_db
def test_a_prediction_without_edits_has_no_reference_beside_it() -> None:
    row = queued(300, tracks=TRACKS)
    store(claimed(row), result_of(model_input(Prediction.objects.get(id=row.id)), tracks_of(row)))
    with pytest.raises(DomainError, match="This prediction has no edits; ask for “chip_reb1” without “:ref”"):
        read_window(get_prediction(row.id), ["chip_reb1:ref"], 0, 300, 3)


@pytest.mark.django_db(transaction=True)
def test_the_packaged_model_predicts_both_sequences(genome: Assembly) -> None:
    edit = _snv(genome, 20_000)
    row = submit(parse_spec({"variants": [edit], "tracks": TRACKS}), "")[0]
    run(row.id)
    row = get_prediction(row.id)
    assert row.state == State.DONE, row.error_message
    plain = submit(parse_spec({"locus": "chrI:15,001-25,001", "tracks": TRACKS}), "")[0]
    run(plain.id)
    reference = read_window(get_prediction(plain.id), TRACKS, 19_000, 21_000, 2000)
    here, edited = (read_window(row, [f"{key}{edge}" for key in TRACKS], 19_000, 21_000, 2000) for edge in (":ref", ""))
    assert np.array_equal(reference, here)
    assert np.abs(edited - here).max() > 0
