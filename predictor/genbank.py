"""Reading features out of GenBank records: Biopython parses, this module decides what each one is called."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from predictor.genome import Interval

if TYPE_CHECKING:
    from Bio.SeqFeature import SeqFeature

# GenBank's feature key -> our kind. `gene` and `mRNA` repeat what CDS and the RNA keys say; `misc_RNA` repeats rRNA.
KINDS = {
    "CDS": "protein-coding",
    "tRNA": "tRNA",
    "ncRNA": "ncRNA",
    "rRNA": "rRNA",
    "rep_origin": "ARS",
    "centromere": "centromere",
    "LTR": "LTR",
    "mobile_element": "Ty element",
    "telomere": "telomere",
}
GENE_KINDS = ("protein-coding", "tRNA", "ncRNA", "rRNA")
_STRANDS = {1: "+", -1: "-"}


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature with a name; `exons` in ascending order, 0-based half-open."""

    place: Interval
    strand: str
    kind: str
    name: str
    systematic: str = ""
    description: str = ""
    aliases: tuple[str, ...] = ()
    exons: tuple[tuple[int, int], ...] = field(default=())


def genbank_features(chromosome: str, record: str) -> Iterator[Feature]:
    """The named features of one GenBank record, in its order. Imports Biopython."""
    from Bio import BiopythonParserWarning, SeqIO

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BiopythonParserWarning)  # SGD breaks some qualifiers over lines
        parsed = SeqIO.read(io.StringIO(record), "genbank")  # type: ignore[no-untyped-call]
    for feature in parsed.features:
        if feature.type in KINDS:
            yield _feature(chromosome, feature)


def _feature(chromosome: str, feature: SeqFeature) -> Feature:
    kind, location = KINDS[feature.type], feature.location
    assert location is not None  # Biopython's own type; a GenBank feature has a place
    said = {key: " ".join(values[0].split()) for key, values in feature.qualifiers.items()}
    exons = tuple(sorted((int(part.start), int(part.end)) for part in location.parts))
    systematic = said.get("locus_tag", "")
    note = said.get("note", "")
    if kind in GENE_KINDS:
        name = said.get("gene", "") or systematic
        description = _sentence(said.get("product", "").removesuffix(f" {name}"), note)
    else:  # "ARS102; Autonomously Replicating Sequence", or "Ty1 LTR"
        name, _, description = note.partition(";")
        name = name.strip() or kind
    aliases = tuple(
        alias.strip()
        for text in feature.qualifiers.get("gene_synonym", [])
        for alias in re.split(r"[;,]", text)
        if alias.strip()
    )
    return Feature(
        place=Interval(chromosome, exons[0][0], exons[-1][1]),
        strand=_STRANDS.get(location.strand or 0, "."),
        kind=kind,
        name=name,
        systematic=systematic,
        description=description.strip(),
        aliases=aliases,
        exons=exons,
    )


def _sentence(product: str, note: str) -> str:
    """Product and note without saying the same twice."""
    if not note or note.casefold().startswith(product.casefold()):
        return note or product
    return f"{product}; {note}" if product else note
