"""What every module computes against the official code, so that a difference is found where it begins.

Golden numbers: the run that tiny_fp32_4096.npz is from (see deterministic.py), 65 elements at most of each activation: every
fourth of up to 257 at equal distances.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from predictor.activations import Activation, head_activations, recorded
from predictor.deterministic import deterministic_model
from predictor.model.alphagenome import AlphaGenome, one_hot
from predictor.model.scaling import unscale
from predictor.parity import TINY, check_fixture

GOLDEN = np.load(Path(__file__).with_name("tiny_fp32_4096.npz"))
ACTIVATIONS = np.load(Path(__file__).with_name("tiny_activations_4096.npz"))
TOLERANCE = 5e-6  # relative L2, float32
PARTS, KEPT, EVERY = 256, 257, 4


def activations(model: AlphaGenome) -> dict[str, Activation]:
    organism = torch.from_numpy(GOLDEN["organism_index"]).long()
    with torch.inference_mode():
        with recorded(model, PARTS) as found:
            embeddings = model.embed(one_hot(torch.from_numpy(GOLDEN["dna_idx"]).long()), organism)
        return found | head_activations(model, embeddings, organism, PARTS)


def different(found: dict[str, Activation]) -> list[str]:
    taken, names = 0, []
    for name in ACTIVATIONS["modules"].astype(str):
        ours = found[name].sample[:KEPT:EVERY]
        theirs = ACTIVATIONS["samples"][taken : taken + ours.size]
        taken += ours.size
        if np.linalg.norm(ours - theirs) > TOLERANCE * np.linalg.norm(theirs):
            names.append(name)
    assert taken == ACTIVATIONS["samples"].size
    return names


def test_every_module_computes_what_the_official_one_does() -> None:
    found = activations(deterministic_model(TINY))
    assert sorted(found) == ACTIVATIONS["modules"].astype(str).tolist() and len(found) == 411
    assert different(found) == []


def test_a_difference_is_found_where_it_begins_and_wherever_it_goes() -> None:
    model = deterministic_model(TINY)
    with torch.no_grad():
        model.decoder.up_blocks[6].conv_out.conv.bias += 1e-3
    names = different(activations(model))
    block = "alphagenome/sequence_decoder/up_res_block_6"
    assert {f"{block}/conv_out", block, "alphagenome/sequence_decoder", "alphagenome/output_embedder_1"} <= set(names)
    assert not [name for name in names if "encoder" in name or "tower" in name or "_128/" in name or "conv_in" in name]


def test_nothing_is_recorded_afterwards() -> None:
    model = deterministic_model(TINY)
    with recorded(model, PARTS) as found:
        pass
    with torch.inference_mode():
        model.attend(torch.zeros(1, TINY.trunk_channels, 16), torch.tensor([0]))
    assert found == {}


@pytest.mark.parametrize(("part", "parts", "most"), [("", 256, 257), ("|sample", 509, 509)])
def test_bench_parity_reads_activations_in_both_forms(tmp_path: Path, part: str, parts: int, most: int) -> None:
    embedding = GOLDEN["embeddings_128bp"]
    golden = {
        "in|dna_idx": GOLDEN["dna_idx"],
        "in|organism_index": GOLDEN["organism_index"],
        "out|embeddings_128bp": embedding,
        f"act|alphagenome/output_embedder{part}": embedding.ravel()[:: embedding.size // parts][:most],
        f"act|alphagenome/head/contact_maps/multi_organism_linear{part}": GOLDEN["contact_maps"].ravel(),
        "act|alphagenome/output_embedder|rms": np.sqrt(np.mean(embedding.astype(np.float64) ** 2)),
    }
    for head in TINY.track_heads:  # check_fixture reads each track's mean off these two
        scaled = GOLDEN[f"{head.name}_128bp"]
        golden[f"out|{head.name}|scaled_predictions_128bp"] = scaled
        unscaled = unscale(torch.from_numpy(scaled), torch.tensor(1.0), 128, squashing=head.squashing)
        golden[f"out|{head.name}|predictions_128bp"] = unscaled.numpy()
    path = tmp_path / "small_fp32_4096.npz"
    np.savez(path, **golden)
    compared = check_fixture(path)
    assert sum(row.output.startswith("alphagenome/") for row in compared) == 3
    assert all(row.passed for row in compared)
    golden[f"act|alphagenome/output_embedder{part}"] = golden[f"act|alphagenome/output_embedder{part}"][::-1]
    np.savez(path, **golden)
    assert [row.output for row in check_fixture(path) if not row.passed] == ["alphagenome/output_embedder"]
