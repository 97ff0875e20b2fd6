"""What AlphaGenome's tracks are: the published metadata, a row for each column of each head.

Read from the official text files (`OutputMetadataResponse_ORGANISM_*.textproto`, also gzipped; one organism each) or from
alphagenome_pt's JSON: `alphagenome_metadata_raw.json` has every column, `alphagenome_metadata.json` means and padding only.
"""

from __future__ import annotations

import gzip
import json
import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from predictor.checkpoints.textproto import Message, parse_textproto
from predictor.errors import DomainError
from predictor.tracks import OUTPUTS, head_name

ORGANISMS = {"HOMO_SAPIENS": "human", "MUS_MUSCULUS": "mouse"}
Strand = Literal["+", "-", "."]
Metadata = dict[str, dict[str, list["TrackRow"]]]

_STRANDS: dict[str, Strand] = {"STRAND_POSITIVE": "+", "STRAND_NEGATIVE": "-", "+": "+", "-": "-"}
_PT_HEADS = {  # heads of alphagenome_metadata.json that are not called as their output
    "splice_sites_classification": "splice_sites",
    "splice_sites_usage": "splice_site_usage",
    "splice_sites_junction": "splice_junctions",
}


@dataclass(frozen=True, slots=True)
class TrackRow:
    """One column of a head for one organism; text is empty where the file says nothing.

    `biosample_type` as in "cell_line"; `ontology` a CURIE such as "UBERON:0002107"; `nonzero_mean` NaN where there is none;
    `padding`: the column stands for no track of this organism.
    """

    name: str
    strand: Strand = "."
    biosample: str = ""
    biosample_type: str = ""
    stage: str = ""
    ontology: str = ""
    assay: str = ""
    transcription_factor: str = ""
    histone_mark: str = ""
    gtex_tissue: str = ""
    source: str = ""
    nonzero_mean: float = math.nan
    padding: bool = False


def read_metadata(path: Path) -> Metadata:
    """{organism: {head: rows}}: organisms "human" and "mouse", heads as outputs in lower case, rows in the head's order.

    `path` is one of the files above or a folder with the text files. Raises DomainError `bad_metadata`.
    """
    if path.is_dir():
        paths = sorted([*path.glob("*.textproto"), *path.glob("*.textproto.gz")])
        if not paths:
            raise DomainError("bad_metadata", f"There is no *.textproto or *.textproto.gz in {path}; check the path.")
    else:
        paths = [path]
    read: Metadata = {}
    for one in paths:
        read |= _read_file(one)
    return read


def means_of(rows: Sequence[TrackRow]) -> NDArray[np.float32]:
    """Mean over non-zero bases [T] of a head's columns; 1 on padding and where none is given (mouse PRO-cap)."""
    return np.array([1 if math.isnan(row.nonzero_mean) else row.nonzero_mean for row in rows], np.float32)


def _read_file(path: Path) -> Metadata:
    try:
        text = (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).decode()
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise _unreadable(path, str(error)) from None
    try:
        if ".json" in path.suffixes:
            said = json.loads(text)
            read = _raw_json(said) if isinstance(said["organisms"], dict) else _converted_json(said)
        else:
            read = {_organism(path): dict(_heads(parse_textproto(text)))}
    except DomainError as error:
        raise DomainError("bad_metadata", f"{path}: {error}") from None
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise _unreadable(path, f"{type(error).__name__}: {error}") from None
    if not read or not all(read.values()):
        raise _unreadable(path, "it has no output")
    return read


def _unreadable(path: Path, why: str) -> DomainError:
    return DomainError(
        "bad_metadata", f"{path} is no AlphaGenome metadata or is damaged ({why[:160]}); fetch it again."
    )


def _organism(path: Path) -> str:
    for word, organism in ORGANISMS.items():
        if word in path.name.upper():
            return organism
    raise DomainError(
        "bad_metadata", f"the name does not say which organism it is; it should hold {' or '.join(ORGANISMS)}."
    )


