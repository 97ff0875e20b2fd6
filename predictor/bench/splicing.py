"""SpliceAI beside its original under Keras: `python -m predictor bench --spliceai MODEL [--peers FOLDER]`.

FOLDER/spliceai is a virtual environment with tensorflow-cpu, and the wheel `spliceai` installed without its dependencies. Both
run on the same cores, each measurement in a process of its own, in turn; medians of processor time.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from predictor.bench.compare import ROOT, machine
from predictor.bench.splicing_jobs import JOBS
from predictor.errors import DomainError

ROUNDS = 3
_OURS_FOR = {"pass": "stretch"}  # ours does both the same way


def table(model: Path, peers: Path | None, *, threads: int = 1) -> str:
    """Markdown. Raises DomainError `not_measured`."""
    sides = {"ours": (Path(sys.executable), "predictor.bench.splicing_ours", model.resolve())}
    if peers is not None:
        environment = peers.resolve() / "spliceai"
        sides["keras"] = environment / "bin" / "python", "predictor.bench.splicing_keras", _wheel(environment)
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in sides}
    for turn in range(ROUNDS):
        for name in sides if turn % 2 == 0 else reversed(sides):
            found[name].append(_measured(*sides[name], threads))
            print(f"round {turn + 1} of {ROUNDS}: {name} {json.dumps(found[name][-1])}", file=sys.stderr, flush=True)
    lines = [
        *machine(threads),
        f"* medians of {ROUNDS} rounds, peaks are the greatest",
        "",
        "| job | the original does | original, CPU-s | ours, CPU-s | ratio | original, peak GB | ours, peak GB |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for name, job in JOBS.items():
        ours_cost, ours_peak = _cost(found["ours"], _OURS_FOR.get(name, name))
        each = 1_000 if job.unit == "base" else 1
        of = "1,000 bases" if each > 1 else job.unit
        theirs = "| | " + f"| {ours_cost * each:.3f} | | | {ours_peak:.2f} |"
        if "keras" in found:
            cost, peak = _cost(found["keras"], name)
            theirs = (
                f"| {job.peer} | {cost * each:.3f} | {ours_cost * each:.3f} | {cost / ours_cost:.1f} | {peak:.2f} "
                f"| {ours_peak:.2f} |"
            )
        lines.append(f"| {job.title}, per {of} {theirs}")
    return "\n".join(lines)


def _wheel(environment: Path) -> Path:
    for folder in sorted((environment / "lib").glob("python*/site-packages")):
        if (folder / "spliceai" / "models" / "spliceai1.h5").is_file():
            return folder
    raise DomainError(
        "no_implementation",
        f"The original is not installed in {environment}; make a virtual environment there, then: "
        "bin/pip install tensorflow-cpu==2.21.0; bin/pip install --no-deps spliceai==1.3.1.",
    )


def _measured(python: Path, module: str, folder: Path, threads: int) -> dict[str, Any]:
    command = [str(python), "-m", "predictor.bench.splicing_jobs", module, str(folder), str(threads)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip() or f"exit code {done.returncode}").splitlines()[-1]
        raise DomainError("not_measured", f"{module} failed: {last}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _cost(rounds: list[dict[str, Any]], name: str) -> tuple[float, float]:
    """CPU-seconds per base or variant, and peak memory in GB."""
    each = [one[name]["cpu_seconds"] / one[name]["units"] for one in rounds]
    return median(each), max(one[name]["peak_gb"] for one in rounds)
