"""The process that looks at one file: `python -m webapp.userfiles.prepare`, a task on standard input, its answer on standard output.

A process of its own, since the libraries that read these formats are written in C and the files come from anywhere: what crashes or
eats memory ends here, and takes nothing with it.
"""

from __future__ import annotations

import errno
import gzip
import json
import resource
import sys
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

from webapp.userfiles.binary import read_bam, read_big
from webapp.userfiles.task import DISK_FULL, Prepared, Refused, Task
from webapp.userfiles.textual import read_text

_HEAD = 4096
_MEMORY_BYTES = 4 << 30
_GZIP = b"\x1f\x8b"
_BIG = {0x888FFC26: "bigwig", 0x8789F2EB: "bigbed"}  # either byte order
_OTHERS = {  # the beginning of what we know and do not take
    b"CRAM": "cram", b"BCF\x02": "bcf", b"BAI\x01": "index", b"TBI\x01": "index", b"CSI\x01": "index", b"PK\x03\x04": "archive",
    b"%PDF": "document", b"\x7fELF": "program", b"BZh": "compression", b"\xfd7zXZ": "compression", b"(\xb5/\xfd": "compression",
    b"\x89PNG": "picture", b"\xff\xd8\xff": "picture", b"\x89HDF": "hdf5",
}  # fmt: skip


def prepare(task: Task) -> Prepared:
    """The file checked, sorted, compressed and indexed as its kind needs. Raises Refused."""
    path = Path(task.path)
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise Refused("empty")
    for order in ("little", "big"):
        if kind := _BIG.get(int.from_bytes(head[:4], order)):
            return read_big(task, kind, order)
    _refuse_others(head)
    packed = head.startswith(_GZIP)
    if packed:
        inside = _unpacked_head(path)
        if inside.startswith(b"BAM\x01"):
            return read_bam(task)
        _refuse_others(inside)
    return read_text(task, packed)


def _refuse_others(head: bytes) -> None:
    for start, what in _OTHERS.items():
        if head.startswith(start):
            raise Refused(f"is_{what}")
    begin = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:20].lower()
    if begin.startswith((b"<!doctype", b"<html", b"<?xml", b"<svg")):
        raise Refused("is_page")


def _unpacked_head(path: Path) -> bytes:
    try:
        with gzip.open(path) as file:
            return file.read(_HEAD)
    except EOFError:
        raise Refused("truncated_gzip") from None
    except (OSError, zlib.error):
        raise Refused("broken_gzip") from None


def main() -> None:
    """One task, one answer: what was prepared, or why not."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    task = Task(**json.load(sys.stdin))
    resource.setrlimit(resource.RLIMIT_FSIZE, (task.most_bytes, task.most_bytes))
    try:
        said: dict[str, Any] = {"prepared": asdict(prepare(task))}
    except Refused as refused:
        said = {"refused": refused.code, "facts": refused.facts}
    except MemoryError:
        said = {"refused": "too_complex", "facts": {}}
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        said = {"refused": DISK_FULL, "facts": {}}
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
