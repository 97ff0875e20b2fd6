"""What is judged of each track: a yes or no per 128-bp bin, a signal, or both.

Labels follow the pack's own sanity models where those have them, so that the figures can be put beside theirs:
a factor's bin holds an event; a start bin holds at least 10 reads; a transcribed bin lies for at least 30 % under an ORF
transcript above 10 TPM (the pack does not state its share; this one gives its prevalence to within 0.002).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from predictor.evaluation.genome_bins import BIN_BP, Array, binned_targets, whole_bins
from predictor.tracks import Track
from predictor.training.store import Store
from predictor.training.yeast_drawn import read_table
from predictor.training.yeast_tracks import EXPRESSION

LEAST_READS = 10
LEAST_TPM = 10.0
LEAST_SHARE = 0.3

Bins = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Judged:
    """`label` and `signal` [bins] of one track on one chromosome, None where it has no such; `called`: bins that count."""

    label: Bins | None
    signal: Array | None
    called: Bins


class Labels:
    """Of a store's tracks that are drawn from runs."""

    def __init__(self, data: Path, store: Store) -> None:
        self._data, self.store = data, store
        self._drawn: dict[tuple[str, str], Array] = {}

    def of(self, track: Track, chromosome: str) -> Judged:
        """What is judged of a track on a chromosome."""
        bins = whole_bins(self.store.lengths[chromosome])
        everywhere = np.ones(bins, np.bool_)
        if track.output.startswith("CHIP"):
            called = self.store.called(chromosome, 0, bins * BIN_BP, BIN_BP)
            return Judged(self._held(self._events[track.name].get(chromosome, []), bins), None, called)
        values = self._values(track, chromosome)
        if track.output == "RNA_SEQ":
            return Judged(self._transcribed(track, chromosome), _per_base(values), everywhere)
        if track.output == "CAGE":
            return Judged(values >= LEAST_READS, values, everywhere)
        if track.output == "POLYA":
            return Judged(values > 0, None, everywhere)
        if track.key == "nucleosome_plus1":
            return Judged(self._held(self._first_dyads.get(chromosome, []), bins), None, everywhere)
        middle = float(np.median(values)) if track.key == "nucleosome_occupancy" else None
        return Judged(None if middle is None else values > middle, _per_base(values), everywhere)

    def _values(self, track: Track, chromosome: str) -> Array:
        key = track.output, chromosome
        if key not in self._drawn:
            self._drawn[key] = binned_targets(self.store, *key)
        rows = [one.key for one in self.store.of(track.output)]  # a description may have changed since
        values: Array = self._drawn[key][rows.index(track.key)]
        return values

    def _transcribed(self, track: Track, chromosome: str) -> Bins:
        column = EXPRESSION[track.key.rsplit("_", 1)[0]]
        covered = np.zeros(whole_bins(self.store.lengths[chromosome]) * BIN_BP)
        for unit in self._units.get((chromosome, track.strand), ()):
            if float(unit[column] or 0) > LEAST_TPM:
                covered[int(unit["start"]) : int(unit["end"])] = 1
        return np.asarray(covered.reshape(-1, BIN_BP).mean(1) >= LEAST_SHARE)

    def _held(self, points: list[int], bins: int) -> Bins:
        held = np.zeros(bins, np.bool_)
        held[[at // BIN_BP for at in points if at // BIN_BP < bins]] = True
        return held

    @cached_property
    def _events(self) -> dict[str, dict[str, list[int]]]:
        events: dict[str, dict[str, list[int]]] = {
            track.name: {} for track in self.store.tracks if track.output.startswith("CHIP")
        }
        for row in read_table(self._data / "chip_exo.tsv.gz"):
            if row["factor"] in events:
                events[row["factor"]].setdefault(row["chrom"], []).append(int(row["start"]))
        return events

    @cached_property
    def _first_dyads(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for row in read_table(self._data / "nucleosomes.tsv.gz"):
            if row["map"] == "rossi2021_plus1":
                found.setdefault(row["chrom"], []).append(int(row["dyad"]))
        return found

    @cached_property
    def _units(self) -> dict[tuple[str, str], list[dict[str, str]]]:
        """ORF transcripts by chromosome and strand."""
        units: dict[tuple[str, str], list[dict[str, str]]] = {}
        for row in read_table(self._data / "transcripts.tsv.gz"):
            if row["class"] == "ORF-T":
                units.setdefault((row["chrom"], row["strand"]), []).append(row)
        return units

    def units(self, chromosome: str, strand: str) -> list[dict[str, str]]:
        """ORF transcripts, as the table has them."""
        return self._units.get((chromosome, strand), [])


def _per_base(sums: Array) -> Array:
    return np.asarray(sums / BIN_BP, np.float32)
