"""Every loss of the reference and the gradient of every parameter, at the length of one segment.

Golden numbers: the official code's `loss` and jax.grad at 1/32 of the published widths, float32, XLA:CPU, with the parameters
of predictor/deterministic.py, two examples (human, mouse) of 131,072 bp and the targets that this file makes.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.utils.checkpoint import checkpoint

from predictor.checkpoints.haiku import from_haiku, haiku_key, official_shape
from predictor.deterministic import deterministic_model, uniform
from predictor.model.alphagenome import AlphaGenome, Embeddings, one_hot
from predictor.model.scaling import scale_targets
from predictor.model.splicing import splice_positions
from predictor.parity import TINY
from predictor.training import losses

GOLDEN = np.load(Path(__file__).with_name("tiny_loss_131072.npz"))
SCALARS = dict(zip(GOLDEN["scalar_names"].astype(str), GOLDEN["scalars"], strict=True))
TOLERANCE = 5e-6  # relative, float32
BASES = losses.SEGMENT_BP
HUMAN, MOUSE = 0, 1
# Tracks that each organism has, of those the head has room for.
REAL = {
    "atac": (5, 4), "dnase": (6, 6), "procap": (4, 2), "cage": (6, 4), "rna_seq": (8, 6), "chip_tf": (7, 3),
    "chip_histone": (5, 5), "contact_maps": (3, 2), "splice_sites_usage": (6, 4),
}  # fmt: skip


def has_track(head: str) -> torch.Tensor:
    return torch.arange(max(REAL[head])) < torch.tensor(REAL[head])[:, None]


def track_means(head: str) -> torch.Tensor:
    """0.2, 0.5, 0.8, ... for real tracks."""
    steps = torch.arange(max(REAL[head])) * 0.3 + 0.2
    return torch.where(has_track(head), steps, 1.0)


def dna() -> torch.Tensor:
    """One base of 500 is N."""
    codes = np.minimum((uniform("dna", (2, BASES)) * 0.5 + 0.5) * 4, 3).astype(np.int64)
    codes[uniform("dna_N", (2, BASES)) * 0.5 + 0.5 < 0.002] = 4
    return torch.from_numpy(codes)


def counts(name: str, shape: tuple[int, ...], above: float, times: float) -> torch.Tensor:
    """Whole numbers, mostly 0: tracks have 0 to 5 reads at every fifth base."""
    return torch.from_numpy(np.floor(np.maximum(uniform(name, shape).astype(np.float64) - above, 0) * times)).float()


def track_targets(head: str, resolution: int) -> torch.Tensor:
    """[B, T, N] in reads: what is predicted at 1 bp is pooled to 128, ChIP-seq is given at 128."""
    tracks = max(REAL[head])
    if head.startswith("chip"):
        return counts(f"target_{head}", (2, BASES // 128, tracks), 0.6, 200).transpose(1, 2)
    reads = counts(f"target_{head}", (2, BASES, tracks), 0.6, 15).transpose(1, 2)
    return reads if resolution == 1 else reads.unflatten(2, (-1, 128)).sum(-1)


def contact_targets() -> torch.Tensor:
    """Symmetric; the fourth bin could not be measured."""
    values = torch.from_numpy(uniform("target_contact", (2, 64, 64, 3)))
    values = (values + values.transpose(1, 2)) / 2
    values[:, 3], values[:, :, 3] = torch.nan, torch.nan
    return values


def site_labels() -> torch.Tensor:
    """A tenth of the positions has a label, and a tenth of those is a site, of each class as likely."""
    u = uniform("target_ss", (2, BASES)).astype(np.float64) * 0.5 + 0.5
    label = np.where(u < 0.01, np.floor(u * 400), 4)[:, None] == np.arange(5)[:, None]
    return torch.from_numpy(label & (u < 0.1)[:, None])


def usage_targets() -> torch.Tensor:
    used = torch.from_numpy(uniform("target_ssu2", (2, BASES)) * 0.5 + 0.5 < 0.01)
    share = torch.from_numpy(uniform("target_ssu", (2, BASES, 6)) * 0.5 + 0.5)
    return (share * used[..., None]).transpose(1, 2)


def track_losses(
    model: AlphaGenome, name: str, embeddings: Embeddings, organism: torch.Tensor
) -> dict[str, torch.Tensor]:
    found: dict[str, torch.Tensor] = {}
    total = torch.zeros(())
    for resolution, values in model.heads(name, embeddings, organism).items():
        values = values if resolution == 1 else values.transpose(1, 2)
        squashing = model.head(name).config.squashing
        target = scale_targets(
            track_targets(name, resolution), track_means(name)[..., None], resolution, squashing=squashing
        )
        loss = losses.track_loss(values, target, has_track(name), BASES // resolution)
        found |= {
            f"{name}_loss_total_{resolution}bp": loss.total,
            f"{name}_loss_positional_{resolution}bp": loss.positional,
            f"{name}_loss_{resolution}bp": loss.loss,
        }
        total = total + loss.loss
    return found | {f"{name}_loss": total}


@pytest.fixture(scope="module")
def model() -> AlphaGenome:
    model = deterministic_model(TINY)
    for block in model.tower.blocks:  # its logits are made again on the way back: 1 instead of 4 GB
        block.forward = partial(checkpoint, block.forward, use_reentrant=False)
    return model


@pytest.fixture(scope="module")
def found(model: AlphaGenome) -> dict[str, float]:
    """Every loss; the gradients of their sum are left in the model."""
    organism = torch.tensor([HUMAN, MOUSE])
    embeddings = model.embed(one_hot(dna()), organism)
    found: dict[str, torch.Tensor] = {}
    for name in model.track_heads:
        found |= track_losses(model, name, embeddings, organism)
    contacts = model.contacts(embeddings.pair, organism)
    found["contact_maps_loss"] = losses.contact_loss(contacts, contact_targets(), has_track("contact_maps"))
    logits = model.splicing.class_logits(embeddings.at_1, organism)
    found["splice_sites_classification_loss"] = losses.class_loss(logits, site_labels())
    usage = model.splicing.usage_logits(embeddings.at_1, organism)
    found["splice_sites_usage_loss"] = losses.usage_loss(usage, usage_targets(), has_track("splice_sites_usage"))
    positions = torch.from_numpy(GOLDEN["positions"]).long()
    assert torch.equal(splice_positions(logits.softmax(1), 32), positions)
    junctions = model.splicing.junctions(embeddings.at_1, organism, positions)
    observed = counts("target_sj", (2, 32, 32, 6), 0.8, 150)
    found["splice_sites_junction_loss"] = losses.junction_loss(junctions, observed, positions)
    weights = {"splice_sites_junction_loss": losses.JUNCTION_WEIGHT}
    total = sum(loss * weights.get(name, 1.0) for name, loss in found.items() if name.endswith("_loss"))
    total.backward()
    return {name: loss.item() for name, loss in (found | {"total": total}).items()}


def test_every_loss_equals_the_official_one(found: dict[str, float]) -> None:
    golden = {name: value for name, value in SCALARS.items() if "loss" in name}
    assert found.keys() - {"total"} == golden.keys()
    errors = {name: abs(found[name] / value - 1) for name, value in golden.items()}
    assert {name: error for name, error in errors.items() if error > TOLERANCE} == {}
    assert found["total"] == pytest.approx(468.2384033, rel=TOLERANCE)


def official_layout(name: str, gradient: torch.Tensor) -> np.ndarray:
    """Flat, in the order in which the official parameter lies in memory."""
    shape = tuple(gradient.shape)
    there = np.arange(gradient.numel()).reshape(official_shape(name, shape))
    flat = np.empty(gradient.numel(), np.float32)
    flat[from_haiku(name, there, shape).ravel()] = gradient.numpy().ravel()
    return flat


def gradient_tolerance(key: str) -> float:
    """Of an element, in units of the gradient's root mean square.

    Splice sites are turned by position times frequency: up to 131,072 rad, where float32 has steps of 0.008.
    """
    return 2e-3 if "splice_sites_junction" in key else 2e-4


def test_every_gradient_equals_the_official_one(found: dict[str, float], model: AlphaGenome) -> None:
    """Up to 33 elements of each at equal distances, and the norm of all."""
    ours = {haiku_key(name): official_layout(name, p.grad) for name, p in model.named_parameters()}
    assert sorted(ours) == GOLDEN["parameters"].astype(str).tolist()
    taken, errors = 0, {}
    for key, norm in zip(sorted(ours), GOLDEN["norms"], strict=True):
        sample = ours[key][:: max(1, ours[key].size // 32)][:33]
        golden = GOLDEN["gradients"][taken : taken + sample.size]
        taken += sample.size
        typical = norm / ours[key].size ** 0.5
        worst = float(np.abs(sample - golden).max() / typical)
        errors[key] = max(worst, abs(float(np.linalg.norm(ours[key].astype(np.float64))) / norm - 1))
    assert taken == GOLDEN["gradients"].size
    assert {key: error for key, error in errors.items() if error > gradient_tolerance(key)} == {}
