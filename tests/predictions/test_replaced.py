"""A model that is replaced while the site runs: pages and workers go on with the new one without a restart."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from predictor import catalogue
from predictor.api import ModelInfo, model_info
from webapp.predictions import worker
from webapp.predictions.catalogue import catalogue_of

NAME = "bakery"


def install(models: Path, sha256: str, title: str = "", tracks: int = 3) -> None:
    """The packaged model's card over no weights, put in place whole as the installers do."""
    made = models / "fetching" / "made"
    made.mkdir(parents=True)
    (made / catalogue.WEIGHTS).touch()
    packaged = catalogue.CHECKPOINTS / "yeast" / catalogue.CARD
    card = json.loads(packaged.read_text())
    card |= {"name": NAME, "title": title, "sha256": sha256, "tracks": card["tracks"][:tracks]}
    card.pop("members", None)
    card.pop("weights", None)
    (made / catalogue.CARD).write_text(json.dumps(card))
    shutil.rmtree(models / NAME, ignore_errors=True)
    made.replace(models / NAME)


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where models are installed, the worker's memory empty."""
    monkeypatch.setattr(catalogue, "_folders", [tmp_path])
    monkeypatch.setattr(worker, "_loaded", {})
    return tmp_path


def test_its_card_and_its_catalogue_are_the_new_ones(models: Path) -> None:
    install(models, "1" * 64)
    before, catalogue_before = model_info(NAME), catalogue_of(NAME)
    assert model_info(NAME) is before
    assert catalogue_of(NAME) is catalogue_before
    install(models, "2" * 64, tracks=2)
    assert (model_info(NAME).sha256, len(model_info(NAME).tracks)) == ("2" * 64, 2)
    assert len(json.loads(catalogue_of(NAME).text)["keys"]) == 2


@pytest.mark.parametrize("change", [{"sha256": "2" * 64}, {"sha256": "1" * 64, "tracks": 2}], ids=["weights", "tracks"])
def test_a_worker_drops_the_old_one_and_loads_the_new(
    models: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    monkeypatch.setattr(worker, "load", lambda name, **_: SimpleNamespace(info=model_info(name)))
    install(models, "1" * 64)
    first = worker.loaded(NAME)
    assert worker.loaded(NAME) is first
    install(models, **change)
    second = worker.loaded(NAME)
    assert second.info == model_info(NAME) != first.info
    assert worker.loaded(NAME) is second


def test_a_card_of_one_and_weights_of_the_other_are_never_used(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cards: list[ModelInfo] = []

    def load(name: str, **_: object) -> SimpleNamespace:
        cards.append(model_info(name))
        if len(cards) == 1:
            install(models, "2" * 64)  # after the card was read, before the weights are
        return SimpleNamespace(info=cards[-1])

    monkeypatch.setattr(worker, "load", load)
    install(models, "1" * 64)
    assert worker.loaded(NAME).info.sha256 == "2" * 64
    assert len(cards) == 2
