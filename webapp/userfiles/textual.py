"""Files of lines: BED, bedGraph, GFF3, GTF, VCF. Read once, checked line by line, their chromosomes named as the assembly does."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Literal

import pyBigWig
import pysam

from webapp.userfiles.lines import CHECKS, Line, sniff
from webapp.userfiles.sorting import Sorter
from webapp.userfiles.task import Prepared, Refused, Task, no_known_name

_SNIFFED_LINES = 2000
_MOST_LINE_BYTES = 4 << 20
_BATCH = 20_000  # lines or steps written at once
_PRESETS: dict[str, Literal["bed", "gff", "vcf"]] = {"bed": "bed", "gff3": "gff", "gtf": "gff", "vcf": "vcf"}
_NAMES = 20  # of unknown chromosomes, remembered for the sentence


def read_text(task: Task, packed: bool) -> Prepared:
    """Sorted and indexed, a bedGraph as bigWig. Raises Refused."""
    try:
        lines = _lines(task, packed)
        first = list(islice(lines, _SNIFFED_LINES))
        kind = sniff(first, task.name)
        return _read(task, kind, chain(first, lines))
    except EOFError:
        raise Refused("truncated_gzip") from None
    except (gzip.BadGzipFile, zlib.error):
        raise Refused("broken_gzip") from None


@dataclass(slots=True)
class _Seen:
    known: int = 0
    skipped: int = 0
    names: tuple[str, ...] = ()

    def skip(self, name: str) -> None:
        self.skipped += 1
        if name not in self.names and len(self.names) < _NAMES:
            self.names = (*self.names, name)


def _read(task: Task, kind: str, lines: Iterator[str]) -> Prepared:
    header: list[str] = []
    seen = _Seen()
    sorter = Sorter(Path(task.content + ".part"))
    rank = {name: at for at, name in enumerate(sorted(task.lengths))}  # a bigWig has its chromosomes by name
    check = CHECKS[kind]
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if line.startswith("#"):
            if line.startswith("##FASTA"):
                break
            if not seen.known and not seen.skipped:
                header.append(line)
            continue
        if line.startswith((">",)) and kind == "gff3":
            break  # its sequences
        if kind in {"bed", "bedgraph"} and line.startswith(("track", "browser")):
            continue
        found = _checked(check, line, number, kind)
        chromosome = task.chromosome(found.chromosome)
        if chromosome is None:
            seen.skip(found.chromosome)
            continue
        length = task.lengths[chromosome]
        if found.end > length:
            raise Refused("past_end", line=number, end=found.end, chromosome=chromosome, length=length)
        seen.known += 1
        sorter.add(rank[chromosome], found.start, "\t".join((chromosome, *found.rest)))
    if not seen.known and not seen.skipped:
        raise Refused("no_lines")
    if not seen.known:
        raise no_known_name(list(seen.names), task)
    if kind == "bedgraph":
        _write_bigwig(task, sorter.lines())
    else:
        _write_indexed(task, kind, header if kind != "bed" else [], sorter.lines())
    return Prepared(kind, skipped=seen.skipped)


def _checked(check: Callable[[list[str]], Line], line: str, number: int, kind: str) -> Line:
    fields = line.split("\t") if "\t" in line else line.split()
    try:
        return check(fields)
    except (ValueError, IndexError):
        raise Refused("bad_line", kind=kind, line=number, text=line[:60]) from None


def _lines(task: Task, packed: bool) -> Iterator[str]:
    """Without their ends. Raises Refused `binary`, `unpacked_too_large` or `long_line`."""
    left = task.most_bytes
    with gzip.open(task.path) if packed else Path(task.path).open("rb") as file:
        while line := file.readline(_MOST_LINE_BYTES + 1):
            left -= len(line)
            if left < 0:
                raise Refused("unpacked_too_large", megabytes=task.most_bytes >> 20)
            if b"\x00" in line:
                raise Refused("binary")
            if len(line) > _MOST_LINE_BYTES:
                raise Refused("long_line")
            yield line.decode("utf-8", "replace").removeprefix("\ufeff").rstrip("\r\n")


def _write_indexed(task: Task, kind: str, header: list[str], lines: Iterator[str]) -> None:
    path = task.content + ".gz"  # the indexer goes by the name
    with pysam.BGZFile(path, "wb", None) as file:
        rows = chain(header, lines)
        while batch := list(islice(rows, _BATCH)):
            file.write("\n".join([*batch, ""]).encode())
    try:
        pysam.tabix_index(path, preset=_PRESETS[kind], force=True)
    except OSError:
        raise Refused("broken", kind=kind) from None
    Path(path + ".tbi").rename(task.index)
    Path(path).rename(task.content)


def _write_bigwig(task: Task, lines: Iterator[str]) -> None:
    file = pyBigWig.open(task.content, "w")
    file.addHeader(sorted(task.lengths.items()))
    before, stop = "", 0
    batch: list[tuple[str, int, int, float]] = []

    def flush() -> None:
        if batch:
            names, starts, ends, values = map(list, zip(*batch, strict=True))
            file.addEntries(names, starts, ends=ends, values=values)
            batch.clear()

    for line in lines:
        chromosome, start, end, value = line.split("\t")
        one = (chromosome, int(start), int(end), float(value))
        if chromosome == before and one[1] < stop:
            raise Refused("overlap", chromosome=chromosome, position=one[1] + 1)
        if one[1] == one[2]:
            continue
        if chromosome != before or len(batch) >= _BATCH:
            flush()
        batch.append(one)
        before, stop = chromosome, one[2]
    flush()
    file.close()
