"""lucidrains' alphagenome-pytorch (0.2) in the comparison. Runs in an environment of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from alphagenome_pytorch.alphagenome import AlphaGenome, set_update_running_var
from alphagenome_pytorch.convert.convert_checkpoint import convert_checkpoint
from safetensors.numpy import load_file
from torch import Tensor

from predictor.bench.contract import SHOWN_TRACKS, TRACK_HEADS, TRACKS, WARM_UP_BP, Codes, Outputs

_HUMAN = 0
_SITES = 512
_MIN_PROBABILITY = 0.1


class Lucidrains:
    """`inference` with the human heads; it can be asked for heads, and always computes all embeddings. Tracks are in model
    space: it knows no track means.
    """

    def __init__(self, dtype: str, weights: Path) -> None:
        self.bf16 = dtype == "bf16"
        arrays = load_file(weights)
        state = {name: array for name, array in arrays.items() if name.endswith("/var_ema")}
        converted = convert_checkpoint({k: v for k, v in arrays.items() if k not in state}, state, verbose=False)
        self.model: Any = AlphaGenome()
        self.model.add_reference_heads("human")
        human = {name: tensor for name, tensor in converted.items() if not name.startswith("heads.mouse.")}
        missing, unknown = self.model.load_state_dict(human, strict=False)
        if unknown or {name for name, _ in self.model.named_parameters()} & set(missing):  # buffers are its constants
            raise ValueError(f"weights that do not fit: {unknown or missing}")
        self.model.eval()
        set_update_running_var(self.model, False)  # or eval() still moves the running variances at every pass

    def prepare(self, codes: Codes, request: str) -> None:
        """A short pass."""
        self.run(codes[:WARM_UP_BP], request)

    @torch.inference_mode()
    def run(self, codes: Codes, request: str) -> Outputs:
        """See predictor.bench.contract."""
        tokens = torch.from_numpy(codes).long()[None]
        with torch.autocast("cpu", torch.bfloat16, enabled=self.bf16):
            match request:
                case "rna_seq" | "chip_tf":
                    resolution = TRACK_HEADS[request][0]
                    mask = torch.arange(TRACKS[request]) < SHOWN_TRACKS
                    heads = self.model.inference(tokens, _HUMAN, requested_heads={request}, track_masks={request: mask})
                    tracks = heads["human"][request][f"scaled_predictions_{resolution}bp"]
                    return {f"{request}_{resolution}bp": tracks[0]}
                case "embeddings":
                    embeddings = self.model.get_embeds(tokens, torch.tensor([_HUMAN]))
                    names = ("embeddings_1bp", "embeddings_128bp", "embeddings_pair")
                    return {name: part[0] for name, part in zip(names, embeddings, strict=True)}
                case "all":
                    return self._everything(tokens)
        raise ValueError(request)

    def _everything(self, tokens: Tensor) -> Outputs:
        """The site classes come first, since junctions need positions; embeddings are computed once."""
        human = torch.tensor([_HUMAN])
        embeddings = self.model.get_embeds(tokens, human)
        logits = self.model.heads["human"]["splice_sites_classification"](embeddings[0])
        classes = logits.float().softmax(-1)
        rest = set(self.model.heads["human"]) - {"splice_sites_classification"}
        outputs = self.model.inference(
            tokens, human, embeds=embeddings, requested_heads=rest, splice_site_positions=_positions(classes)
        )["human"]
        tracks = {
            f"{head}_{r}bp": outputs[head][f"scaled_predictions_{r}bp"][0]
            for head, steps in TRACK_HEADS.items()
            for r in steps
        }
        return tracks | {
            "contact_maps": outputs["contact_maps"][0],
            "splice_classes": classes[0],
            "splice_usage": outputs["splice_sites_usage"][0],
            "junctions": outputs["splice_sites_junction"]["predictions"][0],
        }


def _positions(classes: Tensor) -> Tensor:
    """[B, 4, sites] ascending, -1 at the end, from probabilities [B, S, 5]."""
    top = classes[..., :4].topk(_SITES, dim=1)
    beyond = classes.shape[1]
    kept = torch.where(top.values >= _MIN_PROBABILITY, top.indices, beyond).sort(dim=1).values
    return torch.where(kept == beyond, -1, kept).transpose(1, 2)


def build(dtype: str, threads: int, weights: Path | None) -> Lucidrains:
    """See predictor.bench.contract; the weights are the official ones, standardised by its own converter."""
    assert weights is not None
    torch.set_num_threads(threads)
    return Lucidrains(dtype, weights)
