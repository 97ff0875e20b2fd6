"""bigWig, bigBed and BAM: looked through, their chromosomes compared with the assembly's, BAM sorted and indexed."""

from __future__ import annotations

import struct
from contextlib import suppress
from pathlib import Path

import pyBigWig
import pysam
from pysam.utils import SamtoolsError

from webapp.userfiles.task import Prepared, Refused, Task, known

_HEADER = "IHHQQQHHQQIQ"  # magic, version, zooms, chromosomes, data, index, fields, …: the UCSC format's common header
_ZOOM = "IIQQ"
_INDEX_BYTES = 48  # the least that an index takes
_LOOKS = (1, 40, 1000)  # bins: each reads another zoom


def read_big(task: Task, kind: str, order: str) -> Prepared:
    """A bigWig or bigBed as it is. Raises Refused."""
    path = Path(task.path)
    _check_places(path, kind, "<" if order == "little" else ">")
    try:
        file = pyBigWig.open(str(path))
        lengths = {name: int(length) for name, length in (file.chroms() or {}).items()}
    except RuntimeError:
        raise Refused("broken", kind=kind) from None
    names = known(task, lengths)
    try:
        if kind == "bigbed":
            for name in names:
                file.entries(name, 0, lengths[name])
        elif not file.header()["nBasesCovered"]:
            raise Refused("no_lines")
        else:
            for name in names:
                for bins in _LOOKS:
                    file.stats(name, 0, lengths[name], nBins=min(bins, lengths[name]))
                file.intervals(name, max(0, lengths[name] - 1000), lengths[name])
    except (RuntimeError, OverflowError):
        raise Refused("broken", kind=kind) from None
    file.close()
    path.rename(task.content)
    return Prepared(kind, aliases={ours: name for name, ours in names.items() if ours != name})


def _check_places(path: Path, kind: str, order: str) -> None:
    """Whatever the header points to lies in the file."""
    size = path.stat().st_size
    with path.open("rb") as file:
        try:
            _, _, zooms, *places = struct.unpack(order + _HEADER, file.read(struct.calcsize("<" + _HEADER)))
            indexes = [places[0], places[1] + _INDEX_BYTES, places[2] + _INDEX_BYTES]
            for _ in range(zooms):
                _, _, data, index = struct.unpack(order + _ZOOM, file.read(struct.calcsize("<" + _ZOOM)))
                indexes += [data, index + _INDEX_BYTES]
        except struct.error:
            raise Refused("truncated", kind=kind) from None
    if max(indexes) > size:
        raise Refused("truncated", kind=kind)


def read_bam(task: Task) -> Prepared:
    """A BAM, sorted where it is not, with its index made here. Raises Refused."""
    try:
        pysam.quickcheck(task.path)
    except SamtoolsError:
        raise Refused("truncated", kind="bam") from None
    try:
        with pysam.AlignmentFile(task.path, "rb") as file:
            lengths = dict(zip(file.references, file.lengths, strict=True))
            empty = next(iter(file.fetch(until_eof=True)), None) is None
    except (ValueError, OSError):
        raise Refused("broken", kind="bam") from None
    names = known(task, lengths)
    if empty:
        raise Refused("no_lines")
    content = Path(task.content)
    try:
        pysam.index(task.path, task.index)
        Path(task.path).rename(content)
    except SamtoolsError:  # not sorted, or broken in the middle
        Path(task.index).unlink(missing_ok=True)
        with suppress(OSError):
            content.unlink()
        try:
            pysam.sort("-m", "256M", "-T", f"{task.content}.part", "-o", task.content, task.path)
            pysam.index(task.content, task.index)
        except SamtoolsError:
            raise Refused("broken", kind="bam") from None
    return Prepared("bam", aliases={ours: name for name, ours in names.items() if ours != name})
