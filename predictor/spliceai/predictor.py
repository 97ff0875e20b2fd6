"""SpliceAI as a model of this application: both strands, five networks, any length in bounded memory, exact edits."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from predictor.catalogue import ModelInfo, read_card
from predictor.codes import encode_bases
from predictor.devices import chosen_device
from predictor.errors import DomainError
from predictor.inputs import BIN_BP, ModelInput
from predictor.results import PredictedTrack, PredictionResult, Progress, SiteList
from predictor.spliceai.architecture import FLANK_BP, shapes
from predictor.spliceai.changes import Changes
from predictor.spliceai.fourier import spectrum
from predictor.spliceai.local import Known, Replacement, changed
from predictor.spliceai.network import SpliceNet, assemble
from predictor.tracks import Track
from predictor.variants.edit import Edit

CHUNK_BP = 1 << 16  # predicted at once: reading 10,000 bp more costs as much as 6,500 bp, a tenth of it
N_CODE = 4
STRANDS = "+-"
_COLUMNS = {"donor": 2, "acceptor": 1}  # of the networks' classes

Window = tuple[int, int]
Report = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Kept:
    """`values` float32 [networks, 4, n]: of donors and acceptors of +, then of -; from `start` on."""

    values: NDArray[np.float32]
    start: int
    sequence: str

    def covers(self, sequence: str, window: Window) -> bool:
        """Whether it has what is asked."""
        return self.start <= window[0] and window[1] <= self.start + self.values.shape[2] and self.sequence == sequence

    def cut(self, window: Window) -> NDArray[np.float32]:
        """Of [start, end)."""
        return self.values[:, :, window[0] - self.start : window[1] - self.start]


class SpliceAI:
    """A loaded model. Not for concurrent use. It computes in float32 whatever is asked: of 1 in 10 MB nothing is to be saved."""

    def __init__(self, info: ModelInfo, networks: Sequence[SpliceNet], device: torch.device) -> None:
        self.info = info
        self.device = torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"
        self.dtype = "float32"
        self._device = device
        self._networks = tuple((network, network.reversed()) for network in networks)
        weakref.finalize(
            self, spectrum.cache_clear
        )  # they keep the kernels, on a GPU too; another model's are soon made again
        self._known: Kept | None = None  # the last prediction: edits of it are next, as a rule

    @classmethod
    def from_folder(cls, folder: Path, *, device: str = "auto", threads: int = 0) -> SpliceAI:
        """See predictor.results.load."""
        info = read_card(folder)
        device = chosen_device(device, threads)
        torch.backends.cudnn.allow_tf32 = False
        weights = read_weights(info)
        return cls(info, assemble({name: tensor.to(device) for name, tensor in weights.items()}), torch.device(device))

    def predict(
        self,
        model_input: ModelInput,
        tracks: Sequence[Track],
        progress: Progress | None = None,
        *,
        window: Window | None = None,
        resolution: int | None = None,
        sites: SiteList | None = None,
    ) -> PredictionResult:
        """See predictor.results.Predictor. It has no junctions, so `sites` are of no use to it."""
        _check_resolution(tracks, resolution)
        window = _whole_bins(model_input, window)
        started = time.perf_counter()
        said = progress or (lambda stage, done: None)
        values = self._read(model_input, window, lambda done: said("network", done))
        said("done", 1.0)
        return self._result(model_input, tracks, window, values, time.perf_counter() - started)

    def alternatives(
        self,
        model_input: ModelInput,
        edits: Sequence[Edit],
        tracks: Sequence[Track],
        *,
        window: Window,
        resolution: int | None = None,
        sites: Sequence[SiteList] | None = None,
    ) -> Iterator[PredictionResult]:
        """See predictor.results.Predictor. Exactly what an edit can change is computed, the rest is the reference's."""
        _check_resolution(tracks, resolution)
        window = _whole_bins(model_input, window)
        for edit in edits:
            started = time.perf_counter()
            edited = edit.apply(model_input)
            values = self._edited(model_input, edited, edit, window)
            yield self._result(edited, tracks, window, values, time.perf_counter() - started)

    @torch.inference_mode()
    def members(
        self, codes: NDArray[np.uint8], strand: str, tick: Callable[[], None] = lambda: None
    ) -> Iterator[Tensor]:
        """Each network's probabilities [3, s] of the inner bases of `codes` [s + 10,000], read on a strand; classes as published."""
        given = torch.from_numpy(codes).to(self._device)
        for networks in self._networks:
            yield networks[STRANDS.index(strand)](given, tick)

    @torch.inference_mode()
    def with_edits(
        self, codes: NDArray[np.uint8], strand: str, edits: Sequence[tuple[Replacement, Window]]
    ) -> Iterator[tuple[Tensor, list[Tensor]]]:
        """Each network's probabilities as `members`, and those of each edit of `codes` at its window of the edited sequence."""
        given = torch.from_numpy(codes).to(self._device)
        placed = [(replace(edit, codes=edit.codes.to(self._device)), window) for edit, window in edits]
        for networks in self._networks:
            network, entered = networks[STRANDS.index(strand)], list[Tensor]()
            reference = network(given, keep=entered)
            known = Known(entered, len(codes))
            yield reference, [changed(network, known, edit, window) for edit, window in placed]

    def _read(self, model_input: ModelInput, window: Window, report: Report) -> NDArray[np.float32]:
        """What each network says over `window`, from memory where it is."""
        sequence = model_input.sequence
        if self._known is None or not self._known.covers(sequence, window):
            self._known = None  # its memory is not held beside the new one
            self._known = Kept(self._computed(padded(sequence), window, report), window[0], sequence)
        return self._known.cut(window)

    def _edited(self, given: ModelInput, edited: ModelInput, edit: Edit, window: Window) -> NDArray[np.float32]:
        changes = Changes.of(given.sequence, edited.sequence, edit.shift, window)
        reference = self._read(given, changes.read_of(window, len(given.sequence)), lambda done: None)
        first = changes.read_of(window, len(given.sequence))[0]
        values = reference[:, :, np.maximum(changes.source - first, 0)]
        codes = padded(edited.sequence)
        for start, end in changes.stretches:
            values[:, :, start - window[0] : end - window[0]] = self._computed(codes, (start, end), lambda done: None)
        return values

    def _computed(self, codes: NDArray[np.uint8], window: Window, report: Report) -> NDArray[np.float32]:
        """[networks, 4, n] of `window` of the input, of which `codes` are padded by 5,000 on either side."""
        start, end = window
        found = np.empty((len(self._networks), 2 * len(STRANDS), end - start), np.float32)
        chunks = range(start, end, CHUNK_BP)
        blocks = len(self._networks[0][0].blocks)
        total, done = len(chunks) * len(STRANDS) * len(self._networks) * blocks, 0

        def tick() -> None:
            nonlocal done
            done += 1
            report(done / total)

        for at in chunks:
            stop = min(at + CHUNK_BP, end)
            for row, strand in enumerate(STRANDS):
                probabilities = self.members(codes[at : stop + 2 * FLANK_BP], strand, tick)
                found[:, 2 * row : 2 * row + 2, at - start : stop - start] = _sites(probabilities)
        return found

    def _result(
        self,
        model_input: ModelInput,
        tracks: Sequence[Track],
        window: Window,
        values: NDArray[np.float32],
        seconds: float,
    ) -> PredictionResult:
        end = max(window[0], min(window[1], model_input.real_bp))  # a deletion may leave no real base in the window
        rows = {track.key: row for row, track in enumerate(self.info.tracks)}
        predicted = []
        for track in tracks:
            members = values[:, rows[track.key], : end - window[0]].copy()
            mean = members.mean(0, dtype=np.float64).astype(np.float32)
            predicted.append(PredictedTrack(track, mean, 1, members))
        return PredictionResult(
            self.info,
            model_input,
            tuple(predicted),
            self.device,
            self.dtype,
            {"network": round(seconds, 4)},
            (window[0], end),
        )


