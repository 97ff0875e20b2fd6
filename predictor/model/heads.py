"""Heads: one linear layer per output type, resolution and organism; tracks then pass a softplus."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from predictor.model.config import ModelConfig, TrackHeadConfig
from predictor.model.layers import truncated_normal_


class OrganismLinear(nn.Module):
    """A linear layer with weights per organism, in float32 from the sum on.

    Input and output have channels last in `forward`, at dimension 1 in `per_base`, so that no 1-bp array is transposed.
    """

    def __init__(self, organisms: int, channels: int, tracks: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(organisms, tracks, channels))
        self.bias = nn.Parameter(torch.zeros(organisms, tracks))
        truncated_normal_(self.weight, channels)

    def forward(
        self, embedding: Float[Tensor, "B N C"], organism: Tensor, rows: Tensor | slice = slice(None)
    ) -> Float[Tensor, "B N T"]:
        """`rows`: the tracks wanted, all by default; nothing is computed for the others."""
        weight, bias = (p[:, rows][organism] for p in (self.weight, self.bias))
        return torch.einsum("bnc,btc->bnt", embedding, weight).float() + bias[:, None]

    def per_base(
        self, embedding: Float[Tensor, "B C S"], organism: Tensor, rows: Tensor | slice = slice(None)
    ) -> Float[Tensor, "B T S"]:
        """The same, channels first."""
        weight, bias = (p[:, rows][organism] for p in (self.weight, self.bias))
        return torch.bmm(weight, embedding).float() + bias[:, :, None]


class TrackProjection(OrganismLinear):
    """Embedding to tracks in model space at one resolution: positive, with a learnt scale per track."""

    def __init__(self, organisms: int, channels: int, tracks: int) -> None:
        super().__init__(organisms, channels, tracks)
        self.learnt_scale = nn.Parameter(torch.ones(organisms, tracks))

    def forward(
        self, embedding: Float[Tensor, "B N C"], organism: Tensor, rows: Tensor | slice = slice(None)
    ) -> Float[Tensor, "B N T"]:
        scale = nn.functional.softplus(self.learnt_scale[:, rows][organism])
        return nn.functional.softplus(super().forward(embedding, organism, rows)) * scale[:, None]

    def per_base(
        self, embedding: Float[Tensor, "B C S"], organism: Tensor, rows: Tensor | slice = slice(None)
    ) -> Float[Tensor, "B T S"]:
        scale = nn.functional.softplus(self.learnt_scale[:, rows][organism])
        return nn.functional.softplus(super().per_base(embedding, organism, rows)) * scale[:, :, None]


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
