"""From the tables of the yeast pack to a store: what is drawn, and how wide.

File formats, provenance and caveats are in the pack's own README; here are only the choices made when drawing them.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from predictor.checkpoints.folder import NOT_TRACKS
from predictor.codes import encode_bases
from predictor.errors import DomainError
from predictor.reference import Reference
from predictor.tracks import Track
from predictor.training.runs import Runs, as_runs
from predictor.training.store import INTRON, Store, Tables, digest_of, is_store, write_store
from predictor.training.yeast_tracks import EXPRESSION, kinds, yeast_tracks

DYAD_REACH_BP = 73  # 147 bp of DNA on a nucleosome
DYAD_BLUR_BP = 10  # a dyad is known to about one helical turn
EVENT_REACH_BP = 50  # of a ChIP-exo event

Row = dict[str, str]
Drawn = tuple[str, str, int, int, float]  # track key, chromosome, start, end, value per base


def read_table(path: Path) -> Iterator[Row]:
    """Rows of a TSV, gzipped or not. Raises DomainError `no_table` where it is missing."""
    try:
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
            yield from csv.DictReader(file, delimiter="\t")
    except FileNotFoundError:
        raise DomainError(
            "no_table", f"There is no {path.name} in {path.parent}; predictor/training/README.md says where it is from."
        ) from None


def read_splits(data: Path) -> dict[str, tuple[str, ...]]:
    """{"train": (...), "valid": (...), "test": (...)} chromosomes, as fixed by the pack."""
    splits: dict[str, list[str]] = {}
    for row in read_table(data / "splits.tsv"):
        splits.setdefault(row["split"], []).append(row["chrom"])
    return {split: tuple(chromosomes) for split, chromosomes in splits.items()}


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
    drawn = [
        *_transcription(data),
        *_starts(data),
        *_ends(data),
        *_nucleosomes(data),
        *_events(data, tracks),
    ]
    with_data = {one[0] for one in drawn}  # tables may be left out for their licence, and with them their tracks
    tracks = tuple(track for track in tracks if track.key in with_data or track.output in NOT_TRACKS)
    regions = (
        (row["chrom"], int(row["start"]), int(row["end"])) for row in read_table(data / "chip_exo_excluded_regions.tsv")
    )
    excluded = [("", *region, 1.0) for region in regions]
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


def _word(strand: str) -> str:
    return "plus" if strand == "+" else "minus"


def _transcription(data: Path) -> Iterator[Drawn]:
    """Boxes add up where units of one strand overlap; units without a measured level (all SUT, CUT and XUT) are not drawn."""
    for unit in read_table(data / "transcripts.tsv.gz"):
        for key, column in EXPRESSION.items():
            if unit[column] and float(unit[column]) > 0:
                yield (
                    f"{key}_{_word(unit['strand'])}",
                    unit["chrom"],
                    int(unit["start"]),
                    int(unit["end"]),
                    float(unit[column]),
                )


def _starts(data: Path) -> Iterator[Drawn]:
    for start in read_table(data / "stripe_tss_bp.tsv.gz"):
        at = int(start["start"])
        for key, condition in (("ypd", "YPD"), ("diamide", "diamide")):
            reads = sum(float(start[f"{condition}_{replicate}"]) for replicate in (1, 2, 3))
            if reads:
                yield f"tss_{key}_{_word(start['strand'])}", start["chrom"], at, at + 1, reads


def _ends(data: Path) -> Iterator[Drawn]:
    """SGD's 3' end of a gene, Xu's where SGD has none. The table's other two columns come from GPL-3 sources and are not read."""
    for end in read_table(data / "polya.tsv.gz"):
        if said := end["sgd_3utr"] or end["xu2009"]:
            yield f"polya_{_word(end['strand'])}", end["chrom"], int(said), int(said) + 1, 1.0


def _nucleosomes(data: Path) -> Iterator[Drawn]:
    for call in read_table(data / "nucleosomes.tsv.gz"):
        chromosome, dyad = call["chrom"], int(call["dyad"])
        around = dyad - DYAD_REACH_BP, dyad + DYAD_REACH_BP + 1
        blurred = max(0, dyad - DYAD_BLUR_BP), dyad + DYAD_BLUR_BP + 1
        if call["map"] == "brogaard2012_chemical":
            score = float(call["score"])
            yield "nucleosome_occupancy", chromosome, max(0, around[0]), around[1], score
            yield "nucleosome_dyads", chromosome, *blurred, score / (2 * DYAD_BLUR_BP + 1)
        elif call["map"] == "GSM1891203_danpos":
            yield "nucleosome_called", chromosome, max(0, around[0]), around[1], 1.0
        elif call["map"] == "rossi2021_plus1":
            yield "nucleosome_plus1", chromosome, *blurred, 1 / (2 * DYAD_BLUR_BP + 1)


def _events(data: Path, tracks: tuple[Track, ...]) -> Iterator[Drawn]:
    """One event is a total of 1, spread evenly over what it covers."""
    keys = {track.name: track.key for track in tracks if track.output in ("CHIP_TF", "CHIP_HISTONE")}
    width = 2 * EVENT_REACH_BP + 1
    for event in read_table(data / "chip_exo.tsv.gz"):
        if event["factor"] in keys:
            at = int(event["start"])
            yield keys[event["factor"]], event["chrom"], max(0, at - EVENT_REACH_BP), at + EVENT_REACH_BP + 1, 1 / width


def _contacts(data: Path, lengths: dict[str, int]) -> dict[str, np.ndarray]:
    path = data / "hic_2048_cis_logOE.npz"
    if not path.exists():
        raise DomainError(
            "no_table", f"There is no {path.name} in {data}; predictor/training/README.md says where it is from."
        )
    with np.load(path) as maps:
        return {name: maps[name].astype(np.float32) for name in lengths if name in maps}


def _introns(data: Path, chromosomes: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Only those the spliceosome cuts: those of tRNA are cut by an enzyme that reads the fold."""
    found: dict[str, list[tuple[int, int, bool]]] = {chromosome: [] for chromosome in chromosomes}
    for intron in read_table(data / "introns.tsv.gz"):
        if intron["spliceosomal"] == "1" and intron["chrom"] in found:
            before, after = int(intron["start"]) - 1, int(intron["end"])
            minus = intron["strand"] == "-"
            found[intron["chrom"]].append((after, before, True) if minus else (before, after, False))
    return {chromosome: np.array(some, INTRON) for chromosome, some in found.items()}
