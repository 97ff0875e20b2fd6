"""Random windows of the training chromosomes, shifted and reverse-complemented, the same ones for the same seed and step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from predictor.codes import reverse_complement
from predictor.training.targets import BIN_BP, Targets


@dataclass(frozen=True)
class Batch:
    """`codes` [B, S]; `targets[output][resolution]` [B, T, bins] in experimental units; `chip_mask` [B, 1, S / 128]."""

    codes: Tensor
    targets: dict[str, dict[int, Tensor]]
    chip_mask: Tensor


class Sampler:
    """Draws batch number `step` from (seed, step) alone, so that a resumed run sees what an uninterrupted one would have."""

    def __init__(
        self,
        codes: dict[str, NDArray[np.uint8]],
        targets: Targets,
        chromosomes: tuple[str, ...],
        length: int,
        seed: int,
    ) -> None:
        self.codes, self.targets, self.chromosomes, self.length, self.seed = codes, targets, chromosomes, length, seed
        # Starts lie on the grid of the 128-bp targets, which are counted once per chromosome.
        self.slots = np.array([(len(codes[c]) - length) // BIN_BP + 1 for c in chromosomes])
        self.flipped = {
            output: [_partner(targets, output, i) for i in range(len(targets.of(output)))]
            for output in {track.output for track in targets.tracks}
        }

    def batch(self, step: int, size: int) -> Batch:
        """`size` windows."""
        random = np.random.default_rng((self.seed, step))
        windows = []
        for _ in range(size):
            slot = int(random.integers(self.slots.sum()))
            which = int(np.searchsorted(np.cumsum(self.slots), slot, side="right"))
            start = (slot - int(self.slots[:which].sum())) * BIN_BP
            windows.append((self.chromosomes[which], start, bool(random.integers(2))))
        return self.windows(windows)

    def windows(self, windows: list[tuple[str, int, bool]]) -> Batch:
        """The batch of (chromosome, start on the 128-bp grid, reverse complement?)."""
        codes, masks = [], []
        values: dict[str, list[NDArray[np.float32]]] = {output: [] for output in self.flipped}
        for chromosome, start, flip in windows:
            piece = self.codes[chromosome][start : start + self.length]
            codes.append(reverse_complement(piece) if flip else piece)
            mask = self.targets.mask[chromosome][start // BIN_BP : (start + self.length) // BIN_BP]
            masks.append(mask[::-1] if flip else mask)
            for output, rows in self.targets.values[chromosome].items():
                resolution = self.targets.of(output)[0].resolution
                part = rows[:, start // resolution : (start + self.length) // resolution]
                values[output].append(part[self.flipped[output], ::-1] if flip else part)
        targets: dict[str, dict[int, Tensor]] = {}
        for output, parts in values.items():
            resolution = self.targets.of(output)[0].resolution
            stacked = torch.from_numpy(np.stack(parts))
            targets[output] = {resolution: stacked}
            if resolution == 1:  # 128-bp targets are sums over the bin
                targets[output][BIN_BP] = stacked.reshape(*stacked.shape[:2], -1, BIN_BP).sum(-1)
        return Batch(torch.from_numpy(np.stack(codes)), targets, torch.from_numpy(np.stack(masks))[:, None])


def _partner(targets: Targets, output: str, row: int) -> int:
    """The row that holds the other strand's track."""
    tracks = targets.of(output)
    track = tracks[row]
    if track.strand == ".":
        return row
    stem = track.key.rsplit("_", 1)[0]
    return next(i for i, t in enumerate(tracks) if t.key.rsplit("_", 1)[0] == stem and t.strand != track.strand)