def _head(name: str) -> str:
    if name.upper() not in OUTPUTS:
        raise DomainError("bad_metadata", f"the output {name} is unknown here; {', '.join(OUTPUTS)} are known.")
    return head_name(name)


def _heads(response: Message) -> Iterator[tuple[str, list[TrackRow]]]:
    for output in _messages(response, "output_metadata"):
        rows = [row for kind in ("tracks", "junctions") for tracks in _messages(output, kind) for row in _rows(tracks)]
        yield _head(_text(output, "output_type").removeprefix("OUTPUT_TYPE_")), rows


def _rows(tracks: Message) -> Iterator[TrackRow]:
    for row in _messages(tracks, "metadata"):
        biosample, ontology = ((_messages(row, part) or [{}])[0] for part in ("biosample", "ontology_term"))
        name = _text(row, "name")
        yield TrackRow(
            name=name,
            strand=_STRANDS.get(_text(row, "strand"), "."),
            biosample=_text(biosample, "name"),
            biosample_type=_text(biosample, "type").removeprefix("BIOSAMPLE_TYPE_").lower(),
            stage=_text(biosample, "stage"),
            ontology=f"{_text(ontology, 'ontology_type').removeprefix('ONTOLOGY_TYPE_')}:{int(_text(ontology, 'id')):07}"
            if ontology
            else "",
            assay=_text(row, "assay"),
            transcription_factor=_text(row, "transcription_factor_code"),
            histone_mark=_text(row, "histone_mark_code"),
            gtex_tissue=_text(row, "gtex_tissue"),
            source=_text(row, "data_source"),
            nonzero_mean=float(_text(row, "nonzero_mean") or math.nan),
            padding=_is_padding(name),
        )


def _messages(message: Message, field: str) -> list[Message]:
    return [value for value in message.get(field, []) if isinstance(value, dict)]


def _text(message: Message, field: str) -> str:
    """The last value of a field as text, as protocol buffers take it; empty if there is none."""
    return str(message[field][-1]) if message.get(field) else ""


def _is_padding(name: str) -> bool:
    return name.strip().casefold() == "padding"


_JSON_COLUMNS = {
    "strand": "strand", "biosample": "biosample_name", "biosample_type": "biosample_type", "stage": "biosample_life_stage",
    "ontology": "ontology_curie", "assay": "Assay title", "transcription_factor": "transcription_factor",
    "histone_mark": "histone_mark", "gtex_tissue": "gtex_tissue", "source": "data_source",
}  # fmt: skip


def _raw_json(said: dict[str, Any]) -> Metadata:
    return {
        organism: {_head(head): [_row_of_json(record) for record in table["records"]] for head, table in heads.items()}
        for organism, heads in said["organisms"].items()
    }


def _row_of_json(record: dict[str, Any]) -> TrackRow:
    text = {ours: str(record.get(theirs) or "") for ours, theirs in _JSON_COLUMNS.items()}
    mean = record.get("nonzero_mean")
    return TrackRow(
        name=record["name"],
        **{**text, "strand": _STRANDS.get(text["strand"], ".")},  # type: ignore[arg-type]
        nonzero_mean=math.nan if mean is None else float(mean),
        padding=_is_padding(record["name"]),
    )


def _converted_json(said: dict[str, Any]) -> Metadata:
    """Its columns have no names, so they are numbered from 1."""
    read: Metadata = {organism: {} for organism in said["organisms"]}
    for name, head in said["heads"].items():
        if name == "masked_language_modeling":  # not an output
            continue
        for i, organism in enumerate(said["organisms"]):
            real = head["track_mask"][i] if "track_mask" in head else head["tissue_mask"][i]
            means = head["means"][i] if "means" in head else [math.nan] * len(real)
            read[organism][_head(_PT_HEADS.get(name, name))] = [
                TrackRow(str(column), nonzero_mean=float(mean) if is_real else math.nan, padding=not is_real)
                for column, (is_real, mean) in enumerate(zip(real, means, strict=True), start=1)
            ]
    return read
