"""The folded network and how it comes from the plain one."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn

from predictor.inference.convolutions import FoldedDecoder, FoldedEncoder
from predictor.inference.heads import FoldedEmbedder1, FoldedEmbedder128, FoldedLinear, FoldedTrackHead
from predictor.inference.splicing import FoldedSplicing
from predictor.inference.tower import fold_tower
from predictor.model.alphagenome import AlphaGenome, skeleton
from predictor.model.config import ModelConfig
from predictor.model.embeddings import EmbedderPair
from predictor.model.heads import TrackHead

_FLOAT32_ALWAYS = (".scale", ".mean", ".bias")  # of the heads: they come after the sum


class Network(nn.Module):
    """AlphaGenome, run one part at a time; the engine decides which parts, over which stretch. One organism a call."""

    def __init__(self, model: AlphaGenome) -> None:
        super().__init__()
        self.config = model.config
        self.organism = model.organism
        self.encoder = FoldedEncoder(model.encoder)
        self.tower = fold_tower(model.tower, model.config)
        self.decoder = FoldedDecoder(model.decoder)
        self.embedder_128 = FoldedEmbedder128(model.embedder_128)
        self.embedder_1 = FoldedEmbedder1(model.embedder_1)
        self.embedder_pair: EmbedderPair = model.embedder_pair
        heads = ((name, head) for name, head in model.track_heads.items() if isinstance(head, TrackHead))
        self.track_heads = nn.ModuleDict({name: FoldedTrackHead(head) for name, head in heads})
        self.contact_maps = FoldedLinear(model.contact_maps, divisor=1.0) if model.contact_maps is not None else None
        self.splicing = FoldedSplicing(model.splicing) if model.splicing is not None else None

    @property
    def dtype(self) -> torch.dtype:
        """Of activations."""
        return self.encoder.stem.weight.dtype

    @property
    def device(self) -> torch.device:
        """Of weights and activations."""
        return self.encoder.stem.weight.device

    def one_hot(self, codes: Tensor) -> Float[Tensor, "B S 4"]:
        """Base codes [B, S] (A C G T = 0..3, anything else N) on this device; N is all zeros."""
        codes = codes.to(self.device)
        return (codes[..., None] == torch.arange(4, device=codes.device)).to(self.dtype)

    def attend(self, trunk: Float[Tensor, "B L C"], organism: int) -> tuple[Tensor, Tensor]:
        """Tokens that have seen the whole input [B, L, C], and pairs [B, P, P, E]."""
        tokens, pair = self.tower(trunk + self.organism.weight[organism])
        return tokens, pair

    def head(self, name: str) -> FoldedTrackHead:
        """The head of a track output."""
        head = self.track_heads[name]
        assert isinstance(head, FoldedTrackHead)
        return head

    def contacts(self, pair: Float[Tensor, "B P P E"], organism: int, rows: Tensor) -> Float[Tensor, "B T P P"]:
        """Contact maps of the rows asked for; they may be negative."""
        assert self.contact_maps is not None
        batch, bins = pair.shape[:2]
        embedded = self.embedder_pair(pair, torch.full((batch,), organism, device=pair.device))
        flat = self.contact_maps.rows(organism, rows)(embedded.flatten(1, 2))
        return flat.view(batch, -1, bins, bins)

    def decode(self, tokens: Float[Tensor, "B L C"], skips: Sequence[Tensor]) -> Float[Tensor, "B S c"]:
        """Tokens back to bases."""
        x: Tensor = self.decoder(tokens, skips)
        return x


def fold(model: AlphaGenome) -> Network:
    """The folded network in evaluation mode. It takes the parts of `model`, which is not to be used afterwards."""
    with torch.no_grad():
        return Network(model).eval().requires_grad_(False)


def folded_skeleton(config: ModelConfig) -> Network:
    """Names and shapes without memory, for weights that were folded before."""
    return fold(skeleton(config))


def cast(network: Network, dtype: torch.dtype) -> Network:
    """To a compute dtype, in place. What comes after a head's sum stays float32."""
    for name, parameter in network.named_parameters():
        after_sum = name.startswith(("track_heads.", "contact_maps.", "splicing.")) and name.endswith(_FLOAT32_ALWAYS)
        parameter.data = parameter.data.to(torch.float32 if after_sum else dtype)
    return network
