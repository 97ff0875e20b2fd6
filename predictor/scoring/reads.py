"""Predictions of REF and ALT as scorers read them: any stretch, in float64, ALT as it lies or drawn on REF's positions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from predictor.results import PredictionResult
from predictor.scoring.alignment import Alignment, Span
from predictor.scoring.arithmetic import Floats
from predictor.tracks import Track

CHUNK_BYTES = 32 << 20  # float64 that is held of one allele at once


class Values:
    """The arrays of one prediction by track."""

    def __init__(self, result: PredictionResult) -> None:
        self.first = result.window[0]
        self._arrays = {predicted.track.key: predicted.values for predicted in result.tracks}

    def stacked(self, tracks: Sequence[Track]) -> Floats:
        """Whole arrays, [T, ...]."""
        return np.stack([self._arrays[track.key] for track in tracks]).astype(np.float64)

    def bins(self, tracks: Sequence[Track], bins: Span) -> Floats:
        """[T, n] bins of the tracks' resolution, counted from the input's first base; zero where nothing was predicted."""
        resolution = tracks[0].resolution
        offset = self.first // resolution
        cut = np.zeros((len(tracks), bins[1] - bins[0]))
        for row, track in zip(cut, tracks, strict=True):
            values: NDArray[np.float32] = self._arrays[track.key]
            first, last = max(bins[0], offset), min(bins[1], offset + len(values))
            if first < last:
                row[first - bins[0] : last - bins[0]] = values[first - offset : last - offset]
        return cut


@dataclass(frozen=True, slots=True)
class Reads:
    """Both alleles of a variant, and how ALT lies on REF."""

    ref: Values
    alt: Values
    alignment: Alignment

    def as_it_lies(self, tracks: Sequence[Track], bins: Span) -> tuple[Floats, Floats]:
        """REF and ALT [T, n], each in positions of its own."""
        return self.ref.bins(tracks, bins), self.alt.bins(tracks, bins)

    def aligned(self, tracks: Sequence[Track], spans: Sequence[Span]) -> tuple[Floats, Floats]:
        """REF and ALT [T, n] over bases of REF, one stretch after another."""
        parts = []
        for span in spans:
            needed = self.alignment.needed(span)
            needed = max(0, needed[0]), max(0, needed[1])
            alt = self.alignment.aligned(self.alt.bins(tracks, needed), needed[0], span)
            parts.append((self.ref.bins(tracks, span), alt))
        ref, alt = (np.concatenate(some, 1) for some in zip(*parts, strict=True))
        return ref, alt


def chunks(tracks: Sequence[Track], bins: int) -> Iterator[Sequence[Track]]:
    """As many tracks at once as their stretch of `bins` allows."""
    at_once = max(1, CHUNK_BYTES // (8 * max(1, bins)))
    for first in range(0, len(tracks), at_once):
        yield tracks[first : first + at_once]
