"""A job's results as one table in memory, sorted and filtered there; only the rows of a page are read from the database."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from predictor.api import DomainError, Interval, format_locus
from webapp.lib.sentences import said
from webapp.predictions.models import State
from webapp.scoring.models import ScoreJob, ScoreRow, ScoreSlice
from webapp.scoring.packing import NO_GENE, Floats, unpack_table

Status = Literal["ok", "bad", "waiting"]
_CODES: dict[Status, int] = {"waiting": 0, "ok": 1, "bad": 2}
_STATUS: dict[int, Status] = {code: status for status, code in _CODES.items()}


@dataclass(frozen=True)
class ScoreTable:
    """`values` [good rows, columns] by order, NaN where there is none (yet); `genes` places in `names` or NO_GENE; `quantiles` like
    `values`, or None; `status` [all rows]: codes of Status; `effects` [columns]: those that say what a change does.
    """

    values: Floats
    quantiles: Floats | None
    genes: NDArray[np.int32]
    names: tuple[str, ...]
    status: NDArray[np.uint8]
    effects: NDArray[np.bool_]

    def strength(self) -> Floats:
        """Sizes that can be compared between columns: each in units of its column's root mean square in this job."""
        with np.errstate(invalid="ignore", divide="ignore"):
            known = np.nan_to_num(self.values)
            squares = np.einsum("rc,rc->c", known, known, dtype=np.float64)
            scale = np.sqrt(squares / np.maximum(1, (~np.isnan(self.values)).sum(0))).astype(np.float32)
            return np.where(scale > 0, np.abs(self.values) / scale, np.abs(self.values))

    @cached_property
    def largest(self) -> Floats:
        """[columns]: the largest size of a value of each in this job, NaN without a value."""
        known = np.where(np.isnan(self.values), np.float32(-1), np.abs(self.values)).max(0, initial=-1)
        return np.where(known < 0, np.float32(np.nan), known)

    @cached_property
    def strongest(self) -> tuple[NDArray[np.int64], Floats, Floats]:
        """Per row the column of effects with the highest quantile, among equals and without quantiles of the greatest strength; the
        size of that quantile; and the strength there. Column -1 for rows without a value. Remembered, as pages are asked for often.
        """
        asked = self.effects if self.effects.any() else ~self.effects
        strength = np.where(np.isnan(self.values) | ~asked, np.float32(-1), self.strength())
        level = np.nan_to_num(np.abs(self.quantiles)) if self.quantiles is not None else np.zeros_like(strength)
        level = np.where(asked, level, np.float32(-1))
        top = level.max(1, keepdims=True)
        column = np.where(level == top, strength, np.float32(-1)).argmax(1)
        best = np.take_along_axis(strength, column[:, None], 1)[:, 0]
        return np.where(best < 0, -1, column), top[:, 0], best


def read_table(job: ScoreJob) -> ScoreTable:
    """All that was stored when `job` was read. The last few are remembered: stored slices never change."""
    effects = tuple(column["effect"] for column in job.columns)
    return _read(job.id, (job.good, len(job.columns)), job.total, job.tried, effects)