def padded(sequence: str) -> NDArray[np.uint8]:
    """Codes of a sequence between 5,000 N on either side, which is what the original reads beyond its ends."""
    return np.pad(encode_bases(sequence), FLANK_BP, constant_values=N_CODE)


def read_weights(info: ModelInfo) -> dict[str, Tensor]:
    """Every tensor of the networks and no other. Raises DomainError `bad_checkpoint`."""
    try:
        weights = load_file(info.weights)
    except (SafetensorError, OSError) as error:
        raise DomainError(
            "bad_checkpoint", f"{info.weights} cannot be read as safetensors ({error}); install the model again."
        ) from None
    if {name: tuple(tensor.shape) for name, tensor in weights.items()} != shapes(info.settings["members"]):
        raise DomainError("bad_checkpoint", f"{info.weights} does not fit its card; install the model again.")
    return weights


def _sites(members: Iterator[Float[Tensor, "3 s"]]) -> NDArray[np.float32]:
    """[networks, 2, s] of donors and acceptors."""
    return torch.stack([probabilities[list(_COLUMNS.values())] for probabilities in members]).cpu().numpy()


def _whole_bins(model_input: ModelInput, window: Window | None) -> Window:
    """Whole 128-bp bins around what was asked for, the whole input by default."""
    length = len(model_input.sequence)
    start, end = window or (0, length)
    if not 0 <= start < end <= length or start >= model_input.real_bp:
        raise ValueError(f"[{start}, {end}) lies outside an input of {model_input.real_bp} bp")
    return start // BIN_BP * BIN_BP, -(-end // BIN_BP) * BIN_BP


def _check_resolution(tracks: Sequence[Track], resolution: int | None) -> None:
    if tracks and resolution not in (None, 1):
        raise DomainError(
            "no_resolution", f"{tracks[0].name} (SPLICE_SITES) has bins of 1 bp, not of {resolution:,} bp."
        )
