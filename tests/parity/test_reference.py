"""The network against numbers made by the official JAX code (see deterministic.py for their origin)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from predictor.deterministic import deterministic_model
from predictor.errors import DomainError
from predictor.model.alphagenome import AlphaGenome, Embeddings, one_hot
from predictor.model.attention import tower_frequencies
from predictor.model.config import FULL
from predictor.model.scaling import unscale
from predictor.model.splicing import NOT_A_SITE, splice_positions
from predictor.parity import TINY, check_fixture, check_noise, check_phases, report

GOLDEN = np.load(Path(__file__).with_name("tiny_fp32_4096.npz"))
TOLERANCE = 5e-6  # relative L2, float32
EVERY = 61  # 1-bp arrays are stored at every 61st position


def relative_l2(ours: np.ndarray, theirs: np.ndarray) -> float:
    return float(np.linalg.norm(ours - theirs) / np.linalg.norm(theirs))


@pytest.fixture(scope="module")
def model() -> AlphaGenome:
    return deterministic_model(TINY)


@pytest.fixture(scope="module")
def organism() -> torch.Tensor:
    return torch.from_numpy(GOLDEN["organism_index"]).long()


@pytest.fixture(scope="module")
def embeddings(model: AlphaGenome, organism: torch.Tensor) -> Embeddings:
    with torch.inference_mode():
        return model.embed(one_hot(torch.from_numpy(GOLDEN["dna_idx"]).long()), organism)


def test_embeddings_equal_the_official_ones(embeddings: Embeddings) -> None:
    assert relative_l2(embeddings.at_128.numpy(), GOLDEN["embeddings_128bp"]) < TOLERANCE
    assert relative_l2(embeddings.pair.numpy(), GOLDEN["embeddings_pair"]) < TOLERANCE
    assert relative_l2(embeddings.at_1.transpose(1, 2).numpy()[:, ::EVERY], GOLDEN["embeddings_1bp"]) < TOLERANCE


@pytest.mark.parametrize("head", [head.name for head in TINY.track_heads])
def test_tracks_equal_the_official_ones(
    head: str, model: AlphaGenome, embeddings: Embeddings, organism: torch.Tensor
) -> None:
    with torch.inference_mode():
        tracks = model.heads(head, embeddings, organism)
    assert relative_l2(tracks[128].numpy(), GOLDEN[f"{head}_128bp"]) < TOLERANCE
    if 1 in tracks:
        assert relative_l2(tracks[1].transpose(1, 2).numpy()[:, ::EVERY], GOLDEN[f"{head}_1bp"]) < TOLERANCE


def test_contact_maps_equal_the_official_ones(
    model: AlphaGenome, embeddings: Embeddings, organism: torch.Tensor
) -> None:
    with torch.inference_mode():
        contacts = model.contacts(embeddings.pair, organism)
    assert relative_l2(contacts.numpy(), GOLDEN["contact_maps"]) < TOLERANCE


def test_splicing_equals_the_official_one(model: AlphaGenome, embeddings: Embeddings, organism: torch.Tensor) -> None:
    assert model.splicing is not None
    with torch.inference_mode():
        logits = model.splicing.class_logits(embeddings.at_1, organism)
        usage = model.splicing.usage_logits(embeddings.at_1, organism)
        positions = splice_positions(logits.softmax(1), 32)
        junctions = model.splicing.junctions(embeddings.at_1, organism, positions)
    assert relative_l2(logits.transpose(1, 2).numpy()[:, ::EVERY], GOLDEN["splice_classes"]) < TOLERANCE
    assert relative_l2(usage.transpose(1, 2).numpy()[:, ::EVERY], GOLDEN["splice_usage"]) < TOLERANCE
    np.testing.assert_array_equal(positions.numpy(), GOLDEN["splice_positions"])
    assert relative_l2(junctions.counts.numpy(), GOLDEN["junctions"]) < TOLERANCE
    assert junctions.mask.all()


def test_junctions_stand_only_between_sites(model: AlphaGenome, embeddings: Embeddings, organism: torch.Tensor) -> None:
    assert model.splicing is not None
    positions = torch.from_numpy(GOLDEN["splice_positions"]).long().clone()
    positions[0, 0, 5:] = NOT_A_SITE  # five plus donors are left
    positions[1, 3, :] = NOT_A_SITE  # no minus acceptor
    with torch.inference_mode():
        junctions = model.splicing.junctions(embeddings.at_1, organism, positions)
    tissues = 3
    assert not junctions.mask[0, 5:, :, :tissues].any() and junctions.mask[0, :5, :, :tissues].all()
    assert not junctions.mask[1, :, :, tissues:].any()
    assert (junctions.counts[~junctions.mask] == 0).all()
    expected = torch.where(junctions.mask, torch.from_numpy(GOLDEN["junctions"]), 0)
    assert relative_l2(junctions.counts.numpy(), expected.numpy()) < TOLERANCE


def test_unlikely_sites_are_left_out_and_come_last() -> None:
    probabilities = torch.zeros(1, 5, 50)
    probabilities[0, 0, [40, 7, 20]] = torch.tensor([0.9, 0.1, 0.0999])  # 0.1 is enough
    positions = splice_positions(probabilities, 4)
    assert positions[0, 0].tolist() == [7, 40, NOT_A_SITE, NOT_A_SITE]
    assert (positions[0, 1:] == NOT_A_SITE).all()


def test_the_published_size_is_held() -> None:
    with torch.device("meta"):
        model = AlphaGenome(FULL)
    assert sum(p.numel() for p in model.parameters()) == 450_452_613
    assert sum(b.numel() for name, b in model.named_buffers() if name.endswith("variance")) == 100_608


def test_bench_parity_reads_fixtures(tmp_path: Path) -> None:
    """In the form that the full-size fixtures have: parts of the outputs, means of tracks from the fixture itself."""
    names = {"in|dna_idx": GOLDEN["dna_idx"], "in|organism_index": GOLDEN["organism_index"]}
    outputs = {
        "out|embeddings_128bp": GOLDEN["embeddings_128bp"],
        "out|contact_maps|predictions": GOLDEN["contact_maps"],
    }
    for head in TINY.track_heads:
        scaled = GOLDEN[f"{head.name}_128bp"]
        outputs[f"out|{head.name}|scaled_predictions_128bp"] = scaled
        unscaled = unscale(torch.from_numpy(scaled), torch.tensor(2.0), 128, squashing=head.squashing)
        outputs[f"out|{head.name}|predictions_128bp"] = unscaled.numpy()
    outputs["out|splice_sites_usage|logits@step61"] = GOLDEN["splice_usage"]
    path = tmp_path / "small_fp32_4096.npz"
    np.savez(path, **names, **outputs)
    found = list(check_fixture(path))
    assert all(compared.passed for compared in found)
    assert "folded: contact_maps/predictions" in [compared.output for compared in found]
    outputs["out|splice_sites_usage|logits@step61"] = GOLDEN["splice_usage"] * 1.001
    np.savez(path, **names, **outputs)
    failed = [compared.output for compared in check_fixture(path) if not compared.passed]
    assert failed == ["splice_sites_usage/logits@step61", "folded: splice_sites_usage/logits@step61"]
    path.write_bytes(b"nothing")
    with pytest.raises(DomainError, match="is no fixture"):
        list(check_fixture(path))


def test_bench_parity_measures_noise_against_the_official_noise(tmp_path: Path) -> None:
    """An official bfloat16 result that were exact would leave no room; one that is 10 % off leaves plenty."""
    exact = {"in|dna_idx": GOLDEN["dna_idx"], "in|organism_index": GOLDEN["organism_index"]}
    for head in TINY.track_heads:  # each track's mean is read off these two
        exact[f"out|{head.name}|scaled_predictions_128bp"] = GOLDEN[f"{head.name}_128bp"]
        scaled = torch.from_numpy(GOLDEN[f"{head.name}_128bp"])
        exact[f"out|{head.name}|predictions_128bp"] = unscale(
            scaled, torch.ones(()), 128, squashing=head.squashing
        ).numpy()
    exact["out|embeddings_128bp"] = GOLDEN["embeddings_128bp"]
    np.savez(tmp_path / "small_fp32_1.npz", **exact)
    np.savez(tmp_path / "small_bf16_1.npz", **{**exact, "out|embeddings_128bp": GOLDEN["embeddings_128bp"] * 1.1})
    found = list(check_noise(tmp_path / "small_bf16_1.npz", tmp_path / "small_fp32_1.npz"))
    assert [one.output for one in found if one.passed] == ["bfloat16: embeddings_128bp"]
    assert all(one.error < 0.02 for one in found)
    lines = [line for line, _ in report(tmp_path)]
    assert sum("small_bf16_1" in line for line in lines) == len(found)


def test_bench_parity_compares_rotations(tmp_path: Path) -> None:
    """Phases in float64 are closer to float32's than the tolerance, and far from those of bfloat16."""
    period = 1 / tower_frequencies(FULL).double()
    theta = torch.arange(8192).double()[:, None] / period
    tables = {
        f"{name}_{dtype}": getattr(theta, name)().numpy() for name in ("cos", "sin") for dtype in ("fp32", "bf16")
    }
    np.savez(tmp_path / "unit_tables.npz", **tables)
    passed = {one.output: one.passed for one in check_phases(tmp_path / "unit_tables.npz")}
    assert not passed["rotation: cos_bf16"] and not passed["rotation: sin_bf16"]
    worst = max(one.error for one in check_phases(tmp_path / "unit_tables.npz") if "fp32" in one.output)
    assert worst < 1e-3  # 8,191 rad in float32 are known to 2.4e-4