@lru_cache(maxsize=2)
def _read(job_id: uuid.UUID, shape: tuple[int, int], total: int, tried: int, effects: tuple[bool, ...]) -> ScoreTable:
    values = np.full(shape, np.nan, np.float32)
    quantiles = np.full(shape, np.nan, np.float32)
    genes = np.full(shape, NO_GENE, np.int32)
    status = np.full(total, _CODES["bad"], np.uint8)
    status[: shape[0]] = _CODES["waiting"]
    names: dict[str, int] = {}
    done = ScoreSlice.objects.filter(job_id=job_id, state=State.DONE, start__lt=tried).order_by("start")
    for start, packed in done.values_list("start", "table"):
        part = unpack_table(packed)
        rows = slice(start, start + len(part.values))
        values[rows] = part.values
        if part.quantiles is not None:
            quantiles[rows] = part.quantiles
        status[rows] = np.where(part.failed, _CODES["bad"], _CODES["ok"])
        known = np.array([names.setdefault(name, len(names)) for name in part.names] + [NO_GENE], np.int32)
        genes[rows] = known[part.genes]  # NO_GENE is the last
    return ScoreTable(
        values, None if np.isnan(quantiles).all() else quantiles, genes, tuple(names), status, np.array(effects)
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """Which rows, in which order: `sort` is place, number, strongest or a column; `absolute`: by size; `least` of the size in the
    column sorted by, or in any. `gene`: of a value. `text` stands in what was given, the id, the variant, the notes or the error.
    """

    sort: str = "place"
    descending: bool | None = None
    absolute: bool = False
    text: str = ""
    status: Status | None = None
    gene: str = ""
    least: float | None = None
    offset: int = 0
    limit: int = 50


def read_page(job: ScoreJob, wish: Wish) -> dict[str, Any]:
    """{"total", "offset", "rows", "largest"}: rows that match, one page of them, and per column the largest size in the whole job.

    Raises DomainError `no_such_column` (422)."""
    table = read_table(job)
    column = column_of(job, wish.sort) if wish.sort not in {"place", "number", "strongest"} else None
    chosen = np.flatnonzero(_matching(job, table, wish, column))
    ordered = chosen[_ranks(job, table, wish, column)[chosen].argsort(kind="stable")]
    page = ordered[wish.offset : wish.offset + wish.limit]
    rows = {row.order: row for row in ScoreRow.objects.filter(job=job, order__in=page.tolist())}
    strongest = table.strongest[0]
    return {
        "total": len(chosen),
        "offset": wish.offset,
        "rows": [_shown(rows[order], table, strongest) for order in page.tolist()],
        "largest": [number(value) for value in table.largest],
    }


def column_of(job: ScoreJob, text: str) -> int:
    """A column by its index. Raises DomainError `no_such_column` (422)."""
    if not (text.isascii() and text.isdigit() and int(text) < len(job.columns)):
        raise DomainError(
            "no_such_column", f"There is no column “{text[:40]}”; they are counted from 0 to {len(job.columns) - 1:,}."
        )
    return int(text)


def _matching(job: ScoreJob, table: ScoreTable, wish: Wish, column: int | None) -> NDArray[np.bool_]:
    kept = np.ones(job.total, bool)
    if wish.status is not None:
        kept &= table.status == _CODES[wish.status]
    if wish.text:
        found = np.zeros(job.total, bool)
        rows = ScoreRow.objects.filter(_containing(" ".join(wish.text.split())), job=job)
        found[list(rows.values_list("order", flat=True))] = True
        kept &= found
    cells = np.ones(table.values.shape, bool)
    if wish.gene:
        asked = wish.gene.strip().casefold()
        wanted = [number for number, name in enumerate(table.names) if name.casefold() == asked]
        cells &= np.isin(table.genes, wanted)
    if wish.least is not None:
        with np.errstate(invalid="ignore"):
            cells &= np.abs(table.values) >= wish.least
    if wish.gene or wish.least is not None:
        kept[job.good :] = False
        kept[: job.good] &= cells.any(1) if column is None else cells[:, column]
    return kept


def _containing(text: str) -> Q:
    fields = ("given", "name", "text", "notes", "error")
    found = Q()
    for field in fields:
        found |= Q(**{f"{field}__icontains": text})
    return found


def _ranks(job: ScoreJob, table: ScoreTable, wish: Wish, column: int | None) -> NDArray[np.int64]:
    """Each row's rank; rows without a value come last either way, in the order of their places."""
    order = np.arange(job.total)
    keys: list[NDArray[Any]] = []
    if column is not None:
        value = table.values[:, column]
        keys = [_padded(np.abs(value) if wish.absolute else value, job.total)]
    elif wish.sort == "strongest":
        _, level, strength = table.strongest
        strength = np.where(strength < 0, np.nan, strength)
        keys = [_padded(strength, job.total), _padded(np.where(np.isnan(strength), np.nan, level), job.total)]
    elif wish.sort == "number":
        numbers = ScoreRow.objects.filter(job=job).order_by("order").values_list("number", "allele")
        number, allele = np.array(list(numbers), float).T
        keys = [allele, number]
    else:
        keys = [order.astype(float)]
    by_value = wish.sort not in {"place", "number"}
    down = by_value if wish.descending is None else wish.descending
    signed = [-key if down else key for key in keys]  # NaN is sorted last
    ranks = np.empty(job.total, np.int64)
    ranks[np.lexsort((order, *signed))] = order
    return ranks


def _padded(values: NDArray[Any], total: int) -> NDArray[Any]:
    return np.concatenate([values, np.full(total - len(values), np.nan, np.float32)])


def _shown(row: ScoreRow, table: ScoreTable, strongest: NDArray[np.int64]) -> dict[str, Any]:
    good = row.start is not None
    place = (
        Interval(row.chromosome, row.start, max(row.start + len(row.ref), row.start + 1))
        if row.start is not None
        else None
    )
    values = table.values[row.order] if good else []
    quantiles = table.quantiles[row.order] if good and table.quantiles is not None else None
    genes = table.genes[row.order] if good else []
    best = int(strongest[row.order]) if good else -1
    return {
        "number": row.number,
        "allele": row.allele,
        "given": row.given,
        "id": row.name,
        "variant": row.text or None,
        "chromosome": row.chromosome or None,
        "start": row.start,
        "ref": row.ref if good else None,
        "alt": row.alt if good else None,
        "locus": format_locus(place) if place else None,
        "notes": said(row.notes),
        "error": said(row.error) or None,
        "status": _STATUS[int(table.status[row.order])],
        "values": [number(value) for value in values],
        "quantiles": None if quantiles is None else [number(value) for value in quantiles],
        "genes": [table.names[gene] if gene != NO_GENE else None for gene in genes],
        "strongest": best if best >= 0 else None,
    }


def number(value: Any) -> float | None:
    """For JSON: six digits, null for NaN."""
    return None if np.isnan(value) else float(f"{value:.6g}")
