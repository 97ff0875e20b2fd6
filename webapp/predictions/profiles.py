"""Values around features in the features' own direction: around one, or the mean over the starts or ends of all genes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from predictor.api import GENE_KINDS, DomainError, other_strands
from webapp.loci.nearby import genes_between
from webapp.loci.services import get_assembly
from webapp.predictions.models import REFERENCE, Prediction
from webapp.predictions.sums import Places, Sums, read_sums
from webapp.predictions.windows import tracks_of

BINS = 200  # of every profile
FLANKS = (500, 2_000, 10_000)  # bp on either side
Flank = Literal[500, 2_000, 10_000]
Means = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Profile:
    """`values` [BINS] upstream to downstream, NaN where there are none; `reference` of an edited sequence. `sense`: on the features'
    strand; None without a strand. Of a mean over features `counts` [BINS] says how many had a value."""

    key: str
    sense: bool | None
    values: Means
    reference: Means | None
    counts: Places | None = None


def read_profile(
    prediction: Prediction, keys: Sequence[str], position: int, strand: str, flank: Flank
) -> list[Profile]:
    """Around `position`, a place between two bases (before the base of this number): bins of flank / 100 bp, each the mean of its bases.
    A feature on strand “-” is read from right to left. Raises DomainError as `read_sums`."""
    tracks = tracks_of(prediction, keys)
    edited = [f"{key}:{REFERENCE}" for key in keys] if prediction.edits else []
    sums = read_sums(prediction, [*keys, *edited], position - flank, position + flank)
    low, high = _bins(np.array([position]), strand, flank)
    return [
        Profile(
            key,
            None if "." in {track.strand, strand} else track.strand == strand,
            sums[key].means(low, high)[0].astype(np.float32),
            sums[f"{key}:{REFERENCE}"].means(low, high)[0].astype(np.float32) if edited else None,
        )
        for key, track in zip(keys, tracks, strict=True)
    ]


def read_mean_profile(
    prediction: Prediction, keys: Sequence[str], at: Literal["start", "end"], flank: Flank
) -> tuple[list[Profile], int]:
    """The mean over the genes whose start (or end) lies in the prediction, each gene counting the same, and how many those are. Of two
    strands' tracks genes on either strand take their own: one profile on their strand and one on the other.

    Raises DomainError as `read_sums`, or `no_genes` (404).
    """
    anchors = _anchors(prediction, at)
    count = sum(len(places) for places in anchors.values())
    if not count:
        sentence = {
            "start": _("No gene has its start in what was predicted; predict a longer stretch of a genome."),
            "end": _("No gene has its end in what was predicted; predict a longer stretch of a genome."),
        }[at]
        raise DomainError("no_genes", sentence, status=404)
    rows = _rows(prediction, keys)
    needed = list(dict.fromkeys(key for *_sense, by_strand in rows for key in by_strand.values()))
    edited = [f"{key}:{REFERENCE}" for key in needed] if prediction.edits else []
    sums = read_sums(prediction, [*needed, *edited], prediction.start, prediction.end)
    found = []
    for key, sense, by_strand in rows:
        values, counts = _mean(sums, by_strand, anchors, flank)
        reference = None
        if edited:
            reference, _counts = _mean(
                sums, {strand: f"{one}:{REFERENCE}" for strand, one in by_strand.items()}, anchors, flank
            )
        found.append(Profile(key, sense, values, reference, counts))
    return found, count


def _bins(positions: Places, strand: str, flank: int) -> tuple[Places, Places]:
    """Starts and ends [positions, BINS] of the bins, upstream first."""
    width = 2 * flank // BINS
    steps = np.arange(BINS, dtype=np.int64) * width
    if strand == "-":
        high = positions[:, None] + flank - steps
        return high - width, high
    low = positions[:, None] - flank + steps
    return low, low + width


def _anchors(prediction: Prediction, at: str) -> dict[str, Places]:
    """Places by strand of the genes."""
    if not prediction.on_genome:
        return {}
    place = prediction.chromosome, prediction.start, prediction.end
    genes = genes_between(get_assembly(prediction.genome), GENE_KINDS, *place)
    found: dict[str, list[int]] = {"+": [], "-": []}
    for gene in genes:
        if gene.strand in found:
            position = gene.start if (gene.strand == "+") == (at == "start") else gene.end
            if prediction.start <= position <= prediction.end:
                found[gene.strand].append(position)
    return {strand: np.array(places, np.int64) for strand, places in found.items() if places}


def _rows(prediction: Prediction, keys: Sequence[str]) -> list[tuple[str, bool | None, dict[str, str]]]:
    """(key, sense, track by the genes' strand); two strands of one signal are said once."""
    others = other_strands(list(prediction.tracks.all()))
    rows: list[tuple[str, bool | None, dict[str, str]]] = []
    said: set[str] = set()
    for key, track in zip(keys, tracks_of(prediction, keys), strict=True):
        if track.strand == ".":
            rows.append((key, None, {"+": key, "-": key}))
        elif key not in said:
            other = others.get(key)
            opposite = "-" if track.strand == "+" else "+"
            pair = {track.strand: key} | ({opposite: other} if other else {})
            turned = {opposite: key} | ({track.strand: other} if other else {})
            rows += [(key, True, pair), (key, False, turned)]
            said |= {key, *([other] if other else [])}
    return rows


def _mean(
    sums: dict[str, Sums], by_strand: dict[str, str], anchors: dict[str, Places], flank: int
) -> tuple[Means, Places]:
    means = [
        sums[key].means(*_bins(anchors[strand], strand, flank))
        for strand, key in by_strand.items()
        if strand in anchors
    ]
    everything = np.concatenate([np.empty((0, BINS)), *means])
    known = np.isfinite(everything)
    counts = known.sum(axis=0)
    total = np.where(known, everything, 0).sum(axis=0)
    means_of_all = np.divide(total, counts, out=np.full(BINS, np.nan), where=counts > 0)
    return means_of_all.astype(np.float32), counts
