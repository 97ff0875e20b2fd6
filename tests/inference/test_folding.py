"""The folded network beside the official code's numbers, in float32 and in bfloat16 (origin: predictor/deterministic.py)."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import torch

from predictor.deterministic import deterministic_model
from predictor.folded_outputs import folded_outputs
from predictor.inference import layers, tower
from predictor.inference.encoding import encode
from predictor.inference.network import Network, cast, fold, folded_skeleton
from predictor.inference.outputs import Arrays, Wanted, read_off
from predictor.inference.reading import attended
from predictor.model import pair
from predictor.model.attention import MultiQueryAttention, tower_frequencies
from predictor.model.config import FULL, ModelConfig
from predictor.model.rotary import phases
from predictor.parity import TINY

GOLDEN = np.load(Path(__file__).parents[1] / "parity" / "tiny_fp32_4096.npz")
EVERY = 61  # 1-bp arrays are stored at every 61st position
CODES, ORGANISMS = (torch.from_numpy(GOLDEN[name]) for name in ("dna_idx", "organism_index"))

# Relative L2 distance of the official bfloat16 policy from the official float32 result, same parameters and input, mean of a
# human and a mouse example: the noise that ours must not exceed.
OFFICIAL_NOISE = {
    "embeddings_128bp": 1.63e-2, "embeddings_1bp": 4.38e-2, "embeddings_pair": 2.82e-2, "contact_maps": 3.87e-2,
    "atac_128bp": 5.4e-3, "atac_1bp": 3.7e-3, "dnase_128bp": 5.0e-3, "dnase_1bp": 4.6e-3, "procap_128bp": 4.4e-3,
    "procap_1bp": 3.8e-3, "cage_128bp": 5.2e-3, "cage_1bp": 4.2e-3, "rna_seq_128bp": 4.8e-3, "rna_seq_1bp": 4.2e-3,
    "chip_tf_128bp": 4.8e-3, "chip_histone_128bp": 4.5e-3, "splice_classes": 4.77e-2, "splice_usage": 4.72e-2,
}  # fmt: skip


def relative_l2(ours: np.ndarray, theirs: np.ndarray) -> float:
    return float(np.linalg.norm(ours - theirs) / np.linalg.norm(theirs))


def outputs(network: Network) -> dict[str, np.ndarray]:
    """Everything that the golden file has, by its names and in its layout, tracks in model space."""
    found = folded_outputs(network, CODES, ORGANISMS, lambda head, squashing: torch.ones(()))
    named = {
        "embeddings_128bp": "embeddings_128bp", "embeddings_pair": "embeddings_pair", "embeddings_1bp": "embeddings_1bp",
        "contact_maps": "contact_maps/predictions", "splice_classes": "splice_sites_classification/logits",
        "splice_usage": "splice_sites_usage/logits",
    }  # fmt: skip
    for head in TINY.track_heads:
        named |= {f"{head.name}_{r}bp": f"{head.name}/scaled_predictions_{r}bp" for r in head.resolutions}
    arrays = {name: found[theirs] for name, theirs in named.items()}
    return {name: array[:, ::EVERY] if array.shape[1] == 4096 else array for name, array in arrays.items()}


def test_every_output_equals_the_official_one() -> None:
    ours = outputs(fold(deterministic_model(TINY)))
    assert set(ours) == {*OFFICIAL_NOISE}
    errors = {name: relative_l2(array, GOLDEN[name]) for name, array in ours.items()}
    assert {name: error for name, error in errors.items() if error > 5e-6} == {}


def test_bfloat16_has_less_noise_than_the_official_policy() -> None:
    ours = outputs(cast(fold(deterministic_model(TINY)), torch.bfloat16))
    for name, official in OFFICIAL_NOISE.items():
        noise = np.mean([relative_l2(ours[name][example], GOLDEN[name][example]) for example in (0, 1)])
        assert 1e-4 < noise < official, name  # above rounding of float32: it really ran in bfloat16


@pytest.mark.parametrize("example", [0, 1])
def test_junctions_equal_the_official_ones(example: int) -> None:
    """Rows in an order of their own, sites collected over two stretches of the heads."""
    rows = torch.tensor([4, 1, 2, 5])  # tissues 1 and 2 of the plus strand, 1 and 2 of the minus strand
    arrays = everything_spliced(fold(deterministic_model(TINY)), example, rows)
    for strand, (donors, acceptors, counts) in enumerate(arrays.junctions[0]):
        np.testing.assert_array_equal(donors.positions, GOLDEN["splice_positions"][example, 2 * strand])
        np.testing.assert_array_equal(acceptors.positions, GOLDEN["splice_positions"][example, 2 * strand + 1])
        official = GOLDEN["junctions"][example][:, :, [(1, 2), (4, 5)][strand]]
        assert relative_l2(counts.permute(1, 2, 0).numpy(), official) < 5e-6


def everything_spliced(network: Network, example: int, rows: torch.Tensor) -> Arrays:
    codes = CODES[example : example + 1]
    with torch.inference_mode():
        trunk, skips = encode(network, codes, 0, codes.shape[1])
        reading = attended(network, codes, trunk, int(ORGANISMS[example]), skips)
        return read_off(network, reading, [Wanted("SPLICE_JUNCTIONS", 1, rows)], (0, 4096), lambda at: None)


@pytest.mark.parametrize("too_small", [0, layers._TOO_SMALL])
def test_no_junction_without_sites(too_small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Probabilities below 0.1 are no sites; the counts are empty, not wrong. At full size no product is too small for oneDNN."""
    monkeypatch.setattr(layers, "_TOO_SMALL", too_small)
    model = deterministic_model(TINY)
    assert model.splicing is not None
    with torch.no_grad():
        model.splicing.classes.bias[:, 4] = 50.0  # "none of them" everywhere
    arrays = everything_spliced(fold(model), 0, torch.tensor([0, 3]))
    assert [tuple(counts.shape) for _, _, counts in arrays.junctions[0]] == [(1, 0, 0), (1, 0, 0)]


