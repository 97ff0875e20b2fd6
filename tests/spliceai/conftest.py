"""SpliceAI's weights from PyPI by the real command, once per run; and small random networks for all that needs no download."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from django.core.management import CommandError, call_command
from django.test import override_settings

from predictor.spliceai.architecture import shapes
from predictor.spliceai.card import TRACKS, card


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Networks this small gain little by a second thread, which waits by spinning where other tests keep the cores busy."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed checkpoint folder. LOCUSCOPE_SPLICEAI_WHEEL names a wheel that is here already."""
    home = tmp_path_factory.mktemp("spliceai")
    wheel = os.environ.get("LOCUSCOPE_SPLICEAI_WHEEL", "")
    try:
        with override_settings(HOME=home):
            call_command("install_model", "spliceai", "--accept-terms", *(["--from", wheel] if wheel else []))
    except CommandError as error:
        if "cannot be fetched" not in str(error):
            raise
        pytest.skip(f"the published weights cannot be had here: {error}")
    return home / "models" / "spliceai"


def random_weights(members: int, seed: int = 0) -> dict[str, torch.Tensor]:
    """Of networks whose outputs depend on all of their input, and neither vanish nor explode."""
    rng = np.random.default_rng(seed)
    weights = {}
    for name, shape in shapes(members).items():
        scale = {"kernel": 1.4 / np.sqrt(np.prod(shape[2:]))}.get(name.split(".")[-1], 0.3)
        values = rng.normal(0, 0.05 if name.startswith("skips") else scale, shape)
        if name.endswith("gain"):
            values = 0.4 + rng.random(shape) * 0.3
        weights[name] = torch.from_numpy(values.astype(np.float32))
    return weights


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A checkpoint folder of two networks with random weights."""
    from predictor.checkpoints.folder import write_card, write_weights

    folder = tmp_path_factory.mktemp("random") / "spliceai"
    folder.mkdir()
    write_weights(folder / "model.safetensors", random_weights(2))
    write_card(folder, card(2, "0" * 64), TRACKS)
    yield folder
