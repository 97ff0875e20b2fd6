"""The hosted model as a predictor like any other: what a job asks becomes the service's requests, and its tensors our tracks."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from predictor.catalogue import ModelInfo
from predictor.checkpoints.official_tracks import track_key
from predictor.errors import DomainError
from predictor.hosted.asking import scoring_refused
from predictor.hosted.listing import ORGANISMS, output_key, outputs_of, row_of, term_of
from predictor.hosted.service import Service, broke_off, messages, model, tensor_utils, zstandard
from predictor.hosted.wishes import wishes
from predictor.inputs import ModelInput
from predictor.results import Junctions, PredictedTrack, PredictionResult, Progress, SiteList
from predictor.tracks import Track
from predictor.variants.edit import Edit

Values = NDArray[np.float32]
_PLAIN = {code: "N" for code in range(128) if chr(code) not in "ACGTN"}
_STRANDS: dict[Literal["+", "-"], int] = {"+": model.STRAND_POSITIVE, "-": model.STRAND_NEGATIVE}


class HostedPredictor:
    """See predictor.results.Predictor. Only bases, the organism, outputs and ontology terms are sent; no names and no places."""

    dtype = "float32"  # as it is delivered

    def __init__(self, info: ModelInfo, service: Service) -> None:
        self.info = info
        self.device = service.host
        self._service = service

    def predict(
        self,
        model_input: ModelInput,
        tracks: Sequence[Track],
        progress: Progress | None = None,
        *,
        window: tuple[int, int] | None = None,
        resolution: int | None = None,
        sites: SiteList | None = None,
    ) -> PredictionResult:
        """As a local model, for whole inputs of the service's lengths. Raises DomainError as Service.predict, `hosted_length`,
        `hosted_garbled` or `hosted_track_gone`."""
        if window is not None or resolution is not None or sites is not None:
            raise scoring_refused(self.info.name)
        said = progress or (lambda stage, done: None)
        if len(model_input.sequence) not in self.info.lengths:
            raise length_refused(self.info, len(model_input.sequence))
        started = time.perf_counter()
        said("waiting for Google's service", 0.0)
        answer = _Answer(model_input, tracks)
        for request in self._requests(model_input.sequence, tracks):
            answer.read(self._service.predict(request, said), said)
        return PredictionResult(
            self.info,
            model_input,
            answer.tracks(),
            self.device,
            self.dtype,
            {"service": round(time.perf_counter() - started, 4)},
            (0, model_input.real_bp),
            answer.junctions(),
        )

    def alternatives(
        self,
        model_input: ModelInput,
        edits: Sequence[Edit],
        tracks: Sequence[Track],
        *,
        window: tuple[int, int],
        resolution: int | None = None,
        sites: Sequence[SiteList] | None = None,
    ) -> Iterator[PredictionResult]:
        """Not of this model: each would be a request against somebody's quota. Raises DomainError `hosted_no_scores`."""
        raise scoring_refused(self.info.name)

    def _requests(self, sequence: str, tracks: Sequence[Track]) -> Iterator[Any]:
        """See `wishes`. Other letters than ACGTN, which genomes have, are N to the service as they are to a local model."""
        bases = sequence.translate(_PLAIN)
        for wish in wishes(tracks):
            yield messages.PredictSequenceRequest(
                sequence=bases,
                organism=ORGANISMS[self.info.settings["organism"]],
                ontology_terms=[term_of(curie) for curie in wish.terms],
                requested_outputs=outputs_of(wish.outputs),
            )


def length_refused(info: ModelInfo, bp: int) -> DomainError:
    """For an input that the service would not read."""
    read = ", ".join(f"{length:,}" for length in info.lengths)
    return DomainError("hosted_length", f"Google's AlphaGenome service reads {read} bp, not {bp:,} bp.", status=413)


