"""Running a model: owns device, threads, tiling and progress. Computes only what was asked for.

The encoder and the decoder are run in tiles with a halo, the tower over everything at once: a token depends on its own
128 bp and 513 bp around, a decoded base on tokens and skips within 768 bp, so tiles with 1,024 bp of
halo give what one pass would, to rounding, while memory stays bounded by the skips.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from predictor.catalogue import ModelInfo, read_card
from predictor.checkpoints.folder import head_name, load_weights
from predictor.codes import encode_bases
from predictor.errors import DomainError
from predictor.inputs import BIN_BP, ModelInput
from predictor.model.alphagenome import AlphaGenome, one_hot
from predictor.model.folding import fold
from predictor.model.scaling import unscale
from predictor.results import PredictedTrack, PredictionResult, Progress
from predictor.tracks import Track

TILE_BP = 65_536
HALO_BP = 1_024


@dataclass(frozen=True, slots=True)
class Tile:
    """[start, end) of the output and [outer_start, outer_end) of the input it needs, all multiples of 128."""

    start: int
    end: int
    outer_start: int
    outer_end: int


def tiles(length: int) -> Iterator[Tile]:
    """Cover `length` bp; the halo ends where the sequence does, so that the network's own zero padding falls in the same place."""
    for start in range(0, length, TILE_BP):
        end = min(start + TILE_BP, length)
        yield Tile(start, end, max(0, start - HALO_BP), min(length, end + HALO_BP))


