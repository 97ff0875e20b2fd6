"""Two members against their two engines."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from predictor.api import from_sequence
from predictor.catalogue import read_card
from predictor.engine import Engine
from predictor.ensemble import Ensemble
from predictor.errors import DomainError
from predictor.results import load_folder
from predictor.variants.edit import Edit

GIVEN = from_sequence("".join(random.Random(9).choices("ACGT", k=4096)))


@pytest.fixture(scope="module")
def folder(checkpoint: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkpoint and a second member whose weights are a little different."""
    folder = tmp_path_factory.mktemp("two")
    for name in ("model.json", "model.safetensors"):
        shutil.copy(checkpoint / name, folder / name)
    torch.manual_seed(1)
    weights = load_file(folder / "model.safetensors")
    save_file({k: v * (1 + 0.02 * torch.randn_like(v)) for k, v in weights.items()}, folder / "member-2.safetensors")
    card = json.loads((folder / "model.json").read_text())
    card["members"] = ["model.safetensors", "member-2.safetensors"]
    (folder / "model.json").write_text(json.dumps(card))
    return folder


@pytest.fixture(scope="module")
def members(folder: Path) -> list[Engine]:
    info = read_card(folder)
    return [Engine.of_member(info, path, device="cpu", threads=0, dtype="float32") for path in info.members]


def test_the_mean_is_predicted_with_the_least_and_the_most(folder: Path, members: list[Engine]) -> None:
    both = load_folder(folder, device="cpu")
    assert isinstance(both, Ensemble)
    tracks = both.info.tracks
    one, two = (member.predict(GIVEN, tracks).tracks for member in members)
    for together, a, b in zip(both.predict(GIVEN, tracks).tracks, one, two, strict=True):
        assert together.values == pytest.approx((a.values + b.values) / 2, rel=1e-5)
        assert together.band is not None
        low, high = together.band
        assert np.array_equal(low, np.minimum(a.values, b.values)) and np.array_equal(
            high, np.maximum(a.values, b.values)
        )
        assert (high > low).mean() > 0.9


def test_edited_inputs_have_a_mean_and_a_band_too(folder: Path, members: list[Engine]) -> None:
    both, window = load_folder(folder, device="cpu"), (2000, 2400)
    edits = [Edit(2100, 2101, "A"), Edit(2200, 2203, "")]
    tracks = both.info.tracks
    expected = zip(*(member.alternatives(GIVEN, edits, tracks, window=window) for member in members), strict=True)
    for together, (one, two) in zip(both.alternatives(GIVEN, edits, tracks, window=window), expected, strict=True):
        assert together.window == one.window
        for values, a, b in zip(together.tracks, one.tracks, two.tracks, strict=True):
            assert values.values == pytest.approx((a.values + b.values) / 2, rel=1e-5)


def test_progress_runs_once_from_nothing_to_done(folder: Path) -> None:
    said: list[tuple[str, float]] = []
    load_folder(folder, device="cpu").predict(GIVEN, read_card(folder).tracks, lambda *now: said.append(now))
    assert [done for _, done in said] == sorted(done for _, done in said)
    assert said[-1] == ("done", 1.0)
    assert [stage for stage, _ in said].count("done") == 1


def test_a_model_of_one_is_its_engine_and_has_no_band(checkpoint: Path) -> None:
    engine = load_folder(checkpoint, device="cpu")
    assert isinstance(engine, Engine)
    assert engine.predict(GIVEN, engine.info.tracks).tracks[0].band is None


def test_a_hash_is_of_all_members(folder: Path, checkpoint: Path) -> None:
    both = read_card(folder)
    assert both.sha256 != read_card(checkpoint).sha256
    assert both.weights == both.members[0]


def test_a_missing_member_is_named(folder: Path, tmp_path: Path) -> None:
    for name in ("model.json", "model.safetensors"):
        shutil.copy(folder / name, tmp_path / name)
    with pytest.raises(DomainError, match=r"There are no weights at .*member-2\.safetensors"):
        read_card(tmp_path)
