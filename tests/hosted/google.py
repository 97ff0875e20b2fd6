"""A server that speaks the SDK's protocol over real gRPC, on this machine; its numbers are arithmetic on the sequence it is sent.

The tracks it lists are six rows of the official kind. Along the sequence, value i of column c is code(base i) + 10 * c with A, C, G,
T, N = 0 .. 4 (of 128-bp bins, the sum over the bin); contact (i, j) of column c is |i - j| + 100 * (i + j) + 10,000 * c in
bins of 2,048 bp.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent import futures
from dataclasses import dataclass, field
from typing import Any

import grpc
import ml_dtypes
import numpy as np
from alphagenome import tensor_utils
from alphagenome.protos import tensor_pb2
from alphagenome.protos.v1 import dna_model_pb2 as model
from alphagenome.protos.v1 import dna_model_service_pb2 as messages
from alphagenome.protos.v1 import dna_model_service_pb2_grpc as stubs
from numpy.typing import NDArray

GOOD_KEY = "AIzaSyFakeButGoodKey-0123456789_wxyz"
OTHER_KEY = "AIzaSyAnotherGoodKey-9876543210_abcd"
LIVER, K562 = (model.ONTOLOGY_TYPE_UBERON, 2107), (model.ONTOLOGY_TYPE_EFO, 2067)
_PLUS, _MINUS, _NONE = model.STRAND_POSITIVE, model.STRAND_NEGATIVE, model.STRAND_UNSTRANDED


def _row(name: str, strand: int, term: tuple[int, int] | None, sample: str = "", **more: Any) -> Any:
    row = model.TrackMetadata(name=name, strand=strand, **more)
    if term:
        row.ontology_term.CopyFrom(model.OntologyTerm(ontology_type=term[0], id=term[1]))
        kind = model.BIOSAMPLE_TYPE_CELL_LINE if term == K562 else model.BIOSAMPLE_TYPE_TISSUE
        row.biosample.CopyFrom(model.Biosample(name=sample, type=kind))
    return row


def _joined(name: str, term: tuple[int, int], sample: str) -> Any:
    row = _row(name, _NONE, term, sample)
    return model.JunctionMetadata(name=name, ontology_term=row.ontology_term, biosample=row.biosample)


RNA = model.OUTPUT_TYPE_RNA_SEQ
HISTONE = model.OUTPUT_TYPE_CHIP_HISTONE
SITES = model.OUTPUT_TYPE_SPLICE_SITES
JUNCTIONS = model.OUTPUT_TYPE_SPLICE_JUNCTIONS
CONTACTS = model.OUTPUT_TYPE_CONTACT_MAPS
TRACKS: dict[int, list[Any]] = {
    RNA: [
        _row("EFO:0002067 total RNA-seq", _PLUS, K562, "K562", assay="total RNA-seq", data_source="encode"),
        _row("EFO:0002067 total RNA-seq", _MINUS, K562, "K562", assay="total RNA-seq", data_source="encode"),
        _row("UBERON:0002107 total RNA-seq", _PLUS, LIVER, "liver", assay="total RNA-seq", data_source="encode"),
    ],
    HISTONE: [
        _row("EFO:0002067 Histone ChIP-seq H3K27ac", _NONE, K562, "K562", assay="Histone ChIP-seq", histone_mark_code="H3K27ac"),
        _row("UBERON:0002107 Histone ChIP-seq H3K27ac", _NONE, LIVER, "liver", assay="Histone ChIP-seq", histone_mark_code="H3K27ac"),
    ],
    SITES: [_row("donor", _PLUS, None), _row("acceptor", _PLUS, None), _row("donor", _MINUS, None), _row("acceptor", _MINUS, None)],
    CONTACTS: [_row("EFO:0002067 in situ Hi-C", _NONE, K562, "K562", assay="in situ Hi-C")],
}  # fmt: skip
JOINED = [_joined("junction_EFO:0002067", K562, "K562"), _joined("junction_UBERON:0002107", LIVER, "liver")]
CODES = np.full(128, 4, np.float32)
CODES[[ord(base) for base in "ACGT"]] = range(4)


def along(sequence: str, columns: list[int], bp: int) -> NDArray[np.float32]:
    """[bins, columns] as described above; `columns` are numbers in the output's whole list."""
    codes = CODES[np.frombuffer(sequence.encode(), np.uint8)]
    return np.stack([(codes + 10 * c).reshape(-1, bp).sum(1) for c in columns], axis=1).astype(np.float32)