class _Answer:
    """What came of the tracks that were asked."""

    def __init__(self, model_input: ModelInput, tracks: Sequence[Track]) -> None:
        self._input = model_input
        self._wanted = {track.key: track for track in tracks}
        self._outputs = {track.output for track in tracks}
        self._values: dict[str, Values] = {}
        self._sides: dict[str, Junctions] = {}
        self._came = 0

    def read(self, responses: Iterator[Any], progress: Progress) -> None:
        """All outputs of one request."""
        for response in responses:
            if response.WhichOneof("payload") != "output":
                raise garbled("a part of a tensor came before its output")
            output = response.output
            key, kind = output_key(output.output_type), output.WhichOneof("payload")
            if kind not in {"track_data", "junction_data"}:
                raise garbled(f"an output came as {kind}")
            data = getattr(output, kind)
            values = _tensor(data.values, responses, progress)
            if key is not None:
                (self._track_data if kind == "track_data" else self._junction_data)(key, data, values)
            self._came += 1
            progress("receiving", min(self._came / len(self._outputs), 1.0))

    def tracks(self) -> tuple[PredictedTrack, ...]:
        """In the order in which they were asked."""
        along = [track for track in self._wanted.values() if track.output_type.shape != "junctions"]
        for track in along:
            if track.key not in self._values:
                raise _gone(track)
        return tuple(PredictedTrack(track, self._values[track.key], track.resolution) for track in along)

    def junctions(self) -> tuple[Junctions, ...]:
        """Of both strands, where they were asked."""
        joined = [track for track in self._wanted.values() if track.output_type.shape == "junctions"]
        here = {track.key for side in self._sides.values() for track in side.tracks}
        for track in joined:
            if track.key not in here:
                raise _gone(track)
        return tuple(self._sides[strand] for strand in _STRANDS) if joined else ()

    def _track_data(self, output: str, data: Any, values: NDArray[Any]) -> None:
        for column, said in enumerate(data.metadata):
            track = self._wanted.get(track_key(output, row_of(said)))
            if track is None:
                continue
            bp = data.resolution if data.HasField("resolution") else 1
            axes = 2 if track.output_type.shape == "pairs" else 1
            bins = len(self._input.sequence) // track.resolution
            if bp != track.resolution or values.shape != (*[bins] * axes, len(data.metadata)):
                raise garbled(f"{output} came as {values.shape} of {bp} bp")
            real = -(-self._input.real_bp // track.resolution)
            self._values[track.key] = _float32(values[(slice(0, real),) * axes + (column,)])

    def _junction_data(self, output: str, data: Any, values: NDArray[Any]) -> None:
        """Introns [start, end) as listed; ours are of sites, which are the exons' bases beside them."""
        if values.shape != (len(data.junctions), len(data.metadata)):
            raise garbled(f"{output} came as {values.shape}")
        listed = np.array([(one.start, one.end, one.strand) for one in data.junctions], np.int64).reshape(-1, 3)
        rows = [row_of(said) for said in data.metadata]
        for strand, number in _STRANDS.items():
            here = listed[:, 2] == number
            before, after = listed[here, 0] - 1, listed[here, 1]
            donors, donor = np.unique(before if strand == "+" else after, return_inverse=True)
            acceptors, acceptor = np.unique(after if strand == "+" else before, return_inverse=True)
            own = [
                (column, track)
                for column, row in enumerate(rows)
                if (track := self._wanted.get(track_key(output, replace(row, strand=strand))))
            ]
            counts = np.zeros((len(own), len(donors), len(acceptors)), np.float32)
            for place, (column, _) in enumerate(own):
                counts[place, donor, acceptor] = _float32(values[here, column])
            side = Junctions(strand, tuple(track for _, track in own), donors, acceptors, counts)
            self._sides[strand] = side.within(self._input.real_bp)


def _tensor(said: Any, responses: Iterator[Any], progress: Progress) -> NDArray[Any]:
    """An array of the answer, whose parts follow it, in the type in which it came: a whole one in float32 can be gigabytes."""
    try:
        return np.asarray(tensor_utils.unpack_proto(said, _parts(said.chunk_count, responses, progress)))
    except (ValueError, KeyError, zstandard.ZstdError) as error:
        raise garbled(str(error)) from None


def _float32(part: NDArray[Any]) -> Values:
    """A copy, so that the whole tensor can go."""
    return np.array(part, np.float32, order="C")


def _parts(count: int, responses: Iterator[Any], progress: Progress) -> Iterator[Any]:
    for _ in range(count):
        response = next(responses, None)
        if response is None:
            raise broke_off()
        if response.WhichOneof("payload") != "tensor_chunk":
            raise garbled("an output came within another")
        progress("receiving", 0.0)
        yield response.tensor_chunk


def garbled(why: str) -> DomainError:
    """An answer that does not keep to the protocol."""
    return DomainError(
        "hosted_garbled",
        f"The answer of Google's AlphaGenome service cannot be read ({why[:120]}); its SDK here may be too old.",
        status=502,
    )


def _gone(track: Track) -> DomainError:
    return DomainError(
        "hosted_track_gone",
        f"Google's AlphaGenome service gave nothing for “{track.name}”; enter your key again to fetch its list of tracks anew.",
        status=502,
    )
