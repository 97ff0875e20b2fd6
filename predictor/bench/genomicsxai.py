"""genomicsxai's alphagenome-pytorch in the comparison. Runs in an environment of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from alphagenome_pytorch import AlphaGenome
from alphagenome_pytorch.config import DtypePolicy

from predictor.bench.contract import SHOWN_TRACKS, TRACK_HEADS, WARM_UP_BP, Codes, Outputs

_HUMAN = 0


class GenomicsXAI:
    """`predict`, as its README shows; it can be asked for heads and for 128 bp only, not for tracks."""

    def __init__(self, dtype: str, weights: Path) -> None:
        self.bf16 = dtype == "bf16"
        policy = DtypePolicy.mixed_precision() if self.bf16 else DtypePolicy.full_float32()
        self.model: Any = AlphaGenome.from_pretrained(weights, dtype_policy=policy).eval()

    def prepare(self, codes: Codes, request: str) -> None:
        """A short pass."""
        self.run(codes[:WARM_UP_BP], request)

    @torch.inference_mode()
    def run(self, codes: Codes, request: str) -> Outputs:
        """See predictor.bench.contract."""
        dna = torch.nn.functional.one_hot(torch.from_numpy(codes).long(), 4).float()[None]
        match request:
            case "rna_seq":
                tracks = self.model.predict(dna, _HUMAN, heads=("rna_seq",))["rna_seq"][1]
                return {"rna_seq_1bp": tracks[0, :, :SHOWN_TRACKS]}
            case "chip_tf":
                tracks = self.model.predict(dna, _HUMAN, heads=("chip_tf",), resolutions=(128,))["chip_tf"][128]
                return {"chip_tf_128bp": tracks[0, :, :SHOWN_TRACKS]}
            case "embeddings":
                with torch.autocast("cpu", torch.bfloat16, enabled=self.bf16):  # as in predict
                    embeddings = self.model.encode(dna, torch.tensor([_HUMAN]))
                return {name: embedding[0] for name, embedding in embeddings.items()}
            case "all":
                outputs = self.model.predict(dna, _HUMAN)
                tracks = {f"{head}_{r}bp": outputs[head][r][0] for head, steps in TRACK_HEADS.items() for r in steps}
                return tracks | {
                    "contact_maps": outputs["contact_maps"][0],
                    "splice_classes": outputs["splice_sites"]["probs"][0],
                    "splice_usage": outputs["splice_site_usage"]["predictions"][0],
                    "junctions": outputs["splice_junctions"]["pred_counts"][0],
                }
        raise ValueError(request)


def build(dtype: str, threads: int, weights: Path | None) -> GenomicsXAI:
    """See predictor.bench.contract."""
    assert weights is not None
    torch.set_num_threads(threads)
    return GenomicsXAI(dtype, weights)
