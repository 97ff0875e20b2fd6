"""Genes by place."""

from __future__ import annotations

from webapp.loci.models import Assembly, Gene

_LONGEST_BP = 2_500_000  # of any gene: the first ones that may reach into a stretch begin no farther before it


def genes_between(assembly: Assembly, kinds: tuple[str, ...], chromosome: str, start: int, end: int) -> list[Gene]:
    """Those of these kinds that overlap [start, end), by place, with their chromosome's name."""
    found = Gene.objects.filter(
        assembly=assembly,
        chromosome__name=chromosome,
        kind__in=kinds,
        start__gt=start - _LONGEST_BP,
        start__lt=end,
        end__gt=start,
    )
    rows = found.select_related("chromosome").defer("words", "description", "keys")
    return list(rows.order_by("start", "end"))
