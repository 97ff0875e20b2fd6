"""Tables that people type or paste: a notation on each line, or columns, with a header or without."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from predictor.errors import DomainError
from predictor.variants.row import Row, from_notations, split_alleles

_HEADERS = {
    "chromosome": {"chrom", "chr", "chromosome", "contig", "seqname", "sequence"},
    "position": {"pos", "position", "bp"},
    "ref": {"ref", "reference", "reference_bases", "ref_allele", "reference_allele"},
    "alt": {"alt", "alternate", "alternative", "alternate_bases", "alt_allele", "alternate_allele"},
    "id": {"id", "variant_id", "name", "rsid", "rs"},
    "variant": {"variant", "variants", "notation", "hgvs", "spdi", "mutation"},
}
_MOST_CELLS = 500  # of a line
_MOST_QUOTED = 1 << 20  # characters of a line whose quotes are looked at
_DIGITS = re.compile(r"\d[\d,']*")
_ALLELES = re.compile(r"[ACGTN,-]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Header:
    """Where a table's header has each column."""

    separator: str
    columns: dict[str, int]


def table_rows(lines: Sequence[str]) -> Iterator[Row]:
    """The rows of a table. Raises DomainError `no_alt_column` (400) at once when its header has no column for ALT."""
    for place, line in enumerate(lines):
        if header := _header(line):
            return _rows(lines, place + 1, header)
        if line.strip() and not line.startswith("#"):
            break
    return _rows(lines, 0, None)


def _header(line: str) -> _Header | None:
    separator = next((mark for mark in "\t,;" if mark in line), " ")
    cells = [cell.strip().lstrip("#").strip().casefold() for cell in _cells(line, separator)]
    columns = {
        kind: cells.index(next(c for c in cells if c in names)) for kind, names in _HEADERS.items() if names & {*cells}
    }
    if "chromosome" in columns and "position" in columns:
        columns.pop("variant", None)
        if "alt" not in columns:
            raise DomainError(
                "no_alt_column", "The table's header names no column for ALT; call the columns chrom, pos, ref and alt.",
                status=400,
            )  # fmt: skip
        return _Header(separator, columns)
    if "variant" in columns:
        return _Header(separator, columns)
    return _Header(separator, {"variant": columns["id"]}) if "id" in columns else None


def _rows(lines: Sequence[str], first: int, header: _Header | None) -> Iterator[Row]:
    for number, line in enumerate(lines[first:], start=first + 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if header:
            cells = [cell.strip() for cell in _cells(line, header.separator)]
            said = {kind: cells[i] if i < len(cells) else "" for kind, i in header.columns.items()}
        else:
            said = _guess(line)
        identifier = said.get("id", "")
        if "variant" in said:
            yield from from_notations(number, identifier, said["variant"])
        else:
            columns = (said["chromosome"], said["position"], said.get("ref", ""), said["alt"])
            yield from split_alleles(number, identifier, columns, "table")


def _guess(line: str) -> dict[str, str]:
    """Columns where the second cell is a number; else a notation, and its name behind a tab."""
    for separator in "\t,; ":
        cells = [cell.strip() for cell in _cells(line, separator)]
        if len(cells) >= 4 and ":" not in cells[0] and _DIGITS.fullmatch(cells[1]):
            order = ("chromosome", "position", "ref", "alt", "id")
            if len(cells) >= 5 and _ALLELES.fullmatch(cells[4]) and not _ALLELES.fullmatch(cells[2]):
                order = ("chromosome", "position", "id", "ref", "alt")  # as in VCF
            return dict(zip(order, cells, strict=False))
    variant, _, identifier = line.strip().partition("\t")
    return {"variant": variant.rstrip(" ,;"), "id": identifier.split("\t")[0].strip()}


def _cells(line: str, separator: str) -> list[str]:
    if separator == " ":
        return line.split(None, _MOST_CELLS)
    if '"' not in line or len(line) > _MOST_QUOTED:
        return line.split(separator, _MOST_CELLS)
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return line.split(separator, _MOST_CELLS)
