"""Values as text and as Parquet: bedGraph, and a long table of chrom, start, end, track, value."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from predictor.export.signal import Signal

if TYPE_CHECKING:
    from pathlib import Path

_ROWS = 1 << 17  # made at once
COLUMNS = ("chrom", "start", "end", "track", "value")


def bedgraph_lines(signal: Signal) -> Iterator[bytes]:
    """Lines without a header, of runs of the same value; as many digits as float32 needs to be read back the same."""
    import pyarrow as pa
    from pyarrow import csv

    starts, ends, values = signal.runs()
    options = csv.WriteOptions(include_header=False, delimiter="\t", quoting_style="none")
    for first in range(0, len(values), _ROWS):
        rows = slice(first, first + _ROWS)
        names = pa.array([signal.chromosome]).take(pa.array([0] * len(values[rows])))
        table = pa.table([names, starts[rows], ends[rows], values[rows]], names=["chrom", "start", "end", "value"])
        yield _text(csv, table, options)


def csv_lines(signals: Iterable[Signal], about: Mapping[str, str]) -> Iterator[bytes]:
    """A line for each bin of each track, below a head that says what it is."""
    from pyarrow import csv

    head = "".join(f"# {key}: {' '.join(text.split())}\n" for key, text in about.items())
    yield (head + ",".join(COLUMNS) + "\n").encode()
    options = csv.WriteOptions(include_header=False, quoting_style="none")
    for table in _tables(signals):
        yield _text(csv, table, options)


def write_parquet(path: Path, signals: Iterable[Signal], about: Mapping[str, str]) -> None:
    """The same as Parquet; `about` is metadata of its schema. Raises OSError."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = pa.dictionary(pa.int32(), pa.string())
    types = (names, pa.int64(), pa.int64(), names, pa.float32())
    schema = pa.schema(list(zip(COLUMNS, types, strict=True)), metadata=dict(about))
    packed = dict.fromkeys(("start", "end"), "DELTA_BINARY_PACKED")
    with pq.ParquetWriter(
        path, schema, compression="zstd", use_dictionary=["chrom", "track"], column_encoding=packed
    ) as writer:
        for table in _tables(signals):
            writer.write_table(table.cast(schema))


def _tables(signals: Iterable[Signal]) -> Iterator[Any]:
    import numpy as np
    import pyarrow as pa

    for signal in signals:
        starts, ends, values = signal.bins()
        for first in range(0, len(values), _ROWS):
            rows = slice(first, first + _ROWS)
            same = np.zeros(len(values[rows]), np.int32)
            chromosome, key = (pa.DictionaryArray.from_arrays(same, [text]) for text in (signal.chromosome, signal.key))
            yield pa.table([chromosome, starts[rows], ends[rows], key, values[rows]], names=list(COLUMNS))


def _text(csv: Any, table: Any, options: Any) -> bytes:
    out = io.BytesIO()
    csv.write_csv(table, out, options)
    return out.getvalue()
