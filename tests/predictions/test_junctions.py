"""Splice junctions: which are kept, where they lie, of the reference and of an edited sequence."""

from __future__ import annotations

import numpy as np
import pytest

from predictor.api import DomainError
from tests.predictions import making
from tests.predictions.making import claimed, done, junctions_of, queued, random_dna, result_of, tracks_of
from webapp.predictions.access import get_prediction
from webapp.predictions.junctions import MIN_VALUE, MOST, StoredJunction, kept, read_junctions
from webapp.predictions.models import Prediction
from webapp.predictions.run import edited_input, model_input
from webapp.predictions.store import store
from webapp.predictions.windows import read_window

PLUS, MINUS = "junctions_plus", "junctions_minus"


def _tracks() -> list[making.Track]:
    info = making.model_info("yeast")
    return [track for track in info.tracks if track.key in (PLUS, MINUS)]


@pytest.mark.django_db
def test_introns_lie_between_their_sites_on_either_strand() -> None:
    both = [
        junctions_of("+", _tracks(), [99, 300], [150, 400], [[0.5, 0.25], [7, 2]]),  # 300 to 150 leads backwards
        junctions_of("-", _tracks(), [900], [800, 950], [[1.5, 9]]),  # 900 to 950 leads backwards
    ]
    row = done(2_000, [], [PLUS, MINUS], start=10_000, junctions=both)
    assert read_junctions(row, [MINUS, PLUS]) == [
        StoredJunction(MINUS, "-", 10_801, 10_900, 1.5),
        StoredJunction(PLUS, "+", 10_100, 10_150, 0.5),
        StoredJunction(PLUS, "+", 10_100, 10_400, 0.25),
        StoredJunction(PLUS, "+", 10_301, 10_400, 2),
    ]
    assert [(track.shape, track.minimum, track.maximum) for track in row.tracks.all()] == [
        ("junctions", 0, 2),
        ("junctions", 0, 1.5),
    ]


def test_only_the_strongest_are_kept_and_none_below_the_least() -> None:
    donors, acceptors = np.arange(0, 400, 10), np.arange(1_000, 1_400, 10)
    counts = np.arange(1_600).reshape(40, 40) + 1.0
    counts[0, 0], counts[39, 39] = MIN_VALUE / 2, 5_000
    side = junctions_of("+", _tracks(), donors.tolist(), acceptors.tolist(), counts.tolist())
    rows = kept(side, 0, 0)
    assert len(rows) == MOST
    assert rows["value"].max() == 5_000 and rows["value"].min() == 1_601 - MOST
    few = kept(junctions_of("+", _tracks(), [0], [10, 20], [[MIN_VALUE / 2, MIN_VALUE * 2]]), 0, 0)
    assert few["end"].tolist() == [20]
    touching = kept(junctions_of("+", _tracks(), [0], [1], [[3]]), 0, 0)  # no base between
    assert not len(touching)


@pytest.mark.django_db
def test_none_found_is_an_empty_list_and_other_tracks_are_refused() -> None:
    row = done(2_000, [np.ones(16, np.float32)], ["chip_reb1", PLUS])
    assert read_junctions(row, [PLUS]) == []
    assert row.tracks.get(key=PLUS).maximum == 0
    with pytest.raises(DomainError, match="“chip_reb1” has no splice junctions"):
        read_junctions(row, ["chip_reb1"])
    with pytest.raises(DomainError, match="read at the path “junctions”"):
        read_window(row, [PLUS], 0, 10, 10)
    with pytest.raises(DomainError) as early:
        read_junctions(queued(3000, tracks=[PLUS]), [PLUS])
    assert early.value.code == "not_ready"


@pytest.mark.django_db
def test_an_edited_sequences_junctions_lie_at_the_references_places() -> None:
    bases = random_dna(2_000)
    other = "ACGT"["ACGT".index(bases[500]) - 1]  # so that normal form leaves the insertion where it is
    row = queued(2_000, tracks=[PLUS], variants=[f"sequence:500:{bases[499]}>{bases[499]}{other * 4}"])
    at = row.edits[0]["start"] + 1  # first inserted base
    asked = tracks_of(row)
    before = [junctions_of("+", asked, [99], [700], [[1]]), junctions_of("-", asked, [], [], [])]
    after = [junctions_of("+", asked, [99, at + 2], [704], [[2], [3]]), junctions_of("-", asked, [], [], [])]
    store(
        claimed(row),
        result_of(model_input(Prediction.objects.get(id=row.id)), tracks_of(row), junctions=before),
        result_of(edited_input(row), tracks_of(row), junctions=after),
        row.haplotype,
    )
    stored = get_prediction(row.id)
    found = [
        (one.track_key, one.start, one.end, one.value)
        for one in read_junctions(stored, [PLUS, f"{PLUS}:ref", f"{PLUS}:own"])
    ]
    assert found == [
        (PLUS, 100, 700, 2),
        (PLUS, at, 700, 3),  # a donor among inserted bases is drawn at the base before them
        (f"{PLUS}:ref", 100, 700, 1),
        (f"{PLUS}:own", 100, 704, 2),
        (f"{PLUS}:own", at + 3, 704, 3),
    ]
    assert stored.tracks.get().maximum == 3
