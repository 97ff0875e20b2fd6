"""Genes by place."""

from __future__ import annotations

from typing import Any

from webapp.loci.models import Assembly, Gene


def genes_between(assembly: Assembly, kinds: tuple[str, ...], chromosome: str, start: int, end: int) -> list[Gene]:
    """Those of these kinds that overlap [start, end), by place, with their chromosome's name."""
    found = Gene.objects.filter(
        assembly=assembly,
        chromosome__name=chromosome,
        kind__in=kinds,
        start__gt=start - assembly.longest_bp,
        start__lt=end,
        end__gt=start,
    )
    rows = found.select_related("chromosome").defer("words", "description", "keys")
    return list(rows.order_by("start", "end"))


EXONS_BP = 10_000_000  # of a window in which exons are drawn
CODING_BP = 40_000_000  # above which only protein-coding genes are


def drawn_genes(assembly: Assembly, chromosome: str, start: int, end: int) -> list[dict[str, Any]]:
    """Genes that overlap [start, end) as features of igv.js; exons with what of them is translated."""
    found = Gene.objects.filter(
        assembly=assembly,
        chromosome__name=chromosome,
        start__gt=start - assembly.longest_bp,
        start__lt=end,
        end__gt=start,
    ).order_by("start", "end")
    if end - start > CODING_BP:
        found = found.filter(kind="protein-coding")
    fields = ["start", "end", "strand", "name", "systematic", "kind", "description"]
    if end - start > EXONS_BP:
        return [_drawn(chromosome, row, [], None) for row in found.values(*fields)]
    return [
        _drawn(chromosome, row, row.pop("exons"), row.pop("coding")) for row in found.values(*fields, "exons", "coding")
    ]


def _drawn(
    chromosome: str, row: dict[str, Any], exons: list[list[int]], coding: list[list[int]] | None
) -> dict[str, Any]:
    drawn = {"chr": chromosome, **{key: value for key, value in row.items() if value != ""}}
    if coding:
        drawn |= {"cdStart": coding[0][0], "cdEnd": coding[-1][1]}
    if exons:
        drawn["exons"] = [_exon(start, end, coding) for start, end in exons]
    return drawn


def _exon(start: int, end: int, coding: list[list[int]] | None) -> dict[str, Any]:
    exon: dict[str, Any] = {"start": start, "end": end}
    if coding:
        first, last = max(start, coding[0][0]), min(end, coding[-1][1])
        exon |= {"cdStart": first, "cdEnd": last} if first < last else {"utr": True}
    return exon
