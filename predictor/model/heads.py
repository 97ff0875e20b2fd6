"""Track heads: one linear layer per output type, resolution and organism, then softplus."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from predictor.model.config import ModelConfig, TrackHeadConfig
from predictor.model.layers import truncated_normal_


class TrackProjection(nn.Module):
    """Embedding to tracks in model space at one resolution. Input and output have channels at dimension 1 for 1 bp, last for 128 bp."""

    def __init__(self, organisms: int, channels: int, tracks: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(organisms, tracks, channels))
        self.bias = nn.Parameter(torch.zeros(organisms, tracks))
        self.learnt_scale = nn.Parameter(torch.ones(organisms, tracks))
        truncated_normal_(self.weight, channels)

    def forward(
        self, embedding: Float[Tensor, "B N C"], organism: Tensor, rows: Tensor | slice = slice(None)
    ) -> Float[Tensor, "B N T"]:
        """`rows`: the tracks wanted, all by default; nothing is computed for the others."""
        weight, bias, scale = (p[:, rows][organism] for p in (self.weight, self.bias, self.learnt_scale))
        logits = torch.einsum("bnc,btc->bnt", embedding, weight).float() + bias[:, None]
        return nn.functional.softplus(logits) * nn.functional.softplus(scale)[:, None]

    def per_base(
        self, embedding: Float[Tensor, "B C S"], organism: Tensor, rows: Tensor | slice = slice(None)
    ) -> Float[Tensor, "B T S"]:
        """The same for the channel-first 1-bp embedding: tracks stay rows, so that none is ever transposed."""
        weight, bias, scale = (p[:, rows][organism] for p in (self.weight, self.bias, self.learnt_scale))
        logits = torch.bmm(weight, embedding).float() + bias[:, :, None]
        return nn.functional.softplus(logits) * nn.functional.softplus(scale)[:, :, None]


class TrackHead(nn.Module):
    """One output type. `mean` [organisms, T] is each track's mean over non-zero bases: data, not a parameter."""

    mean: Tensor

    def __init__(self, config: ModelConfig, head: TrackHeadConfig) -> None:
        super().__init__()
        self.config = head
        channels = {1: 2 * config.stem_channels, 128: 2 * config.trunk_channels}
        self.projections = nn.ModuleDict(
            {str(r): TrackProjection(config.organisms, channels[r], head.tracks) for r in head.resolutions}
        )
        self.register_buffer("mean", torch.ones(config.organisms, head.tracks))

    def at(self, resolution: int) -> TrackProjection:
        """The projection for `resolution` bp per bin; KeyError if this output has none."""
        projection = self.projections[str(resolution)]
        assert isinstance(projection, TrackProjection)
        return projection
