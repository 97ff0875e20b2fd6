"""Our network in the comparison, as the engine runs it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from predictor.bench.contract import SHOWN_TRACKS, WARM_UP_BP, Codes, Outputs
from predictor.catalogue import ModelInfo
from predictor.deterministic import deterministic_model
from predictor.engine import SKIPS_BYTES, Engine
from predictor.inference.encoding import TrunkCache, encode_all
from predictor.inference.network import fold
from predictor.inference.outputs import PAIR_BP, Wanted, read_off
from predictor.inference.reading import Reading, attended, kept_levels
from predictor.inputs import from_sequence
from predictor.model.config import FULL
from predictor.model.layers import GELU_SLOPE
from predictor.tracks import Track
from predictor.variants.edit import Edit

REQUESTS = ("all", "rna_seq", "chip_tf", "embeddings", "snv", "ism", "window")
_HUMAN = 0
_SCORED_BP = 501  # the centre mask of the published variant scorers
_SHOWN_BP = 16_384
_OUTPUTS = {"SPLICE_SITES": "splice_classes", "SPLICE_SITE_USAGE": "splice_usage", "CONTACT_MAPS": "contact_maps"}


def full_size(place: torch.device, dtype: torch.dtype) -> Engine:
    """An engine of the published size with deterministic weights."""
    return Engine(_info(), fold(deterministic_model(FULL)), place, dtype)


class Ours:
    """A full pass starts from nothing each time; the requests that peers answer by a full pass start from a known reference."""

    def __init__(self, dtype: torch.dtype) -> None:
        self.engine = full_size(torch.device("cpu"), dtype)

    def prepare(self, codes: Codes, request: str) -> None:
        """A short pass; for what is asked about a known input, its reading."""
        self._pass(codes[:WARM_UP_BP], "all" if request in ("snv", "ism") else "rna_seq")
        if request in ("snv", "ism", "window"):
            self.engine.predict(from_sequence(_bases(codes)), self._tracks("rna_seq"), window=(0, 128))

    def run(self, codes: Codes, request: str) -> Outputs:
        """See predictor.bench.contract."""
        middle = len(codes) // 2
        if request == "window":
            start = middle - _SHOWN_BP // 2
            shown = (start, start + _SHOWN_BP)
            result = self.engine.predict(from_sequence(_bases(codes)), self._tracks("rna_seq"), window=shown)
            return {"rna_seq_1bp": np.stack([track.values for track in result.tracks], axis=1)}
        if request in ("snv", "ism"):
            others = [base for base in "ACGT" if base != "ACGT"[codes[middle]]]
            edits = [Edit(middle, middle + 1, base) for base in (others if request == "ism" else others[:1])]
            scored = (middle - _SCORED_BP // 2, middle + _SCORED_BP // 2 + 1)
            given = from_sequence(_bases(codes))
            results = list(self.engine.alternatives(given, edits, self.engine.info.tracks, window=scored))
            by_base = [np.array([track.values.sum() for track in result.tracks]) for result in results]
            return {"scores": np.stack(by_base)}
        return self._pass(codes, request)

    def _tracks(self, head: str) -> list[Track]:
        return [track for track in self.engine.info.tracks if track.output == head.upper()][:SHOWN_TRACKS]

    @torch.inference_mode()
    def _pass(self, codes: Codes, request: str) -> Outputs:
        network, length = self.engine.network, len(codes)
        kept = None if request == "chip_tf" else kept_levels(network, length, SKIPS_BYTES)
        given = torch.from_numpy(codes)[None]
        trunk, skips = encode_all(network, given, 0, TrunkCache(0), kept, lambda at: None)
        reading = attended(network, given, trunk, _HUMAN, skips)
        del trunk, skips  # the reading lets them go when they are used up
        if request == "embeddings":
            return self._embeddings(reading)
        wanted = _everything() if request == "all" else [_wanted(request.upper(), 128 if request == "chip_tf" else 1)]
        arrays = read_off(network, reading, wanted, (0, length), lambda at: None)
        outputs: Outputs = {}
        for (output, resolution), values in arrays.values.items():
            if resolution == PAIR_BP:
                outputs["contact_maps"] = values[0].permute(1, 2, 0)
            else:
                outputs[_OUTPUTS.get(output, f"{output.lower()}_{resolution}bp")] = values[0].T
        for strands in arrays.junctions:
            outputs["junctions"] = _Joined([counts for _, _, counts in strands])
        return outputs

    def _embeddings(self, reading: Reading) -> Outputs:
        network, length = self.engine.network, reading.codes.shape[1]
        at_1 = reading.embed(network, reading.decode(network, 0, length), 0)
        pair = network.embedder_pair(reading.pair, torch.tensor([_HUMAN]))
        return {
            "embeddings_1bp": at_1[0].div_(GELU_SLOPE),
            "embeddings_128bp": reading.at_128[0] / GELU_SLOPE,
            "embeddings_pair": pair[0],
        }


class _Joined:
    """Counts of both strands as one array [K, K, 2T], as the published network gives them; the copy is made when it is read."""

    def __init__(self, strands: list[torch.Tensor]) -> None:
        assert FULL.splicing is not None
        self.shape = (FULL.splicing.sites, FULL.splicing.sites, FULL.splicing.usage_tracks)
        self._strands = strands

    def __getitem__(self, index: tuple[slice, ...]) -> torch.Tensor:
        whole = torch.zeros(self.shape)
        for strand, counts in enumerate(self._strands):
            tissues = slice(strand * len(counts), (strand + 1) * len(counts))
            whole[: counts.shape[1], : counts.shape[2], tissues] = counts.permute(1, 2, 0)
        return whole[index]


def _wanted(output: str, resolution: int, rows: int = SHOWN_TRACKS) -> Wanted:
    return Wanted(output, resolution, torch.arange(rows))


def _everything() -> list[Wanted]:
    assert FULL.splicing is not None
    splicing = FULL.splicing
    tracks = [_wanted(head.name.upper(), at, head.tracks) for head in FULL.track_heads for at in head.resolutions]
    return [
        *tracks,
        _wanted("CONTACT_MAPS", PAIR_BP, FULL.contact_tracks),
        _wanted("SPLICE_SITES", 1, splicing.classes),
        _wanted("SPLICE_SITE_USAGE", 1, splicing.usage_tracks),
        _wanted("SPLICE_JUNCTIONS", 1, splicing.usage_tracks),
    ]


def _info() -> ModelInfo:
    """A catalogue with a track for each column of the track heads."""
    tracks = tuple(
        Track(f"{head.name}_{row}", "", head.name.upper(), ".", "", "", "", "", "", False, column=row)
        for head in FULL.track_heads
        for row in range(head.tracks)
    )
    settings = {"network": FULL.to_json()}
    nowhere = Path()
    return ModelInfo(
        "full", "Full size", "0", "", "", "", (), 2048, (), (), "", tracks, nowhere, nowhere, (nowhere,), settings, (), {}
    )  # fmt: skip


def _bases(codes: Codes) -> str:
    return np.frombuffer(b"ACGT", np.uint8)[codes].tobytes().decode()


def build(dtype: str, threads: int, weights: Path | None) -> Ours:
    """See predictor.bench.contract; the weights are made, not read."""
    torch.set_num_threads(threads)
    return Ours(torch.bfloat16 if dtype == "bf16" else torch.float32)
