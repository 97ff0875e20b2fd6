"""Splice junctions as BED12: two blocks of one base, the ends of the exons, with the intron between them.

The score (0 to 1000) is the value on a logarithmic scale up to the greatest of the file, as browsers shade by it; the value itself
is a 13th column, as of bedToBigBed's type bed12+1, which readers of BED12 skip.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JunctionLine:
    """[start, end) is the intron, 0-based; `value` expected split reads."""

    chromosome: str
    start: int
    end: int
    strand: str
    value: float


def bed12_lines(junctions: Sequence[JunctionLine], colour: str) -> Iterator[str]:
    """By place. `colour` as #rrggbb. An intron that begins at the first base has no exon before it: it is left out."""
    greatest = math.log1p(max((one.value for one in junctions), default=0.0))
    shade = ",".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    for number, one in enumerate(sorted(junctions, key=lambda one: (one.chromosome, one.start, one.end, one.strand))):
        if one.start < 1:
            continue
        first, last = one.start - 1, one.end + 1  # with a base of either exon
        score = round(1000 * math.log1p(max(0.0, one.value)) / greatest) if greatest > 0 else 0
        blocks = f"2\t1,1,\t0,{last - first - 1},"
        yield (
            f"{one.chromosome}\t{first}\t{last}\tjunction_{number + 1}\t{score}\t{one.strand}\t"
            f"{first}\t{last}\t{shade}\t{blocks}\t{one.value:.6g}\n"
        )
