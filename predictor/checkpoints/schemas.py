"""What the checkpoints in the wild call our parameters: one table of names per package.

Each row is (pattern of our name, theirs). Layouts are ours but for ones in shapes, and for the head weights that some
store as [organisms, in, out].
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from predictor.checkpoints.haiku import haiku_key
from predictor.checkpoints.lucidrains import LUCIDRAINS_NAMES

_Row = tuple[str, str | Callable[[re.Match[str]], str]]

_GENOMICSXAI: tuple[_Row, ...] = (
    (r"^organism\.", "organism_embed."),
    (r"^embedder_(128|1)\.", r"embedder_\1bp."),
    (r"(bp\.)project\.", r"\1project_in."), (r"(bp\.)skip\.", r"\1project_skip."),
    (r"^(embedder\w+)\.organism\.", r"\1.organism_embed."),
    (r"^encoder\.dna_embedder\.conv\.", "encoder.dna_embedder.conv1."),
    (r"\.attention_bias\.", ".attn_bias."), (r"(attn_bias)\.project\.", r"\1.proj."),
    (r"\.sequence_to_pair\.(query|key)_bias$", lambda m: f".seq2pair.{m[1][0]}_r_bias"),
    (r"\.sequence_to_pair\.norm\.", ".seq2pair.norm_seq2pair."),
    (r"\.sequence_to_pair\.(query|key)\.", lambda m: f".seq2pair.linear_{m[1][0]}."),
    (r"\.sequence_to_pair\.position\.", ".seq2pair.linear_pos_features."),
    (r"\.sequence_to_pair\.pair\.", ".seq2pair.linear_pair."),
    (r"\.sequence_to_pair\.row\.", ".seq2pair.linear_y_q."), (r"\.sequence_to_pair\.column\.", ".seq2pair.linear_y_k."),
    (r"\.row_attention\.(query|key|value)\.", lambda m: f".row_attn.linear_{m[1][0]}."),
    (r"\.row_attention\.", ".row_attn."),
    (r"\.pair_update\.mlp\.expand\.", ".pair_update.pair_mlp.linear1."),
    (r"\.pair_update\.mlp\.contract\.", ".pair_update.pair_mlp.linear2."),
    (r"\.pair_update\.mlp\.", ".pair_update.pair_mlp."),
    (r"\.attention\.(query|key|value)\.", lambda m: f".mha.{m[1][0]}_proj."),
    (r"\.attention\.norm_(query|key|value)\.", lambda m: f".mha.norm_{m[1][0]}."),
    (r"\.attention\.out\.", ".mha.linear_embedding."), (r"\.attention\.", ".mha."),
    (r"\.mlp\.expand\.", ".mlp.fc1."), (r"\.mlp\.contract\.", ".mlp.fc2."),
    (r"\.norm_in\.", ".norm."), (r"\.norm_out\.", ".final_norm."),
    (r"^track_heads\.(\w+)\.projections\.(\d+)\.learnt_scale$", r"heads.\1.residual_scales.\2"),
    (r"^track_heads\.(\w+)\.projections\.(\d+)\.", r"heads.\1.convs.\2."),
    (r"^track_heads\.(\w+)\.mean$", r"heads.\1.track_means"),
    (r"^contact_maps\.", "contact_maps_head.linear."),
    (r"^splicing\.classes\.", "splice_sites_classification_head.conv."),
    (r"^splicing\.usage\.", "splice_sites_usage_head.conv."),
    (r"^splicing\.junctions\.project\.", "splice_sites_junction_head.conv."),
    (r"^splicing\.junctions\.vectors\.(donor|acceptor)_plus$", r"splice_sites_junction_head.rope_params.pos_\1"),
    (r"^splicing\.junctions\.vectors\.(donor|acceptor)_minus$", r"splice_sites_junction_head.rope_params.neg_\1"),
    (r"(norm\w*)\.scale$", r"\1.weight"), (r"(norm\w*)\.offset$", r"\1.bias"), (r"\.variance$", ".running_var"),
)  # fmt: skip

_ALPHAGENOME_PT: tuple[_Row, ...] = (
    (r"^organism\.", "org_embedder."),
    (r"^embedder_128\.", "output_t."), (r"^embedder_1\.", "output_x."),
    (r"^(output_[tx])\.project\.", r"\1.fc1."), (r"^output_x\.skip\.", "output_x.fc_skip."),
    (r"^(output_[tx])\.organism\.", r"\1.org."),
    (r"^embedder_pair\.organism\.", "output_pair.organism_embed."), (r"^embedder_pair\.", "output_pair."),
    (r"^encoder\.dna_embedder\.conv\.", "sequence_encoder.downres_blocks.bin_size_1.conv1_d."),
    (r"^encoder\.dna_embedder\.block\.", "sequence_encoder.downres_blocks.bin_size_1.conv_block."),
    (r"^encoder\.down_blocks\.(\d+)\.block(\d)\.",
     lambda m: f"sequence_encoder.downres_blocks.bin_size_{2 ** (int(m[1]) + 1)}.conv_block{m[2]}."),
    (r"^decoder\.up_blocks\.(\d+)\.", lambda m: f"sequence_decoder.upres_blocks.bin_size_{2 ** (6 - int(m[1]))}."),
    (r"\.pointwise\.", ".pointwise_conv_unet_skip."),
    (r"^tower\.", "transformer_tower."),
    (r"\.attention_bias\.norm\.", ".attn_bias.bn."), (r"\.attention_bias\.project\.", ".attn_bias.fc."),
    (r"\.sequence_to_pair\.(query|key)_bias$", lambda m: f".sequence_to_pair_block.{m[1][0]}_r_bias"),
    (r"\.sequence_to_pair\.(query|key)\.", lambda m: f".sequence_to_pair_block.linear_{m[1][0]}."),
    (r"\.sequence_to_pair\.position\.", ".sequence_to_pair_block.linear_pos_features."),
    (r"\.sequence_to_pair\.pair\.", ".sequence_to_pair_block.linear_pair."),
    (r"\.sequence_to_pair\.row\.", ".sequence_to_pair_block.linear_y_q."),
    (r"\.sequence_to_pair\.column\.", ".sequence_to_pair_block.linear_y_k."),
    (r"\.sequence_to_pair\.", ".sequence_to_pair_block."),
    (r"\.row_attention\.(query|key|value)\.", lambda m: f".row_attention_block.linear_{m[1][0]}."),
    (r"\.row_attention\.", ".row_attention_block."),
    (r"\.pair_update\.mlp\.", ".pair_update.pair_mlp_block."),
    (r"\.expand\.", ".fc1."), (r"\.contract\.", ".fc2."),
    (r"\.attention\.(query|key|value)\.", lambda m: f".mha.{m[1][0]}_layer."),
    (r"\.attention\.norm_(query|key|value)\.", lambda m: f".mha.norm_{m[1][0]}."),
    (r"\.attention\.out\.", ".mha.linear_embedding."), (r"\.attention\.", ".mha."),
    (r"\.norm_in\.", ".bn1."), (r"\.norm_out\.", ".bn2."),
    (r"^track_heads\.(\w+)\.projections\.(\d+)\.learnt_scale$", r"_heads.\1.residual_scales.\2"),
    (r"^track_heads\.(\w+)\.projections\.(\d+)\.", r"_heads.\1.multiorg_linear.\2."),
    (r"^contact_maps\.", "_heads.contact_maps.multiorg_linear."),
    (r"^splicing\.classes\.", "_heads.splice_sites_classification.multiorg_linear."),
    (r"^splicing\.usage\.", "_heads.splice_sites_usage.multiorg_linear."),
    (r"^splicing\.junctions\.project\.", "_heads.splice_sites_junction.multiorg_linear."),
    (r"^splicing\.junctions\.vectors\.(donor|acceptor)_plus$", r"_heads.splice_sites_junction.pos_\1_logits_embeddings"),
    (r"^splicing\.junctions\.vectors\.(donor|acceptor)_minus$", r"_heads.splice_sites_junction.neg_\1_logits_embeddings"),
    (r"\.variance$", ".var_EMA"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Schema:
    """A way of naming. `key` gives their name of ours; `in_before_out(their name)` says whether a head's weight is [organisms,
    in, out]; `has_means`: track means may be in the file.
    """

    name: str
    key: Callable[[str], str]
    in_before_out: Callable[[str], bool]
    has_means: bool = False


def _renamed(table: tuple[_Row, ...]) -> Callable[[str], str]:
    def key(name: str) -> str:
        for pattern, theirs in table:
            name = re.sub(pattern, theirs, name)
        return name

    return key


def _nlc(name: str) -> str:
    """The older channel-last files of genomicsxai differ in the names of their heads."""
    newer = _renamed(_GENOMICSXAI)(name)
    return re.sub(r"_head\.conv\.", "_head.linear.", newer.replace(".convs.", ".linears."))


HAIKU = Schema("AlphaGenome (JAX)", haiku_key, lambda key: True)
GENOMICSXAI = Schema(
    "genomicsxai", _renamed(_GENOMICSXAI), lambda key: key.startswith("contact_maps_head."), has_means=True
)
GENOMICSXAI_NLC = Schema("genomicsxai, older", _nlc, lambda key: True, has_means=True)
ALPHAGENOME_PT = Schema("alphagenome_pt", _renamed(_ALPHAGENOME_PT), lambda key: True)
LUCIDRAINS = Schema("lucidrains", _renamed(LUCIDRAINS_NAMES), lambda key: False)


def detect(keys: Collection[str]) -> Schema | None:
    """The schema of a file with these names, or None."""

    def begins(*prefixes: str) -> bool:
        return all(any(key.startswith(prefix) for key in keys) for prefix in prefixes)

    if begins("alphagenome/"):
        return HAIKU
    if begins("sequence_encoder.", "transformer_tower."):
        return ALPHAGENOME_PT
    if begins("transformer_unet."):
        return LUCIDRAINS
    if begins("encoder.", "tower.", "embedder_128bp."):
        older = any(re.search(r"\.linears\.|classification_head\.linear\.", key) for key in keys)
        return GENOMICSXAI_NLC if older else GENOMICSXAI
    return None
