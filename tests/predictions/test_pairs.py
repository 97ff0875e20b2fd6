"""Contact maps: kept and read back, in windows and at coarser levels, of the reference and of an edited sequence."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from predictor.api import DomainError, Haplotype, Variant
from tests.predictions.making import claimed, done, queued, random_dna, result_of, tracks_of
from webapp.predictions import pairs
from webapp.predictions.access import get_prediction
from webapp.predictions.models import Prediction, State, Tile
from webapp.predictions.pairs import decode, encode, read_contacts
from webapp.predictions.run import edited_input, model_input
from webapp.predictions.store import store
from webapp.predictions.windows import read_window

MAP = "contacts_g1"
BIN = 2048


def _map(size: int, seed: int = 0) -> NDArray[np.float32]:
    """Symmetric, of values that rounding leaves alone."""
    values = np.random.default_rng(seed).integers(-200, 200, (size, size))
    return np.asarray(np.triu(values) + np.triu(values, 1).T, np.float32) / 64


def test_a_map_is_kept_by_its_upper_triangle() -> None:
    values = _map(7)
    assert decode(encode(values).data).tolist() == values.tolist()
    lopsided = np.array([[1, 2], [4, 8]], np.float32)
    assert decode(encode(lopsided).data).tolist() == [[1, 3], [3, 8]]


@pytest.mark.django_db
def test_a_window_has_the_bins_that_it_touches() -> None:
    values = _map(9)
    row = done(9 * BIN - 500, [values], [MAP], start=1_000)
    track = row.tracks.get()
    assert (track.shape, track.minimum, track.maximum) == ("pairs", values.min(), values.max())
    assert track.scale == pytest.approx(np.abs(np.percentile(values, [2, 98])).max())
    whole = read_contacts(row, MAP, 0, 10**9, 9)
    assert (whole.start, whole.bin_bp, whole.values.tolist()) == (1_000, BIN, values.tolist())
    part = read_contacts(row, MAP, 1_000 + 2 * BIN + 5, 1_000 + 4 * BIN + 1, 9)
    assert (part.start, part.values.tolist()) == (1_000 + 2 * BIN, values[2:5, 2:5].tolist())
    (tile,) = Tile.objects.filter(track=track)
    assert len(tile.data) < values.nbytes


@pytest.mark.django_db
def test_coarser_bins_are_means_on_a_grid_that_does_not_move() -> None:
    values = _map(10)
    row = done(10 * BIN, [values], [MAP])
    coarse = read_contacts(row, MAP, 0, 10 * BIN, 5)
    squares = values.reshape(5, 2, 5, 2).mean((1, 3))
    assert (coarse.bin_bp, coarse.values.tolist()) == (2 * BIN, squares.tolist())
    moved = read_contacts(row, MAP, 3 * BIN, 9 * BIN, 4)  # bins 3 to 8 lie in squares 1 to 4
    assert (moved.start, moved.values.tolist()) == (2 * BIN, squares[1:, 1:].tolist())
    (quarter,) = [read_contacts(row, MAP, 0, 10 * BIN, 3)]  # 4, 4 and the 2 that are left
    assert quarter.values[2, 2] == pytest.approx(values[8:, 8:].mean())
    assert read_contacts(row, MAP, 0, 10 * BIN, 1).values.tolist() == [[pytest.approx(values.mean())]]


BAD = [
    ((MAP, 5, 5, 10), "bad_window"),
    ((MAP, 0, 5, 0), "bad_window"),
    ((MAP, 0, 5, pairs.MAX_SIZE + 1), "bad_window"),
    ((MAP, 10**6, 10**6 + 5, 10), "bad_window"),
    (("contact", 0, 5, 10), "unknown_track"),
    ((f"{MAP}:ref", 0, 5, 10), "no_edits"),
    ((f"{MAP}:low", 0, 5, 10), "no_band"),
    (("chip_reb1", 0, 5, 10), "not_pairs"),
]


@pytest.mark.django_db
def test_what_cannot_be_read_is_said() -> None:
    row = done(2 * BIN, [np.ones(32, np.float32), _map(2)], ["chip_reb1", MAP])
    for asked, code in BAD:
        with pytest.raises(DomainError) as refused:
            read_contacts(row, *asked)
        assert refused.value.code == code, asked
    with pytest.raises(DomainError, match="it is a contact map, which is read at the path “contacts”"):
        read_window(row, ["chip_reb1", MAP], 0, 100, 10)
    with pytest.raises(DomainError) as early:
        read_contacts(queued(3000, tracks=[MAP]), MAP, 0, 5, 10)
    assert early.value.code == "not_ready"


def _edited(edit: str, size: int = 4) -> tuple[Prediction, NDArray[np.float32], NDArray[np.float32]]:
    row = queued(size * BIN, tracks=[MAP], variants=[edit])
    before, given = _map(size, 1), edited_input(row)
    after = _map(-(-given.real_bp // BIN), 2)
    store(
        claimed(row),
        result_of(model_input(Prediction.objects.get(id=row.id)), tracks_of(row), [before]),
        result_of(given, tracks_of(row), [after]),
        row.haplotype,
    )
    return get_prediction(row.id), before, after


@pytest.mark.django_db
def test_a_substitution_leaves_the_places() -> None:
    base = random_dna(4 * BIN)[100]
    row, before, after = _edited(f"sequence:101:{base}>{'A' if base != 'A' else 'C'}")
    read = {key: read_contacts(row, key, 0, 4 * BIN, 4).values for key in (MAP, f"{MAP}:ref", f"{MAP}:own")}
    assert read[f"{MAP}:ref"].tolist() == before.tolist()
    assert read[MAP].tolist() == read[f"{MAP}:own"].tolist() == after.tolist()
    assert row.tracks.get().scale == pytest.approx(np.abs(np.percentile([before, after], [2, 98])).max())


@pytest.mark.django_db
def test_a_deletion_is_drawn_at_the_references_places() -> None:
    bases = random_dna(4 * BIN)
    gone = 3 * BIN  # of bins 0, 1 and 2, but for the first 512 bases of bin 0 ... and 512 of bin 3
    row, _, after = _edited(f"sequence:512:{bases[511 : 512 + gone]}>{bases[511]}")
    aligned = read_contacts(row, MAP, 0, 4 * BIN, 4).values
    assert after.shape == (1, 1)  # one bin is left: 512 + 1,536 bases
    assert np.isnan(aligned).tolist() == [
        [False, True, True, False],
        [True, True, True, True],
        [True, True, True, True],
        [False, True, True, False],
    ]
    assert set(aligned[~np.isnan(aligned)].tolist()) == {float(after[0, 0])}
    own = read_contacts(row, f"{MAP}:own", 0, BIN, 4).values
    assert own.tolist() == after.tolist()
    assert read_contacts(row, f"{MAP}:ref", 0, 4 * BIN, 4).values.shape == (4, 4)


def test_aligned_pairs_are_means_over_pairs_of_bases() -> None:
    """Against the same arithmetic base by base."""
    edits = [Variant("sequence", 5, "ACGTA", "A"), Variant("sequence", 20, "G", "GTTTTTTT")]
    haplotype = Haplotype.of(edits)
    values = _map(5)
    source = haplotype.source(0, 35, 38)
    expected = np.full((5, 5), np.nan)
    for one in range(5):
        for other in range(5):
            rows, columns = (source[at * 8 : (at + 1) * 8] for at in (one, other))
            cells = values[np.ix_(rows[rows >= 0] // 8, columns[columns >= 0] // 8)]
            expected[one, other] = cells.mean()
    found = haplotype.pairs_at_reference(values, 8, 0, 35, 38)
    assert np.allclose(found, expected, atol=1e-6)


@pytest.mark.django_db
def test_a_map_of_no_numbers_is_refused_and_nothing_is_stored() -> None:
    row = queued(BIN, tracks=[MAP])
    broken = np.full((1, 1), np.nan, np.float32)
    with pytest.raises(DomainError, match="values that are no numbers"):
        store(claimed(row), result_of(model_input(row), tracks_of(row), [broken]))
    assert Prediction.objects.get(id=row.id).state == State.RUNNING
    assert not Tile.objects.exists()
