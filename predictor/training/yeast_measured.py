"""The training targets of yeast as measurements to look at: every track that the pack has runs for, a track at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from predictor.tracks import Track
from predictor.training.yeast_drawn import drawn_rows, excluded_regions, read_splits, spliced_introns
from predictor.training.yeast_tracks import yeast_tracks

SPLITS = "splits.tsv"  # by which a pack is recognised
_BINDING = ("CHIP_TF", "CHIP_HISTONE")

Run = tuple[str, int, int, float]  # chromosome, start, end, value of each base; overlapping ones add up


@dataclass(frozen=True, slots=True)
class Measurement:
    """One track as it was measured, in the unit of its prediction.

    `runs` lie inside the chromosomes, in any order; bases without any are 0. `unknown`: chromosome, start, end of what was not
    measured.
    """

    track: Track
    runs: tuple[Run, ...]
    unknown: tuple[tuple[str, int, int], ...] = ()


def is_yeast_pack(folder: Path) -> bool:
    """Whether a folder holds the training tables."""
    return (folder / SPLITS).exists()


def yeast_splits(data: Path) -> dict[str, tuple[str, ...]]:
    """{"train", "valid", "test"}: chromosomes. Raises DomainError `no_table`."""
    return read_splits(data)


def yeast_measurements(data: Path, lengths: Mapping[str, int]) -> Iterator[Measurement]:
    """In the order of the catalogue; tracks without a row (their table was left out) are not there, nor are junctions and
    contacts, which are no runs. Of tracks with 128-bp bins a base has 128 times its share, so that the mean over any 128
    bases is the sum that is predicted. Raises DomainError `no_table`.
    """
    tracks = yeast_tracks(data)
    by_key: dict[str, list[Run]] = {track.key: [] for track in tracks}
    for key, chromosome, start, end, value in [*drawn_rows(data, tracks), *_sites(data)]:
        if chromosome in lengths and (stop := min(end, lengths[chromosome])) > max(0, start):
            by_key[key].append((chromosome, max(0, start), stop, value))
    excluded = tuple(region for region in excluded_regions(data) if region[0] in lengths)
    for track in tracks:
        if runs := by_key[track.key]:
            scaled = [(chromosome, start, end, value * track.resolution) for chromosome, start, end, value in runs]
            yield Measurement(track, tuple(scaled), excluded if track.output in _BINDING else ())


def _sites(data: Path) -> Iterator[tuple[str, str, int, int, float]]:
    """Both sites of each intron, a probability of 1; each site once, though introns may share it."""
    found = {
        (f"{site}_{'minus' if minus else 'plus'}", chromosome, at)
        for chromosome, donor, acceptor, minus in spliced_introns(data)
        for site, at in (("donor", donor), ("acceptor", acceptor))
    }
    for key, chromosome, at in sorted(found):
        yield key, chromosome, at, at + 1, 1.0
