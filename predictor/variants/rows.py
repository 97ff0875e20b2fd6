"""A file of variants, row by row."""

from __future__ import annotations

from collections.abc import Iterator

from predictor.variants.row import Row, refused
from predictor.variants.table import table_rows
from predictor.variants.upload import Upload, read_upload
from predictor.variants.vcf import vcf_rows


def read_rows(data: bytes, filename: str) -> Iterator[Row]:
    """The rows of a VCF, VCF.gz, BCF or table, an ALT allele each, in the file's order; a bad one says why and stops no other.

    Raises DomainError at once (400) when the file as a whole cannot be read: as read_upload, and `no_alt_column` for a table
    whose header names no ALT.
    """
    return upload_rows(read_upload(data, filename))


def upload_rows(upload: Upload) -> Iterator[Row]:
    """The rows of a file whose lines are known."""
    lines = upload.lines[:-1] if upload.broken else upload.lines
    rows = table_rows(lines) if upload.kind == "table" else vcf_rows(lines)
    return _with_break(rows, upload) if upload.broken else rows


def _with_break(rows: Iterator[Row], upload: Upload) -> Iterator[Row]:
    yield from rows
    yield refused(len(upload.lines), upload.lines[-1], upload.broken)
