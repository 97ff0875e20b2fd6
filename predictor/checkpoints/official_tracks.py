"""Tracks of our catalogue from AlphaGenome's metadata."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from predictor.checkpoints.metadata import TrackRow
from predictor.errors import DomainError
from predictor.tracks import OUTPUTS, Track, head_name

LICENCE = "AlphaGenome model terms (non-commercial)"
DEFAULT_SAMPLES = {"human": "EFO:0002067", "mouse": "UBERON:0002107"}  # K562 and liver, which have every kind of track
_DEFAULT_ASSAYS = {"RNA_SEQ": "total RNA-seq", "CAGE": "hCAGE"}
_DEFAULT_OUTPUTS = ("RNA_SEQ", "CAGE", "ATAC", "DNASE", "CHIP_TF", "CHIP_HISTONE")
_DEFAULT_TARGETS = ("", "CTCF", "H3K27ac", "H3K4me3")
_SOURCES = {"encode": "ENCODE", "fantom": "FANTOM5", "gtex": "GTEx", "4dnucleome": "4D Nucleome"}
_STRAND_WORDS = {"+": "plus", "-": "minus", ".": ""}
_LONGEST_REMAINDER = 24


def tracks_of(heads: Mapping[str, Sequence[TrackRow]], default_sample: str = "") -> tuple[Track, ...]:
    """The tracks of one organism (a value of `read_metadata`), padding left out, outputs in the order of OUTPUTS.

    `Track.column` is the column in the head's output: its row, except for junctions, whose rows are tissues and whose columns
    are tissues on the plus strand, then on the minus strand. `default_sample`: an ontology term whose tracks are shown when
    nobody chose. Raises DomainError `bad_metadata` if two tracks would have one key.
    """
    tracks: dict[str, Track] = {}
    for output in OUTPUTS:
        for column, row in _columns(output, heads.get(head_name(output), ())):
            if row.padding:
                continue
            track = _track(output, column, row, default_sample)
            if track.key in tracks:
                raise DomainError(
                    "bad_metadata",
                    f"“{row.name}” and another {output} track of the metadata would both be {track.key}.",
                )
            tracks[track.key] = track
    return tuple(tracks.values())


def track_key(output: str, row: TrackRow) -> str:
    """Output, strand, biosample type, CURIE, assay, then target and GTEx tissue, of [a-z0-9_] and joined by dots.

    What the official name says beyond these tells replicates apart (an experiment's accession, a genetic modification); if it
    is long, eight digits of its hash do. A key depends on its own row only, so that it stays when rows come or go.
    """
    remainder = row.name.removeprefix("usage_").removeprefix("junction_")
    gtex = f"gtex {row.gtex_tissue}" if row.gtex_tissue else ""
    for said in (row.ontology, row.assay, gtex, row.transcription_factor, row.histone_mark):
        remainder = remainder.replace(said, "", 1) if said else remainder
    remainder = _safe(remainder)
    if len(remainder) > _LONGEST_REMAINDER:
        remainder = hashlib.sha256(remainder.encode()).hexdigest()[:8]
    parts = (
        output, _STRAND_WORDS[row.strand], row.biosample_type, row.ontology, row.assay,
        row.transcription_factor or row.histone_mark, gtex, remainder,
    )  # fmt: skip
    return ".".join(_safe(part) for part in parts if part)


def _safe(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def _columns(output: str, rows: Sequence[TrackRow]) -> Iterator[tuple[int, TrackRow]]:
    if OUTPUTS[output].shape != "junctions":
        yield from enumerate(rows)
        return
    yield from ((tissue, replace(row, strand="+")) for tissue, row in enumerate(rows))
    yield from ((len(rows) + tissue, replace(row, strand="-")) for tissue, row in enumerate(rows))


def _track(output: str, column: int, row: TrackRow, default_sample: str) -> Track:
    target = row.transcription_factor or row.histone_mark
    what = ", ".join(said for said in (row.biosample, target or row.assay) if said) or row.name
    sample = ", ".join(said for said in (row.biosample_type.replace("_", " "), row.stage, row.ontology) if said)
    return Track(
        key=track_key(output, row),
        name=what if row.strand == "." else f"{what} ({row.strand})",
        output=output,
        strand=row.strand,
        biosample=f"{row.biosample} ({sample})" if row.biosample else "",
        assay=row.assay,
        description=row.name,
        source=_SOURCES.get(row.source, row.source),
        licence=LICENCE,
        default=_is_default(output, row, target, default_sample),
        column=column,
        biosample_type=row.biosample_type.replace("_", " "),
        ontology=row.ontology,
        factor=target,
    )


def _is_default(output: str, row: TrackRow, target: str, sample: str) -> bool:
    return (
        bool(sample)
        and row.ontology == sample
        and output in _DEFAULT_OUTPUTS
        and row.assay == _DEFAULT_ASSAYS.get(output, row.assay)
        and target in _DEFAULT_TARGETS
    )
