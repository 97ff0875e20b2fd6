"""The signal of one gene by track: the mean over what of a gene an output is about.

Transcripts are read over exons, what happens at promoters in a window around the gene's start (as wide as AlphaGenome's recommended
scorers look: 501 bp, of histone marks 2,001 bp), cleavage around its end; of splice sites the strongest base of the exons counts, since a
mean over bases that are no sites would say nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from django.utils.translation import gettext as _

from predictor.api import GENE_KINDS, DomainError, format_locus
from predictor.api import Interval as Stretch
from webapp.loci.models import Gene
from webapp.loci.nearby import genes_between
from webapp.loci.search import exact_gene
from webapp.loci.services import get_assembly
from webapp.predictions.models import REFERENCE, Prediction
from webapp.predictions.sums import Sums, read_sums
from webapp.predictions.windows import tracks_of

REACH_BP = 100_000  # how far from the middle of a view a gene may be
MOST_NEAR = 40


@dataclass(frozen=True, slots=True)
class Mask:
    """Which bases of a gene: its exons, or `width` bp around the first or last base; and how they become one number."""

    where: Literal["exons", "start", "end"]
    width: int = 0
    how: Literal["mean", "max"] = "mean"

    def stretches(self, gene: Gene) -> list[tuple[int, int]]:
        """[start, end) each, ascending; exons that overlap are joined."""
        if self.where != "exons":
            forward = (gene.strand != "-") == (self.where == "start")
            base = gene.start if forward else gene.end - 1
            return [(base - self.width // 2, base - self.width // 2 + self.width)]
        joined: list[tuple[int, int]] = []
        for start, end in sorted((int(one), int(other)) for one, other in gene.exons or [(gene.start, gene.end)]):
            if joined and start <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        return joined


_EXONS = Mask("exons")
MASKS = {
    "RNA_SEQ": _EXONS,
    "NUCLEOSOME": _EXONS,
    "CAGE": Mask("start", 501),
    "PROCAP": Mask("start", 501),
    "ATAC": Mask("start", 501),
    "DNASE": Mask("start", 501),
    "CHIP_TF": Mask("start", 501),
    "CHIP_HISTONE": Mask("start", 2001),
    "POLYA": Mask("end", 501),
    "SPLICE_SITES": Mask("exons", how="max"),
    "SPLICE_SITE_USAGE": Mask("exons", how="max"),
}


@dataclass(frozen=True, slots=True)
class Signal:
    """One track: `value` and, of an edited sequence, the `reference`'s, None where nothing was predicted; over `covered_bp` of the
    mask's `mask_bp` bases. `sense`: on the gene's strand; None of a track or a gene without strand."""

    key: str
    mask: Mask
    sense: bool | None
    value: float | None
    reference: float | None
    covered_bp: int
    mask_bp: int


def choose_gene(prediction: Prediction, name: str | None, position: int | None) -> tuple[Gene, list[Gene]]:
    """The gene of this name, or the one nearest to a base, by default to the middle of what was asked for; and those around it, by place.

    Raises DomainError `no_genes` or `unknown_gene` (404).
    """
    if not prediction.on_genome:
        raise DomainError(
            "no_genes", _("A pasted sequence has no annotated genes; predict a locus of a genome."), status=404
        )
    assembly = get_assembly(prediction.genome)
    place = Stretch(prediction.chromosome, prediction.start, prediction.end)
    found = None
    if name:
        found = exact_gene(assembly, name)
        if found is None or found.kind not in GENE_KINDS:
            sentence = _("%(genome)s has no gene “%(name)s”; check the spelling.") % {
                "genome": assembly.name,
                "name": name[:40],
            }
            raise DomainError("unknown_gene", sentence, status=404)
        if found.chromosome.name != place.chromosome or found.start >= place.end or found.end <= place.start:
            sentence = _("%(gene)s lies outside of what was predicted, %(place)s; predict it to see its signal.") % {
                "gene": found.name,
                "place": format_locus(place),
            }
            raise DomainError("gene_outside", sentence, status=404)
        position = (found.start + found.end) // 2
    elif position is None:
        position = (prediction.asked_start + prediction.asked_end) // 2
    near = genes_between(
        assembly,
        GENE_KINDS,
        place.chromosome,
        max(place.start, position - REACH_BP),
        min(place.end, position + REACH_BP),
    )
    near = sorted(near, key=lambda gene: _far(gene, position))[:MOST_NEAR]
    if not near and found is None:
        raise DomainError(
            "no_genes",
            _("No gene lies within %(reach)s bp of this place; move on to see one.") % {"reach": f"{REACH_BP:,}"},
            status=404,
        )
    return found or near[0], sorted(near, key=lambda gene: (gene.start, gene.end))


def read_gene_signal(prediction: Prediction, gene: Gene, keys: Sequence[str]) -> list[Signal]:
    """Of these tracks, in their order. Raises DomainError as `read_sums`."""
    tracks = tracks_of(prediction, keys)
    masks = [MASKS.get(track.output, _EXONS) for track in tracks]
    spans = [mask.stretches(gene) for mask in masks]
    low, high = min((span[0][0] for span in spans), default=0), max((span[-1][1] for span in spans), default=0)
    edited = [f"{key}:{REFERENCE}" for key in keys] if prediction.edits else []
    sums = read_sums(prediction, [*keys, *edited], low, high)
    found = []
    for key, track, mask, span in zip(keys, tracks, masks, spans, strict=True):
        starts, ends = (np.array(side, np.int64) for side in zip(*span, strict=True))
        sense = None if "." in {track.strand, gene.strand} else track.strand == gene.strand
        value = _value(sums[key], mask, span)
        reference = _value(sums[f"{key}:{REFERENCE}"], mask, span) if edited else None
        covered = int(sums[key].bases(starts, ends).sum())
        found.append(Signal(key, mask, sense, value, reference, covered, int((ends - starts).sum())))
    return found


def _value(sums: Sums, mask: Mask, span: list[tuple[int, int]]) -> float | None:
    if mask.how == "max":
        number = max((one for one in (sums.highest(*part) for part in span) if one == one), default=float("nan"))
    else:
        starts, ends = (np.array(side, np.int64) for side in zip(*span, strict=True))
        count = int(sums.bases(starts, ends).sum())
        number = float(sums.totals(starts, ends).sum() / count) if count else float("nan")
    return None if number != number else number


def _far(gene: Gene, position: int) -> tuple[int, int]:
    """0 where the base lies in the gene; of those the one whose middle is nearer comes first."""
    outside = max(gene.start - position, position - (gene.end - 1), 0)
    return outside, abs(gene.start + gene.end - 1 - 2 * position)
