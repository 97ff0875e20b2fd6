"""A small random network, so that the engine's promises can be checked in seconds and without trained weights."""

from __future__ import annotations

from pathlib import Path

import pytest

from predictor.catalogue import ModelInfo
from predictor.checkpoints.folder import head_configs, save_folder
from predictor.deterministic import deterministic_model
from predictor.engine import Engine
from predictor.model.config import ModelConfig
from predictor.tracks import Track


def _track(key: str, output: str, strand: str = ".") -> Track:
    return Track(key, key, output, strand, "cells", "assay", "", "", "", default=True)  # type: ignore[arg-type]


TRACKS = (
    _track("rna_plus", "RNA_SEQ", "+"),
    _track("rna_minus", "RNA_SEQ", "-"),
    _track("starts_plus", "CAGE", "+"),
    _track("starts_minus", "CAGE", "-"),
    _track("factor_a", "CHIP_TF"),
    _track("factor_b", "CHIP_TF"),
)
NETWORK = ModelConfig(
    stem_channels=8, channel_step=4, tower_blocks=3, heads=2, key_channels=8, value_channels=8, pair_channels=8,
    pair_heads=2, pair_key_channels=4, organisms=1, track_heads=head_configs(TRACKS),
)  # fmt: skip


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint folder of ours, with weights that keep activations of order one so that rounding stays rounding."""
    folder = tmp_path_factory.mktemp("checkpoint")
    card = {
        "name": "random", "title": "Random", "version": "0", "licence": "none", "citation": "", "summary": "",
        "genomes": [], "context_bp": 2048, "held_out": [], "settings": {"network": NETWORK.to_json()},
    }  # fmt: skip
    save_folder(folder, deterministic_model(NETWORK).state_dict(), card, TRACKS)
    return folder


@pytest.fixture(scope="session")
def engine(checkpoint: Path) -> Engine:
    return Engine.from_folder(checkpoint, device="cpu")


@pytest.fixture(scope="session")
def info(engine: Engine) -> ModelInfo:
    return engine.info
