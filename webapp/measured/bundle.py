"""What there is to install in a folder: the yeast training tables, or signal files with a `tracks.toml` that says what they are."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from predictor.api import OUTPUTS, DomainError, is_yeast_pack, model_info, yeast_measurements, yeast_splits
from webapp.measured.signals import read_signal
from webapp.measured.steps import Steps, as_steps

LIST = "tracks.toml"
YEAST = "sacCer3"
_REQUIRED = ("key", "file")
_TEXTS = (
    "key", "file", "name", "output", "model_track", "unit", "colour", "strand", "summary", "biosample", "assay", "description",
    "publication", "licence", "provenance", "value", "sha256",
)  # fmt: skip
_GREY = "#66727a"
_PACK = "Training table of the yeast model; predictor/training/README.md says where it is from"


@dataclass(frozen=True, slots=True)
class Bundled:
    """Fields of MeasuredTrack, and the steps by chromosome."""

    fields: dict[str, Any]
    steps: dict[str, Steps]


def read_bundle(folder: Path, genome: str, lengths: Mapping[str, int], model: str) -> Iterator[Bundled]:
    """Tracks of a folder, one at a time. Raises DomainError: `no_tracks_here`, `bad_tracks_toml`, `bad_signal`, `no_table`."""
    if (folder / LIST).is_file():
        yield from _listed(folder, lengths, model)
    elif is_yeast_pack(folder):
        if genome != YEAST:
            raise DomainError("no_tracks_here", f"The tables in {folder} are of {YEAST}, not of {genome}.")
        yield from _yeast(folder, lengths)
    else:
        raise DomainError(
            "no_tracks_here", f"{folder} has neither {LIST} nor the yeast tables (splits.tsv); the README says what goes in.",
            status=404,
        )  # fmt: skip


def read_list(text: str) -> list[dict[str, str]]:
    """The rows [[track]] of a tracks.toml, checked. Raises DomainError `bad_tracks_toml`."""
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _bad(f"it is not TOML: {error}") from None
    rows = said.get("track")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise _bad("it has no [[track]]")
    for number, row in enumerate(rows, 1):
        for name in _REQUIRED:
            if not row.get(name):
                raise _bad(f"track {number} has no “{name}”")
        for name, value in row.items():
            if name not in _TEXTS:
                raise _bad(f"track {number} says “{name}”; known are {', '.join(_TEXTS)}")
            if not isinstance(value, str):
                raise _bad(f"track {number}: “{name}” is not text in quotes")
        _check(row, number)
    keys = [row["key"] for row in rows]
    if len(set(keys)) < len(keys):
        raise _bad("two tracks have the same key")
    return rows


def _check(row: dict[str, str], number: int) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", row["key"]):
        raise _bad(f"track {number}: the key “{row['key'][:40]}” may have letters, digits, “_”, “.” and “-” only")
    if "/" in row["file"] or "\\" in row["file"] or row["file"].startswith("."):
        raise _bad(f"track {number}: the file “{row['file'][:60]}” must lie beside {LIST}")
    if row.get("output") and row["output"] not in OUTPUTS:
        raise _bad(f"track {number}: there is no output “{row['output'][:40]}”; known are {', '.join(OUTPUTS)}")
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", row.get("colour", _GREY)):
        raise _bad(f"track {number}: the colour is written like #2f6fb5")
    for name, allowed in (("strand", "+-."), ("summary", ("mean", "max")), ("value", ("count", "score"))):
        if row.get(name) and row[name] not in allowed:
            raise _bad(f"track {number}: “{name}” is one of {', '.join(allowed)}")


def _bad(what: str) -> DomainError:
    return DomainError("bad_tracks_toml", f"{LIST} cannot be used: {what}.")


def _listed(folder: Path, lengths: Mapping[str, int], model: str) -> Iterator[Bundled]:
    try:
        text = (folder / LIST).read_text()
    except UnicodeDecodeError:
        raise _bad("it is not text in UTF-8") from None
    info = model_info(model)
    known = {track.key: track for track in info.tracks}
    held_out = set(info.held_out)
    splits = {
        "train": [name for name in lengths if name not in held_out],
        "test": [name for name in lengths if name in held_out],
    }
    for row in read_list(text):
        target = known.get(row.get("model_track", ""))
        if row.get("model_track") and target is None:
            raise _bad(
                f"the model {info.name} has no track “{row['model_track'][:60]}” that “{row['key']}” could measure"
            )
        output = row.get("output") or (target.output if target else "")
        kind = OUTPUTS.get(output)
        runs = read_signal(folder / row["file"], lengths, row.get("value", "count"))
        fields = {
            "key": row["key"], "name": row.get("name") or row["key"], "output": output, "model_track": row.get("model_track", ""),
            "unit": row.get("unit") or "as measured", "colour": row.get("colour") or (kind.colour if kind else _GREY),
            "strand": row.get("strand") or (target.strand if target else "."),
            "summary": row.get("summary") or (kind.summary if kind else "mean"), "resolution": 1,
            "provenance": row.get("provenance") or f"file {row['file']}", "splits": splits if target else {},
            **{name: row.get(name, "") for name in ("biosample", "assay", "description", "publication", "licence")},
        }  # fmt: skip
        yield Bundled(fields, {name: as_steps(runs.get(name, ())) for name in lengths})


def _yeast(folder: Path, lengths: Mapping[str, int]) -> Iterator[Bundled]:
    splits = {name: list(chromosomes) for name, chromosomes in yeast_splits(folder).items()}
    for found in yeast_measurements(folder, lengths):
        track, kind = found.track, found.track.output_type
        runs: dict[str, list[tuple[int, int, float]]] = {name: [] for name in lengths}
        unknown: dict[str, list[tuple[int, int]]] = {name: [] for name in lengths}
        for chromosome, start, end, value in found.runs:
            runs[chromosome].append((start, end, value))
        for chromosome, start, end in found.unknown:
            unknown[chromosome].append((start, min(end, lengths[chromosome])))
        fields = {
            "key": track.key, "name": track.name, "output": track.output, "model_track": track.key, "unit": track.unit,
            "colour": kind.colour, "strand": track.strand, "summary": kind.summary, "resolution": kind.resolution,
            "biosample": track.biosample, "assay": track.assay, "description": track.description, "publication": track.source,
            "licence": track.licence, "provenance": _PACK, "splits": splits,
        }  # fmt: skip
        yield Bundled(fields, {name: as_steps(runs[name], unknown[name]) for name in lengths})
