"""What an rsID stands for in an assembly, where a table is loaded (see rsid_loading.py)."""

from __future__ import annotations

from collections.abc import Iterable

from predictor.api import Variant
from webapp.loci.models import Assembly, Rsid, RsidTable


def find_rsids(assembly: Assembly, names: Iterable[str]) -> dict[str, tuple[Variant, ...]] | None:
    """The variants of rsIDs (lower case) by place, none for an unknown one; None where no table is loaded. One indexed query."""
    table = RsidTable.objects.filter(assembly=assembly).values_list("id", flat=True).first()
    if table is None:
        return None
    numbers = {name: int(name.removeprefix("rs")) for name in names}
    found: dict[int, list[Variant]] = {number: [] for number in numbers.values()}
    rows = Rsid.objects.filter(table=table, number__in=list(found)).order_by("number", "rank")
    for row in rows.select_related("chromosome").only("number", "start", "ref", "alt", "chromosome__name"):
        found[row.number].append(Variant(row.chromosome.name, row.start, row.ref, row.alt))
    return {name: tuple(found[number]) for name, number in numbers.items()}
