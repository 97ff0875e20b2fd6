"""The baseline that knows a splice site's own bases: log-odds of an acceptor's 23 bases and a donor's 9, of known exons.

The spans are those of MaxEntScan (Yeo and Burge 2004): acceptors from 20 bases of intron to 3 of exon, donors from 3 of exon to 6 of
intron. Positions are taken as independent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ACCEPTOR, DONOR = (20, 3), (3, 6)  # bases before and after the border
PSEUDOCOUNT = 1.0
_BASES = 4


@dataclass(frozen=True, slots=True)
class SiteMatrices:
    """Log-odds [4, width] of the two, in bits against equal shares."""

    acceptor: NDArray[np.float64]
    donor: NDArray[np.float64]

    @classmethod
    def of(cls, exons: Iterable[tuple[NDArray[np.uint8], int | None, int | None]]) -> SiteMatrices:
        """Of exons [first, last) in codes in the direction of transcription, None for an end that is no splice site; those without
        all of a site's bases are left out."""
        counts = [np.full((_BASES, sum(span)), PSEUDOCOUNT) for span in (ACCEPTOR, DONOR)]
        for codes, *borders in exons:
            for table, border, span in zip(counts, borders, (ACCEPTOR, DONOR), strict=True):
                site = _site(codes, border, span)
                if site is not None:
                    table[site, np.arange(len(site))] += 1
        acceptor, donor = (np.log2(table / table.sum(0) * _BASES) for table in counts)
        return cls(acceptor, donor)

    def score(self, codes: NDArray[np.uint8], first: int | None, last: int | None) -> float:
        """Of an exon's two sites together; 0 for a site that is None or not whole."""
        total = 0.0
        for table, border, span in ((self.acceptor, first, ACCEPTOR), (self.donor, last, DONOR)):
            site = _site(codes, border, span)
            if site is not None:
                total += float(table[site, np.arange(len(site))].sum())
        return total


def _site(codes: NDArray[np.uint8], border: int | None, span: tuple[int, int]) -> NDArray[np.uint8] | None:
    if border is None:
        return None
    start, end = border - span[0], border + span[1]
    site = codes[max(start, 0) : end]
    return site if start >= 0 and len(site) == sum(span) and (site < _BASES).all() else None
