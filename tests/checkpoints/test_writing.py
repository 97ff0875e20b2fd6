"""What we write for other implementations has exactly their shapes: they load strictly, and none of them is lenient about ones."""

from __future__ import annotations

import pytest

from predictor.checkpoints.writing import alphagenome_pt, genomicsxai, official
from predictor.model.alphagenome import AlphaGenome
from tests.checkpoints.writing import small_model

# SMALL: stem 12, steps of 4, pair 6, pair heads 4 x 8, trunk 12 + 6 x 4 = 36.
OFFICIAL = {
    "sequence_encoder/dna_embedder/conv1_d/w": (15, 4, 12),
    "sequence_encoder/downres_block_0/conv_block/rms_batch_norm/var_ema": (1, 1, 12),
    "sequence_encoder/downres_block_0/conv_block/standardized_conv1_d/scale": (1, 1, 16),
    "sequence_decoder/up_res_block/residual_scale": (),
    "sequence_decoder/up_res_block/pointwise_conv_unet_skip/linear/w": (36, 36),
    "transformer_tower/attention_bias_block/rms_batch_norm/scale": (1, 1, 1, 6),
    "transformer_tower/mha_block/norm_q/scale": (8,),
    "transformer_tower/mlp_block_2/rms_batch_norm_1/offset": (1, 1, 36),
    "transformer_tower/pair_update_block_1/sequence_to_pair_block/q_r_bias": (1, 1, 4, 8),
    "transformer_tower/pair_update_block/row_attention_block/layer_norm/scale": (6,),
    "output_pair/layer_norm/scale": (6,),
    "head/rna_seq/resolution_128/multi_organism_linear/w": (2, 72, 5),
    "head/splice_sites_junction/pos_donor_logits/embeddings": (2, 2 * 2 * 8),
}


@pytest.fixture(scope="module")
def model() -> AlphaGenome:
    return small_model()


def test_official_shapes(model: AlphaGenome) -> None:
    written = official(model)
    assert {key: written[f"alphagenome/{key}"].shape for key in OFFICIAL} == OFFICIAL


def test_a_scalar_is_a_vector_of_one_in_the_torch_packages(model: AlphaGenome) -> None:
    assert genomicsxai(model)["decoder.up_blocks.0.residual_scale"].shape == (1,)
    assert alphagenome_pt(model)["sequence_decoder.upres_blocks.bin_size_64.residual_scale"].shape == (1,)
