"""The annotation that the genome browser reads, as GFF3."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote

from predictor.api import GENE_KINDS, Feature

# Sequence Ontology terms of our kinds.
_TERMS = {
    "protein-coding": "mRNA",
    "ARS": "ARS",
    "LTR": "long_terminal_repeat",
    "Ty element": "LTR_retrotransposon",
}


def write_gff3(path: Path, features: Iterable[Feature]) -> None:
    """Gzipped GFF3, sorted; a gene is a transcript with its CDS or exons as children, anything else one line."""
    lines = ["##gff-version 3\n"]
    for number, feature in enumerate(sorted(features, key=lambda feature: feature.place)):
        lines += _lines(feature, f"f{number}")
    with gzip.GzipFile(path, "wb", compresslevel=9, mtime=0) as file:
        file.write("".join(lines).encode("utf-8"))


def _lines(feature: Feature, identifier: str) -> list[str]:
    attributes = {"ID": identifier, "Name": feature.name, "kind": feature.kind}
    if feature.systematic and feature.systematic != feature.name:
        attributes["systematic"] = feature.systematic
    if feature.description:
        attributes["description"] = feature.description
    term = _TERMS.get(feature.kind, feature.kind)
    lines = [_line(feature, term, feature.place.start, feature.place.end, ".", attributes)]
    if feature.kind == "protein-coding":
        parts = zip(feature.exons, _phases(feature), strict=True)
        lines += [
            _line(feature, "CDS", start, end, str(phase), {"Parent": identifier}) for (start, end), phase in parts
        ]
    elif feature.kind in GENE_KINDS:
        lines += [_line(feature, "exon", start, end, ".", {"Parent": identifier}) for start, end in feature.exons]
    return lines


def _phases(feature: Feature) -> list[int]:
    """Bases at the 5′ end of each exon that belong to the codon begun in the one before; ascending order."""
    exons = feature.exons if feature.strand == "+" else feature.exons[::-1]
    phases, before = [], 0
    for start, end in exons:
        phases.append(-before % 3)
        before += end - start
    return phases if feature.strand == "+" else phases[::-1]


def _line(feature: Feature, term: str, start: int, end: int, phase: str, attributes: Mapping[str, str]) -> str:
    # GFF3 counts from 1, both ends included.
    said = ";".join(f"{key}={quote(value, safe=' ()[]+:/.,-')}" for key, value in attributes.items())
    return f"{feature.place.chromosome}\tSGD\t{term}\t{start + 1}\t{end}\t.\t{feature.strand}\t{phase}\t{said}\n"
