"""Runs from several seeds as the members of one model."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

from predictor.__main__ import main
from predictor.api import from_sequence
from predictor.catalogue import read_card
from predictor.checkpoints.gather import BAND_LIMIT, gather
from predictor.errors import DomainError
from predictor.results import SitePlace, load_folder
from predictor.training.loop import Trainer
from predictor.training.store import Store
from tests.training.conftest import CONFIG, changed


@pytest.fixture(scope="module")
def seeds(store: Store, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two models that differ in where they began."""
    folders = [tmp_path_factory.mktemp(f"seed-{seed}") for seed in (4, 5)]
    for seed, folder in zip((4, 5), folders, strict=True):
        Trainer(changed(CONFIG, seed=seed), store, folder).save()
    return folders


def test_seeds_become_members_whose_mean_is_predicted(
    seeds: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "both"
    assert main(["gather", *map(str, seeds), "--out", str(out), "--version", "7"]) == 0
    info = read_card(out)
    first = read_card(seeds[0])
    assert (info.version, info.name, first.version) == ("7", first.name, "0")
    assert info.limits == (*first.limits, BAND_LIMIT)
    assert info.sha256 in capsys.readouterr().out
    assert info.settings["runs"] == [{"seed": 4}, {"seed": 5}] and "seed" not in info.settings
    assert info.tracks == read_card(seeds[0]).tracks
    given = from_sequence("".join(random.Random(1).choices("ACGT", k=4096)))
    track = next(track for track in info.tracks if track.output == "CHIP_TF")
    one, two = (load_folder(folder, device="cpu").predict(given, [track]).tracks[0].values for folder in seeds)
    assert not np.array_equal(one, two)
    (mean,) = load_folder(out, device="cpu").predict(given, [track]).tracks
    assert mean.values == pytest.approx((one + two) / 2, rel=1e-5)
    assert mean.band is not None


def test_all_members_count_between_the_sites_that_any_of_them_found(seeds: list[Path], tmp_path: Path) -> None:
    given = from_sequence("".join(random.Random(2).choices("ACGT", k=8192)))
    members = [load_folder(folder, device="cpu") for folder in seeds]
    both = load_folder(gathered(*seeds, tmp_path / "both"), device="cpu")
    counted = [track for track in both.info.tracks if track.output == "SPLICE_JUNCTIONS"]
    alone = [member.predict(given, counted).junctions for member in members]
    together = both.predict(given, counted).junctions
    found = [
        sorted({*(int(at) for one in sides for at in getattr(one, kind))})
        for sides in zip(*alone, strict=True)
        for kind in ("donors", "acceptors")
    ]
    assert [[*some] for side in together for some in (side.donors, side.acceptors)] == found
    assert any(
        len(some) > len(first.donors) for some, first in zip(found[::2], alone[0], strict=True)
    )  # or it tests nothing
    sites = tuple(tuple(SitePlace(at, at, at + 1) for at in some) for some in found)
    one, two = (member.predict(given, counted, sites=sites).junctions for member in members)
    for mean, a, b in zip(together, one, two, strict=True):
        assert mean.counts == pytest.approx((a.counts + b.counts) / 2, rel=1e-5)


def test_models_that_are_not_alike_are_refused(seeds: list[Path], tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    card = json.loads((seeds[1] / "model.json").read_text())
    (other / "model.safetensors").write_bytes((seeds[1] / "model.safetensors").read_bytes())
    (other / "model.json").write_text(json.dumps({**card, "tracks": card["tracks"][1:]}))
    with pytest.raises(DomainError, match="members differ in their seed alone"):
        gathered(seeds[0], other, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    with pytest.raises(DomainError, match="holds a model already"):
        gathered(*seeds, other)
    with pytest.raises(DomainError, match="has members already"):
        gathered(seeds[0], gathered(*seeds, tmp_path / "both"), tmp_path / "more")


def gathered(first: Path, second: Path, out: Path) -> Path:
    return gather([first, second], out).folder
