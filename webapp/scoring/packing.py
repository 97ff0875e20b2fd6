"""The results of a slice as bytes: a table with one value per row and column, and details with every gene.

Both are a JSON header, its length before it, and arrays one after the other, compressed. Little-endian.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numcodecs.zstd import Zstd
from numpy.typing import NDArray

from predictor.api import Gene, Interval, Scored, Scorer, ScorerResult, Track, Variant

Floats = NDArray[np.float32]
_CODEC = Zstd(level=3)
_LENGTH = struct.Struct("<I")
NO_GENE = -1


@dataclass(frozen=True, slots=True)
class TablePart:
    """`values` [rows, columns]: of several genes the value of the largest size, NaN where there is none; `genes` its gene's place
    in `names`, or NO_GENE; `quantiles` [rows, columns] or None; `failed` [rows].
    """

    values: Floats
    quantiles: Floats | None
    genes: NDArray[np.int32]
    names: tuple[str, ...]
    failed: NDArray[np.bool_]


def table_of(scored: Sequence[Scored], columns: int) -> TablePart:
    """The strongest value of each variant and column."""
    values = np.full((len(scored), columns), np.nan, np.float32)
    quantiles = np.full_like(values, np.nan)
    genes = np.full(values.shape, NO_GENE, np.int32)
    names: dict[str, int] = {}
    for row, one in enumerate(scored):
        at = 0
        for result in one.results:
            width = len(result.tracks)
            if len(result.values):
                sizes = np.where(np.isnan(result.values), -1, np.abs(result.values))
                best = sizes.argmax(0), np.arange(width)
                values[row, at : at + width] = result.values[best]
                if result.quantiles is not None:
                    quantiles[row, at : at + width] = result.quantiles[best]
                if result.genes:
                    places = np.array([names.setdefault(gene.name, len(names)) for gene in result.genes], np.int32)
                    genes[row, at : at + width] = np.where(np.isnan(result.values[best]), NO_GENE, places[best[0]])
            at += width
    failed = np.array([one.error is not None for one in scored])
    return TablePart(values, None if np.isnan(quantiles).all() else quantiles, genes, tuple(names), failed)


def pack_table(part: TablePart) -> bytes:
    """TablePart to bytes."""
    header = {"shape": part.values.shape, "quantiles": part.quantiles is not None, "names": part.names}
    arrays: list[NDArray[Any]] = [part.values, part.genes, part.failed.astype(np.uint8)]
    return _pack(header, arrays if part.quantiles is None else [*arrays, part.quantiles])


def unpack_table(packed: bytes | memoryview) -> TablePart:
    """What `pack_table` was given."""
    header, reader = _unpack(packed)
    shape = tuple(header["shape"])
    values, genes = reader.take(np.float32, shape), reader.take(np.int32, shape)
    failed = reader.take(np.uint8, shape[:1]).astype(bool)
    quantiles = reader.take(np.float32, shape) if header["quantiles"] else None
    return TablePart(values, quantiles, genes, tuple(header["names"]), failed)


def pack_details(scored: Sequence[Scored]) -> bytes:
    """Every result; errors are in the rows' table. Each variant has all scorers, or none."""
    genes: dict[Gene, int] = {}
    results = [result for one in scored for result in one.results]
    header = {
        "scored": [
            [one.interval and [one.interval.start, one.interval.end], bool(one.results)] for one in scored
        ],
        "rows": [len(result.values) for result in results],
        "junctions": [result.junctions for result in results],
        "quantiles": [result.quantiles is not None for result in results],
        "of": [[genes.setdefault(gene, len(genes)) for gene in result.genes] for result in results],
    }  # fmt: skip
    header["genes"] = [asdict(gene) for gene in genes]
    arrays = [result.values for result in results]
    return _pack(header, [*arrays, *(result.quantiles for result in results if result.quantiles is not None)])


def unpack_details(
    packed: bytes | memoryview, variants: Sequence[Variant], scorers: Sequence[Scorer], tracks: Sequence[Track]
) -> list[Scored]:
    """What `pack_details` was given, of these variants, scorers and tracks."""
    header, reader = _unpack(packed)
    genes = [_gene(row) for row in header["genes"]]
    of_scorer = [tuple(track for track in tracks if track.output == scorer.output) for scorer in scorers]
    shapes = [(rows, len(of_scorer[n % len(scorers)])) for n, rows in enumerate(header["rows"])]
    values = [reader.take(np.float32, shape) for shape in shapes]
    quantiles = [
        reader.take(np.float32, shape) if has else None
        for shape, has in zip(shapes, header["quantiles"], strict=True)
    ]  # fmt: skip
    found = [
        ScorerResult(
            scorers[n % len(scorers)],
            of_scorer[n % len(scorers)],
            tuple(genes[place] for place in header["of"][n]),
            tuple((start, end) for start, end in header["junctions"][n]),
            values[n],
            quantiles[n],
        )
        for n in range(len(values))
    ]
    scored, at = [], 0
    for variant, (place, has) in zip(variants, header["scored"], strict=True):
        interval = Interval(variant.chromosome, *place) if place else None
        scored.append(Scored(variant, tuple(found[at : at + len(scorers)]) if has else (), interval))
        at += len(scorers) if has else 0
    return scored


def pack_upload(content: bytes) -> bytes:
    """A file as it came, compressed."""
    return bytes(_CODEC.encode(content))


def unpack_upload(packed: bytes | memoryview) -> bytes:
    """What `pack_upload` was given."""
    return bytes(_CODEC.decode(bytes(packed)))


def _gene(row: dict[str, Any]) -> Gene:
    pairs = tuple((start, end) for start, end in row["exons"])
    return Gene(**{**row, "exons": pairs, "poly_a": tuple(row["poly_a"])})


def _pack(header: dict[str, Any], arrays: Iterable[NDArray[Any]]) -> bytes:
    head = json.dumps(header).encode()
    body = b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)
    return bytes(_CODEC.encode(_LENGTH.pack(len(head)) + head + body))


def _unpack(packed: bytes | memoryview) -> tuple[dict[str, Any], _Reader]:
    plain = bytes(_CODEC.decode(bytes(packed)))
    (length,) = _LENGTH.unpack_from(plain)
    body = _LENGTH.size + length
    return json.loads(plain[_LENGTH.size : body]), _Reader(plain, body)


class _Reader:
    """Arrays from where the header ends."""

    def __init__(self, plain: bytes, at: int) -> None:
        self._plain, self._at = plain, at

    def take(self, kind: type[np.generic], shape: tuple[int, ...]) -> NDArray[Any]:
        """The next array."""
        count = int(np.prod(shape))
        array = np.frombuffer(self._plain, kind, count, self._at).reshape(shape)
        self._at += array.nbytes
        return array
