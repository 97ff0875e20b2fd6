"""One line of each format: where it lies and whether it is one. Coordinates as in `Line`, 0-based half-open."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from webapp.userfiles.task import Refused

_GTF = re.compile(r'^\s*\w+ "')
_ALLELES = re.compile(r"^[A-Za-z*.,<>\[\]:\d_=+-]+$")
_STRANDS = {"+", "-", ".", "?"}
_BED12 = 12


@dataclass(frozen=True, slots=True)
class Line:
    """`rest`: the fields after the chromosome's."""

    chromosome: str
    start: int
    end: int
    rest: Sequence[str]


def sniff(lines: Sequence[str], name: str) -> str:
    """Which format these lines, the file's first, are in: a name of kinds.KINDS. `name` of the file decides only between BED and
    bedGraph, of which lines with four columns may be either. Raises Refused."""
    if lines and lines[0].startswith("##fileformat=VCF"):
        return "vcf"
    if lines and lines[0].startswith(("@HD\t", "@SQ\t")):
        raise Refused("is_sam")
    if lines and lines[0].startswith(">"):
        raise Refused("is_fasta")
    said = next((line for line in lines if line.startswith("track")), "")
    data = [line for line in lines if line.strip() and not line.startswith(("#", "track", "browser"))]
    if not data:
        raise Refused("no_lines")
    first = data[0]
    if first.startswith(("fixedStep", "variableStep")) or "wiggle_0" in said:
        raise Refused("is_wig")
    fields = first.split("\t")
    if len(fields) in {8, 9} and fields[3].isdecimal() and fields[4].isdecimal() and not fields[1].isdecimal():
        return "gtf" if len(fields) == 9 and _GTF.match(fields[8]) else "gff3"
    columns = fields if len(fields) > 1 else first.split()
    if len(columns) >= 3 and columns[1].isdecimal() and columns[2].isdecimal():
        if len(columns) != 4 or not _is_number(columns[3]) or ("bedGraph" not in said and _named_bed(name)):
            return "bed"
        return "bedgraph"
    raise Refused("unknown_format", text=first[:60])


def _named_bed(name: str) -> bool:
    return name.lower().removesuffix(".gz").endswith(".bed")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _bed(fields: list[str]) -> Line:
    start, end = _place(fields[1], fields[2])
    if len(fields) >= _BED12:
        count = int(fields[9])
        sizes, starts = ([int(one) for one in text.rstrip(",").split(",")] for text in fields[10:12])
        if not count == len(sizes) == len(starts):
            raise ValueError
    return Line(fields[0], start, end, fields[1:])


def _bedgraph(fields: list[str]) -> Line:
    start, end = _place(fields[1], fields[2])
    if len(fields) != 4 or not math.isfinite(float(fields[3])):
        raise ValueError
    return Line(fields[0], start, end, fields[1:])


def _gff(fields: list[str]) -> Line:
    start, end = _place(fields[3], fields[4])
    if len(fields) not in {8, 9} or fields[6] not in _STRANDS or start < 1:
        raise ValueError
    return Line(fields[0], start - 1, end, fields[1:])


def _vcf(fields: list[str]) -> Line:
    position, ref = int(fields[1]), fields[3]
    if len(fields) < 8 or position < 0 or not ref.isalpha() or not _ALLELES.match(fields[4]):
        raise ValueError
    start = max(0, position - 1)
    return Line(fields[0], start, start + len(ref), fields[1:])


def _place(start: str, end: str) -> tuple[int, int]:
    first, last = int(start), int(end)
    if not 0 <= first <= last:
        raise ValueError
    return first, last


CHECKS: dict[str, Callable[[list[str]], Line]] = {
    "bed": _bed,
    "bedgraph": _bedgraph,
    "gff3": _gff,
    "gtf": _gff,
    "vcf": _vcf,
}
