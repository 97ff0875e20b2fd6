"""One measurement in a process of its own, under the Python of the implementation; prints one line of JSON.

Wall time, processor time (user and system, all threads) and peak memory of each pass. Processor time is the figure to
compare, since wall time also measures the neighbours; how many cores these kept busy is written beside it.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import importlib
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from predictor.bench.contract import Build, bases

SAMPLED = 48  # elements kept along an axis of an output


def measure(build: Build, options: argparse.Namespace) -> dict[str, Any]:
    """Figures per pass, and a sample of each output to compare implementations by."""
    implementation = build(options.dtype, options.threads, options.weights)
    codes = bases(options.length)
    implementation.prepare(codes, options.request)
    _give_back()
    loaded = _status("VmRSS")
    seconds, cpu_seconds, peaks, others = [], [], [], []
    for _ in range(options.passes):
        outputs: dict[str, Any] = {}  # of the pass before: not held during the next
        reset = _reset_peak()
        busy, cpu, began = _busy_seconds(), _cpu_seconds(), time.perf_counter()
        outputs = implementation.run(codes, options.request)
        seconds.append(time.perf_counter() - began)
        cpu_seconds.append(_cpu_seconds() - cpu)
        others.append(max(0.0, _busy_seconds() - busy - cpu_seconds[-1]) / seconds[-1])
        peaks.append(_status("VmHWM"))
    samples = {name: sample(output) for name, output in outputs.items()}
    if options.samples:
        np.savez(options.samples, **samples)  # type: ignore[arg-type]
    return {
        "seconds": seconds,
        "cpu_seconds": cpu_seconds,
        "others": others,
        "peak_gb": max(peaks),
        "loaded_gb": loaded,
        "peak_is_of_the_pass": reset,
        "outputs": {
            name: {"shape": list(outputs[name].shape), "mean_of_sample": float(part.mean())}
            for name, part in samples.items()
        },
    }


def sample(output: Any) -> NDArray[np.float32]:
    """At most SAMPLED evenly spaced elements along each axis of a torch, JAX or numpy array."""
    part = output[tuple(slice(None, None, -(-size // SAMPLED)) for size in output.shape)]
    return np.asarray(part.float() if hasattr(part, "float") else part, dtype=np.float32)


def _give_back() -> None:
    """What loading and converting weights left behind is not what a pass needs; glibc keeps it until it is asked."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _busy_seconds() -> float:
    """Processor time of the whole machine, with what a hypervisor took."""
    user, nice, system, _idle, _iowait, irq, softirq, stolen = Path("/proc/stat").read_text().split()[1:9]
    return sum(map(int, (user, nice, system, irq, softirq, stolen))) / os.sysconf("SC_CLK_TCK")


def _reset_peak() -> bool:
    """Let VmHWM begin anew at what is held now; False where the kernel does not allow it."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


def _status(field: str) -> float:
    """A line of /proc/self/status, in GB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024 / 1e9
    raise KeyError(field)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("module", help="predictor.bench.ours and its like")
    parser.add_argument("--length", type=int, required=True)
    parser.add_argument("--request", required=True)
    parser.add_argument("--dtype", choices=("fp32", "bf16"), required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--passes", type=int, default=1)
    parser.add_argument("--samples", type=Path)
    return parser


if __name__ == "__main__":
    given = _parser().parse_args()
    # The same cores for all, before a library counts them. Threads that wait must not spin: beside a busy neighbour that made
    # three times the processor time of the same pass, and only in torch, which would flatter XLA.
    os.putenv("OMP_WAIT_POLICY", "PASSIVE")
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: given.threads])
    answer = measure(importlib.import_module(given.module).build, given)
    sys.stdout.write("\n" + json.dumps(answer) + "\n")
