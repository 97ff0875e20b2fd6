"""Our network in the comparison."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from predictor.bench.contract import SHOWN_TRACKS, WARM_UP_BP, Codes, Outputs
from predictor.deterministic import deterministic_model
from predictor.model.alphagenome import AlphaGenome, Embeddings, one_hot
from predictor.model.config import FULL
from predictor.model.scaling import unscale
from predictor.model.splicing import splice_positions

REQUESTS = ("all", "rna_seq", "chip_tf", "embeddings")  # add snv, ism, window once they are more than a full pass
_HUMAN = torch.zeros(1, dtype=torch.long)


class Ours:
    """The plain modules, every part computed once."""

    def __init__(self, dtype: str) -> None:
        self.bf16 = dtype == "bf16"
        self.model = deterministic_model(FULL)

    def prepare(self, codes: Codes, request: str) -> None:
        """A short pass."""
        self.run(codes[:WARM_UP_BP], request)

    @torch.inference_mode()
    def run(self, codes: Codes, request: str) -> Outputs:
        """See predictor.bench.contract."""
        with torch.autocast("cpu", torch.bfloat16, enabled=self.bf16):
            dna = one_hot(torch.from_numpy(codes).long()[None])
            if request == "chip_tf":
                trunk, _ = self.model.encode(dna)
                tokens, _ = self.model.attend(trunk, _HUMAN)
                at_128 = self.model.embedder_128(tokens, _HUMAN)
                return {"chip_tf_128bp": _tracks(self.model, "chip_tf", 128, at_128, slice(SHOWN_TRACKS))}
            embeddings = self.model.embed(dna, _HUMAN)
            match request:
                case "rna_seq":
                    return {"rna_seq_1bp": _tracks(self.model, "rna_seq", 1, embeddings.at_1, slice(SHOWN_TRACKS))}
                case "embeddings":
                    return {
                        "embeddings_1bp": embeddings.at_1[0].T,
                        "embeddings_128bp": embeddings.at_128[0],
                        "embeddings_pair": embeddings.pair[0],
                    }
                case "all":
                    return _everything(self.model, embeddings)
        raise ValueError(request)


def _everything(model: AlphaGenome, embeddings: Embeddings) -> Outputs:
    outputs = {
        f"{head.name}_{resolution}bp": _tracks(
            model, head.name, resolution, embeddings.at_1 if resolution == 1 else embeddings.at_128, slice(None)
        )
        for head in model.config.track_heads
        for resolution in head.resolutions
    }
    assert model.splicing is not None
    classes = model.splicing.class_logits(embeddings.at_1, _HUMAN).softmax(1)
    positions = splice_positions(classes, model.splicing.config.sites)
    return outputs | {
        "contact_maps": model.contacts(embeddings.pair, _HUMAN)[0],
        "splice_classes": classes[0].T,
        "splice_usage": model.splicing.usage_logits(embeddings.at_1, _HUMAN).sigmoid()[0].T,
        "junctions": model.splicing.junctions(embeddings.at_1, _HUMAN, positions).counts[0],
    }


def _tracks(model: AlphaGenome, name: str, resolution: int, embedding: Tensor, rows: slice) -> Tensor:
    """[bins, T] of one head, in experimental units."""
    head = model.head(name)
    projection = head.at(resolution)
    mean, squashing = head.mean[0, rows], head.config.squashing
    if resolution == 1:
        return unscale(projection.per_base(embedding, _HUMAN, rows), mean[:, None], 1, squashing=squashing)[0].T
    return unscale(projection(embedding, _HUMAN, rows), mean, resolution, squashing=squashing)[0]


def build(dtype: str, threads: int, weights: Path | None) -> Ours:
    """See predictor.bench.contract; the weights are made, not read."""
    torch.set_num_threads(threads)
    return Ours(dtype)
