"""What is drawn of the tables of the yeast pack: rows of stretches at one value per base, a track at a time.

Needs neither torch nor the sequence, so that the web application can show the same targets as measurements.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

from predictor.errors import DomainError
from predictor.tracks import Track
from predictor.training.yeast_tracks import EXPRESSION

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


def drawn_rows(data: Path, tracks: tuple[Track, ...]) -> list[Drawn]:
    """Everything that is a run; introns and contacts are not."""
    return [
        *_transcription(data),
        *_starts(data),
        *_ends(data),
        *_nucleosomes(data),
        *_events(data, tracks),
    ]


def excluded_regions(data: Path) -> Iterator[tuple[str, int, int]]:
    """Where binding was not called: chromosome, start, end."""
    for row in read_table(data / "chip_exo_excluded_regions.tsv"):
        yield row["chrom"], int(row["start"]), int(row["end"])


def spliced_introns(data: Path) -> Iterator[tuple[str, int, int, bool]]:
    """Chromosome, last base of the exon before, first base of the exon after (in the order of the RNA), whether on the minus
    strand. Only those the spliceosome cuts: those of tRNA are cut by an enzyme that reads the fold."""
    for intron in read_table(data / "introns.tsv.gz"):
        if intron["spliceosomal"] == "1":
            before, after = int(intron["start"]) - 1, int(intron["end"])
            minus = intron["strand"] == "-"
            yield (intron["chrom"], after, before, True) if minus else (intron["chrom"], before, after, False)


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
