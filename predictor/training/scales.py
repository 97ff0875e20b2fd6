"""How large a track's values are over the training chromosomes, which its head and its loss are scaled by."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from predictor.model.config import TOKEN_BP
from predictor.model.scaling import scale_targets
from predictor.strands import partner_rows
from predictor.tracks import OUTPUTS
from predictor.training.objective import Scale
from predictor.training.store import PAIR_BP, Store

STRETCH_BP = 1 << 18


def measure_scales(store: Store, chromosomes: tuple[str, ...], profile_bp: int = 0) -> dict[str, Scale]:
    """Means over non-zero bins and masses of every output drawn from runs; the two strands of a track share theirs."""
    scales = {}
    for output in store.run_outputs:
        partner = torch.tensor(partner_rows(store.of(output)))
        own = OUTPUTS[output].resolution
        total, count = _sums(store, output, chromosomes, own)
        mean = total / count.clamp(min=1) / own
        mean = (mean + mean[partner]) / 2
        mean = torch.where(mean > 0, mean, 1.0)  # nothing on these chromosomes: any scale will do
        resolutions = {own, TOKEN_BP} | ({profile_bp} if profile_bp and output.startswith("CHIP") else set())
        masses = {}
        for resolution in sorted(resolutions):
            mass = _mass(store, output, chromosomes, resolution, mean)
            mass = (mass + mass[partner]) / 2
            masses[resolution] = torch.where(mass > 0, mass, 1.0).float()
        scales[output] = Scale(mean.float(), masses)
    return scales


def contact_spread(store: Store, chromosomes: tuple[str, ...], pairs: int) -> Tensor:
    """[pairs]: standard deviation of the contact maps at each distance in bins. The farther apart, the fewer contacts were
    counted and the noisier is their logarithm: forty times the variance at 128 kb as at 2 kb."""
    spread = torch.ones(pairs)
    maps = [store.contacts(name, 0, store.lengths[name] // PAIR_BP * PAIR_BP) for name in chromosomes]
    for distance in range(pairs):
        values = np.concatenate([np.diagonal(one, distance) for one in maps]).astype(np.float64)
        values = values[~np.isnan(values)]
        if len(values) > 1 and values.std() > 0:
            spread[distance] = float(values.std())
    return spread


def _stretches(store: Store, chromosomes: tuple[str, ...]) -> list[tuple[str, int, int]]:
    """Whole 128-bp bins; a chromosome's last part of one is left out."""
    return [
        (chromosome, start, min(start + STRETCH_BP, store.lengths[chromosome] // TOKEN_BP * TOKEN_BP))
        for chromosome in chromosomes
        for start in range(0, store.lengths[chromosome] // TOKEN_BP * TOKEN_BP, STRETCH_BP)
    ]


def _sums(store: Store, output: str, chromosomes: tuple[str, ...], resolution: int) -> tuple[Tensor, Tensor]:
    """Sum and count of non-zero bins by track."""
    rows = len(store.of(output))
    total, count = torch.zeros(rows, dtype=torch.float64), torch.zeros(rows)
    for stretch in _stretches(store, chromosomes):
        values = torch.from_numpy(store.draw(output, *stretch, resolution))
        total += values.double().sum(1)
        count += (values > 0).sum(1)
    return total, count


def _mass(store: Store, output: str, chromosomes: tuple[str, ...], resolution: int, mean: Tensor) -> Tensor:
    """Mean target in model space by track."""
    total, bins = torch.zeros(len(mean), dtype=torch.float64), 0
    for stretch in _stretches(store, chromosomes):
        values = torch.from_numpy(store.draw(output, *stretch, resolution)).double()
        total += scale_targets(values, mean[:, None], resolution, squashing=output == "RNA_SEQ").sum(1)
        bins += values.shape[1]
    return total / max(1, bins)
