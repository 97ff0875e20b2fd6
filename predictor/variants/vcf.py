"""VCF text: its rows, and the same file again with more INFO (VCF 4.3, https://samtools.github.io/hts-specs)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from predictor.errors import DomainError
from predictor.genome import one_based
from predictor.variants.row import Row, refused, split_alleles
from predictor.variants.upload import Upload
from predictor.variants.variant import Variant

_COLUMNS = ("#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO")
_MOST_COLUMNS = 1_000_000  # of a row: each sample has one
_MAX_POSITION = 2**31 - 2  # what BCF's integers hold
_RESERVED = str.maketrans({c: f"%{ord(c):02X}" for c in "%:;=, \t\r\n"})
_MOST_NAMED = 20  # lines that are left out
_CONTIG = re.compile(r"##contig=<(?:.*,)?ID=([^,>]+)")

InfoValue = float | int | str | None


@dataclass(frozen=True, slots=True)
class InfoField:
    """One INFO entry: `number` A is a value for each ALT, 1 or . as VCF has it."""

    id: str
    number: str
    type: Literal["Float", "Integer", "String"]
    description: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z_][0-9A-Za-z_.]*", self.id):
            raise ValueError(f"not an INFO key: {self.id!r}")

    def header(self) -> str:
        """Its definition."""
        said = self.description.replace("\\", "\\\\").replace('"', '\\"')
        return f'##INFO=<ID={self.id},Number={self.number},Type={self.type},Description="{said}">'


@dataclass(frozen=True, slots=True)
class VcfText:
    """A VCF as its lines: `meta` begin with ##, `columns` is the #CHROM line or "", `body` the rows by their line number."""

    meta: tuple[str, ...]
    columns: str
    body: tuple[tuple[int, str], ...]

    @classmethod
    def of_upload(cls, upload: Upload) -> VcfText:
        """The lines of a VCF or BCF. Raises DomainError `not_vcf` (400) for a table."""
        if upload.kind == "table":
            raise DomainError("not_vcf", "This file is a table and not a VCF.", status=400)
        body = tuple((n, line) for n, line in enumerate(upload.lines, 1) if line.strip() and not line.startswith("#"))
        meta = tuple(line for line in upload.lines if line.startswith("##"))
        columns = next((line for line in upload.lines if line.startswith("#CHROM")), "")
        return cls(meta, columns, body[:-1] if upload.broken and body and body[-1][0] == len(upload.lines) else body)

    @classmethod
    def of_variants(
        cls, rows: Iterable[tuple[int, str, Variant]], lengths: Mapping[str, int], assembly: str
    ) -> VcfText:
        """A new VCF of (number, id, variant in its normal form), in the order of the genome."""
        contigs = (f"##contig=<ID={name},length={bp},assembly={assembly}>" for name, bp in lengths.items())
        order = {name: i for i, name in enumerate(lengths)}
        body = sorted(rows, key=lambda row: (order[row[2].chromosome], row[2].start, row[0]))
        return cls(
            ("##fileformat=VCFv4.3", *contigs),
            "\t".join(_COLUMNS),
            tuple((number, _line(name, variant)) for number, name, variant in body),
        )

    def annotated(
        self, fields: Sequence[InfoField], values: Callable[[int], Mapping[str, Sequence[InfoValue]] | None]
    ) -> Iterator[str]:
        """The lines of the file again (without their ends), with what `values` says of a line's number by INFO key: one for each ALT
        of a field with Number=A. An INFO of the same key is replaced; a line that cannot be VCF is left out. One line is taken
        apart at a time, and the header names the lines that are left out.
        """
        ids = {field.id for field in fields}
        defined = tuple(f"##INFO=<ID={key}{end}" for key in ids for end in ",>")
        meta = [line for line in self.meta if not line.startswith(defined)]
        if not meta or not meta[0].startswith("##fileformat="):
            meta.insert(0, "##fileformat=VCFv4.3")
        named = {match[1] for line in meta if (match := _CONTIG.match(line))}
        unnamed: dict[str, None] = {}
        widest, written = 0, set[int]()
        for number, row in self._writable():
            written.add(number)
            if row[0] not in named:
                unnamed[row[0]] = None
            widest = max(widest, len(row))
        yield from meta
        if left_out := [str(number) for number, _ in self.body if number not in written]:
            more = ", …" if len(left_out) > _MOST_NAMED else ""
            yield f'##left_out="{len(left_out):,} lines that cannot be VCF: {", ".join(left_out[:_MOST_NAMED])}{more}"'
        yield from (f"##contig=<ID={name}>" for name in unnamed)
        yield from (field.header() for field in fields)
        columns = self.columns or _columns(widest)
        yield columns
        width = max(len(_fields(columns)), len(_COLUMNS))
        for number, row in self._writable():
            row += ["."] * (width - len(row))
            row[7] = _info(row[7], ids, fields, values(number) or {})
            yield "\t".join(cell or "." for cell in row[:width])

    def _writable(self) -> Iterator[tuple[int, list[str]]]:
        for number, line in self.body:
            if _can_be_written(row := _fields(line)):
                yield number, row


def vcf_rows(lines: Iterable[str]) -> Iterator[Row]:
    """The rows of a VCF's lines; without a header the columns are the usual ones."""
    for number, line in enumerate(lines, start=1):
        if line.startswith("#") or not line.strip():
            continue
        fields = line.split("\t", 5)
        if len(fields) < 5:
            fields = line.split(None, 5)
        if len(fields) < 5:
            yield refused(number, line, "a VCF row has at least CHROM, POS, ID, REF and ALT, with tabs between them")
        elif fields[3] in ("", "."):
            yield refused(number, line, "it has no REF, which a VCF needs")
        else:
            yield from split_alleles(number, fields[2], (fields[0], fields[1], fields[3], fields[4]), "VCF")


def _fields(line: str) -> list[str]:
    fields = line.split("\t", _MOST_COLUMNS)
    return fields if len(fields) >= 5 else line.split(None, _MOST_COLUMNS)


def _can_be_written(row: list[str]) -> bool:
    if (
        not 5 <= len(row) <= _MOST_COLUMNS
        or not all(row[i] for i in (0, 1, 3, 4))
        or not (row[1].isascii() and row[1].isdigit())
    ):
        return False
    return len(row[1]) <= 10 and int(row[1]) <= _MAX_POSITION


def _columns(width: int) -> str:
    samples = [f"sample{i}" for i in range(1, width - len(_COLUMNS))]
    return "\t".join((*_COLUMNS, "FORMAT", *samples) if width > len(_COLUMNS) else _COLUMNS)


def _line(name: str, variant: Variant) -> str:
    identifier = re.sub(r"[\s;]", "_", name) or "."
    cells = (variant.chromosome, one_based(variant.start), identifier, variant.ref, variant.alt, ".", ".", ".")
    return "\t".join(map(str, cells))


def _info(old: str, ids: set[str], fields: Sequence[InfoField], values: Mapping[str, Sequence[InfoValue]]) -> str:
    kept = [entry for entry in old.split(";") if entry not in ("", ".") and entry.split("=", 1)[0] not in ids]
    for field in fields:
        said = values.get(field.id, ())
        if any(value is not None for value in said):
            kept.append(f"{field.id}={','.join(map(_value, said))}")
    return ";".join(kept) or "."


def _value(value: InfoValue) -> str:
    if isinstance(value, str):
        return value.translate(_RESERVED) or "."
    if value is None or not math.isfinite(value):
        return "."
    return f"{value:.6g}" if isinstance(value, float) else str(value)
