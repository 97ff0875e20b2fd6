"""The transformer tower: attention over 128-bp tokens, biased by the pair representation."""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from predictor.model.config import PAIR_TOKENS, ModelConfig
from predictor.model.layers import LayerNorm, RMSBatchNorm, linear
from predictor.model.pair import PairUpdate
from predictor.model.rotary import frequencies, rotate

LOGIT_CAP = 5.0


def tower_frequencies(config: ModelConfig) -> Float[Tensor, "n"]:
    """Of the rotary embedding of queries and keys, in the precision that the config asks for."""
    return frequencies(config.key_channels, config.max_position, getattr(torch, config.rope))


class AttentionBias(nn.Module):
    """Pairs to one bias per head and pair of bins; the caller spreads it over 16 x 16 tokens."""

    def __init__(self, pair_channels: int, heads: int) -> None:
        super().__init__()
        self.norm = RMSBatchNorm(pair_channels, channel_dim=-1)
        self.project = linear(pair_channels, heads, bias=False)

    def forward(self, pair: Float[Tensor, "B P P E"]) -> Float[Tensor, "B H P P"]:
        bias: Tensor = self.project(nn.functional.gelu(self.norm(pair), approximate="tanh"))
        return bias.permute(0, 3, 1, 2)


class MultiQueryAttention(nn.Module):
    """Many query heads, one key and value head; q, k and v are normalised, the logits capped after the bias."""

    frequency: Tensor

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        trunk, self.heads = config.trunk_channels, config.heads
        self.key_channels, self.value_channels = config.key_channels, config.value_channels
        self.norm_in = RMSBatchNorm(trunk, channel_dim=-1)
        self.query = linear(trunk, self.heads * self.key_channels, bias=False)
        self.key = linear(trunk, self.key_channels, bias=False)
        self.value = linear(trunk, self.value_channels, bias=False)
        self.norm_query = LayerNorm(self.key_channels, centred=True)
        self.norm_key = LayerNorm(self.key_channels, centred=True)
        self.norm_value = LayerNorm(self.value_channels, centred=True)
        self.out = linear(self.heads * self.value_channels, trunk)
        self.norm_out = RMSBatchNorm(trunk, channel_dim=-1)
        self.register_buffer("frequency", tower_frequencies(config), persistent=False)

    def forward(self, x: Float[Tensor, "B L C"], bias: Float[Tensor, "B H P P"]) -> Float[Tensor, "B L C"]:
        query, key, value = self.read(x, torch.arange(x.shape[1], device=x.device))
        return self.write(self.attend(query, key, value, bias))

    def read(
        self, x: Float[Tensor, "B L C"], positions: Int[Tensor, "L"]
    ) -> tuple[Float[Tensor, "B H L D"], Float[Tensor, "B L D"], Float[Tensor, "B L V"]]:
        """Queries, keys and values of tokens at `positions` of the input."""
        batch, tokens, _ = x.shape
        h = self.norm_in(x)
        query = self.norm_query(self.query(h).view(batch, tokens, self.heads, self.key_channels)).transpose(1, 2)
        key = self.norm_key(self.key(h))
        value = self.norm_value(self.value(h))
        return rotate(query, self.frequency, positions), rotate(key, self.frequency, positions), value

    def write(self, y: Float[Tensor, "B H L V"]) -> Float[Tensor, "B L C"]:
        """What the heads found, to channels."""
        out: Tensor = self.norm_out(self.out(y.transpose(1, 2).flatten(2)))
        return out

    def attend(
        self,
        query: Float[Tensor, "B H l D"],
        key: Float[Tensor, "B L D"],
        value: Float[Tensor, "B L V"],
        bias: Float[Tensor, "B H p P"],
    ) -> Float[Tensor, "B H l V"]:
        """As the paper writes it, every logit at once; inference/tower.py has the form for long inputs."""
        spread = bias.repeat_interleave(PAIR_TOKENS, 2).repeat_interleave(PAIR_TOKENS, 3)
        logits = (query @ key[:, None].transpose(-1, -2)) * self.key_channels**-0.5 + spread
        weights = torch.softmax(LOGIT_CAP * torch.tanh(logits.float() / LOGIT_CAP), dim=-1)
        return weights.to(value.dtype) @ value[:, None]


class TokenMLP(nn.Module):
    """Two layers with a ReLU between two norms."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm_in = RMSBatchNorm(channels, channel_dim=-1)
        self.expand = linear(channels, 2 * channels)
        self.contract = linear(2 * channels, channels)
        self.norm_out = RMSBatchNorm(channels, channel_dim=-1)

    def forward(self, x: Float[Tensor, "B L C"]) -> Float[Tensor, "B L C"]:
        out: Tensor = self.norm_out(self.contract(torch.relu(self.expand(self.norm_in(x)))))
        return out


class TowerBlock(nn.Module):
    """Attention and MLP; every second block updates the pairs first."""

    def __init__(self, config: ModelConfig, *, updates_pair: bool) -> None:
        super().__init__()
        self.pair_update = PairUpdate(config) if updates_pair else None
        self.attention_bias = AttentionBias(config.pair_channels, config.heads)
        self.attention = MultiQueryAttention(config)
        self.mlp = TokenMLP(config.trunk_channels)

    def forward(self, x: Float[Tensor, "B L C"], pair: Tensor | None) -> tuple[Tensor, Tensor]:
        if self.pair_update is not None:
            pair = self.pair_update(x, pair)
        assert pair is not None  # the first block updates it
        x = x + self.attention(x, self.attention_bias(pair))
        return x + self.mlp(x), pair


class TransformerTower(nn.Module):
    """Tokens to tokens and pairs; no final norm."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(TowerBlock(config, updates_pair=i % 2 == 0) for i in range(config.tower_blocks))

    def forward(self, x: Float[Tensor, "B L C"]) -> tuple[Float[Tensor, "B L C"], Float[Tensor, "B P P E"]]:
        pair: Tensor | None = None
        for block in self.blocks:
            x, pair = block(x, pair)
        assert pair is not None
        return x, pair