@pytest.mark.parametrize("at_once", [1, 4 * 256 * 16 * 3, 1 << 21])
def test_attention_in_chunks_is_the_plain_attention(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One pair bin at a time, three (the last chunk is shorter: 16 bins), all at once."""
    monkeypatch.setitem(tower.LOGITS_AT_ONCE, "cpu", at_once)
    torch.manual_seed(3)
    config = ModelConfig(stem_channels=8, channel_step=4, heads=4, key_channels=6, value_channels=5, pair_channels=4)
    block = MultiQueryAttention(config)
    query, key, value = torch.randn(2, 4, 256, 6) * 4, torch.randn(2, 256, 6) * 4, torch.randn(2, 256, 5)
    bias = torch.randn(2, 4, 16, 16) * 3  # large, so that the cap matters
    plain = block.attend(query, key, value, bias).transpose(1, 2).flatten(2)
    factor = 6**-0.5 / 5.0
    for i in range(2):
        chunked = tower.attend(query[i] * factor, key[i], value[i], bias[i] / 5.0)
        assert relative_l2(chunked.numpy(), plain[i].detach().numpy()) < 1e-6


@pytest.mark.parametrize("at_once", [1, 2 * 3 * 8 * 8, 1 << 23])
def test_row_attention_in_parts_is_the_whole(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One row at a time, three (the last part is shorter: 8 rows), all at once."""
    torch.manual_seed(4)
    attention = pair.RowAttention(6)
    given = torch.randn(2, 8, 8, 6)
    h = attention.norm(given)
    logits = attention.query(h) @ attention.key(h).mT / 6**0.5
    expected = logits.softmax(-1) @ attention.value(h)
    monkeypatch.setattr(pair, "LOGITS_AT_ONCE", at_once)
    torch.testing.assert_close(attention(given), expected, rtol=1e-5, atol=1e-6)


# Official phases of the tower at these positions and of these channel pairs, as its float32 and its bfloat16 policy compute them.
POSITIONS, PAIRS = (1, 37, 255, 500, 2000, 8191), (0, 5, 20, 40, 63)
OFFICIAL_COSINES = {
    "float32": [
        [0.540302, 0.989938, 0.999643, 0.999996, 1.0], [0.765414, 0.514883, 0.549919, 0.994214, 0.99999],
        [-0.862304, 0.076512, 0.862986, 0.737289, 0.999516], [-0.883849, -0.299502, 0.702336, 0.116127, 0.998138],
        [-0.36746, 0.346759, -0.999638, 0.89357, 0.970345], [-0.64639, 0.842456, 0.477812, 0.26108, 0.540405],
    ],
    "bfloat16": [
        [0.539062, 0.988281, 1.0, 1.0, 1.0], [0.765625, 0.539062, 0.554688, 0.996094, 1.0],
        [-0.863281, 0.121582, 0.878906, 0.738281, 1.0], [-0.882812, -0.726562, 0.734375, 0.109863, 1.0],
        [-0.367188, -0.992188, -0.988281, 0.90625, 0.96875], [0.292969, 0.78125, -0.333984, 0.308594, 0.539062],
    ],
}  # fmt: skip


@pytest.mark.parametrize("rope", ["float32", "bfloat16"])
def test_phases_have_the_precision_that_was_asked_for(rope: Literal["float32", "bfloat16"]) -> None:
    frequency = tower_frequencies(dataclasses.replace(FULL, rope=rope))
    cos, _ = phases(frequency, torch.tensor(POSITIONS))
    ours = cos[:, [2 * pair for pair in PAIRS]]
    np.testing.assert_allclose(ours, OFFICIAL_COSINES[rope], atol=4e-5)
    network = folded_skeleton(dataclasses.replace(TINY, rope=rope))
    assert all(block.attention.frequency.dtype == frequency.dtype for block in network.tower.blocks)


def test_the_folded_skeleton_has_the_folded_names_and_shapes() -> None:
    folded, bare = fold(deterministic_model(TINY)), folded_skeleton(TINY)
    shapes = {name: tensor.shape for name, tensor in folded.state_dict().items()}
    assert {name: tensor.shape for name, tensor in bare.state_dict().items()} == shapes
    assert not [name for name in shapes if name.endswith(("variance", "frequency"))]


def test_the_folded_network_is_smaller_than_the_plain_one() -> None:
    """Norms are gone: 450,452,613 parameters become fewer, and no copy of a kernel is kept."""
    count = sum(parameter.numel() for parameter in folded_skeleton(FULL).parameters())
    assert 450_000_000 < count < 450_452_613
