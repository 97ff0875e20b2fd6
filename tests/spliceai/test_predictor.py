"""SpliceAI behind the Predictor protocol, with two small random networks: windows, chunks, edits, progress, cancellation."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from predictor.errors import Cancelled, DomainError
from predictor.inputs import ModelInput, from_sequence
from predictor.results import load_folder
from predictor.spliceai import predictor as module
from predictor.spliceai.fourier import spectrum
from predictor.spliceai.predictor import SpliceAI
from predictor.variants.edit import Edit

LENGTH = 13_000  # more than what one base depends on


@pytest.fixture(scope="module")
def model(small: Path) -> SpliceAI:
    loaded = load_folder(small)
    assert isinstance(loaded, SpliceAI)
    return loaded


@pytest.fixture(scope="module")
def given() -> ModelInput:
    return from_sequence("".join(np.random.default_rng(3).choice(list("ACGT"), LENGTH)))


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(module, "CHUNK_BP", 1_000)
    yield


def values(model: SpliceAI, given: ModelInput, **how: object) -> np.ndarray:
    result = model.predict(given, model.info.tracks, **how)  # type: ignore[arg-type]
    return np.stack([np.stack([track.values, *(track.band or ())]) for track in result.tracks])


def test_chunks_and_windows_change_nothing(
    model: SpliceAI, given: ModelInput, small: Path, small_chunks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = values(SpliceAI.from_folder(small), given, window=(11_776, 13_312))
    monkeypatch.undo()
    whole = values(model, given, window=(11_648, 13_312))
    assert cut.shape == (4, 3, LENGTH - 11_776)  # the real bases, without the padding
    np.testing.assert_allclose(cut, whole[:, :, 128:], atol=1e-6)
    assert whole[0, 0].std() > 0.01
    assert (whole[:, 1] <= whole[:, 0]).all() and (whole[:, 0] <= whole[:, 2]).all()


def test_a_window_is_widened_to_whole_bins(model: SpliceAI, given: ModelInput) -> None:
    result = model.predict(given, model.info.tracks[:1], window=(6_000, 6_001))
    assert result.window == (5_888, 6_016)
    assert len(result.tracks[0].values) == 128
    assert model.predict(given, model.info.tracks[:1], window=(12_990, 13_000)).window == (12_928, 13_000)


@pytest.mark.parametrize(
    ("edit", "window"),
    [
        (Edit(1_500, 1_501, "N"), (6_272, 6_656)),  # it reaches 6,500
        (Edit(6_500, 6_500, "ACGTACG"), (6_400, 6_656)),
        (Edit(1_480, 1_500, "T"), (6_272, 6_656)),
        (Edit(60, 80, "", tail="ACGT"), (0, 128)),
        (Edit(12_000, 12_000, "A" * 300), (12_800, 13_312)),
    ],
    ids=["substitution", "insertion", "deletion", "at the left end", "pushing bases out of the input"],
)
def test_an_edit_gives_what_predicting_the_edited_sequence_gives(
    model: SpliceAI, given: ModelInput, small: Path, edit: Edit, window: tuple[int, int]
) -> None:
    fresh = SpliceAI.from_folder(small)
    (local,) = model.alternatives(given, [edit], model.info.tracks, window=window)
    whole = fresh.predict(edit.apply(given), fresh.info.tracks, window=window)
    assert local.window == whole.window and local.input == whole.input
    for one, other in zip(local.tracks, whole.tracks, strict=True):
        np.testing.assert_allclose(one.values, other.values, atol=2e-6)
        assert one.members is not None and other.members is not None
        np.testing.assert_allclose(one.members, other.members, atol=2e-6)


def test_outside_its_reach_an_edit_costs_nothing_and_changes_nothing(
    model: SpliceAI, given: ModelInput, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = (0, 1_024)
    reference = values(model, given, window=window)
    monkeypatch.setattr(SpliceAI, "_computed", None)  # nothing may be computed
    (far,) = model.alternatives(given, [Edit(6_100, 6_101, "N")], model.info.tracks, window=window)
    assert (np.stack([track.values for track in far.tracks]) == reference[:, 0]).all()


def test_progress_grows_to_one_and_may_cancel(model: SpliceAI, given: ModelInput, small: Path) -> None:
    said: list[float] = []
    fresh = SpliceAI.from_folder(small)
    fresh.predict(given, fresh.info.tracks, lambda stage, done: said.append(done), window=(0, 128))
    assert said == sorted(said) and said[-1] == 1 and len(said) == 2 * 2 * 16 + 1  # strands, networks, blocks

    def cancel(stage: str, done: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        fresh.predict(given, fresh.info.tracks, cancel, window=(256, 384))


def test_another_resolution_is_refused(model: SpliceAI, given: ModelInput) -> None:
    with pytest.raises(DomainError, match=r"Splice donors \(\+\) \(SPLICE_SITES\) has bins of 1 bp, not of 128 bp"):
        model.predict(given, model.info.tracks, resolution=128)


def test_an_unloaded_model_leaves_no_spectra_of_its_kernels(given: ModelInput, small: Path) -> None:
    loaded = SpliceAI.from_folder(small)
    values(loaded, given, window=(0, 128))
    assert spectrum.cache_info().currsize > 0
    del loaded
    gc.collect()
    assert spectrum.cache_info().currsize == 0
