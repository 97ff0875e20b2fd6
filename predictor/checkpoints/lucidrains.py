"""lucidrains' files (PyPI `alphagenome-pytorch` up to 0.2.8): projections joined, heads per organism, kernels as they are used.

`separated` undoes the joins; after it, each of our parameters has one name there (LUCIDRAINS_NAMES in the form of
predictor.checkpoints.schemas). Parts of a joined tensor are named after it: `...to_qkv.weight[query]`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import torch
from torch import Tensor

from predictor.errors import DomainError
from predictor.model.config import ORGANISMS, ModelConfig

LUCIDRAINS_NAMES: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"^organism\.", "organism_embed.embed."),
    (r"^embedder_pair\.norm\.", "outembed_pair.layer_norm."),
    (r"^embedder_pair\.", "outembed_pair."), (r"^embedder_(128|1)\.", r"outembed_\1bp."),
    (r"bp\.project\.", "bp.double_features."), (r"bp\.skip\.", "bp.skip_proj."), (r"\.organism\.", ".embed."),
    (r"^encoder\.dna_embedder\.conv\.", "transformer_unet.dna_embed.conv."),
    (r"^encoder\.dna_embedder\.block\.", "transformer_unet.dna_embed.pointwise.block."),
    (r"^encoder\.down_blocks\.(\d+)\.block1\.", r"transformer_unet.downs.\1.conv.block."),
    (r"^encoder\.down_blocks\.(\d+)\.block2\.", r"transformer_unet.downs.\1.conv_out.block."),
    (r"^decoder\.up_blocks\.(\d+)\.conv_in\.", r"transformer_unet.ups.\1.conv.block."),
    (r"^decoder\.up_blocks\.(\d+)\.conv_out\.", r"transformer_unet.ups.\1.conv_out.block."),
    (r"^decoder\.up_blocks\.(\d+)\.pointwise\.", r"transformer_unet.ups.\1.unet_conv.block."),
    (r"^decoder\.up_blocks\.", "transformer_unet.ups."),
    (r"\.block\.norm\.", ".net.0."), (r"\.block\.conv\.", ".net.2."),
    (r"^tower\.blocks\.", "transformer_unet.transformer.layers."),
    (r"\.attention_bias\.norm\.", ".0.block.to_attn_bias.0."),
    (r"\.attention_bias\.project\.", ".0.block.to_attn_bias.2."),
    (r"\.attention\.norm_(query|key|value)\.", lambda m: f".0.block.{m[1][0]}_layer_norm."),
    (r"\.attention\.(query|key|value)\.weight$", r".0.block.to_qkv.weight[\1]"),
    (r"\.attention\.out\.", ".0.block.to_out."), (r"\.attention\.", ".0."),
    (r"\.pair_update\.sequence_to_pair\.norm\.", ".2.layer_norm."),
    (r"\.pair_update\.sequence_to_pair\.(query|key)\.weight$", r".2.to_qk.weight[\1]"),
    (r"\.pair_update\.sequence_to_pair\.(query|key)_bias$", r".2.qk_rel_pos_bias[\1]"),
    (r"\.pair_update\.sequence_to_pair\.(row|column)\.weight$", r".2.to_outer_sum.1.weight[\1]"),
    (r"\.pair_update\.sequence_to_pair\.position\.", ".2.to_rel_pos_encoding."),
    (r"\.pair_update\.sequence_to_pair\.pair\.", ".2.qk_to_pairwise."),
    (r"\.pair_update\.(row_attention|mlp)\.norm\.", r".pair_update.\1.pre_rms_layer_norm."),
    (r"\.pair_update\.row_attention\.(query|key)\.weight$", r".3.block.to_qk.weight[\1]"),
    (r"\.pair_update\.row_attention\.value\.", ".3.block.to_v."), (r"\.pair_update\.row_attention\.", ".3."),
    (r"\.pair_update\.mlp\.", ".4."), (r"\.mlp\.", ".1."),
    (r"\.expand\.", ".block.0."), (r"\.contract\.", ".block.3."),
    (r"\.norm_in\.", ".pre_rmsnorm."), (r"\.norm_out\.", ".post_rmsnorm."),
    (r"(layer_norm)\.scale$", r"\1.weight"), (r"(layer_norm)\.offset$", r"\1.bias"),
    (r"rms_layer_norm", "rmsnorm"), (r"layer_norm", "norm"),
    (r"^track_heads\.(\w+)\.projections\.(\d+)\.learnt_scale$", r"heads.*.\1.resolutions.resolution_\2.factor"),
    (r"^track_heads\.(\w+)\.projections\.(\d+)\.", r"heads.*.\1.resolutions.resolution_\2.to_pred."),
    (r"^contact_maps\.", "heads.*.contact_maps.to_pred."),
    (r"^splicing\.classes\.", "heads.*.splice_sites_classification.linear."),
    (r"^splicing\.usage\.", "heads.*.splice_sites_usage.linear."),
    (r"^splicing\.junctions\.project\.", "heads.*.splice_sites_junction.project."),
    (r"^splicing\.junctions\.vectors\.(\w+)_plus$", r"heads.*.splice_sites_junction.pos_\1_embeddings"),
    (r"^splicing\.junctions\.vectors\.(\w+)_minus$", r"heads.*.splice_sites_junction.neg_\1_embeddings"),
    (r"(?<!residual_)\bscale$", "gamma"), (r"\.factor$", ".scale"), (r"\.offset$", ".beta"),
    (r"\.variance$", ".running_var"),
)  # fmt: skip

_HALVES = (
    (".to_qk.weight", ("query", "key")), (".qk_rel_pos_bias", ("query", "key")), (".to_outer_sum.1.weight", ("row", "column")),
)  # fmt: skip
_CONSTANTS = (".inv_freq", "rel_pos_features.dummy")  # buffers that follow from the configuration


def organisms_of(tensors: dict[str, Tensor]) -> int:
    """How many organisms have heads, 0 for a file without heads. DomainError `bad_checkpoint` if only the mouse has."""
    present = [organism for organism in ORGANISMS if any(key.startswith(f"heads.{organism}.") for key in tensors)]
    if present and present != list(ORGANISMS[: len(present)]):
        raise DomainError(
            "bad_checkpoint",
            f"The only heads in this checkpoint are heads.{present[0]}.*, and organisms are counted from human on; "
            "add_reference_heads('human') there too before it is saved.",
        )
    return len(present)


def separated(tensors: dict[str, Tensor], config: ModelConfig) -> tuple[dict[str, Tensor], list[str]]:
    """One tensor for each of our parameters, heads as [organisms, ...] under `heads.*.`; and what is missing for that.

    What is joined in an unexpected size stays whole, so that its shape is reported with the others.
    """
    one_to_one: dict[str, Tensor] = {}
    heads: dict[str, dict[str, Tensor]] = {}
    attention = [config.heads * config.key_channels, config.key_channels, config.value_channels]
    for key, tensor in tensors.items():
        if key.endswith(_CONSTANTS):
            continue
        organism, _, head = key.removeprefix("heads.").partition(".")
        halves = next((parts for suffix, parts in _HALVES if key.endswith(suffix)), None)
        if key.startswith("heads.") and organism in ORGANISMS:
            heads.setdefault(head, {})[organism] = tensor
        elif key.endswith(".to_qkv.weight"):
            fits = tensor.shape[:1] == (sum(attention),)
            parts = torch.split(tensor, attention) if fits else (tensor,) * 3
            one_to_one |= zip([f"{key}[{part}]" for part in ("query", "key", "value")], parts, strict=True)
        elif halves:
            parts = tensor.chunk(2) if tensor.ndim and len(tensor) % 2 == 0 else (tensor,) * 2
            one_to_one |= zip([f"{key}[{part}]" for part in halves], parts, strict=True)
        elif key.endswith(".embed.weight"):
            one_to_one[key] = tensor[: config.organisms]  # the organisms without heads are left out
        else:
            one_to_one[key] = tensor
    stacked, problems = _stacked(heads, ORGANISMS[: config.organisms])
    return one_to_one | stacked, problems


def _stacked(heads: dict[str, dict[str, Tensor]], organisms: tuple[str, ...]) -> tuple[dict[str, Tensor], list[str]]:
    stacked: dict[str, Tensor] = {}
    problems: list[str] = []
    for head, of in heads.items():
        missing = [organism for organism in organisms if organism not in of]
        shapes = {organism: tuple(tensor.shape) for organism, tensor in of.items()}
        if missing:
            problems.append(f"heads.{missing[0]}.{head} is missing (heads.{next(iter(of))}.{head} is there)")
        elif len(set(shapes.values())) > 1:
            problems.append(f"heads.*.{head} differs in shape between organisms ({shapes})")
        else:
            stacked[f"heads.*.{head}"] = torch.stack([of[organism] for organism in organisms])
    return stacked, problems
