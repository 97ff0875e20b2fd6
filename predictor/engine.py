"""Running a model: owns device, dtype, threads, caches and progress. Computes only what was asked for.

What a person does next is what was just read, elsewhere: another window of the same input, a neighbouring input, the same
input with another base. So tokens are remembered by the bases they depend on, and the last inputs as they left the tower.
"""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from predictor.catalogue import ModelInfo, read_card
from predictor.checkpoints.folder import load_network
from predictor.codes import encode_bases
from predictor.devices import chosen_device
from predictor.errors import DomainError
from predictor.inference.edits import Alike, alike, merged, stretches
from predictor.inference.encoding import PIECE_BP, Skips, TrunkCache, encode, encode_all
from predictor.inference.network import Network, cast
from predictor.inference.outputs import PAIR_BP, SPLICE_OUTPUTS, Arrays, Wanted, read_off
from predictor.inference.reading import DECODER_HALO_BP, Reading, attended, kept_levels
from predictor.inference.winograd import accelerate
from predictor.inputs import BIN_BP, ModelInput
from predictor.results import Junctions, PredictedTrack, PredictionResult, Progress, SiteList
from predictor.tracks import Track
from predictor.variants.edit import Edit

TRUNKS_BYTES = 512 << 20  # tokens of pieces that are remembered
READINGS_BYTES = 512 << 20  # inputs that are remembered as they left the tower
SKIPS_BYTES = 9 << 29  # 4.5 GB: skips kept during one prediction; finer levels are made again where they pass it
EDITED_SKIPS_BYTES = 1 << 28  # of them remembered with an input, for edits of it

# Alternatives run at once, counted in their tokens: small inputs leave a machine idle one by one.
TOKENS_AT_ONCE = {"cpu": 1024, "cuda": 8192}

Window = tuple[int, int]
Key = tuple[str, int]  # of an input: its bases, and where they lie on the grid of pieces


