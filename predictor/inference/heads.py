"""Embedders and heads, folded: only the rows that were asked for, track by track, in float32.

The embeddings here are 1.702 times those of predictor.model; the inverse is in the weights of everything that reads them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from predictor.inference.layers import Dense, affine, constant, dense
from predictor.model.config import TOKEN_BP
from predictor.model.embeddings import Embedder1, Embedder128
from predictor.model.heads import OrganismLinear, TrackHead, TrackProjection
from predictor.model.layers import GELU_SLOPE
from predictor.model.scaling import unscale


def _per_organism(embedder: Embedder128 | Embedder1) -> Tensor:
    """[organisms, C]: everything that is added before the gelu."""
    slope, intercept = affine(embedder.norm)
    assert embedder.project.bias is not None
    return GELU_SLOPE * (embedder.project.bias * slope + intercept + embedder.organism.weight)


class FoldedEmbedder128(nn.Module):
    """Tokens to the 128-bp embedding."""

    def __init__(self, embedder: Embedder128) -> None:
        super().__init__()
        slope, _ = affine(embedder.norm)
        self.weight = constant(GELU_SLOPE * slope[:, None] * embedder.project.weight)
        self.bias = constant(_per_organism(embedder))

    def forward(self, tokens: Float[Tensor, "B L C"], organism: int) -> Float[Tensor, "B L E"]:
        return nn.functional.silu(dense(tokens, self.weight, self.bias[organism]), inplace=True)


class FoldedEmbedder1(nn.Module):
    """Decoded bases and the 128-bp embedding of their bin to the 1-bp embedding."""

    def __init__(self, embedder: Embedder1) -> None:
        super().__init__()
        slope, _ = affine(embedder.norm)
        self.weight = constant(GELU_SLOPE * slope[:, None] * embedder.project.weight[:, :, 0])
        self.skip = Dense(slope[:, None] * embedder.skip.weight, None)  # its input has the 1.702 already
        self.bias = constant(_per_organism(embedder))

    def forward(
        self, bases: Float[Tensor, "B S c"], at_128: Float[Tensor, "B L E"], organism: int
    ) -> Float[Tensor, "B S F"]:
        y = dense(bases, self.weight, self.bias[organism])
        y.view(*at_128.shape[:2], TOKEN_BP, -1).add_(self.skip(at_128)[:, :, None])
        return nn.functional.silu(y, inplace=True)


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a head for one organism, gathered once and applied to many stretches."""

    weight: Float[Tensor, "T C"]
    bias: Float[Tensor, "T"]

    def __call__(self, embedding: Float[Tensor, "B N C"]) -> Float[Tensor, "B T N"]:
        """What the head gives."""
        return self.finish(self.linear(embedding))

    def linear(self, embedding: Float[Tensor, "B N C"]) -> Float[Tensor, "B T N"]:
        """The linear layer, in float32 from the sum on."""
        products = [_product(self.weight, one).add_(self.bias[:, None]) for one in embedding]
        return products[0][None] if len(products) == 1 else torch.stack(products)

    def finish(self, linear: Float[Tensor, "B T N"]) -> Float[Tensor, "B T N"]:
        """What comes after the linear layer, which may be overwritten."""
        return linear


def joined(heads: Sequence[Rows]) -> Rows:
    """The rows of several heads that read the same embedding, so that one product serves them."""
    return Rows(torch.cat([rows.weight for rows in heads]), torch.cat([rows.bias for rows in heads]))


@dataclass(frozen=True, slots=True)
class TrackRows(Rows):
    """Rows of a track head. `scale` and `mean` are [T, 1]."""

    scale: Tensor
    mean: Tensor
    resolution: int
    squashing: bool

    def scaled(self, embedding: Float[Tensor, "B N C"]) -> Float[Tensor, "B T N"]:
        """In model space, as the losses see them."""
        return nn.functional.softplus(self.linear(embedding)).mul_(self.scale)

    def finish(self, linear: Float[Tensor, "B T N"]) -> Float[Tensor, "B T N"]:
        """In experimental units."""
        scaled = nn.functional.softplus(linear).mul_(self.scale)
        return unscale(scaled, self.mean, self.resolution, squashing=self.squashing)


class FoldedLinear(nn.Module):
    """A head's linear layer. `divisor`: what its input is too large by."""

    def __init__(self, linear: OrganismLinear, divisor: float = GELU_SLOPE) -> None:
        super().__init__()
        self.weight = constant(linear.weight / divisor)  # [organisms, T, C]
        self.bias = constant(linear.bias)

    def rows(self, organism: int, rows: Tensor) -> Rows:
        """The rows asked for."""
        return Rows(_for_product(self.weight[organism, rows]), self.bias[organism, rows])


def _for_product(weight: Tensor) -> Tensor:
    """A sum rounded to bfloat16 would move in steps of 0.4 %, which hides small effects; CPUs have no product that gives more."""
    return weight if weight.device.type == "cuda" else weight.float()


def _product(weight: Float[Tensor, "T C"], embedding: Float[Tensor, "N C"]) -> Float[Tensor, "T N"]:
    """weight @ embedding.T in float32."""
    if not len(embedding):
        return embedding.new_empty(len(weight), 0, dtype=torch.float32)
    if weight.dtype == torch.bfloat16:
        return torch.mm(weight, embedding.T, out_dtype=torch.float32)
    return dense(weight, embedding.float())


class FoldedTracks(FoldedLinear):
    """One output at one resolution."""

    def __init__(self, projection: TrackProjection) -> None:
        super().__init__(projection)
        self.scale = constant(nn.functional.softplus(projection.learnt_scale))


class FoldedTrackHead(nn.Module):
    """An output type at each of its resolutions."""

    def __init__(self, head: TrackHead) -> None:
        super().__init__()
        self.resolutions = nn.ModuleDict({str(r): FoldedTracks(head.at(r)) for r in head.config.resolutions})
        self.mean = constant(head.mean)
        self.squashing = head.config.squashing

    def rows(self, resolution: int, organism: int, rows: Tensor) -> TrackRows:
        """The tracks asked for. KeyError where the output has no such resolution."""
        tracks = self.resolutions[str(resolution)]
        assert isinstance(tracks, FoldedTracks)
        plain, scale = tracks.rows(organism, rows), tracks.scale[organism, rows, None]
        return TrackRows(plain.weight, plain.bias, scale, self.mean[organism, rows, None], resolution, self.squashing)
