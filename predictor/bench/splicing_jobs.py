"""The jobs of SpliceAI that are timed, and one side's measurement of all of them in a process of its own: prints a line of JSON.

    python -m predictor.bench.splicing_jobs MODULE FOLDER THREADS

MODULE is predictor.bench.splicing_ours or predictor.bench.splicing_keras. This is also read by a Python that has Keras and no torch.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from predictor.bench.measure import _cpu_seconds, _reset_peak, _status

FLANK_BP, DISTANCE_BP = 5_000, 50
STRETCH_BP = 65_536
APART_BP = 1_000  # between variants of one gene

Codes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Job:
    """`peer` says how the original does it. Ours and theirs are counted in the same `unit`, but of what each does in a run."""

    title: str
    unit: str
    peer: str


JOBS = {
    "stretch": Job(
        "a stretch of a chromosome, one strand, five networks",
        "base",
        "windows of 15,000 bp for 5,000, as in its paper",
    ),
    "pass": Job("the same", "base", "one pass of 20,000 bp for 10,000"),
    "alone": Job("delta scores of a variant far from others", "variant", "its tool: ten passes of 10,101 bp"),
    "dense": Job(
        "delta scores of 16 variants, 1,000 bp apart in a gene", "variant", "its tool: ten passes of 10,101 bp"
    ),
}
Run = Callable[[], int]  # does it and says how many bases or variants it did
Sides = Callable[[Path, int], dict[str, Run]]  # folder, threads


def bases(length: int) -> Codes:
    """Random."""
    return np.random.default_rng(1).integers(0, 4, length, dtype=np.uint8)


def main() -> None:
    """One run of each job after a small one to warm up."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("module")
    parser.add_argument("folder", type=Path)
    parser.add_argument("threads", type=int)
    options = parser.parse_args()
    os.putenv("OMP_WAIT_POLICY", "PASSIVE")
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.threads])
    runs = importlib.import_module(options.module).sides(options.folder, options.threads)
    found = {}
    for name, run in runs.items():
        gc.collect()
        _reset_peak()
        began = _cpu_seconds()
        units = run()
        found[name] = {"cpu_seconds": _cpu_seconds() - began, "units": units, "peak_gb": _status("VmHWM")}
    sys.stdout.write("\n" + json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
