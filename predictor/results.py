"""What a prediction gives back, and the door to the engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from predictor.catalogue import ModelInfo, model_info
from predictor.inputs import ModelInput
from predictor.tracks import Track

if TYPE_CHECKING:
    from pathlib import Path

Progress = Callable[[str, float], None]  # (stage, fraction done in 0..1); it may raise Cancelled


@dataclass(frozen=True, slots=True)
class PredictedTrack:
    """`values`: float32 [bins], ceil(real_bp / resolution) of them, from the input's first base on, in `track.unit`."""

    track: Track
    values: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class PredictionResult:
    """Every array with what it means; `seconds` per stage; `device` and `dtype` it was computed with."""

    model: ModelInfo
    input: ModelInput
    tracks: tuple[PredictedTrack, ...]
    device: str
    dtype: str
    seconds: dict[str, float]


class Predictor(Protocol):
    """A loaded model. One prediction at a time per instance."""

    info: ModelInfo
    device: str
    dtype: str

    def predict(
        self, model_input: ModelInput, tracks: Sequence[Track], progress: Progress | None = None
    ) -> PredictionResult:
        """Values of `tracks` over the input's real bases. `progress` is called often enough for a heartbeat."""
        ...


def load(name: str, *, device: str = "auto", threads: int = 0) -> Predictor:
    """Load an installed model. `device`: auto (CUDA when it is there), cpu or cuda; `threads` 0 leaves torch's choice.

    Raises DomainError `unknown_model`, `no_gpu` or `bad_checkpoint`. Imports torch (seconds).
    """
    return load_folder(model_info(name).folder, device=device, threads=threads)


def load_folder(folder: Path, *, device: str = "auto", threads: int = 0) -> Predictor:
    """As `load`, for a checkpoint folder of ours anywhere on disk."""
    from predictor.engine import Engine

    return Engine.from_folder(folder, device=device, threads=threads)
