"""Seconds and peak memory of a prediction by length, tiled as the engine runs it and in one pass as a plain forward would.

Each measurement has a process of its own, since peak memory never falls; the two are run in turn, so that a noisy
neighbour disturbs both.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time

import numpy as np

from predictor.inference import encoding, outputs
from predictor.inputs import from_sequence
from predictor.results import load

LENGTHS = (16_384, 65_536, 131_072, 262_144, 1_048_576)


def measure(model: str, length: int, *, whole: bool, repeats: int) -> dict[str, float]:
    """Median seconds of predicting the default tracks of random bases, each time others, and the process's peak in GB."""
    if whole:
        encoding.PIECE_BP = outputs.STRETCH_BP = length
    predictor = load(model)
    tracks = [track for track in predictor.info.tracks if track.default]
    idle = _peak()
    seconds = []
    for i in range(repeats):
        given = from_sequence("".join(np.random.default_rng(i).choice(list("ACGT"), length)))
        began = time.perf_counter()
        predictor.predict(given, tracks)
        seconds.append(time.perf_counter() - began)
    return {"seconds": statistics.median(seconds), "peak": _peak(), "idle": idle}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def table(model: str) -> str:
    """Markdown: a row per length."""
    lines = [
        "| bp | seconds | peak memory, GB | one pass: seconds | peak, GB | one pass / tiled |",
        "|---|---|---|---|---|---|",
    ]
    for length in LENGTHS:
        repeats = 3 if length <= 65_536 else 1
        tiled = _in_a_process(model, length, whole=False, repeats=repeats)
        whole = _in_a_process(model, length, whole=True, repeats=repeats)
        time_ratio, memory_ratio = (whole[key] / tiled[key] for key in ("seconds", "peak"))
        row = (
            f"| {length:,} | {tiled['seconds']:.2f} | {tiled['peak']:.2f} (loaded, idle: {tiled['idle']:.2f}) "
            f"| {whole['seconds']:.2f} | {whole['peak']:.2f} | {time_ratio:.2f} in time, {memory_ratio:.2f} in memory |"
        )
        lines.append(row)
        print(row, file=sys.stderr)
    return "\n".join(lines)


def _in_a_process(model: str, length: int, *, whole: bool, repeats: int) -> dict[str, float]:
    call = f"measure({model!r}, {length}, whole={whole}, repeats={repeats})"
    code = f"import json; from predictor.bench.lengths import measure; print(json.dumps({call}))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    answer: dict[str, float] = json.loads(done.stdout)
    return answer
