"""What is asked of a model beside its skill: here, how alike its members are, and the two strands."""

from __future__ import annotations

from pathlib import Path

import pytest

from predictor.checkpoints.gather import gather
from predictor.evaluation.experiments import Experiments, _text
from predictor.genome import Interval
from predictor.reference import Reference
from predictor.results import load_folder
from predictor.training.loop import Trainer
from predictor.training.store import Store
from tests.training.conftest import CONFIG, changed


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The toy chromosomes are shorter than those that the windows are spread along."""
    places = [Interval("chrI", 0, 4096), Interval("chrI", 8192, 12288)]
    monkeypatch.setattr(Experiments, "_spread", lambda self: places)


@pytest.mark.usefixtures("windows")
def test_members_are_compared_by_output(store: Store, reference: Reference, pack: Path, tmp_path: Path) -> None:
    for seed in (4, 5):
        Trainer(changed(CONFIG, seed=seed), store, tmp_path / str(seed)).save()
    gather([tmp_path / "4", tmp_path / "5"], tmp_path / "two")
    gather([tmp_path / "4", tmp_path / "4"], tmp_path / "same")
    said = {}
    for name in ("4", "two", "same"):
        predictor = load_folder(tmp_path / name, device="cpu")
        said[name] = Experiments(predictor, reference, pack, store).members()
    assert said["4"] == {}
    outputs = {track.output for track in store.tracks if track.output_type.shape == "bins"}
    assert said["two"].keys() == said["same"].keys() == outputs
    assert set(said["same"].values()) == {1.0}
    assert all(-1 <= value < 0.99 for value in said["two"].values())


@pytest.mark.usefixtures("windows")
def test_the_strands_are_compared_by_output(store: Store, reference: Reference, pack: Path, tmp_path: Path) -> None:
    Trainer(CONFIG, store, tmp_path).save()
    symmetry = Experiments(load_folder(tmp_path, device="cpu"), reference, pack, store).symmetry()
    assert {"RNA_SEQ", "SPLICE_SITES", "CHIP_TF"} < symmetry.keys()
    assert all(-1 <= value < 0.99 for value in symmetry.values())  # nothing has made an untrained network symmetric


def test_only_a_model_of_several_members_has_a_line_about_them() -> None:
    tata = {
        "promoters": 2,
        "starts": -1.0,
        "starts_control": 0.1,
        "TBP": -1.0,
        "TBP_control": 0.1,
        "lower_than_control": 1.0,
    }
    donors = {"introns": 2, "before": 0.5, "without_GT": 0.0, "control": 0.5}
    alone, both = (_text([], tata, donors, {"CAGE": 0.9}, members) for members in ({}, {"CAGE": 0.71}))
    assert "members" not in alone
    assert both == alone + "\nThe same between what the first two members say: CAGE 0.710.\n"
