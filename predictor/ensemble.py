"""A model of several members: their mean is what is predicted, their least and most are how sure it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from predictor.catalogue import read_card
from predictor.engine import Engine
from predictor.inputs import ModelInput
from predictor.results import Junctions, PredictedTrack, PredictionResult, Predictor, Progress, SiteList, SitePlace
from predictor.tracks import Track

if TYPE_CHECKING:
    from predictor.variants.edit import Edit


class Ensemble:
    """Members that were trained alike from other seeds, asked one after another. Each finds splice sites of its own; then all count
    between those that any of them found (for edits without given sites: the first one between its own)."""

    def __init__(self, engines: Sequence[Engine]) -> None:
        self._engines = tuple(engines)
        first = self._engines[0]
        self.info, self.device, self.dtype = first.info, first.device, first.dtype

    @classmethod
    def from_folder(cls, folder: Path, *, device: str = "auto", threads: int = 0, dtype: str = "auto") -> Predictor:
        """See predictor.results.load. A model of one is its engine itself."""
        info = read_card(folder)
        engines = [
            Engine.of_member(info, weights, device=device, threads=threads, dtype=dtype) for weights in info.members
        ]
        return engines[0] if len(engines) == 1 else cls(engines)

    def predict(
        self,
        model_input: ModelInput,
        tracks: Sequence[Track],
        progress: Progress | None = None,
        *,
        window: tuple[int, int] | None = None,
        resolution: int | None = None,
        sites: SiteList | None = None,
    ) -> PredictionResult:
        """See predictor.results.Predictor."""
        counting = [track for track in tracks if track.output == "SPLICE_JUNCTIONS" and sites is None]
        parts = len(self._engines) * (2 if counting else 1)
        results = [
            engine.predict(
                model_input, tracks, _part_of(progress, part, parts), window=window, resolution=resolution, sites=sites
            )
            for part, engine in enumerate(self._engines)
        ]
        if counting:
            found = _found(results)
            again = [
                engine.predict(model_input, counting, _part_of(progress, part, parts), window=window, sites=found)
                for part, engine in enumerate(self._engines, len(self._engines))
            ]
            results = [
                replace(result, junctions=more.junctions, seconds=_sum(result, more))
                for result, more in zip(results, again, strict=True)
            ]
        return _together(results)

    def alternatives(
        self,
        model_input: ModelInput,
        edits: Sequence[Edit],
        tracks: Sequence[Track],
        *,
        window: tuple[int, int],
        resolution: int | None = None,
        sites: Sequence[SiteList] | None = None,
    ) -> Iterator[PredictionResult]:
        """See predictor.results.Predictor."""
        each = [
            engine.alternatives(model_input, edits, tracks, window=window, resolution=resolution, sites=sites)
            for engine in self._engines
        ]
        for results in zip(*each, strict=True):
            yield _together(results)


def _part_of(progress: Progress | None, part: int, parts: int) -> Progress | None:
    """One bar for all that is asked of the members, of which this is a part."""
    if progress is None:
        return None
    said = progress

    def report(stage: str, done: float) -> None:
        finished = stage == "done" and part + 1 < parts  # the next one begins with its encoder
        said("encoder" if finished else stage, (part + done) / parts)

    return report


def _together(results: Sequence[PredictionResult]) -> PredictionResult:
    first = results[0]
    tracks = []
    for members in zip(*(result.tracks for result in results), strict=True):
        every = np.stack([member.values for member in members])
        mean = every.mean(0, dtype=np.float64).astype(np.float32)
        tracks.append(PredictedTrack(members[0].track, mean, members[0].resolution, every))
    return replace(first, tracks=tuple(tracks), seconds=_sum(*results), junctions=_junctions(results))


def _sum(*results: PredictionResult) -> dict[str, float]:
    """Seconds of each stage."""
    seconds: Counter[str] = Counter()
    for result in results:
        seconds.update(result.seconds)
    return dict(seconds)


def _found(results: Sequence[PredictionResult]) -> SiteList:
    """Every site that a member found, as places to count between."""
    by_strand = zip(*(result.junctions for result in results), strict=True)
    return tuple(
        tuple(SitePlace(at, at, at + 1) for at in sorted({int(at) for side in sides for at in getattr(side, kind)}))
        for sides in by_strand
        for kind in ("donors", "acceptors")
    )


def _junctions(results: Sequence[PredictionResult]) -> tuple[Junctions, ...]:
    """The mean of the members where all of them counted between the same sites, else the first one's."""
    sides = []
    for members in zip(*(result.junctions for result in results), strict=False):
        first = members[0]
        same = len(members) == len(results) and all(
            np.array_equal(first.donors, member.donors) and np.array_equal(first.acceptors, member.acceptors)
            for member in members
        )
        counts = np.stack([member.counts for member in (members if same else members[:1])])
        sides.append(replace(first, counts=counts.mean(0, dtype=np.float64).astype(np.float32)))
    return tuple(sides) or results[0].junctions
