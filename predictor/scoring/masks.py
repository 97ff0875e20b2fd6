"""Where a scorer looks: bins around the variant, exons or bodies of genes. Positions count from the input's first base."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from predictor.genes import PROTEIN_CODING, Gene
from predictor.genome import Interval
from predictor.scoring.scorers import Scorer
from predictor.variants.variant import Variant

Span = tuple[int, int]  # [start, end)


def center_bins(position: int, width: int | None, resolution: int, input_bp: int) -> Span:
    """Bins of `resolution` bp that a mask of `width` bp around a position covers: as many as the width fills, rounded up, the
    middle one (of an even number, the first behind the middle) that of the position; cut to the input.
    """
    bins = -(-input_bp // resolution)
    if width is None:
        return 0, bins
    count = -(-width // resolution)
    first = position // resolution - count // 2
    return max(first, 0), min(first + count, bins)


def scored_genes(scorer: Scorer, variant: Variant, interval: Interval, genes: Sequence[Gene]) -> tuple[Gene, ...]:
    """Which genes get a row, of those that overlap the input's `interval`, in their order."""
    match scorer.genes:
        case "none":
            return ()
        case "starting":
            return genes_starting(interval, genes)
        case "overlapping":
            last = max(variant.end, variant.start + len(variant.alt))
            found = tuple(gene for gene in genes if gene.end > variant.start and gene.start < last)
            if scorer.kind == "SPLICE_JUNCTION":
                return tuple(gene for gene in found if gene.kind == PROTEIN_CODING)
            return found


def genes_starting(interval: Interval, genes: Iterable[Gene]) -> tuple[Gene, ...]:
    """Genes whose transcription starts inside an interval."""
    return tuple(gene for gene in genes if interval.start <= gene.tss < interval.end)


def spans(scorer: Scorer, gene: Gene, position: int, interval: Interval) -> tuple[Span, ...]:
    """The bases of a gene that a scorer reads: exons, or its body; within the mask around the variant if it has a width."""
    parts = ((gene.start, gene.end),) if scorer.kind == "GENE_MASK_SPLICING" else gene.exons
    first, last = center_bins(position, scorer.width, 1, interval.width)
    return clipped(parts, (interval.start + first, interval.start + last), interval.start)


def clipped(parts: Iterable[Span], to: Span, start: int) -> tuple[Span, ...]:
    """What lies within `to`, disjoint and ascending, counted from `start`."""
    joined: list[Span] = []
    for first, last in sorted(parts):
        first, last = max(first, to[0]) - start, min(last, to[1]) - start
        if joined and first < joined[-1][1]:  # exons that overlap where a frame shifts count once
            first = joined[-1][1]
        if first < last:
            joined.append((first, last))
    return tuple(joined)


def hull(parts: Iterable[Span]) -> Span | None:
    """The shortest stretch that holds all."""
    some = tuple(parts)
    return (min(part[0] for part in some), max(part[1] for part in some)) if some else None