class Engine:
    """A loaded model on one device. Not for concurrent use."""

    def __init__(self, info: ModelInfo, model: AlphaGenome, device: torch.device) -> None:
        self.info = info
        self.model = model.to(device)
        self._device = device
        self.device = torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"
        self.dtype = "float32"
        self._rows = {output: [track.key for track in info.tracks if track.output == output] for output in info.outputs}

    @classmethod
    def from_folder(cls, folder: Path, *, device: str = "auto", threads: int = 0) -> Engine:
        """See predictor.results.load."""
        if threads:
            torch.set_num_threads(threads)
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        elif device == "cuda" and not torch.cuda.is_available():
            raise DomainError("no_gpu", "DEVICE is cuda but torch sees no GPU here; set DEVICE=cpu or auto.")
        info = read_card(folder)
        return cls(info, fold(load_weights(folder, info.settings)), torch.device(device))

    @torch.inference_mode()
    def predict(
        self, model_input: ModelInput, tracks: Sequence[Track], progress: Progress | None = None
    ) -> PredictionResult:
        """See predictor.results.Predictor."""
        report = progress or (lambda stage, done: None)
        clock = Clock(self._device)
        codes = torch.from_numpy(encode_bases(model_input.sequence))[None]
        length = codes.shape[1]
        organism = torch.zeros(1, dtype=torch.long, device=self._device)
        fine = [track for track in tracks if track.resolution == 1]
        coarse = [track for track in tracks if track.resolution == BIN_BP]

        trunk, skips = self._encode(codes, keep_skips=bool(fine), report=report)
        clock.lap("encoder")
        report("transformer", 0.45)
        tokens, _ = self.model.attend(trunk, organism)
        at_128 = self.model.embedder_128(tokens, organism)
        clock.lap("transformer")

        values: dict[str, NDArray[np.float32]] = {}
        for output, rows in self._grouped(coarse):
            scaled = self.model.head(head_name(output)).at(BIN_BP)(at_128, organism, rows)
            self._store(values, output, rows, self._unscaled(output, scaled.transpose(1, 2), rows, BIN_BP)[0])
        clock.lap("heads")
        for tile in tiles(length) if fine else ():
            report("decoder", 0.5 + 0.5 * tile.start / length)
            self._decode(tile, tokens, at_128, skips, fine, organism, values, length)
        clock.lap("decoder")
        report("done", 1.0)
        predicted = tuple(
            PredictedTrack(track, values[track.key][: -(-model_input.real_bp // track.resolution)]) for track in tracks
        )
        return PredictionResult(self.info, model_input, predicted, self.device, self.dtype, clock.seconds)

    def _encode(self, codes: Tensor, *, keep_skips: bool, report: Progress) -> tuple[Tensor, list[Tensor]]:
        length = codes.shape[1]
        trunks: list[Tensor] = []
        by_scale: list[list[Tensor]] = []
        for tile in tiles(length):
            report("encoder", 0.45 * tile.start / length)
            dna = one_hot(codes[:, tile.outer_start : tile.outer_end].to(self._device))
            trunk, skips = self.model.encode(dna)
            before, kept = tile.start - tile.outer_start, tile.end - tile.start
            trunks.append(trunk[:, :, before // BIN_BP : (before + kept) // BIN_BP])
            if keep_skips:
                # A clone lets the haloed tensor go; without a halo there is nothing to let go.
                cut = [s[:, :, before >> i : (before + kept) >> i] for i, s in enumerate(skips)]
                by_scale.append(cut if kept == length else [part.clone() for part in cut])
        joined = [torch.cat(parts, dim=2) if len(parts) > 1 else parts[0] for parts in zip(*by_scale, strict=True)]
        return torch.cat(trunks, dim=2), joined

    def _decode(
        self,
        tile: Tile,
        tokens: Tensor,
        at_128: Tensor,
        skips: list[Tensor],
        tracks: list[Track],
        organism: Tensor,
        values: dict[str, NDArray[np.float32]],
        length: int,
    ) -> None:
        first, last = tile.outer_start // BIN_BP, tile.outer_end // BIN_BP
        cut = [skip[:, :, tile.outer_start >> i : tile.outer_end >> i] for i, skip in enumerate(skips)]
        bases = self.model.decode(tokens[:, first:last], cut)
        before = tile.start - tile.outer_start
        bases = bases[:, :, before : before + tile.end - tile.start]
        at_1 = self.model.embedder_1(bases, at_128[:, tile.start // BIN_BP : tile.end // BIN_BP], organism)
        for output, rows in self._grouped(tracks):
            scaled = self.model.head(head_name(output)).at(1).per_base(at_1, organism, rows)
            self._store(values, output, rows, self._unscaled(output, scaled, rows, 1)[0], tile.start, length)

    def _grouped(self, tracks: list[Track]) -> Iterator[tuple[str, Tensor]]:
        """(output, rows of its head) for the tracks asked for."""
        for output in dict.fromkeys(track.output for track in tracks):
            rows = [self._rows[output].index(track.key) for track in tracks if track.output == output]
            yield output, torch.tensor(rows, device=self._device)

    def _unscaled(self, output: str, scaled: Tensor, rows: Tensor, resolution: int) -> Tensor:
        head = self.model.head(head_name(output))
        return unscale(scaled, head.mean[0, rows][:, None], resolution, squashing=head.config.squashing)

    def _store(
        self,
        values: dict[str, NDArray[np.float32]],
        output: str,
        rows: Tensor,
        part: Tensor,
        start: int = 0,
        length: int | None = None,
    ) -> None:
        """Copy [T, bins] into each track's array, from bin `start` on."""
        bins = part.cpu().numpy()
        for row, row_bins in zip(rows.tolist(), bins, strict=True):
            key = self._rows[output][row]
            whole = values.setdefault(key, np.empty(length or len(row_bins), np.float32))
            whole[start : start + len(row_bins)] = row_bins


class Clock:
    """Seconds per stage; on a GPU, kernels are waited for at each lap."""

    def __init__(self, device: torch.device) -> None:
        self.seconds: dict[str, float] = {}
        self._cuda = device.type == "cuda"
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        """Close the stage that began at the last lap."""
        if self._cuda:
            torch.cuda.synchronize()
        now = time.perf_counter()
        self.seconds[stage] = round(now - self._last, 4)
        self._last = now
