"""alphagenome-pt (RylieWeaver) in the comparison. Runs in an environment of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from alphagenome_pt import AlphaGenome, Metadata, deepmind_config
from safetensors.torch import load_file

from predictor.bench.contract import SHOWN_TRACKS, TRACK_HEADS, TRACKS, WARM_UP_BP, Codes, Outputs
from predictor.model.config import FULL

_HUMAN = 0


class AlphaGenomePT:
    """`predict` with the heads that the request does not name disabled; it always computes all embeddings."""

    def __init__(self, dtype: str, weights: Path) -> None:
        self.heads = _heads()
        metadata = Metadata({"organisms": ["human", "mouse"], "heads": self.heads})
        metadata.make_all_masks()
        policy = "deepmind" if dtype == "bf16" else "float32"
        self.model: Any = AlphaGenome(deepmind_config(metadata, dtype_policy=policy)).eval()
        self.model.load_state_dict(load_file(weights))

    def prepare(self, codes: Codes, request: str) -> None:
        """A short pass."""
        self.run(codes[:WARM_UP_BP], request)

    @torch.inference_mode()
    def run(self, codes: Codes, request: str) -> Outputs:
        """See predictor.bench.contract."""
        dna = torch.nn.functional.one_hot(torch.from_numpy(codes).long(), 4).float()[None]
        for name, head in self.heads.items():
            head["enabled"] = request in ("all", name)
        match request:
            case "rna_seq" | "chip_tf":
                resolution = TRACK_HEADS[request][0]
                tracks = self.model.predict(dna, _HUMAN)[request][f"predictions_{resolution}bp"]
                return {f"{request}_{resolution}bp": tracks[0, :, :SHOWN_TRACKS]}
            case "embeddings":
                parts = self.model.embed(dna, _HUMAN)
                names = ("embeddings_1bp", "embeddings_128bp", "embeddings_pair")
                return {name: getattr(parts, name)[0] for name in names}
            case "all":
                outputs = self.model.predict(dna, _HUMAN)
                tracks = {
                    f"{head}_{r}bp": outputs[head][f"predictions_{r}bp"][0]
                    for head, steps in TRACK_HEADS.items()
                    for r in steps
                }
                return tracks | {
                    "contact_maps": outputs["contact_maps"]["predictions"][0],
                    "splice_classes": outputs["splice_sites_classification"]["predictions"][0],
                    "splice_usage": outputs["splice_sites_usage"]["predictions"][0],
                    "junctions": outputs["splice_sites_junction"]["predictions"][0],
                }
        raise ValueError(request)


def _heads() -> dict[str, dict[str, Any]]:
    """Its metadata for both organisms, with track means of 1."""
    assert FULL.splicing is not None
    tracks = TRACKS | {
        "contact_maps": FULL.contact_tracks,
        "splice_sites_classification": FULL.splicing.classes,
        "splice_sites_usage": FULL.splicing.usage_tracks,
    }
    heads: dict[str, dict[str, Any]] = {
        name: {"num_tracks": [count, count], "means": [[1.0] * count] * 2} for name, count in tracks.items()
    }
    return heads | {"splice_sites_junction": {"num_tissues": [FULL.splicing.tissues] * 2}}


def build(dtype: str, threads: int, weights: Path | None) -> AlphaGenomePT:
    """See predictor.bench.contract."""
    assert weights is not None
    torch.set_num_threads(threads)
    return AlphaGenomePT(dtype, weights)
