"""What one scorer does with one variant: where it has to look, then the numbers it makes of what is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from predictor.genes import Gene
from predictor.genome import Interval
from predictor.scoring import masks
from predictor.scoring.alignment import Span
from predictor.scoring.arithmetic import (
    AGGREGATIONS,
    GENE_SCORES,
    POLY_A_BP,
    POLY_A_WITHIN,
    Floats,
    contact_change,
    poly_a_change,
)
from predictor.scoring.reads import Reads, chunks
from predictor.scoring.scorers import Scorer
from predictor.tracks import Track
from predictor.variants.variant import Variant


@dataclass(frozen=True, slots=True)
class Part:
    """A scorer for a variant in an input. `genes`: its rows; `spans`: per gene the stretches of REF that it reads, in bp of the
    input; `bins`: the mask around the variant, of the scorer's resolution, where the scorer has no genes.
    """

    scorer: Scorer
    genes: tuple[Gene, ...]
    spans: tuple[tuple[Span, ...], ...]
    bins: Span

    @property
    def is_empty(self) -> bool:
        """Whether there is no row, so that nothing has to be predicted."""
        return self.scorer.genes != "none" and not self.genes

    @property
    def as_it_lies(self) -> tuple[Span, ...]:
        """Stretches in bp that are read of both alleles without moving ALT."""
        if self.scorer.kind != "CENTER_MASK":
            return ()
        resolution = self.scorer.resolution
        return ((self.bins[0] * resolution, self.bins[1] * resolution),)

    @property
    def aligned(self) -> tuple[Span, ...]:
        """Stretches of REF on which ALT will be drawn."""
        return tuple(span for some in self.spans for span in some)

    def score(self, reads: Reads, tracks: Sequence[Track]) -> Floats:
        """[rows, T]."""
        bins = max((last - first for first, last in (*self.aligned, self.bins)), default=0)
        parts = [_SCORES[self.scorer.kind](self, reads, some) for some in chunks(tracks, bins)]
        values = np.concatenate(parts, 1)
        if self.scorer.kind in GENE_SCORES:
            values[_opposite(self.genes, tracks)] = np.nan
        return values


def part_of(scorer: Scorer, variant: Variant, interval: Interval, genes: Sequence[Gene]) -> Part:
    """`genes` are those that overlap `interval`, the real bases of the input; masks are cut to it."""
    position = variant.start - interval.start
    if scorer.kind == "CONTACT_MAP":
        bin_ = min(position, interval.width - 1) // scorer.resolution
        return Part(scorer, (), (), (bin_, bin_ + 1))
    if scorer.genes == "none":
        return Part(scorer, (), (), masks.center_bins(position, scorer.width, scorer.resolution, interval.width))
    chosen = masks.scored_genes(scorer, variant, interval, genes)
    if scorer.kind == "PA_QTL":
        chosen = tuple(gene for gene in chosen if len(poly_a_spans(gene, interval)) > 1)
        return Part(scorer, chosen, tuple(poly_a_spans(gene, interval) for gene in chosen), (0, 0))
    if scorer.kind == "SPLICE_JUNCTION":
        spans = tuple(
            masks.clipped([(gene.start, gene.end)], (interval.start, interval.end), interval.start) for gene in chosen
        )
    else:
        spans = tuple(masks.spans(scorer, gene, position, interval) for gene in chosen)
    return Part(scorer, chosen, spans, (0, 0))


def poly_a_spans(gene: Gene, interval: Interval) -> tuple[Span, ...]:
    """The bases before each cleavage site of a gene in the input, sites ascending; none if a fifth of them lies outside."""
    sites = sorted(gene.poly_a)
    inside = [site for site in sites if interval.start <= site and site + 1 < interval.end]
    starts = sum(site >= interval.start for site in sites)
    ends = sum(site + 1 < interval.end for site in sites)
    if not sites or min(starts, ends) < POLY_A_WITHIN * len(sites):
        return ()
    spans = []
    for site in inside:
        at = site - interval.start
        first, last = (at, at + POLY_A_BP) if gene.strand == "-" else (at + 1 - POLY_A_BP, at + 1)
        spans.append((max(first, 0), min(last, interval.width)))
    return tuple(spans)


def _center(part: Part, reads: Reads, tracks: Sequence[Track]) -> Floats:
    ref, alt = reads.as_it_lies(tracks, part.bins)
    assert part.scorer.aggregation is not None
    return AGGREGATIONS[part.scorer.aggregation](ref, alt)[None]


def _contacts(part: Part, reads: Reads, tracks: Sequence[Track]) -> Floats:
    """Of the bins that both alleles have: a deletion at the end of a chromosome may take one away."""
    ref, alt = reads.ref.stacked(tracks), reads.alt.stacked(tracks)
    bins = min(ref.shape[1], alt.shape[1])
    return contact_change(ref[:, :bins, :bins], alt[:, :bins, :bins], min(part.bins[0], bins - 1))[None]


def _genes(part: Part, reads: Reads, tracks: Sequence[Track]) -> Floats:
    values = np.full((len(part.genes), len(tracks)), 0.0 if part.scorer.kind == "GENE_MASK_SPLICING" else np.nan)
    for row, spans in zip(values, part.spans, strict=True):
        if spans:
            row[:] = GENE_SCORES[part.scorer.kind](*reads.aligned(tracks, spans))
    return values


def _poly_a(part: Part, reads: Reads, tracks: Sequence[Track]) -> Floats:
    rows = np.zeros((len(part.genes), len(tracks)))
    for row, spans in zip(rows, part.spans, strict=True):
        sums = [[values.sum(1) for values in reads.aligned(tracks, [span])] for span in spans]
        ref, alt = (np.stack(some, 1) for some in zip(*sums, strict=True))
        row[:] = poly_a_change(ref, alt)
    return rows


_SCORES: dict[str, Callable[[Part, Reads, Sequence[Track]], Floats]] = {
    "CENTER_MASK": _center,
    "CONTACT_MAP": _contacts,
    "GENE_MASK_LFC": _genes,
    "GENE_MASK_ACTIVE": _genes,
    "GENE_MASK_SPLICING": _genes,
    "PA_QTL": _poly_a,
}


def _opposite(genes: Sequence[Gene], tracks: Sequence[Track]) -> np.typing.NDArray[np.bool_]:
    """[G, T]: where a gene is not on a stranded track's strand."""
    return np.array([[track.strand not in (gene.strand, ".") for track in tracks] for gene in genes], bool).reshape(
        len(genes), len(tracks)
    )
