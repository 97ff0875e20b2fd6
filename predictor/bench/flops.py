"""Floating-point operations of a pass of the published network, two per multiply-add: what the answer needs.

Nothing is recomputed and elementwise work is not counted, so the share of the machine's rate that a pass attains is also
the share of its time in which it did what had to be done.
"""

from __future__ import annotations

from itertools import pairwise

from predictor.bench.contract import SHOWN_TRACKS
from predictor.model.config import CONV_WIDTH, PAIR_TOKENS, POSITION_FEATURES, STEM_WIDTH, TOKEN_BP, ModelConfig


def flops(config: ModelConfig, length: int, request: str) -> float | None:
    """None for a request that is not a pass. Junctions count at all the sites that the published network pads to."""
    trunk = _encoder(config, length) + _tower(config, length) + _linear(length // TOKEN_BP, *_embedder_128(config))
    match request:
        case "chip_tf":
            return trunk + _linear(length // TOKEN_BP, 2 * config.trunk_channels, SHOWN_TRACKS)
        case "embeddings":
            return trunk + _bases(config, length)
        case "rna_seq":
            return trunk + _bases(config, length) + _linear(length, 2 * config.stem_channels, SHOWN_TRACKS)
        case "all":
            return trunk + _bases(config, length) + _heads(config, length)
    return None


def _linear(places: float, inputs: int, outputs: int) -> float:
    return 2.0 * places * inputs * outputs


def _embedder_128(config: ModelConfig) -> tuple[int, int]:
    return config.trunk_channels, 2 * config.trunk_channels


def _encoder(config: ModelConfig, length: int) -> float:
    channels = config.encoder_channels
    total = _linear(length, STEM_WIDTH * 4, channels[0]) + _linear(length, CONV_WIDTH * channels[0], channels[0])
    for i, (narrow, wide) in enumerate(pairwise(channels), start=1):
        total += _linear(length / 2**i, CONV_WIDTH * narrow, wide) + _linear(length / 2**i, CONV_WIDTH * wide, wide)
    return total


def _tower(config: ModelConfig, length: int) -> float:
    tokens = length // TOKEN_BP
    pairs = tokens // PAIR_TOKENS
    trunk, pair = config.trunk_channels, config.pair_channels
    queries, values = config.heads * config.key_channels, config.heads * config.value_channels
    projections = _linear(tokens, trunk, queries + config.key_channels + config.value_channels)
    attention = projections + _linear(tokens, values, trunk) + 2.0 * tokens**2 * (queries + values)
    mlp = 2 * _linear(tokens, trunk, 2 * trunk)
    bias = _linear(pairs**2, pair, config.heads)
    pair_queries = config.pair_heads * config.pair_key_channels
    sequence_to_pair = (
        2 * _linear(pairs, trunk, pair_queries)
        + 2 * _linear(pairs, trunk, pair)  # rows and columns
        + _linear(2 * pairs, 2 * POSITION_FEATURES, pair_queries)
        + 2 * _linear(pairs, 2 * pairs, pair_queries)  # queries and keys by relative position
        + _linear(pairs**2, pair_queries, 1)
        + _linear(pairs**2, config.pair_heads, pair)
    )
    row_attention = 3 * _linear(pairs**2, pair, pair) + 2 * _linear(pairs**2, pairs, pair)
    pair_mlp = 2 * _linear(pairs**2, pair, 2 * pair)
    updates = (config.tower_blocks + 1) // 2
    return config.tower_blocks * (attention + mlp + bias) + updates * (sequence_to_pair + row_attention + pair_mlp)


def _bases(config: ModelConfig, length: int) -> float:
    """Decoder and 1-bp embedder."""
    total, inputs = 0.0, config.trunk_channels
    for i, channels in reversed(list(enumerate(config.encoder_channels))):
        total += _linear(length / 2 ** (i + 1), CONV_WIDTH * inputs, channels)
        total += _linear(length / 2**i, channels + CONV_WIDTH * channels, channels)  # skip and second convolution
        inputs = channels
    skip = _linear(length // TOKEN_BP, 2 * config.trunk_channels, 2 * inputs)
    return total + _linear(length, inputs, 2 * inputs) + skip


def _heads(config: ModelConfig, length: int) -> float:
    at_1, at_128, tokens = 2 * config.stem_channels, 2 * config.trunk_channels, length // TOKEN_BP
    per_base = sum(head.tracks for head in config.track_heads if 1 in head.resolutions)
    per_token = sum(head.tracks for head in config.track_heads if 128 in head.resolutions)
    total = _linear(length, at_1, per_base) + _linear(tokens, at_128, per_token)
    total += _linear((tokens // PAIR_TOKENS) ** 2, config.pair_channels, config.contact_tracks)
    if splicing := config.splicing:
        per_base = splicing.classes + splicing.usage_tracks + splicing.junction_channels
        junctions = 2 * splicing.tissues * _linear(splicing.sites**2, splicing.junction_channels, 1)  # two strands
        total += _linear(length, at_1, per_base) + junctions
    return total
