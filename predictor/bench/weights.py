"""The deterministic weights of the full network as files that other implementations load: 1.8 GB each, float32."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from predictor.checkpoints import writing
from predictor.deterministic import deterministic_model
from predictor.model.alphagenome import AlphaGenome
from predictor.model.config import FULL


def _official(model: AlphaGenome) -> dict[str, Tensor]:
    return {name: torch.from_numpy(array) for name, array in writing.official(model).items()}


FORMATS: dict[str, Callable[[AlphaGenome], dict[str, Tensor]]] = {
    "official": _official,
    "genomicsxai": writing.genomicsxai,
    "alphagenome_pt": writing.alphagenome_pt,
}


def weights_path(folder: Path, name: str) -> Path:
    """Where the weights of one of FORMATS lie."""
    return folder / f"deterministic_{name}.safetensors"


def write_weights(folder: Path, names: Iterable[str]) -> list[Path]:
    """Write those of the formats that the folder lacks; returns the files that are new. Each appears whole or not at all."""
    missing = [name for name in dict.fromkeys(names) if not weights_path(folder, name).exists()]
    if not missing:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    model = deterministic_model(FULL)
    written = []
    for name in missing:
        path = weights_path(folder, name)
        part = path.with_suffix(".part")
        save_file({key: tensor.contiguous() for key, tensor in FORMATS[name](model).items()}, part)
        written.append(part.replace(path))
    return written
