"""Splice junctions of both alleles at the same places: where a site is in either of them, or in the annotation.

As model/dna_model.py (the union of sites) and variant_scoring/splice_junction.py of google-deepmind/alphagenome_research.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from predictor.genes import Gene
from predictor.genome import Interval
from predictor.results import Junctions, SiteList, SitePlace
from predictor.scoring.alignment import Alignment, Span
from predictor.scoring.arithmetic import Floats
from predictor.scoring.reads import Reads
from predictor.tracks import Track

MIN_PROBABILITY = 0.1
MAX_SITES = 256  # per class, in order of position
COUNT_OFFSET = 1e-7


@dataclass(frozen=True, slots=True)
class JunctionScores:
    """`values` [rows, T]; `genes` and `introns` [start, end) on the chromosome, one of each per row."""

    genes: tuple[Gene, ...]
    introns: tuple[Span, ...]
    values: Floats


def union_sites(
    reads: Reads, tracks: Sequence[Track], spans: Sequence[Span], genes: Sequence[Gene], start: int
) -> list[NDArray[np.int64]]:
    """Per class of `tracks` (donor and acceptor of the plus strand, of the minus strand) the positions in the input, ascending,
    that are a site in REF or in ALT or in the genes' annotation; only within `spans`, the genes' bodies.
    """
    inside = np.unique(np.concatenate([np.arange(*span) for span in spans]))
    ref, alt = reads.aligned(tracks, [(int(inside[0]), int(inside[-1]) + 1)])
    probability = np.maximum(ref, alt)[:, inside - inside[0]]
    for gene in genes:
        row = 2 if gene.strand == "-" else 0
        for sites in gene.sites:
            for which, site in enumerate(sites):
                probability[row + which, inside == site - start] = 1
    return [inside[row >= MIN_PROBABILITY][:MAX_SITES] for row in probability]


def places(sites: Sequence[NDArray[np.int64]], alignment: Alignment) -> SiteList:
    """The same sites in ALT: an insertion is read as one place, what was deleted is none."""
    return tuple(tuple(_place(int(site), alignment) for site in some) for some in sites)


def _place(site: int, alignment: Alignment) -> SitePlace:
    if site < alignment.anchor or (site == alignment.anchor and alignment.shift <= 0):
        return SitePlace(site, site, site + 1)
    if site == alignment.anchor:
        return SitePlace(site, site, site + alignment.shift + 1)
    if site <= alignment.anchor - alignment.shift:
        return SitePlace(site, site, site)
    return SitePlace(site, site + alignment.shift, site + alignment.shift + 1)


def junction_scores(
    ref: Sequence[Junctions],
    alt: Sequence[Junctions],
    genes: Sequence[Gene],
    tracks: Sequence[Track],
    interval: Interval,
) -> JunctionScores:
    """|log ALT - log REF| of the counts of junctions inside a gene: per gene those that change most in any track, in all tracks of
    its strand; NaN for the tracks of the other strand.
    """
    rows: list[tuple[Gene, Span, Floats]] = []
    for gene in genes:
        for side, changed in zip(ref, alt, strict=True):
            if side.strand == gene.strand and side.tracks:
                rows += _of_gene(side, changed, gene, tracks, interval)
    values = np.stack([row for _, _, row in rows]) if rows else np.zeros((0, len(tracks)))
    return JunctionScores(tuple(gene for gene, _, _ in rows), tuple(intron for _, intron, _ in rows), values)


def _of_gene(
    ref: Junctions, alt: Junctions, gene: Gene, tracks: Sequence[Track], interval: Interval
) -> list[tuple[Gene, Span, Floats]]:
    donors, acceptors = np.meshgrid(ref.donors + interval.start, ref.acceptors + interval.start, indexing="ij")
    left, right = (acceptors, donors) if ref.strand == "-" else (donors, acceptors)
    starts, ends = left + 1, right  # the intron lies between its sites
    inside = (starts < ends) & (starts > gene.start) & (ends < gene.end)
    if not inside.any():
        return []
    before, after = (np.log(side.counts[:, inside].astype(np.float64) + COUNT_OFFSET) for side in (ref, alt))
    change = np.abs(after - before)
    columns = [list(tracks).index(track) for track in ref.tracks]
    found = []
    for best in dict.fromkeys(change.argmax(1).tolist()):
        row = np.full(len(tracks), np.nan)
        row[columns] = change[:, best]
        found.append((gene, (int(starts[inside][best]), int(ends[inside][best])), row))
    return found
