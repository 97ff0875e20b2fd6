"""Genes with their transcripts out of GTF and GFF3 files, a chromosome at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from predictor.assembly.lines import text_lines
from predictor.errors import DomainError
from predictor.genome import zero_based

Spans = tuple[tuple[int, int], ...]

_GTF = re.compile(r'(\w+)\s+(?:"([^"]*)"|([^\s;"]+))\s*;?')
_PARTS = {"exon": "exons", "CDS": "coding", "stop_codon": "coding"}  # GTF keeps the stop codon out of the CDS
_SKIPPED = {"start_codon", "five_prime_utr", "three_prime_utr", "five_prime_UTR", "three_prime_UTR", "UTR", "Selenocysteine", "intron",
            "region", "chromosome", "scaffold", "match", "match_part", "cDNA_match"}  # fmt: skip
_LONGEST_NAME = 100  # a longer one is cut, a longer alias left out
_CANONICAL = ("MANE_Select", "MANE Select", "Ensembl_canonical", "RefSeq Select", "appris_principal_1")


@dataclass(slots=True)
class TranscriptRecord:
    """`exons` and `coding` parts (the stop codon included) ascending, 0-based half-open."""

    id: str
    kind: str
    exons: Spans
    coding: Spans
    rank: int  # of its tags; the smaller the more it stands for the gene


@dataclass(slots=True)
class GeneRecord:
    """A gene on a chromosome as the file names it; `transcripts`: the one that stands for it first."""

    id: str
    name: str
    chromosome: str
    start: int
    end: int
    strand: str
    kind: str
    description: str
    aliases: tuple[str, ...]
    transcripts: list[TranscriptRecord]


@dataclass(slots=True)
class _Node:
    """A gene or a transcript while it is put together."""

    type: str = ""
    start: int = 1 << 62
    end: int = 0
    strand: str = "."
    parent: str = ""
    said: dict[str, str] = field(default_factory=dict)
    exons: list[tuple[int, int]] = field(default_factory=list)
    coding: list[tuple[int, int]] = field(default_factory=list)

    def cover(self, start: int, end: int, strand: str) -> None:
        self.start, self.end = min(self.start, start), max(self.end, end)
        self.strand = strand if self.strand == "." else self.strand


def read_annotation(path: Path, wanted: Callable[[str], bool] = lambda _: True) -> Iterator[list[GeneRecord]]:
    """The genes of each chromosome that is wanted, by place, as the file names it.

    The lines of a chromosome stand together, as in every published file, so that no more than one is in memory. Raises DomainError
    `bad_annotation` (400) with the line, or as predictor.assembly.lines.opened.
    """
    nodes: dict[str, _Node] = {}
    current, done = "", set[str]()
    for number, line in text_lines(path):
        if line.startswith(">"):  # the sequence that a GFF3 may carry
            break
        columns = line.split("\t")
        try:
            chromosome, _, kind, first, last, _, strand, _, text = columns
            start, end = zero_based(int(first)), int(last)
            if not 0 <= start < end or strand not in {"+", "-", ".", "?"}:
                raise ValueError
        except ValueError:
            raise DomainError(
                "bad_annotation",
                f"Line {number:,} of {path.name} is no line of a GTF or GFF3 file: nine columns with tabs between them, the fourth "
                "and fifth a place counted from 1, the seventh + or -.",
                status=400,
            ) from None
        if chromosome != current:
            if current:
                yield _genes(current, nodes)
            done.add(current)
            nodes, current = {}, chromosome
            if chromosome in done:
                raise DomainError(
                    "bad_annotation",
                    f"Line {number:,} of {path.name} goes back to {chromosome[:40]}; sort the file, so that the lines of a "
                    "chromosome stand together.",
                    status=400,
                )
        if kind not in _SKIPPED and wanted(chromosome):
            _take(nodes, kind, start, end, strand if strand in {"+", "-"} else ".", text)
    if not current:
        raise DomainError("bad_annotation", f"{path.name} holds no line of a GTF or GFF3 file.", status=400)
    yield _genes(current, nodes)


def _take(nodes: dict[str, _Node], kind: str, start: int, end: int, strand: str, text: str) -> None:
    if (match := _GTF.match(text)) and "=" not in match.group():
        return _take_gtf(nodes, kind, start, end, strand, text)
    said = {key: unquote(value) for key, _, value in (part.partition("=") for part in text.split(";")) if value}
    said = {key.strip(): _plain(value) for key, value in said.items()}
    parents = [f"n:{one}" for one in said.get("Parent", "").split(",") if one]
    if kind in {"exon", "CDS"}:
        for parent in parents:
            node = nodes.setdefault(parent, _Node())
            getattr(node, _PARTS[kind]).append((start, end))
            node.cover(start, end, strand)
    elif "ID" in said:
        node = nodes.setdefault(f"n:{said['ID']}", _Node())
        node.type, node.parent, node.said = kind, parents[0] if parents else "", said
        node.cover(start, end, strand)
    return None


def _take_gtf(nodes: dict[str, _Node], kind: str, start: int, end: int, strand: str, text: str) -> None:
    said: dict[str, str] = {}
    tags = []
    for key, quoted, plain in _GTF.findall(text):
        value = _plain(quoted or plain)
        if key == "tag":
            tags.append(value)
        said.setdefault(key, value)
    if not said.get("gene_id"):
        return
    said["tag"] = ",".join(tags)
    gene = nodes.setdefault(f"g:{said['gene_id']}", _Node(type="gene"))
    gene.cover(start, end, strand)
    if kind == "gene" or not gene.said:
        gene.said = said
    if kind == "gene" or not said.get("transcript_id"):
        return
    node = nodes.setdefault(f"t:{said['transcript_id']}", _Node(parent=f"g:{said['gene_id']}"))
    node.cover(start, end, strand)
    if kind in {"transcript", "mRNA"} or not node.said:
        node.said = said
    if kind in _PARTS:
        getattr(node, _PARTS[kind]).append((start, end))


def _plain(text: str) -> str:
    """On one line, with single spaces and no NUL, which no database takes."""
    return " ".join(text.replace("\0", " ").split())


def _genes(chromosome: str, nodes: dict[str, _Node]) -> list[GeneRecord]:
    """A node with exons is a transcript; its parent is the gene, or it is one itself."""
    of_gene: dict[str, list[str]] = {}
    for key, node in nodes.items():
        if node.exons or node.coding:
            of_gene.setdefault(node.parent if node.parent in nodes else key, []).append(key)
        elif node.type in {"gene", "pseudogene", "ncRNA_gene"} and not node.parent:
            of_gene.setdefault(key, [])
    found = [_gene(chromosome, key, nodes[key], [(one, nodes[one]) for one in some]) for key, some in of_gene.items()]
    return sorted(found, key=lambda gene: (gene.start, gene.end))


def _gene(chromosome: str, key: str, node: _Node, parts: list[tuple[str, _Node]]) -> GeneRecord:
    said = node.said
    transcripts = sorted((_transcript(one, part) for one, part in parts), key=_standing)
    identity = said.get("gene_id") or key[2:].removeprefix("gene:").removeprefix("gene-")
    systematic = identity.partition(".")[0] if re.fullmatch(r"ENS\w*\d{11}\.\d+(_\d+)?", identity) else identity
    name = said.get("gene_name") or said.get("Name") or said.get("gene") or systematic
    synonyms = re.split(r"[,;]", said.get("gene_synonym", said.get("Alias", "")))
    aliases = tuple(dict.fromkeys(one.strip() for one in (*synonyms, identity) if one.strip() and one != name))
    aliases = tuple(one for one in aliases if len(one) <= _LONGEST_NAME)
    coding = any(one.coding for one in transcripts)
    kind = _kind(said.get("gene_type") or said.get("gene_biotype") or said.get("biotype") or node.type, coding=coding)
    return GeneRecord(
        systematic[:_LONGEST_NAME], name[:_LONGEST_NAME], chromosome, node.start, node.end, node.strand, kind,
        said.get("description", "").partition(" [Source:")[0], aliases, transcripts,
    )  # fmt: skip


def _transcript(key: str, node: _Node) -> TranscriptRecord:
    said = node.said
    identity = said.get("transcript_id") or key[2:].removeprefix("transcript:").removeprefix("rna-")
    tags = said.get("tag", "")
    rank = next((rank for rank, tag in enumerate(_CANONICAL) if tag in tags), len(_CANONICAL))
    coding = _merged(node.coding)
    kind = _kind(
        said.get("transcript_type") or said.get("transcript_biotype") or said.get("biotype") or node.type,
        coding=bool(coding),
    )
    return TranscriptRecord(identity[:_LONGEST_NAME], kind, _merged(node.exons or node.coding), coding, rank)


def _standing(one: TranscriptRecord) -> tuple[int, int, int, str]:
    """The one that is tagged as such, else that with the longest coding sequence, the longest, the first by name."""
    return one.rank, -_bases(one.coding), -_bases(one.exons), one.id


def _bases(spans: Spans) -> int:
    return sum(end - start for start, end in spans)


def _merged(spans: list[tuple[int, int]]) -> Spans:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return tuple(merged)


def _kind(biotype: str, *, coding: bool) -> str:
    """Ours, of GENCODE's, Ensembl's and RefSeq's many: as predictor.genbank.GENE_KINDS, or “pseudogene”."""
    folded = biotype.casefold()
    if "pseudogene" in folded:
        return "pseudogene"
    if "rrna" in folded or "trna" in folded:
        return "tRNA" if "trna" in folded else "rRNA"
    if coding or folded in {"protein_coding", "mrna"} or re.fullmatch(r"(ig|tr)_[cdjv]_gene", folded):
        return "protein-coding"
    return "ncRNA"
