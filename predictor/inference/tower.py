"""The transformer tower, folded: norms are in the products, and no more logits exist at once than a cache holds."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn

from predictor.inference.layers import Dense, affine, constant, dense
from predictor.model.attention import (
    LOGIT_CAP,
    AttentionBias,
    MultiQueryAttention,
    TokenMLP,
    TowerBlock,
    TransformerTower,
    tower_frequencies,
)
from predictor.model.config import PAIR_TOKENS, ModelConfig
from predictor.model.rotary import phases, turn

# Logits alive at once, in float32 numbers: on a CPU few enough to stay in its cache through all steps; on a GPU enough to fill
# it, and still far from the 2 GB that 8,192 tokens and 8 heads would take at once.
LOGITS_AT_ONCE = {"cpu": 1 << 21, "cuda": 1 << 26}


class FoldedAttention(nn.Module):
    """Queries, keys and values from one product; 1/sqrt(d) and the cap are in the query's norm and in the bias."""

    def __init__(self, attention: MultiQueryAttention, config: ModelConfig) -> None:
        super().__init__()
        self.heads, self.key_channels, self.value_channels = (
            attention.heads, attention.key_channels, attention.value_channels,
        )  # fmt: skip
        self.frequency = tower_frequencies(config)  # not a buffer: it keeps its precision and is in no checkpoint
        parts = [Dense.of(part, before=attention.norm_in) for part in (attention.query, attention.key, attention.value)]
        biases = [part.bias for part in parts if part.bias is not None]
        self.project = Dense(torch.cat([*(part.weight for part in parts)]), torch.cat([*biases]))
        self.norm_query, self.norm_key, self.norm_value = attention.norm_query, attention.norm_key, attention.norm_value
        factor = self.key_channels**-0.5 / LOGIT_CAP
        self.norm_query.scale = constant(self.norm_query.scale * factor)
        self.norm_query.offset = constant(self.norm_query.offset * factor)
        self.out = Dense.of(attention.out, after=attention.norm_out)

    def forward(self, x: Float[Tensor, "B L C"], bias: Float[Tensor, "B H P P"]) -> Float[Tensor, "B L C"]:
        batch, tokens, _ = x.shape
        widths = (self.heads * self.key_channels, self.key_channels, self.value_channels)
        query, key, value = self.project(x).split(widths, dim=-1)
        query = self.norm_query(query.reshape(batch, tokens, self.heads, self.key_channels)).transpose(1, 2)
        cos, sin = phases(self.frequency.to(x.device), torch.arange(tokens, device=x.device))
        query, key = turn(query, cos, sin), turn(self.norm_key(key), cos, sin)
        y = [attend(*one) for one in zip(query, key, self.norm_value(value), bias, strict=True)]
        out: Tensor = self.out(torch.stack(y))
        return out


def attend(
    query: Float[Tensor, "H L D"], key: Float[Tensor, "L D"], value: Float[Tensor, "L V"], bias: Float[Tensor, "H P P"]
) -> Float[Tensor, "L HV"]:
    """Capped attention of one example, a few rows of tokens at a time and in place; queries and bias come divided by the cap.

    The cap keeps exp below e^5, so no maximum has to be subtracted. One key head: all query heads are rows of one product.
    """
    heads, tokens, _ = query.shape
    values_by_channel = value.T.contiguous()
    y = value.new_empty(tokens, heads, value.shape[1])
    bins = max(1, LOGITS_AT_ONCE[query.device.type] // (heads * tokens * PAIR_TOKENS))  # chunks of whole pair bins
    for first in range(0, tokens // PAIR_TOKENS, bins):
        rows = slice(first * PAIR_TOKENS, min((first + bins) * PAIR_TOKENS, tokens))
        logits = dense(query[:, rows].reshape(-1, query.shape[-1]), key).float()
        by_bin = logits.view(heads, -1, PAIR_TOKENS, tokens // PAIR_TOKENS, PAIR_TOKENS)
        by_bin += bias[:, first : first + bins, None, :, None]
        weights = logits.tanh_().mul_(LOGIT_CAP).exp_()
        part = dense(weights.to(value.dtype), values_by_channel).float() / weights.sum(-1, keepdim=True)
        y[rows] = part.view(heads, -1, value.shape[1]).transpose(0, 1).to(value.dtype)
    return y.flatten(1)


class FoldedBias(nn.Module):
    """Pairs to a bias per head, divided by the cap."""

    def __init__(self, bias: AttentionBias) -> None:
        super().__init__()
        slope, intercept = affine(bias.norm)
        self.slope, self.intercept = constant(slope), constant(intercept)
        self.project = Dense(bias.project.weight / LOGIT_CAP, None)

    def forward(self, pair: Float[Tensor, "B P P E"]) -> Float[Tensor, "B H P P"]:
        h = nn.functional.gelu(torch.addcmul(self.intercept, pair, self.slope), approximate="tanh")
        out: Tensor = self.project(h)
        return out.permute(0, 3, 1, 2)


class FoldedMLP(nn.Module):
    """Two products with a ReLU between them."""

    def __init__(self, mlp: TokenMLP) -> None:
        super().__init__()
        self.expand = Dense.of(mlp.expand, before=mlp.norm_in)
        self.contract = Dense.of(mlp.contract, after=mlp.norm_out)

    def forward(self, x: Float[Tensor, "B L C"]) -> Float[Tensor, "B L C"]:
        out: Tensor = self.contract(torch.relu_(self.expand(x)))
        return out


def fold_tower(tower: TransformerTower, config: ModelConfig) -> TransformerTower:
    """Replace attention, MLPs and linear layers of `tower`, which is given back. The pairs' norms stay: they are no constants."""
    for block in tower.blocks:
        assert isinstance(block, TowerBlock)
        block.attention = FoldedAttention(block.attention, config)  # type: ignore[assignment]
        block.mlp = FoldedMLP(block.mlp)  # type: ignore[assignment]
        block.attention_bias = FoldedBias(block.attention_bias)  # type: ignore[assignment]
        _dense_within(block)
    return tower


def _dense_within(module: nn.Module) -> None:
    for name, child in list(module.named_children()):
        if isinstance(child, nn.Linear):
            setattr(module, name, Dense.of(child))
        else:
            _dense_within(child)
