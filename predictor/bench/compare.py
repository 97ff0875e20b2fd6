"""Ours beside the installed peers: same input, weights and threads, one process per measurement, in turn."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from predictor.bench import ours
from predictor.bench.contract import REQUESTS
from predictor.bench.implementations import GEMM, OURS, Implementation
from predictor.bench.table import Measurement
from predictor.bench.weights import weights_path
from predictor.errors import DomainError
from predictor.model.config import FULL
from predictor.model.scaling import unscale

ROOT = Path(__file__).resolve().parent.parent.parent
# Relative L2 from our fp32 numbers; other weights or another input differ by about 1. Measured at 4,096 bp in bf16: the
# official code and alphagenome_pt, which agree with each other to 0.02 on contact maps, are up to 0.14 off in embeddings and
# 0.15 in junctions; ports under autocast 0.02 and 0.07.
_TOLERANCE = {"fp32": 5e-6, "bf16": 0.2}


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure. `folder` holds the peers' environments, `scratch` the weights."""

    folder: Path
    scratch: Path
    implementations: tuple[Implementation, ...]
    lengths: tuple[int, ...]
    requests: tuple[str, ...]
    dtypes: tuple[str, ...]
    threads: int
    repeats: int

    def cases(self) -> list[tuple[int, str, str, Implementation]]:
        """One round. A request that only we have brings the passes that it is compared with."""
        wanted = dict.fromkeys(
            name for request in self.requests for name in (request, REQUESTS[request].instead) if name
        )
        return [
            (length, request, dtype, implementation)
            for length in self.lengths
            for request in wanted
            for dtype in self.dtypes
            for implementation in self.implementations
            if (request in ours.REQUESTS if implementation is OURS else not REQUESTS[request].instead)
        ]


def measurements(plan: Plan) -> Iterator[Measurement]:
    """Each as soon as it is there. Every round measures the machine's own rate too, and turns the order round."""
    for turn in range(plan.repeats):
        for dtype in plan.dtypes:
            yield one(plan, GEMM, 0, "", dtype)
        cases = plan.cases()
        for length, request, dtype, implementation in cases if turn % 2 == 0 else reversed(cases):
            yield one(plan, implementation, length, request, dtype)


def one(plan: Plan, implementation: Implementation, length: int, request: str, dtype: str) -> Measurement:
    """One process. A failure of the implementation is a result too."""
    try:
        found = _measured(plan, implementation, length, request, dtype)
    except DomainError as error:
        return Measurement(length, request, dtype, implementation.name, plan.threads, failure=str(error))
    return Measurement(
        length, request, dtype, implementation.name, plan.threads,
        found["seconds"][0], found["cpu_seconds"][0], found["peak_gb"], found["others"][0],
    )  # fmt: skip


def _measured(
    plan: Plan, implementation: Implementation, length: int, request: str, dtype: str, samples: Path | None = None
) -> dict[str, Any]:
    command = [
        str(implementation.python(plan.folder)), "-m", "predictor.bench.measure", implementation.module,
        "--length", str(length), "--request", request, "--dtype", dtype, "--threads", str(plan.threads),
    ]  # fmt: skip
    if implementation.weights:
        command += ["--weights", str(weights_path(plan.scratch, implementation.weights))]
    if samples:
        command += ["--samples", str(samples)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip() or f"exit code {done.returncode}").splitlines()[-1]
        raise DomainError("not_measured", last)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def check(plan: Plan) -> Iterator[tuple[str, bool]]:
    """A line per output of each implementation beside ours in fp32, and whether it is within the tolerance."""
    expected: dict[tuple[int, str], dict[str, NDArray[np.float32]]] = {}
    for length, request, dtype, implementation in plan.cases():
        if (length, request) not in expected:
            expected[length, request] = _samples(plan, OURS, length, request, "fp32")
        if (implementation, dtype) == (OURS, "fp32"):
            continue
        found = _samples(plan, implementation, length, request, dtype)
        for name, ours_fp32 in expected[length, request].items():
            error = distance(implementation, name, found[name], ours_fp32)
            tolerance = max(_TOLERANCE[dtype], implementation.tolerances.get(name, 0.0))
            passed = error <= tolerance
            yield (
                f"{'pass' if passed else 'FAIL'}  {error:.1e} <= {tolerance:.0e}  {implementation.name}  {dtype}"
                f"  {length:,} bp  {name}",
                passed,
            )


def _samples(
    plan: Plan, implementation: Implementation, length: int, request: str, dtype: str
) -> dict[str, NDArray[np.float32]]:
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "samples.npz"
        _measured(plan, implementation, length, request, dtype, path)
        with np.load(path) as file:
            return dict(file)


def distance(
    implementation: Implementation, output: str, theirs: NDArray[np.float32], ours: NDArray[np.float32]
) -> float:
    """Relative L2, in experimental units; infinite where shapes differ."""
    if theirs.shape != ours.shape:
        return float("inf")
    if implementation.model_space:
        theirs = _experimental(output, theirs)
    return float(np.linalg.norm(theirs.astype(np.float64) - ours) / np.linalg.norm(ours.astype(np.float64)))


def _experimental(output: str, values: NDArray[np.float32]) -> NDArray[np.float32]:
    for head in FULL.track_heads:
        for resolution in head.resolutions:
            if output == f"{head.name}_{resolution}bp":
                scaled = torch.from_numpy(values)
                return unscale(scaled, torch.ones(()), resolution, squashing=head.squashing).numpy()
    return values


def machine(threads: int) -> list[str]:
    """Lines that say what the figures depend on."""
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    models = [line.partition(":")[2].strip() for line in info.splitlines() if line.startswith("model name")]
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    return [
        f"* CPU: {models[0] if models else platform.processor()}, {os.cpu_count()} cores, {threads} threads used;"
        f" {memory:.0f} GB of memory",
        f"* torch {version('torch')}, Python {platform.python_version()}, commit {_commit()}",
    ]


def _commit() -> str:
    command = ["git", "describe", "--always", "--dirty"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return "unknown"
    return done.stdout.strip() or "unknown"
