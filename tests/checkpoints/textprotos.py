"""Excerpts of AlphaGenome's metadata in the form of the official files, written by hand."""

from __future__ import annotations

HUMAN_FILE = "OutputMetadataResponse_ORGANISM_HOMO_SAPIENS.textproto"
MOUSE_FILE = "OutputMetadataResponse_ORGANISM_MUS_MUSCULUS.textproto.gz"
PADDING = 'metadata { name: "Padding" strand: STRAND_UNSTRANDED }\n'


def term(kind: str, number: int, sample_type: str, sample: str, stage: str = "") -> str:
    said = f'stage: "{stage}"' if stage else ""
    return (
        f"ontology_term {{ ontology_type: ONTOLOGY_TYPE_{kind} id: {number} }}\n"
        f'biosample {{ type: BIOSAMPLE_TYPE_{sample_type} name: "{sample}" {said} }}\n'
    )


LIVER = term("UBERON", 2107, "TISSUE", "liver", "adult")
K562 = term("EFO", 2067, "CELL_LINE", "K562")


def output(name: str, *rows: str, kind: str = "tracks") -> str:
    return f"output_metadata {{\n output_type: OUTPUT_TYPE_{name}\n {kind} {{\n{''.join(rows)} }}\n}}\n"


def rna(strand: str, sample: str, name: str, mean: float, gtex: str = "", source: str = "encode") -> str:
    return (
        f'metadata {{ name: "{name}" strand: STRAND_{strand} {sample} assay: "total RNA-seq" gtex_tissue: "{gtex}"'
        f' data_source: "{source}" nonzero_mean: {mean} }}\n'
    )


def chip(name: str, target: str, field: str, sample: str, mean: float = 1.5) -> str:
    return f'metadata {{ name: "{name}" strand: STRAND_UNSTRANDED {sample} assay: "ChIP-seq" {field}: "{target}" nonzero_mean: {mean} }}\n'


def spliced(prefix: str, strand: str = "") -> str:
    said = f"strand: STRAND_{strand}" if strand else ""
    return (
        f'metadata {{ name: "{prefix}_UBERON:0002107 total RNA-seq" {said} {LIVER} assay: "total RNA-seq" }}\n'
        f'metadata {{ name: "{prefix}_EFO:0002067 total RNA-seq" {said} {K562} assay: "total RNA-seq" }}\n'
    )
