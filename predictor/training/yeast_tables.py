"""From the tables of the yeast pack to a store: what is drawn, and how wide.

File formats, provenance and caveats are in the pack's own README; here are only the choices made when drawing them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from predictor.checkpoints.folder import NOT_TRACKS
from predictor.codes import encode_bases
from predictor.errors import DomainError
from predictor.reference import Reference
from predictor.tracks import Track
from predictor.training.runs import Runs, as_runs
from predictor.training.store import INTRON, Store, Tables, digest_of, is_store, write_store
from predictor.training.yeast_drawn import (
    DYAD_BLUR_BP,
    DYAD_REACH_BP,
    EVENT_REACH_BP,
    Drawn,
    drawn_rows,
    excluded_regions,
    read_splits,
    read_table,
    spliced_introns,
)
from predictor.training.yeast_tracks import kinds, yeast_tracks


def yeast_store(data: Path, reference: Reference, folder: Path) -> Store:
    """The store of a pack in `folder`, written if it is not there or was made from something else."""
    list(read_table(data / "splits.tsv"))  # a wrong folder is said at once
    digest = digest_of(data, reference.lengths, yeast_tracks(data), EVENT_REACH_BP, DYAD_REACH_BP, DYAD_BLUR_BP)
    if not is_store(folder, digest):
        write_store(folder, yeast_tables(data, reference), digest)
    return Store(folder)


def yeast_tables(data: Path, reference: Reference) -> Tables:
    """Everything of the pack that the tracks of `yeast_tracks` need."""
    tracks = yeast_tracks(data)
    lengths = reference.lengths
    drawn = drawn_rows(data, tracks)
    with_data = {one[0] for one in drawn}  # tables may be left out for their licence, and with them their tracks
    tracks = tuple(track for track in tracks if track.key in with_data or track.output in NOT_TRACKS)
    excluded = [("", *region, 1.0) for region in excluded_regions(data)]
    return Tables(
        tracks,
        {name: encode_bases(reference.sequence(name)) for name in lengths},
        _by_output(tracks, drawn, tuple(lengths)),
        _by_chromosome(excluded, {"": 0}, tuple(lengths)),
        _contacts(data, lengths),
        _introns(data, tuple(lengths)),
        read_splits(data),
        kinds(data),
    )


def _by_output(
    tracks: tuple[Track, ...], drawn: list[Drawn], chromosomes: tuple[str, ...]
) -> dict[str, dict[str, Runs]]:
    outputs: dict[str, dict[str, int]] = {}
    for track in tracks:
        rows = outputs.setdefault(track.output, {})
        rows[track.key] = len(rows)
    with_runs = {output for output, rows in outputs.items() if any(one[0] in rows for one in drawn)}
    return {
        output: _by_chromosome([one for one in drawn if one[0] in rows], rows, chromosomes)
        for output, rows in outputs.items()
        if output in with_runs
    }


def _by_chromosome(drawn: list[Drawn], rows: dict[str, int], chromosomes: tuple[str, ...]) -> dict[str, Runs]:
    found: dict[str, list[tuple[int, int, int, float]]] = {chromosome: [] for chromosome in chromosomes}
    for key, chromosome, start, end, value in drawn:
        if chromosome in found:
            found[chromosome].append((start, end, rows[key], value))
    columns = {chromosome: np.array(some, np.float64).reshape(-1, 4).T for chromosome, some in found.items()}
    return {
        chromosome: as_runs(start.astype(int), end.astype(int), row.astype(int), value)
        for chromosome, (start, end, row, value) in columns.items()
    }


def _contacts(data: Path, lengths: dict[str, int]) -> dict[str, np.ndarray]:
    path = data / "hic_2048_cis_logOE.npz"
    if not path.exists():
        raise DomainError(
            "no_table", f"There is no {path.name} in {data}; predictor/training/README.md says where it is from."
        )
    with np.load(path) as maps:
        return {name: maps[name].astype(np.float32) for name in lengths if name in maps}


def _introns(data: Path, chromosomes: tuple[str, ...]) -> dict[str, np.ndarray]:
    found: dict[str, list[tuple[int, int, bool]]] = {chromosome: [] for chromosome in chromosomes}
    for chromosome, donor, acceptor, minus in spliced_introns(data):
        if chromosome in found:
            found[chromosome].append((donor, acceptor, minus))
    return {chromosome: np.array(some, INTRON) for chromosome, some in found.items()}
