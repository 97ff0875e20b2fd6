"""A process that reads a stretch of one file: `python -m webapp.userfiles.excerpt`, an Asked on standard input, an Excerpt on standard
output. A process of its own for the reason that prepare.py gives; no Django here."""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from itertools import islice

import numpy as np
import pyBigWig
import pysam
from numpy.typing import NDArray

MOST_ROWS = 2000  # of text
MOST_READS = 200_000
_MOST_LETTERS = 2_000_000  # of a header
_MEMORY_BYTES = 2 << 30
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """[start, end) of `chromosome`, which the file calls `own`, 0-based; a file served as `form` at `path`; signals as means of
    `step` bp."""

    path: str
    index: str
    form: str
    chromosome: str
    own: str
    start: int
    end: int
    step: int


@dataclass(frozen=True, slots=True)
class Excerpt:
    """`text` in `form`, one that igv.js reads without an index; `whole` False: there was more than MOST_ROWS or MOST_READS."""

    form: str
    text: str
    whole: bool = True


def read(asked: Asked) -> Excerpt:
    """The stretch. Raises RuntimeError, ValueError or OSError where the file is broken."""
    if asked.form == "bigwig":
        with pyBigWig.open(asked.path) as file:
            if asked.own not in file.chroms():
                return Excerpt("bedgraph", "")
            values = np.asarray(file.values(asked.own, asked.start, asked.end), np.float64)
        return Excerpt("bedgraph", _bedgraph(asked, values))
    if asked.form == "bam":
        return _coverage(asked)
    if asked.form == "bigbed":
        with pyBigWig.open(asked.path) as file:
            there = asked.own in file.chroms()
            entries = (file.entries(asked.own, asked.start, asked.end) if there else None) or []
        return _cut("bed", "", (f"{asked.chromosome}\t{start}\t{end}\t{rest}" for start, end, rest in entries))
    with pysam.TabixFile(asked.path, index=asked.index) as table:
        head = "".join(f"{line}\n" for line in table.header)[:_MOST_LETTERS] if asked.form == "vcf" else ""
        lines = table.fetch(asked.own, asked.start, asked.end) if asked.own in table.contigs else ()
        return _cut(asked.form, head, lines)


def _cut(form: str, head: str, lines: Iterable[str]) -> Excerpt:
    rows = list(islice(lines, MOST_ROWS + 1))
    return Excerpt(form, head + "".join(f"{row}\n" for row in rows[:MOST_ROWS]), whole=len(rows) <= MOST_ROWS)


def _coverage(asked: Asked) -> Excerpt:
    """How many reads lie over each base; introns and deletions are not covered."""
    change = np.zeros(asked.end - asked.start + 1)
    count = 0
    with pysam.AlignmentFile(asked.path, "rb", index_filename=asked.index) as file:
        if asked.own not in file.references:
            return Excerpt("bedgraph", "")
        for count, one in enumerate(file.fetch(asked.own, asked.start, asked.end), start=1):
            if count > MOST_READS:
                break
            if one.is_unmapped or one.is_secondary or one.is_supplementary or one.is_duplicate or one.is_qcfail:
                continue
            for start, end in one.get_blocks():
                first, last = max(start, asked.start), min(end, asked.end)
                if first < last:
                    change[first - asked.start] += 1
                    change[last - asked.start] -= 1
    return Excerpt("bedgraph", _bedgraph(asked, np.cumsum(change[:-1])), whole=count <= MOST_READS)


def _bedgraph(asked: Asked, values: Values) -> str:
    """Means over steps of what is known; equal neighbours are one line, what is not known none."""
    edges = np.arange(0, len(values), asked.step)
    known = np.isfinite(values)
    counts = np.add.reduceat(known, edges)
    means = np.add.reduceat(np.where(known, values, 0), edges) / np.maximum(counts, 1)
    means[counts == 0] = np.nan
    begins = np.flatnonzero(np.r_[True, ~((means[1:] == means[:-1]) | (np.isnan(means[1:]) & np.isnan(means[:-1])))])
    ends = np.r_[edges[begins[1:]], len(values)]
    return "".join(
        f"{asked.chromosome}\t{asked.start + edges[at]}\t{asked.start + end}\t{means[at]:.6g}\n"
        for at, end in zip(begins, ends, strict=True)
        if means[at] == means[at]
    )


def main() -> None:
    """One stretch, one answer; none where the file is broken."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    json.dump(asdict(read(Asked(**json.load(sys.stdin)))), sys.stdout)


if __name__ == "__main__":
    main()