def touching(sequence: str, columns: list[int]) -> NDArray[np.float32]:
    """[bins, bins, columns]."""
    i, j = np.indices([len(sequence) // 2048] * 2, np.float32)
    return np.stack([abs(i - j) + 100 * (i + j) + 10_000 * c for c in columns], axis=2).astype(np.float32)


@dataclass
class Google(stubs.DnaModelServiceServicer):
    """`fails`: what the next calls end with: a status, or a word for what a server may do to an answer."""

    keys: set[str] = field(default_factory=lambda: {GOOD_KEY, OTHER_KEY})
    fails: list[tuple[grpc.StatusCode, str] | str] = field(default_factory=list)
    asked: list[Any] = field(default_factory=list)  # PredictSequenceRequests
    by: list[str] = field(default_factory=list)  # whose key each came with
    calls: int = 0
    released: threading.Event = field(default_factory=threading.Event)  # ends "waits"
    stopped: threading.Event = field(default_factory=threading.Event)  # the caller hung up

    def GetMetadata(self, request: Any, context: Any) -> Iterator[Any]:
        self._enter(context)
        for number, rows in TRACKS.items():
            yield messages.MetadataResponse(
                output_metadata=[model.OutputMetadata(output_type=number, tracks=model.TracksMetadata(metadata=rows))]
            )
        joined = model.JunctionsMetadata(metadata=JOINED)
        yield messages.MetadataResponse(output_metadata=[model.OutputMetadata(output_type=JUNCTIONS, junctions=joined)])

    def PredictSequence(self, requests: Iterator[Any], context: Any) -> Iterator[Any]:
        trouble = self._enter(context)
        request = next(requests)
        self.asked.append(request)
        if trouble == "waits":
            context.add_callback(self.stopped.set)
            self.released.wait(30)
            context.abort(grpc.StatusCode.CANCELLED, "")
        if len(request.sequence) not in {16_384, 131_072, 524_288, 1_048_576}:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"Sequence length {len(request.sequence)} not supported.")
        terms = {(term.ontology_type, term.id) for term in request.ontology_terms}
        for number in request.requested_outputs:
            yield from self._output(number, request.sequence, terms, context, trouble)

    def _enter(self, context: Any) -> str:
        self.calls += 1
        key = dict(context.invocation_metadata()).get("x-goog-api-key", "")
        if key not in self.keys:
            context.abort(grpc.StatusCode.UNAUTHENTICATED, f"API key {key} not valid.")
        self.by.append(key)
        trouble = self.fails.pop(0) if self.fails else ""
        if isinstance(trouble, tuple):
            context.abort(*trouble)
        return str(trouble)

    def _output(self, number: int, sequence: str, terms: set[Any], context: Any, trouble: str) -> Iterator[Any]:
        rows = JOINED if number == JUNCTIONS else TRACKS[number]
        columns = [
            place for place, row in enumerate(rows)
            if not terms or number == SITES or (row.ontology_term.ontology_type, row.ontology_term.id) in terms
        ]  # fmt: skip
        own = [rows[place] for place in columns]
        if number == JUNCTIONS:
            introns = [(100, 300, _PLUS), (100, 500, _PLUS), (700, 900, _MINUS)]
            values = np.array([[i + 1 + 10 * c for c in columns] for i in range(3)], np.float32)
            tensor, chunks = _packed(values)
            listed = [model.Interval(start=start, end=end, strand=strand) for start, end, strand in introns]
            data = model.JunctionData(values=tensor, metadata=own, junctions=listed)
            output = model.Output(output_type=number, junction_data=data)
        else:
            bp = {HISTONE: 128, CONTACTS: 2048}.get(number, 1)
            values = touching(sequence, columns) if number == CONTACTS else along(sequence, columns, bp)
            tensor, chunks = _packed(values)
            data = model.TrackData(values=tensor, metadata=own, resolution=bp)
            output = model.Output(output_type=number, track_data=data)
        yield messages.PredictSequenceResponse(output=output)
        for place, chunk in enumerate(chunks):
            if place and trouble == "truncated":
                chunk.data = chunk.data[: len(chunk.data) // 2]
            if place and trouble == "breaks":
                context.abort(grpc.StatusCode.UNAVAILABLE, "connection reset")
            if place and trouble == "ends early":
                return
            yield messages.PredictSequenceResponse(tensor_chunk=chunk)


def _packed(values: NDArray[np.float32]) -> tuple[Any, Any]:
    """In several chunks, compressed, as the service sends them, in two bytes a value where these hold it."""
    if np.array_equal(short := values.astype(ml_dtypes.bfloat16), values):
        values = short
    zstd = tensor_pb2.CompressionType.COMPRESSION_TYPE_ZSTD
    return tensor_utils.pack_tensor(values, bytes_per_chunk=max(4, values.nbytes // 3), compression_type=zstd)


class Running:
    """The server on a port: a context manager."""

    def __init__(self, port: int = 0, credentials: Any = None, host: str = "127.0.0.1") -> None:
        self.google = Google()
        self._server = grpc.server(futures.ThreadPoolExecutor(8))
        stubs.add_DnaModelServiceServicer_to_server(self.google, self._server)
        place = f"{host}:{port}"
        self.port = (
            self._server.add_secure_port(place, credentials) if credentials else self._server.add_insecure_port(place)
        )
        self.address = f"http://{host}:{self.port}"

    def __enter__(self) -> Running:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.google.released.set()
        self._server.stop(None).wait(5)