class Engine:
    """A loaded model on one device. Not for concurrent use."""

    def __init__(self, info: ModelInfo, network: Network, device: torch.device, dtype: torch.dtype) -> None:
        self.info = info
        self.network = cast(network, dtype).to(device)
        if device.type == "cpu" and dtype == torch.float32:
            accelerate(self.network)
        self.device = torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"
        self.dtype = str(dtype).removeprefix("torch.")
        self.organism: int = info.settings.get("organism", 0)
        self._rows = dict(_rows(info))
        self._trunks = TrunkCache(TRUNKS_BYTES)
        self._readings: OrderedDict[Key, Reading] = OrderedDict()

    @classmethod
    def from_folder(cls, folder: Path, *, device: str = "auto", threads: int = 0, dtype: str = "auto") -> Engine:
        """The first member of a checkpoint folder; see predictor.results.load."""
        info = read_card(folder)
        return cls.of_member(info, info.weights, device=device, threads=threads, dtype=dtype)

    @classmethod
    def of_member(cls, info: ModelInfo, weights: Path, *, device: str, threads: int, dtype: str) -> Engine:
        """A model with one of its files of weights."""
        device = chosen_device(device, threads)
        if dtype == "auto":
            dtype = "bfloat16" if device == "cuda" else "float32"
        if dtype == "float32":
            torch.backends.cudnn.allow_tf32 = False  # TF32, cuDNN's default, keeps 10 bits of it
        return cls(info, load_network(info, weights), torch.device(device), getattr(torch, dtype))

    @torch.inference_mode()
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
        """See predictor.results.Predictor."""
        report = progress or (lambda stage, done: None)
        clock = Clock(self.network.device)
        window = self._window(model_input, window)
        wanted = self._wanted(tracks, resolution)
        whole = window == (0, len(model_input.sequence))
        keep = SKIPS_BYTES if whole and any(one.resolution == 1 for one in wanted) else 0
        reading = self._read(model_input, report, clock, keep)
        arrays = read_off(
            self.network,
            reading,
            wanted,
            window,
            lambda at: report("decoder", 0.5 + 0.5 * at / (window[1] - window[0])),
            [sites] if sites is not None else None,
        )
        clock.lap("decoder")
        report("done", 1.0)
        return self._result(model_input, tracks, resolution, window, arrays, 0, clock.seconds, given=sites is not None)

    @torch.inference_mode()
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
        """What `predict` would give for each edited input over `window`, computing only what the edit can change.

        Exact to rounding: tokens with the same bases around them are taken from the reference, the tower
        is run whole, the decoder over the window. Where that is most of the input, skips are the reference's too; what remains
        then is the tower and the decoder, since the tower changes every token a little. Results come in the order of `edits`,
        as soon as each is there; `seconds` are an edit's share of those that ran together with it.
        """
        wanted, window = self._wanted(tracks, resolution), self._window(model_input, window)
        fine = any(one.resolution == 1 for one in wanted)
        mostly = fine and 2 * (window[1] - window[0]) > len(model_input.sequence)
        keep = EDITED_SKIPS_BYTES if mostly else 0
        reference = self._read(model_input, lambda stage, done: None, Clock(self.network.device), keep)
        at_once = max(1, TOKENS_AT_ONCE[self.network.device.type] // reference.tokens.shape[1])
        done = 0
        for group in alike(model_input, edits, at_once):
            of_group = sites[done : done + len(group.codes)] if sites is not None else None
            done += len(group.codes)
            clock = Clock(self.network.device)
            reading = self._edited(reference, group, window if fine else None)
            clock.lap("transformer")
            arrays = read_off(self.network, reading, wanted, window, lambda at: None, of_group)
            clock.lap("decoder")
            seconds = {stage: spent / len(group.codes) for stage, spent in clock.seconds.items()}
            for example, edited in enumerate(group.inputs):
                yield self._result(
                    edited, tracks, resolution, window, arrays, example, seconds, given=of_group is not None
                )

    def _read(self, model_input: ModelInput, report: Progress, clock: Clock, keep: int) -> Reading:
        """Encoder and tower, from memory where the same bases were read before, with up to `keep` bytes of skips."""
        offset = model_input.interval.start if model_input.interval else 0
        key = model_input.sha256, offset % PIECE_BP
        length = len(model_input.sequence)
        kept = kept_levels(self.network, length, keep) if keep else None
        known = self._readings.get(key)
        if known is not None:
            self._readings.move_to_end(key)
            if kept is None:
                return replace(known, skips=None)
            if known.skips is not None and known.skips.first <= kept:
                return replace(known, skips=known.skips.since(kept))
        codes = torch.from_numpy(encode_bases(model_input.sequence))[None]
        trunk, skips = encode_all(
            self.network, codes, offset, self._trunks, kept, lambda at: report("encoder", 0.45 * at / length)
        )
        clock.lap("encoder")
        report("transformer", 0.45)
        if known is None:
            known = attended(self.network, codes, trunk, self.organism, None)
        if skips is not None:
            some = max(skips.first, kept_levels(self.network, length, EDITED_SKIPS_BYTES))
            known = replace(known, skips=skips.since(some))
        self._remember(key, known)
        clock.lap("transformer")
        return replace(known, skips=skips)

    def _remember(self, key: Key, reading: Reading) -> None:
        self._readings[key] = reading
        while len(self._readings) > 1 and sum(map(_size, self._readings.values())) > READINGS_BYTES:
            self._readings.popitem(last=False)

    def _edited(self, reference: Reading, group: Alike, window: Window | None) -> Reading:
        """The reading of edited inputs. `window`: where single bases will be decoded, so that one stretch serves both."""
        length = reference.codes.shape[1]
        codes = torch.from_numpy(group.codes)
        source = torch.from_numpy(np.maximum(group.source, 0)).to(reference.trunk.device)
        trunk = reference.trunk[:, source].repeat(len(codes), 1, 1)
        parts = stretches(group.source < 0)
        skips: Skips | None = reference.skips and reference.skips.moved(source, len(codes))
        decoded = None  # what the decoder will read, where the reference's skips are not there
        if window is not None and skips is None:
            decoded = max(0, window[0] - DECODER_HALO_BP), min(length, window[1] + DECODER_HALO_BP)
            parts.append(decoded)
        for first, last in merged(parts):
            for start in range(first, last, PIECE_BP):  # one step, but for a shift that leaves much to encode again
                end = min(start + PIECE_BP, last)
                trunk[:, start // BIN_BP : end // BIN_BP], around = encode(self.network, codes, start, end)
                if decoded is not None and start <= decoded[0] and decoded[1] <= end:
                    skips = around
                elif skips is not None and decoded is None:
                    skips.put(around, start, end)
        return attended(self.network, codes, trunk, self.organism, skips)

    def _window(self, model_input: ModelInput, window: Window | None) -> Window:
        """Whole tokens around what was asked for, the whole input by default."""
        length = len(model_input.sequence)
        start, end = window or (0, length)
        if not 0 <= start < end <= length or start >= model_input.real_bp:
            raise ValueError(f"[{start}, {end}) lies outside an input of {model_input.real_bp} bp")
        return start // BIN_BP * BIN_BP, -(-end // BIN_BP) * BIN_BP

    def _wanted(self, tracks: Sequence[Track], resolution: int | None) -> list[Wanted]:
        rows: dict[tuple[str, int], list[int]] = {}
        for track in tracks:
            rows.setdefault((track.output, resolution_of(track, resolution)), []).append(self._rows[track.key])
        device = self.network.device
        return [Wanted(output, at, torch.tensor(some, device=device)) for (output, at), some in rows.items()]

    def _result(
        self,
        model_input: ModelInput,
        tracks: Sequence[Track],
        resolution: int | None,
        window: Window,
        arrays: Arrays,
        example: int,
        seconds: dict[str, float],
        *,
        given: bool,
    ) -> PredictionResult:
        """`given`: junctions are between sites that were asked for, all of which are answered."""
        end = max(window[0], min(window[1], model_input.real_bp))  # a deletion may leave no real base in the window
        seen: dict[tuple[str, int], int] = {}
        predicted = []
        for track in tracks:
            if track.output == "SPLICE_JUNCTIONS":
                continue
            at = resolution_of(track, resolution)
            row = seen.get((track.output, at), 0)
            seen[track.output, at] = row + 1
            values = arrays.values[track.output, at][example, row].numpy()
            bins = -(-model_input.real_bp // at) if at == PAIR_BP else -(-(end - window[0]) // at)
            values = values[:bins, :bins] if values.ndim == 2 else values[:bins]
            predicted.append(PredictedTrack(track, values, at))
        junctions = self._junctions(tracks, arrays, example)
        if not given:
            junctions = tuple(side.within(model_input.real_bp) for side in junctions)
        return PredictionResult(
            self.info, model_input, tuple(predicted), self.device, self.dtype, seconds, (window[0], end), junctions
        )

    def _junctions(self, tracks: Sequence[Track], arrays: Arrays, example: int) -> tuple[Junctions, ...]:
        asked = [track for track in tracks if track.output == "SPLICE_JUNCTIONS"]
        if not asked:
            return ()
        by_strand = []
        for strand, (donors, acceptors, counts) in zip("+-", arrays.junctions[example], strict=True):
            of_strand = tuple(track for track in asked if track.strand == strand)
            positions = donors.positions.cpu().numpy(), acceptors.positions.cpu().numpy()
            by_strand.append(Junctions("+" if strand == "+" else "-", of_strand, *positions, counts.cpu().numpy()))
        return tuple(by_strand)


def resolution_of(track: Track, asked: int | None) -> int:
    """bp per bin of what is computed for a track. Raises DomainError `no_resolution` for one that it does not have."""
    if asked is None or asked == track.resolution:
        return track.resolution
    if asked == BIN_BP and track.resolution == 1 and track.output not in SPLICE_OUTPUTS:
        return BIN_BP
    has = f"{track.resolution:,} bp" + (
        " and 128 bp" if track.resolution == 1 and track.output not in SPLICE_OUTPUTS else ""
    )
    raise DomainError("no_resolution", f"{track.name} ({track.output}) has bins of {has}, not of {asked:,} bp.")


def _rows(info: ModelInfo) -> Iterator[tuple[str, int]]:
    """The row of each track in its output's head: its place among the tracks of that output, unless the track says otherwise."""
    ranks: Counter[str] = Counter()
    for track in info.tracks:
        yield track.key, ranks[track.output] if track.column is None else track.column
        ranks[track.output] += 1


def _size(reading: Reading) -> int:
    skips = reading.skips.levels if reading.skips else []
    return sum(array.nbytes for array in (reading.trunk, reading.tokens, reading.at_128, reading.pair, *skips))


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
