"""The names of the official JAX (Haiku) checkpoint for our parameters.

Haiku numbers instances of a module in order of creation: the first has no suffix, then _1, _2; `downres_block_0` is the exception.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

_PARTS = (
    (r"^encoder\.dna_embedder\.conv\.", "sequence_encoder/dna_embedder/conv1_d."),
    (r"^encoder\.dna_embedder\.block\.", "sequence_encoder/dna_embedder/conv_block."),
    (r"^encoder\.down_blocks\.(\d+)\.block1\.", r"sequence_encoder/downres_block_\1/conv_block."),
    (r"^encoder\.down_blocks\.(\d+)\.block2\.", r"sequence_encoder/downres_block_\1/conv_block_1."),
    (r"^decoder\.up_blocks\.(\d+)\.conv_in\.", r"sequence_decoder/up_res_block#\1/conv_in."),
    (r"^decoder\.up_blocks\.(\d+)\.conv_out\.", r"sequence_decoder/up_res_block#\1/conv_out."),
    (r"^decoder\.up_blocks\.(\d+)\.pointwise\.", r"sequence_decoder/up_res_block#\1/pointwise_conv_unet_skip."),
    (r"^decoder\.up_blocks\.(\d+)\.residual_scale$", r"sequence_decoder/up_res_block#\1.residual_scale"),
    (r"^tower\.blocks\.(\d+)\.attention_bias\.", r"transformer_tower/attention_bias_block#\1."),
    (r"^tower\.blocks\.(\d+)\.attention\.", r"transformer_tower/mha_block#\1."),
    (r"^tower\.blocks\.(\d+)\.mlp\.", r"transformer_tower/mlp_block#\1."),
    (r"^tower\.blocks\.(\d+)\.pair_update\.sequence_to_pair\.", r"transformer_tower/pair_update_block%\1/sequence_to_pair_block."),
    (r"^tower\.blocks\.(\d+)\.pair_update\.row_attention\.", r"transformer_tower/pair_update_block%\1/row_attention_block."),
    (r"^tower\.blocks\.(\d+)\.pair_update\.mlp\.", r"transformer_tower/pair_update_block%\1/pair_mlp_block."),
    (r"^organism\.weight$", "embed.embeddings"),
    (r"^embedder_128\.", "output_embedder."),
    (r"^embedder_1\.", "output_embedder_1."),
    (r"^embedder_pair\.", "output_pair."),
    (r"^track_heads\.(\w+)\.projections\.(\d+)\.learnt_scale$", r"head/\1/resolution_\2.learnt_scale"),
    (r"^track_heads\.(\w+)\.projections\.(\d+)\.", r"head/\1/resolution_\2/multi_organism_linear."),
    (r"^contact_maps\.", "head/contact_maps/multi_organism_linear."),
    (r"^splicing\.classes\.", "head/splice_sites_classification/multi_organism_linear."),
    (r"^splicing\.usage\.", "head/splice_sites_usage/multi_organism_linear."),
    (r"^splicing\.junctions\.project\.", "head/splice_sites_junction/multi_organism_linear."),
    (r"^splicing\.junctions\.vectors\.(donor|acceptor)_plus$", r"head/splice_sites_junction/pos_\1_logits.embeddings"),
    (r"^splicing\.junctions\.vectors\.(donor|acceptor)_minus$", r"head/splice_sites_junction/neg_\1_logits.embeddings"),
)  # fmt: skip
_LEAVES = (
    (r"/conv1_d\.weight$", "/conv1_d.w"), (r"/conv1_d\.bias$", "/conv1_d.b"),
    (r"\.conv\.(weight)$", "/standardized_conv1_d.w"), (r"\.conv\.(scale|bias)$", r"/standardized_conv1_d.\1"),
    (r"(output_pair)\.norm\.(scale|offset)$", r"\1/layer_norm.\2"),
    (r"(row_attention_block|pair_mlp_block)\.norm\.(scale|offset)$", r"\1/layer_norm.\2"),
    (r"(sequence_to_pair_block)\.norm\.", r"\1/norm_seq2pair."),
    (r"\.norm(?:_in)?\.(scale|offset|variance)$", r"/rms_batch_norm.\1"),
    (r"\.norm_out\.(scale|offset|variance)$", r"/rms_batch_norm_1.\1"),
    (r"\.norm_(query|key|value)\.", lambda m: f"/norm_{m[1][0]}."),
    (r"(mha_block[#\d]*)\.(query|key|value)\.", lambda m: f"{m[1]}/{m[2][0]}_layer."),
    (r"(mha_block[#\d]*)\.out\.", r"\1/linear_embedding."),
    (r"(attention_bias_block[#\d]*)\.project\.", r"\1/linear."),
    (r"\.expand\.", "/linear."), (r"\.contract\.", "/linear_1."),
    (r"(row_attention_block)\.(query|key|value)\.", lambda m: f"{m[1]}/linear_{m[2][0]}."),
    (r"(sequence_to_pair_block)\.(query|key)_bias$", lambda m: f"{m[1]}.{m[2][0]}_r_bias"),
    (r"(sequence_to_pair_block)\.(query|key)\.", lambda m: f"{m[1]}/linear_{m[2][0]}."),
    (r"(sequence_to_pair_block)\.position\.", r"\1/linear_pos_features."),
    (r"(sequence_to_pair_block)\.pair\.", r"\1/linear_pair."),
    (r"(sequence_to_pair_block)\.row\.", r"\1/linear_y_q."), (r"(sequence_to_pair_block)\.column\.", r"\1/linear_y_k."),
    (r"(output_embedder(?:_1)?)\.project\.", r"\1/linear."), (r"(output_embedder_1)\.skip\.", r"\1/linear_1."),
    (r"\.organism\.weight$", "/embed.embeddings"),
    (r"(linear\w*|\w_layer|multi_organism_linear)\.weight$", r"\1.w"),
    (r"(linear\w*|\w_layer|multi_organism_linear)\.bias$", r"\1.b"),
    (r"\.variance$", ".var_ema"),
)  # fmt: skip


def haiku_key(name: str) -> str:
    """`alphagenome/<module path>/<name>` for one of our parameter or buffer names. KeyError for one it does not know."""
    key = name
    for pattern, replacement in _PARTS:
        key, found = re.subn(pattern, replacement, name)
        if found:
            break
    else:
        raise KeyError(name)
    # The pointwise convolution of the decoder is a linear layer there, not a standardised one.
    key = key.replace("pointwise_conv_unet_skip.conv.", "pointwise_conv_unet_skip/linear.")
    for leaf, new in _LEAVES:
        key = re.sub(leaf, new, key)
    key = re.sub(r"#(\d+)", lambda m: f"_{m[1]}" if m[1] != "0" else "", key)
    key = re.sub(r"%(\d+)", lambda m: f"_{int(m[1]) // 2}" if m[1] != "0" else "", key)
    return "alphagenome/" + "/".join(key.rsplit(".", 1))


def from_haiku(name: str, array: Array, shape: tuple[int, ...]) -> Array:
    """A Haiku array in our layout: kernels (width, in, out) and matrices (in, out) are transposed, norms lose their ones."""
    if name.endswith(".mean"):
        raise KeyError(name)
    transform: Callable[[Array], Array]
    if array.ndim == 3 and name.endswith("weight") and not per_organism(name):
        transform = lambda a: a.transpose(2, 1, 0)  # noqa: E731
    elif per_organism(name) and name.endswith("weight"):
        transform = lambda a: a.transpose(0, 2, 1)  # noqa: E731
    elif array.ndim == 2 and name.endswith("weight") and "organism" not in name:
        transform = lambda a: a.T  # noqa: E731
    else:
        transform = lambda a: a  # noqa: E731
    return np.ascontiguousarray(transform(array)).reshape(shape)


def per_organism(name: str) -> bool:
    """Heads: their weights are [organisms, out, in] here and (organisms, in, out) there."""
    return name.startswith(("track_heads.", "contact_maps.", "splicing."))


def official_shape(name: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that our parameter `name` of `shape` has in Haiku, ones of the norms left out."""
    if ".vectors." in name:
        return (shape[0], shape[1] * shape[2] * shape[3])
    if name.endswith("weight") and "organism" not in name:
        if per_organism(name):
            return (shape[0], shape[2], shape[1])
        if "pointwise" in name or name == "embedder_1.project.weight":
            return (shape[1], shape[0])
        return shape[::-1]
    return shape
