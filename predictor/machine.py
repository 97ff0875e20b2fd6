"""What a machine can do with the full network: memory by length, from the measurements in predictor/bench/RESULTS.md."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

from predictor.catalogue import ModelInfo

Request = Literal["few tracks", "every output"]
LENGTHS = (16_384, 32_768, 65_536, 131_072, 262_144, 524_288, 1_048_576)  # bp, of which the longest that fits is told

# Peak GB of a process by bp; beyond the last two the line through them goes on.
_MEASURED: dict[tuple[str, str, Request], tuple[tuple[int, float], ...]] = {
    ("cpu", "float32", "few tracks"): ((131_072, 4.26), (1_048_576, 8.24)),
    ("cpu", "bfloat16", "few tracks"): ((131_072, 2.41), (1_048_576, 5.97)),
    ("cpu", "float32", "every output"): ((8_192, 3.76), (32_768, 4.25), (131_072, 5.51)),
    ("cpu", "bfloat16", "every output"): ((8_192, 3.19), (32_768, 3.19), (131_072, 4.68)),
    ("cuda", "bfloat16", "few tracks"): ((16_384, 1.1), (131_072, 1.7), (1_048_576, 5.6)),
}
_DRIVERS = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")  # NVIDIA's, Windows' under Linux, AMD's
_FULL_WIDTH = 768
_OTHERS_GB = 1.0  # of a CPU's memory: database, web server, system
_GB = 1e9


@dataclass(frozen=True, slots=True)
class Machine:
    """`memory`: bytes that this process may use at most, by the machine and by its control group; `free` of them; `gpu`: name and bytes of
    its memory, None without one."""

    memory: int
    free: int
    gpu: tuple[str, int] | None = None


def this_machine() -> Machine:
    """Of the process that asks. Imports torch."""
    import torch

    said = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
    total, free = (int(said[key].split()[0]) << 10 for key in ("MemTotal", "MemAvailable"))
    limit = _group_limit()
    gpu = None
    if torch.cuda.is_available():
        properties = torch.cuda.get_device_properties(0)
        gpu = (str(properties.name), int(properties.total_memory))
    return Machine(min(total, limit), min(free, limit), gpu)


def _group_limit() -> int:
    """Of a container; more than any machine has where there is none."""
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            return int(Path(path).read_text())
        except (OSError, ValueError):  # no such file, or "max"
            continue
    return 1 << 62


def is_full(model: ModelInfo) -> bool:
    """Whether its network is as wide as the published one, so that the measurements above are of it."""
    return int(model.settings.get("network", {}).get("stem_channels", 0)) >= _FULL_WIDTH


def has_gpu(device: str) -> bool:
    """Whether a predictor of this `device` (auto, cpu, cuda) will run on a GPU. Asked of torch in a process of its own, since one that
    has looked for CUDA cannot be forked any more; at once where the machine has no driver of one."""
    if device != "auto" or not any(map(os.path.exists, _DRIVERS)):
        return device == "cuda"
    question = "import sys, torch; sys.exit(0 if torch.cuda.is_available() else 1)"
    return subprocess.run([sys.executable, "-c", question], check=False).returncode == 0


def needed_bytes(device: str, dtype: str, request: Request, bp: int) -> float:
    """Peak memory of one prediction of this length with the full network, of the device that computes it."""
    points = _MEASURED.get((device, dtype, request)) or _MEASURED["cpu", dtype, request]
    if len(points) > 2 and bp < points[1][0]:
        points = points[:2]
    for low, high in pairwise(points):
        if bp <= high[0] or high == points[-1]:
            return _GB * max(points[0][1] if bp < points[0][0] else 0, _line(low, high, bp))
    raise AssertionError(points)


def _line(low: tuple[int, float], high: tuple[int, float], bp: int) -> float:
    return low[1] + (bp - low[0]) * (high[1] - low[1]) / (high[0] - low[0])


def longest(memory: float, device: str, dtype: str, request: Request) -> int:
    """The longest of LENGTHS that this much memory is enough for, 0 if none is."""
    spare = _OTHERS_GB * _GB if device == "cpu" else 0
    fitting = [bp for bp in LENGTHS if needed_bytes(device, dtype, request, bp) + spare <= memory]
    return max(fitting, default=0)


def describe(machine: Machine, dtype: str) -> list[str]:
    """Sentences on what AlphaGenome can do here; `dtype` of the CPU's computation."""
    memory = f"{machine.memory / _GB:,.0f} GB of memory, {machine.free / _GB:,.0f} GB of it free"
    if machine.gpu is None:
        few, every = (longest(machine.memory, "cpu", dtype, request) for request in ("few tracks", "every output"))
        lengths = (
            f"in {dtype} on its CPU AlphaGenome reads {_up_to(few)} for a few tracks, {_up_to(every)} for every output"
        )
        said = [f"This machine has {memory}, and no GPU: {lengths}."]
        if dtype == "float32" and (half := longest(machine.memory, "cpu", "bfloat16", "few tracks")) > few:
            said.append(f"With DTYPE=bfloat16 it would be {_up_to(half)} for a few tracks.")
        return said
    name, size = machine.gpu
    few = longest(size, "cuda", "bfloat16", "few tracks")
    return [
        f"This machine has {memory}, and a GPU ({name}, {size / _GB:,.0f} GB): in bfloat16 AlphaGenome reads {_up_to(few)} on it for a "
        "few tracks; every output at once was not measured there."
    ]


def _up_to(bp: int) -> str:
    return f"up to {bp:,} bp" if bp else "nothing (too little memory)"
