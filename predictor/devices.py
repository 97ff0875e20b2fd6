"""Where a network runs."""

from __future__ import annotations

import torch

from predictor.errors import DomainError


def chosen_device(device: str, threads: int) -> str:
    """“cpu” or “cuda” of auto, cpu or cuda; sets torch's `threads`, 0 leaves its choice. Raises DomainError `no_gpu`."""
    if threads:
        torch.set_num_threads(threads)
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cuda" and not torch.cuda.is_available():
        raise DomainError("no_gpu", "DEVICE is cuda but torch sees no GPU here; set DEVICE=cpu or auto.")
    return device
