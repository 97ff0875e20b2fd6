"""Motif discovery from in-silico mutagenesis: what the model reads where it sees a factor bind, beside the known matrix."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from predictor.codes import encode_bases
from predictor.evaluation.genome_bins import BIN_BP
from predictor.evaluation.motifs import Motif, motifs
from predictor.genome import Interval
from predictor.inputs import from_interval
from predictor.reference import Reference
from predictor.results import Predictor
from predictor.tracks import Track
from predictor.variants.edit import Edit

CONTEXT_BP = 16_384
SCANNED_BP = 192  # mutated around the middle of a bin
READ_BP = 384  # over which the track is summed
SITE_BP = 21
ROUNDS = 6

Contributions = NDArray[np.float64]  # [L, 4]


@dataclass(frozen=True, slots=True)
class Discovered:
    """`matrix` [SITE_BP, 4]: mean contribution of each base over the aligned `sites`; `fits`: how well each known factor's matrix
    fits (see `fit`)."""

    factor: str
    sites: int
    matrix: Contributions
    fits: dict[str, float]

    @property
    def rank(self) -> int:
        """1 if no other factor's matrix fits better than its own."""
        own = self.fits[self.factor]
        return 1 + sum(fit > own for name, fit in self.fits.items() if name != self.factor)


def discover(predictor: Predictor, reference: Reference, track: Track, places: list[tuple[str, int]]) -> Discovered:
    """From the bins of `places` (chromosome, middle), most trusted first."""
    scanned = [contributions(predictor, reference, track, chromosome, middle) for chromosome, middle in places]
    sites = [_strongest(one) for one in scanned]
    matrix = _aligned(sites)
    fits = {factor: max(fit(matrix, motif) for motif in some) for factor, some in motifs().items()}
    return Discovered(track.name, len(sites), matrix, fits)


def contributions(
    predictor: Predictor, reference: Reference, track: Track, chromosome: str, middle: int
) -> Contributions:
    """[SCANNED_BP, 4]: log of the track's sum around, less its mean over the other three bases, at the base that is there."""
    length = reference.lengths[chromosome]
    start = middle - SCANNED_BP // 2
    asked = Interval(chromosome, start, start + SCANNED_BP)
    given = from_interval(asked, length, reference.fetch, CONTEXT_BP)
    assert given.interval is not None
    first = start - given.interval.start
    window = (first + SCANNED_BP // 2 - READ_BP // 2, first + SCANNED_BP // 2 + READ_BP // 2)
    codes = encode_bases(given.sequence[first : first + SCANNED_BP])
    edits = [
        Edit(first + at, first + at + 1, base)
        for at, code in enumerate(codes)
        for base in "ACGT"
        if base != "ACGT"[code]
    ]
    plain = _total(predictor.predict(given, [track], window=window).tracks[0].values)
    changed = np.array(
        [_total(r.tracks[0].values) for r in predictor.alternatives(given, edits, [track], window=window)]
    )
    effect = plain - changed.reshape(SCANNED_BP, 3).mean(1)
    out = np.zeros((SCANNED_BP, 4))
    out[np.arange(SCANNED_BP), codes] = effect
    return out


def _total(values: NDArray[np.float32]) -> float:
    return float(np.log(values.sum() + 1e-4))


def _strongest(scanned: Contributions) -> Contributions:
    """The part of one scan that matters most, with as much on both sides to be shifted in."""
    strength = np.convolve(np.maximum(scanned.sum(1), 0), np.ones(SITE_BP), "valid")
    best = int(strength.argmax())
    margin = SITE_BP // 2
    padded = np.pad(scanned, ((margin, margin), (0, 0)))
    return padded[best : best + SITE_BP + 2 * margin]


def _aligned(sites: list[Contributions]) -> Contributions:
    """Sites shifted and turned until they agree: the mean of all is what each is laid against."""
    margin = SITE_BP // 2
    turns = [(site, site[::-1, ::-1]) for site in sites]
    matrix = sites[0][margin : margin + SITE_BP]
    for _ in range(ROUNDS):
        laid = []
        for turned in turns:
            places = [one[shift : shift + SITE_BP] for one in turned for shift in range(2 * margin + 1)]
            fit = [float((place * matrix).sum() / (np.linalg.norm(place) + 1e-9)) for place in places]
            best = places[int(np.argmax(fit))]
            laid.append(best / (np.linalg.norm(best) + 1e-9))
        matrix = np.mean(laid, axis=0)
    return np.asarray(matrix)


def fit(matrix: Contributions, motif: Motif) -> float:
    """Best Pearson correlation of contributions with a known matrix's information, over offsets and both strands, times the
    share of the matrix that is covered; at least two thirds of the shorter one are.
    """
    information = motif.information
    best = -1.0
    width = len(information)
    least = ceil(2 * min(width, len(matrix)) / 3)
    for known in (information, information[::-1, ::-1]):
        for offset in range(least - width, len(matrix) - least + 1):
            first, last = max(0, offset), min(len(matrix), offset + width)
            ours, theirs = matrix[first:last].ravel(), known[first - offset : last - offset].ravel()
            if ours.std() > 0 and theirs.std() > 0:
                covered = (last - first) / width  # a part that fits by chance is worth less
                best = max(best, covered * float(np.corrcoef(ours, theirs)[0, 1]))
    return best


def strongest_bins(
    predicted: dict[str, NDArray[np.float32]], labels: dict[str, NDArray[np.bool_]], count: int
) -> list[tuple[str, int]]:
    """(chromosome, middle) of the bins with an event that the model is surest of, away from chromosome ends."""
    edge = CONTEXT_BP // BIN_BP
    found = [
        (float(values[at]), chromosome, int(at) * BIN_BP + BIN_BP // 2)
        for chromosome, values in predicted.items()
        for at in np.flatnonzero(labels[chromosome])
        if edge <= at < len(values) - edge
    ]
    return [(chromosome, middle) for _, chromosome, middle in sorted(found, reverse=True)[:count]]
