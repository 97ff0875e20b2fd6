"""From the tables of the yeast pack to arrays: one float32 row per track and chromosome, at the track's resolution.

File formats, provenance and caveats are in the pack's own README; here are only the choices made when drawing them.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from predictor.tracks import Track

Array = NDArray[np.float32]
BIN_BP = 128
DYAD_REACH_BP = 73  # 147 bp of DNA on a nucleosome
DYAD_SIGMA_BP = 10  # a dyad is known to about one helical turn

Row = dict[str, str]


@dataclass(frozen=True)
class Targets:
    """`values[chromosome][output]`: [tracks of that output, bins]; `mask[chromosome]`: [128-bp bins], False where ChIP
    was not called."""

    tracks: tuple[Track, ...]
    values: dict[str, dict[str, Array]]
    mask: dict[str, NDArray[np.bool_]]

    def of(self, output: str) -> tuple[Track, ...]:
        """The tracks of one output, in order."""
        return tuple(track for track in self.tracks if track.output == output)


def read_table(path: Path) -> Iterator[Row]:
    """Rows of a TSV, gzipped or not."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        yield from csv.DictReader(file, delimiter="\t")


def bins_of(length: int, resolution: int) -> int:
    """Number of bins that cover `length` bp."""
    return -(-length // resolution)


def build_targets(data: Path, lengths: Mapping[str, int], tracks: tuple[Track, ...]) -> Targets:
    """Every track of `yeast_tracks`, drawn on chromosomes of `lengths` bp."""
    values: dict[str, dict[str, Array]] = {chromosome: {} for chromosome in lengths}
    for output in dict.fromkeys(track.output for track in tracks):
        rows = [track for track in tracks if track.output == output]
        for chromosome, length in lengths.items():
            values[chromosome][output] = np.zeros((len(rows), bins_of(length, rows[0].resolution)), np.float32)
    index = {track.key: i for output in _outputs(tracks) for i, track in enumerate(_rows(tracks, output))}
    _draw_transcription(data, values, index)
    _draw_starts(data, values, index)
    _draw_nucleosomes(data, values, index)
    _draw_events(data, values, tracks)
    return Targets(tracks, values, _chip_mask(data, lengths))


def _outputs(tracks: tuple[Track, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(track.output for track in tracks))


def _rows(tracks: tuple[Track, ...], output: str) -> list[Track]:
    return [track for track in tracks if track.output == output]


def _draw_transcription(data: Path, values: dict[str, dict[str, Array]], index: dict[str, int]) -> None:
    """Boxes add up where units of one strand overlap; units without a measured level (most SUT, CUT, XUT) are not drawn."""
    rows = {"+": index["rna_wt_plus"], "-": index["rna_wt_minus"]}
    for unit in read_table(data / "transcripts.tsv.gz"):
        if unit["profDGE48_WT_tpm_mean"] and unit["chrom"] in values:
            box = values[unit["chrom"]]["RNA_SEQ"][rows[unit["strand"]]]
            box[int(unit["start"]) : int(unit["end"])] += float(unit["profDGE48_WT_tpm_mean"])


def _draw_starts(data: Path, values: dict[str, dict[str, Array]], index: dict[str, int]) -> None:
    for start in read_table(data / "stripe_tss_bp.tsv.gz"):
        if start["chrom"] not in values:
            continue
        rows = values[start["chrom"]]["CAGE"]
        word = "plus" if start["strand"] == "+" else "minus"
        for key, condition in (("ypd", "YPD"), ("diamide", "diamide")):
            reads = sum(float(start[f"{condition}_{replicate}"]) for replicate in (1, 2, 3))
            rows[index[f"tss_{key}_{word}"], int(start["start"])] += reads


def _draw_nucleosomes(data: Path, values: dict[str, dict[str, Array]], index: dict[str, int]) -> None:
    offsets = np.arange(-4 * DYAD_SIGMA_BP, 4 * DYAD_SIGMA_BP + 1)
    kernel = np.exp(-0.5 * (offsets / DYAD_SIGMA_BP) ** 2)
    dyads = {chromosome: np.zeros(by_output["NUCLEOSOME"].shape[1]) for chromosome, by_output in values.items()}
    for call in read_table(data / "nucleosomes.tsv.gz"):
        if call["map"] == "brogaard2012_chemical" and call["chrom"] in dyads:
            dyads[call["chrom"]][int(call["dyad"])] += float(call["score"])
    for chromosome, points in dyads.items():
        rows = values[chromosome]["NUCLEOSOME"]
        rows[index["nucleosome_dyads"]] = np.convolve(points, kernel, "same")
        # A running sum instead of a convolution with 147 ones: exact and linear.
        total = np.concatenate(([0.0], np.cumsum(np.pad(points, DYAD_REACH_BP))))
        rows[index["nucleosome_occupancy"]] = total[2 * DYAD_REACH_BP + 1 :] - total[: -2 * DYAD_REACH_BP - 1]


def _draw_events(data: Path, values: dict[str, dict[str, Array]], tracks: tuple[Track, ...]) -> None:
    """A binding event belongs to the 128-bp bin that holds its point."""
    place = {
        track.name: (output, i)
        for output in ("CHIP_TF", "CHIP_HISTONE")
        for i, track in enumerate(_rows(tracks, output))
    }
    for event in read_table(data / "chip_exo.tsv.gz"):
        if event["factor"] in place and event["chrom"] in values:
            output, row = place[event["factor"]]
            values[event["chrom"]][output][row, int(event["start"]) // BIN_BP] += 1


def _chip_mask(data: Path, lengths: Mapping[str, int]) -> dict[str, NDArray[np.bool_]]:
    """False in bins that touch a region excluded from peak calling: there, no event means nothing."""
    mask = {chromosome: np.ones(bins_of(length, BIN_BP), np.bool_) for chromosome, length in lengths.items()}
    for region in read_table(data / "chip_exo_excluded_regions.tsv"):
        if region["chrom"] in mask:
            mask[region["chrom"]][int(region["start"]) // BIN_BP : bins_of(int(region["end"]), BIN_BP)] = False
    return mask


def read_splits(data: Path) -> dict[str, tuple[str, ...]]:
    """{"train": (...), "valid": (...), "test": (...)} chromosomes, as fixed by the pack."""
    splits: dict[str, list[str]] = {}
    for row in read_table(data / "splits.tsv"):
        splits.setdefault(row["split"], []).append(row["chrom"])
    return {split: tuple(chromosomes) for split, chromosomes in splits.items()}
