"""Output embedders: what the heads read at 128 bp, at 1 bp and per pair."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor, nn

from predictor.model.config import TOKEN_BP, ModelConfig
from predictor.model.layers import LayerNorm, OrganismEmbedding, RMSBatchNorm, gelu, linear, truncated_normal_


class Embedder128(nn.Module):
    """Tokens to the 128-bp embedding; the organism is added after the norm."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        channels = 2 * config.trunk_channels
        self.project = linear(config.trunk_channels, channels)
        self.norm = RMSBatchNorm(channels, channel_dim=-1)
        self.organism = OrganismEmbedding(config.organisms, channels)

    def forward(self, x: Float[Tensor, "B L C"], organism: Tensor) -> Float[Tensor, "B L E"]:
        return gelu(self.norm(self.project(x)) + self.organism(organism)[:, None])


class Embedder1(nn.Module):
    """Decoded bases plus the activated 128-bp embedding of their bin, to the 1-bp embedding [B, E, S]."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        channels = 2 * config.stem_channels
        self.project = nn.Conv1d(config.stem_channels, channels, 1)
        truncated_normal_(self.project.weight, config.stem_channels)
        nn.init.zeros_(self.project.bias)  # type: ignore[arg-type]
        self.skip = linear(2 * config.trunk_channels, channels, bias=False)
        self.norm = RMSBatchNorm(channels, channel_dim=1)
        self.organism = OrganismEmbedding(config.organisms, channels)

    def forward(
        self, x: Float[Tensor, "B C S"], embedding_128: Float[Tensor, "B L E"], organism: Tensor
    ) -> Float[Tensor, "B F S"]:
        skip = self.skip(embedding_128).transpose(1, 2).repeat_interleave(TOKEN_BP, dim=2)
        return gelu(self.norm(self.project(x) + skip) + self.organism(organism)[:, :, None])


class EmbedderPair(nn.Module):
    """Symmetrised pairs to the pair embedding."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.norm = LayerNorm(config.pair_channels, centred=False)
        self.organism = OrganismEmbedding(config.organisms, config.pair_channels)

    def forward(self, pair: Float[Tensor, "B P P E"], organism: Tensor) -> Float[Tensor, "B P P E"]:
        symmetric = (pair + pair.transpose(1, 2)) / 2
        return gelu(self.norm(symmetric) + self.organism(organism)[:, None, None])
