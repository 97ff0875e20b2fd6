"""A whole chromosome at once: what a model predicts on it, and which of its bins are judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from predictor.genome import Interval
from predictor.inputs import from_interval
from predictor.reference import Reference
from predictor.results import Predictor
from predictor.tracks import Track
from predictor.training.store import PAIR_BP, Store
from predictor.training.yeast_drawn import read_table

Array = NDArray[np.float32]
BIN_BP = 128
WINDOW_BP = 131_072
EDGE_BP = 16_384  # predicted but not judged, so that every judged bin has context on both sides
SUBTELOMERE_BP = 20_000  # families of genes that are alike on many chromosomes, and X and Y' elements
_REPEATED = ("LTR", "mobile_element", "telomere")


@dataclass
class Predicted:
    """Of one chromosome. `fine[key]` [S] at 1 bp, `coarse[key]` [bins] in 128-bp bins, whole bins only; `contacts` [P, P], every
    pair within half a window and some beyond, NaN where none; `junctions`: (donor, acceptor, strand) -> count.
    """

    fine: dict[str, Array] = field(default_factory=dict)
    coarse: dict[str, Array] = field(default_factory=dict)
    contacts: Array | None = None
    junctions: dict[tuple[int, int, str], float] = field(default_factory=dict)


def whole_bins(length: int) -> int:
    """128-bp bins of a chromosome that are not cut by its end."""
    return length // BIN_BP


def predict_chromosome(
    predictor: Predictor, reference: Reference, chromosome: str, tracks: Sequence[Track] | None = None
) -> Predicted:
    """Every track over a whole chromosome, from windows of 131,072 bp that overlap."""
    length = reference.lengths[chromosome]
    tracks = tuple(predictor.info.tracks if tracks is None else tracks)
    out = Predicted()
    along = [track for track in tracks if track.output_type.shape != "pairs"]
    shapes = {track.key: track.resolution for track in tracks if track.output_type.shape == "bins"}
    for key, resolution in shapes.items():
        by = out.fine if resolution == 1 else out.coarse
        by[key] = np.zeros(whole_bins(length) * (BIN_BP if resolution == 1 else 1), np.float32)
    step = WINDOW_BP - 2 * EDGE_BP
    for start in range(0, length, step):
        outer = Interval(chromosome, max(0, start - EDGE_BP), min(length, start + step + EDGE_BP))
        window = from_interval(outer, length, reference.fetch, WINDOW_BP)
        assert window.interval is not None
        result = predictor.predict(window, along)
        end = min(length, start + step)
        for predicted in result.tracks:
            at = predicted.resolution
            by = out.fine if at == 1 else out.coarse
            first, last = start // at, min(end // at, len(by[predicted.track.key]))
            offset = first - window.interval.start // at
            by[predicted.track.key][first:last] = predicted.values[offset : offset + last - first]
        for side in result.junctions:
            _add_junctions(out, side.donors, side.acceptors, side.counts, side.strand, window.interval.start)
    for key, values in out.fine.items():
        out.coarse[key] = values.reshape(-1, BIN_BP).sum(1)
    for track in tracks:
        if track.output_type.shape == "pairs":
            out.contacts = _contacts(predictor, reference, chromosome, track)
    return out


def _contacts(predictor: Predictor, reference: Reference, chromosome: str, track: Track) -> Array:
    """From windows on the map's own grid, each over half of the one before; where several have a pair, their mean."""
    length = reference.lengths[chromosome]
    pairs = length // PAIR_BP
    sums, counts = np.zeros((pairs, pairs)), np.zeros((pairs, pairs))
    last = max(0, pairs - WINDOW_BP // PAIR_BP)
    for first in sorted({*range(0, last, WINDOW_BP // PAIR_BP // 2), last}):
        start = first * PAIR_BP
        outer = Interval(chromosome, start, min(length, start + WINDOW_BP))
        window = from_interval(outer, length, reference.fetch, WINDOW_BP)
        assert window.interval is not None and window.interval.start == start
        values = predictor.predict(window, [track]).tracks[0].values
        here = slice(first, min(pairs, first + len(values)))
        size = here.stop - first
        sums[here, here] += values[:size, :size]
        counts[here, here] += 1
    with np.errstate(invalid="ignore"):
        return np.asarray(sums / counts, np.float32)


def _add_junctions(
    out: Predicted, donors: NDArray[np.int64], acceptors: NDArray[np.int64], counts: Array, strand: str, start: int
) -> None:
    for i, donor in enumerate(donors):
        for j, acceptor in enumerate(acceptors):
            span = (acceptor - donor) * (1 if strand == "+" else -1)
            if span > 1:  # a donor with an acceptor upstream of it means nothing
                out.junctions[int(start + donor), int(start + acceptor), strand] = float(counts[0, i, j])


def judged_bins(data: Path, length: int, chromosome: str) -> NDArray[np.bool_]:
    """[bins]: False in Ty elements, LTRs and subtelomeres, which are alike on chromosomes that were trained on."""
    judged = np.ones(whole_bins(length), np.bool_)
    edge = SUBTELOMERE_BP // BIN_BP
    judged[:edge] = judged[max(0, len(judged) - edge) :] = False
    for row in read_table(data / "features.tsv.gz"):
        if row["chrom"] == chromosome and row["feature"] in _REPEATED:
            judged[int(row["start"]) // BIN_BP : -(-int(row["end"]) // BIN_BP)] = False
    return judged


def binned_targets(store: Store, output: str, chromosome: str) -> Array:
    """[tracks, bins]: sums over whole 128-bp bins."""
    return store.draw(output, chromosome, 0, whole_bins(store.lengths[chromosome]) * BIN_BP, BIN_BP)
