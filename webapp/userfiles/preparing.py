"""From a file as it came to one that igv.js reads by ranges, in a process of its own (prepare.py)."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from django.conf import settings

from webapp.loci.models import Assembly
from webapp.loci.naming import ChromosomeNames
from webapp.userfiles.refusals import refusal
from webapp.userfiles.task import DISK_FULL, Prepared, Task

_UNPACKED_TIMES = 4  # as large as packed


def prepare(came: Path, name: str, assembly: Assembly, most_bytes: int) -> Prepared:
    """`content` and, for kinds with one, `index` beside `came`, which is used up. Raises DomainError (422) with what is wrong."""
    place, names = came.parent, ChromosomeNames(assembly)
    task = Task(
        path=str(came),
        name=name,
        content=str(place / "content"),
        index=str(place / "index"),
        names=names.spellings(),
        lengths=names.lengths,
        most_bytes=most_bytes * _UNPACKED_TIMES,
    )
    try:
        done = subprocess.run(
            [sys.executable, "-m", "webapp.userfiles.prepare"],
            input=json.dumps(asdict(task)).encode(),
            capture_output=True,
            timeout=settings.PREPARE_SECONDS,
            cwd=settings.BASE_DIR,
            env={"PATH": os.environ.get("PATH", ""), "TMPDIR": str(place)},
        )
    except subprocess.TimeoutExpired:
        raise refusal("too_slow", name, assembly.name, {"seconds": settings.PREPARE_SECONDS}) from None
    try:
        said = json.loads(done.stdout)
    except ValueError:  # the process died of what it read
        raise refusal("unreadable", name, assembly.name, {}) from None
    if said.get("refused") == DISK_FULL:
        raise OSError(errno.ENOSPC, "while a file was prepared")
    if "refused" in said:
        raise refusal(said["refused"], name, assembly.name, said["facts"])
    return Prepared(**said["prepared"])
