"""The full network where it belongs, on a GPU: whole inputs, and a variant by the local path beside two whole forwards.

The weights are the deterministic ones: what a pass costs does not depend on them. Two forwards are given the least that a
scorer could ask of them, five tracks; the local path gives every track over the 501 bp of the published centre mask.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence

import torch

from predictor.bench.contract import SHOWN_TRACKS
from predictor.bench.ours import full_size
from predictor.bench.variants import forget
from predictor.devices import chosen_device
from predictor.engine import Engine
from predictor.genome import Interval
from predictor.inputs import from_interval
from predictor.reference import load_sacCer3
from predictor.variants.edit import Edit

LENGTHS = (16_384, 131_072, 1_048_576)
CHROMOSOME = "chrIV"  # the only one of yeast that is long enough; the network does not mind whose bases they are
SCORED_BP = 512  # whole tokens around the 501
TOGETHER = 8
REPEATS = 3


def table(lengths: Sequence[int] = LENGTHS) -> str:
    """Markdown: a row per length, medians of three in seconds. Raises DomainError `no_gpu`."""
    place = torch.device(chosen_device("cuda", 0))
    engine = full_size(place, torch.bfloat16)
    lines = [
        f"{engine.device}, {engine.dtype}, torch {torch.__version__}",
        "",
        "| bp | five tracks at 1 bp, whole: s | two forwards of it: s per variant | ours, one SNV, all tracks: s | ours, of "
        f"{TOGETHER} SNVs: s per variant | times faster | peak GPU memory, GB |",
        "|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*lines, *(row(engine, place, length) for length in lengths)])


def row(engine: Engine, place: torch.device, length: int) -> str:
    """One line of the table."""
    reference = load_sacCer3()
    given = from_interval(Interval(CHROMOSOME, 0, length), reference.lengths[CHROMOSOME], reference.fetch, length)
    tracks = [track for track in engine.info.tracks if track.output == "RNA_SEQ"][:SHOWN_TRACKS]
    if place.type == "cuda":
        torch.cuda.reset_peak_memory_stats()

    def whole() -> None:
        forget(engine)
        engine.predict(given, tracks)

    seconds = _median(whole, place)
    middle = length // 2
    window = (middle - SCORED_BP // 2, middle + SCORED_BP // 2)
    engine.predict(given, tracks, window=window)  # what stays known of the reference
    at = range(middle - TOGETHER // 2, middle + TOGETHER // 2)
    edits = [Edit(i, i + 1, "A" if given.sequence[i] != "A" else "C") for i in at]

    def changed(count: int) -> Callable[[], object]:
        return lambda: list(engine.alternatives(given, edits[:count], engine.info.tracks, window=window))

    alone, together = _median(changed(1), place), _median(changed(TOGETHER), place) / TOGETHER
    peak = f"{torch.cuda.max_memory_allocated() / 1e9:.1f}" if place.type == "cuda" else ""
    return (
        f"| {length:,} | {seconds:.3f} | {2 * seconds:.3f} | {alone:.3f} | {together:.3f} "
        f"| {2 * seconds / alone:.1f} to {2 * seconds / together:.1f} | {peak} |"
    )


def _median(run: Callable[[], object], place: torch.device) -> float:
    """Seconds, after one that warms up."""
    seconds = []
    for _ in range(1 + REPEATS):
        began = time.perf_counter()
        run()
        if place.type == "cuda":
            torch.cuda.synchronize()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds[1:])
