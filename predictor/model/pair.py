"""The pair representation: what two 2,048-bp bins have to do with each other."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from predictor.model.config import PAIR_TOKENS, POSITION_FEATURES, ModelConfig
from predictor.model.layers import LayerNorm, linear

LOGITS_AT_ONCE = 1 << 23  # of row attention, whose rows are independent: 512 bins would make half a gigabyte of them
WIDEST_BINS = 512  # the widest central mask: 8,192 tokens / 16, whatever the input's length


def central_mask_features(bins: int, device: torch.device | None = None) -> Float[Tensor, "R F"]:
    """Features of the distance -P..P-1: 32 widening central windows, then the same with the distance's sign."""
    distance = torch.arange(-bins, bins, dtype=torch.float32, device=device)
    i = torch.arange(POSITION_FEATURES, dtype=torch.float64, device=device)
    width = i + float(WIDEST_BINS - POSITION_FEATURES + 1) ** (i / POSITION_FEATURES)
    inside = (width.float()[None, :] > distance.abs()[:, None]).float()
    return torch.cat((inside, distance.sign()[:, None] * inside), dim=-1)


class SequenceToPair(nn.Module):
    """Pooled tokens to pairs: a product of queries and keys with learnt relative positions, without 1/sqrt(d)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        trunk, self.heads, self.head_channels = config.trunk_channels, config.pair_heads, config.pair_key_channels
        inner = self.heads * self.head_channels
        self.norm = LayerNorm(trunk, centred=False)
        self.query = linear(trunk, inner, bias=False)
        self.key = linear(trunk, inner, bias=False)
        self.position = linear(2 * POSITION_FEATURES, inner)
        self.query_bias = nn.Parameter(torch.zeros(self.heads, self.head_channels))
        self.key_bias = nn.Parameter(torch.zeros(self.heads, self.head_channels))
        self.pair = linear(self.heads, config.pair_channels)
        self.row = linear(trunk, config.pair_channels, bias=False)
        self.column = linear(trunk, config.pair_channels, bias=False)

    def forward(self, x: Float[Tensor, "B L C"]) -> Float[Tensor, "B P P E"]:
        z = self.norm(nn.functional.avg_pool1d(x.transpose(1, 2), PAIR_TOKENS).transpose(1, 2))
        batch, bins, _ = z.shape
        shape = (batch, bins, self.heads, self.head_channels)
        query, key = self.query(z).view(shape), self.key(z).view(shape)
        position = self.position(central_mask_features(bins, z.device).to(z.dtype)).view(2 * bins, *shape[2:])
        logits = torch.einsum("bqhc,bkhc->bqkh", query, key)
        # Entry r of `position` stands for the distance r - P, so key k seen from query q is row P + k - q.
        i = torch.arange(bins, device=z.device)
        forward = bins + i[None, :] - i[:, None]  # [q, k]
        from_query = torch.einsum("bqhc,rhc->bqrh", query + self.query_bias, position)
        from_key = torch.einsum("bkhc,rhc->bkrh", key + self.key_bias, position)
        relative = from_query[:, i[:, None], forward] + from_key[:, i[None, :], 2 * bins - forward]
        pair: Tensor = self.pair(logits + 0.5 * relative)
        activated = nn.functional.gelu(z, approximate="tanh")
        pair = pair + self.row(activated)[:, :, None] + self.column(activated)[:, None]
        return pair


class RowAttention(nn.Module):
    """Single-head attention along each row of the pairs; no output projection."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = LayerNorm(channels, centred=False)
        self.query = linear(channels, channels, bias=False)
        self.key = linear(channels, channels, bias=False)
        self.value = linear(channels, channels)

    def forward(self, pair: Float[Tensor, "B P P E"]) -> Float[Tensor, "B P P E"]:
        h = self.norm(pair)
        rows = max(1, LOGITS_AT_ONCE // (pair.shape[0] * pair.shape[2] ** 2))
        some = zip(*(x.split(rows, dim=1) for x in (self.query(h), self.key(h), self.value(h))), strict=True)
        return torch.cat([nn.functional.scaled_dot_product_attention(*one) for one in some], dim=1)


class PairMLP(nn.Module):
    """Two layers with a ReLU."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = LayerNorm(channels, centred=False)
        self.expand = linear(channels, 2 * channels)
        self.contract = linear(2 * channels, channels)

    def forward(self, pair: Float[Tensor, "B P P E"]) -> Float[Tensor, "B P P E"]:
        out: Tensor = self.contract(torch.relu(self.expand(self.norm(pair))))
        return out


class PairUpdate(nn.Module):
    """Add what the tokens say to the pairs, then let the rows talk."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.sequence_to_pair = SequenceToPair(config)
        self.row_attention = RowAttention(config.pair_channels)
        self.mlp = PairMLP(config.pair_channels)

    def forward(self, x: Float[Tensor, "B L C"], pair: Tensor | None) -> Float[Tensor, "B P P E"]:
        update: Tensor = self.sequence_to_pair(x)
        pair = update if pair is None else pair + update
        pair = pair + self.row_attention(pair)
        out: Tensor = pair + self.mlp(pair)
        return out
