"""The GPU's table, made by a small network on whatever is here."""

from __future__ import annotations

from pathlib import Path

import torch

from predictor.bench import accelerator
from predictor.engine import Engine


def test_a_row_has_both_ways_in_seconds(checkpoint: Path) -> None:
    engine = Engine.from_folder(checkpoint, device="cpu")
    cells = [cell.strip() for cell in accelerator.row(engine, torch.device("cpu"), 4096).strip("|").split("|")]
    length, whole, two, one, together, ratio, memory = cells
    assert length == "4,096" and memory == ""
    assert abs(float(two) - 2 * float(whole)) < 0.002
    assert min(map(float, (whole, one, together))) > 0
    low, high = ratio.split(" to ")
    assert float(low) > 0 and float(high) > 0
