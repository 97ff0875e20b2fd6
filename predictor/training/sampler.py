"""Random windows of the training chromosomes, shifted and reverse-complemented, the same ones for the same seed and step."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from predictor.codes import reverse_complement
from predictor.model.config import TOKEN_BP
from predictor.strands import partner_rows
from predictor.training.store import Store

SITES = 32  # per class and window at most; a window of 131,072 bp of yeast has about three
NOT_LABELLED = -1


@dataclass(frozen=True)
class Batch:
    """Targets in experimental units, reversed where the bases are.

    `codes` [B, S]; `tracks[output][resolution]` [B, T, bins]; `called[resolution]` [B, 1, bins]; `contacts` [B, P, P], NaN
    where not measured; `labels` [B, S], the class of each base that has one (4: no site), else NOT_LABELLED; `sites`
    [B, 4, SITES] ascending positions by class, -1 last; `junctions` [B, SITES, SITES, 2] between them by strand.
    """

    codes: Tensor
    tracks: dict[str, dict[int, Tensor]]
    called: dict[int, Tensor]
    contacts: Tensor
    labels: Tensor
    sites: Tensor
    junctions: Tensor

    def to(self, device: torch.device) -> Batch:
        """The same on a device."""
        return self._each(lambda tensor: tensor.to(device, non_blocking=True))

    def pin_memory(self) -> Batch:
        """The same where a GPU fetches it by itself."""
        return self._each(Tensor.pin_memory)

    def _each(self, change: Callable[[Tensor], Tensor]) -> Batch:
        return Batch(
            change(self.codes),
            {output: {r: change(t) for r, t in parts.items()} for output, parts in self.tracks.items()},
            {resolution: change(mask) for resolution, mask in self.called.items()},
            *(change(t) for t in (self.contacts, self.labels, self.sites, self.junctions)),
        )


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a chromosome, read from its other strand if `flip`."""

    chromosome: str
    start: int
    flip: bool


class Sampler:
    """Draws batch number `step` from (seed, step) alone, so that a resumed run sees what an uninterrupted one would have.

    `profile_bp`: protein binding also in bins of so many bp, each event within three of them;
    `site_share`: of the bases that are no site, so many have the label "no site".
    """

    def __init__(
        self, store: Store, chromosomes: tuple[str, ...], seed: int, *, profile_bp: int = 0, site_share: float = 1.0
    ) -> None:
        self.store, self.chromosomes, self.seed = store, chromosomes, seed
        self.profile_bp, self.site_share = profile_bp, site_share
        self.partners = {output: partner_rows(store.of(output)) for output in store.run_outputs}

    def windows(self, step: int, count: int, length: int) -> list[Window]:
        """`count` windows of `length` bp that begin at any base. Raises ValueError if no chromosome is as long."""
        random = np.random.default_rng((self.seed, step))
        slots = np.array([max(0, self.store.lengths[c] - length + 1) for c in self.chromosomes])
        if not slots.any():
            raise ValueError(f"No training chromosome has {length:,} bp.")
        ends = np.cumsum(slots)
        windows = []
        for slot in random.integers(ends[-1], size=count):
            which = int(np.searchsorted(ends, slot, side="right"))
            start = int(slot - (ends[which] - slots[which]))
            windows.append(Window(self.chromosomes[which], start, bool(random.integers(2))))
        return windows

    def batch(self, windows: list[Window], length: int, outputs: Collection[str] | None = None) -> Batch:
        """The targets of windows; of tracks only those of `outputs`, all by default."""
        outputs = self.partners if outputs is None else outputs
        tracks: dict[str, dict[int, list[NDArray[np.float32]]]] = {}
        called: dict[int, list[NDArray[np.bool_]]] = {}
        codes, contacts = [], []
        splicing: list[tuple[NDArray[Any], ...]] = []
        for window in windows:
            codes.append(self._codes(window, length))
            for output, resolution, values in self._tracks(window, length, outputs):
                tracks.setdefault(output, {}).setdefault(resolution, []).append(values)
            for resolution in self._binding_resolutions:
                mask = self.store.called(window.chromosome, window.start, window.start + length, resolution)
                called.setdefault(resolution, []).append(mask[::-1] if window.flip else mask)
            contact = self.store.contacts(window.chromosome, window.start, window.start + length)
            contacts.append(contact[::-1, ::-1] if window.flip else contact)
            splicing.append(self._splicing(window, length))
        labels, sites, junctions = (_stack(some) for some in zip(*splicing, strict=True))
        return Batch(
            _stack(codes),
            {output: {r: _stack(some) for r, some in parts.items()} for output, parts in tracks.items()},
            {resolution: _stack(some)[:, None] for resolution, some in called.items()},
            _stack(contacts),
            labels,
            sites,
            junctions,
        )

    @property
    def _binding_resolutions(self) -> tuple[int, ...]:
        return (TOKEN_BP, self.profile_bp) if self.profile_bp else (TOKEN_BP,)

    def _codes(self, window: Window, length: int) -> NDArray[np.uint8]:
        codes = self.store.codes(window.chromosome, window.start, window.start + length)
        return reverse_complement(codes) if window.flip else codes

    def _tracks(
        self, window: Window, length: int, outputs: Collection[str]
    ) -> list[tuple[str, int, NDArray[np.float32]]]:
        drawn = []
        for output in outputs:
            partner = self.partners[output]
            binding = output.startswith("CHIP")
            for resolution in self._binding_resolutions if binding else (1,):
                core = 2 * resolution + 1 if resolution == self.profile_bp else 0
                values = self.store.draw(
                    output, window.chromosome, window.start, window.start + length, resolution, core_bp=core
                )
                values = values[partner, ::-1] if window.flip else values
                drawn.append((output, resolution, values))
                if not binding:  # 128-bp targets are sums over the bin
                    drawn.append((output, TOKEN_BP, values.reshape(len(values), -1, TOKEN_BP).sum(-1)))
        return drawn

    def _splicing(
        self, window: Window, length: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
        """Labels, sites and junctions of one window (see Batch)."""
        random = np.random.default_rng((self.seed, window.start, length))
        labels = np.where(random.random(length) < self.site_share, 4, NOT_LABELLED)
        sites = np.full((4, SITES), NOT_LABELLED)
        junctions = np.zeros((SITES, SITES, 2), np.float32)
        introns = self.store.introns(window.chromosome, window.start, window.start + length)[:SITES]
        donors, acceptors, minus = (introns[name].astype(np.int64) for name in ("donor", "acceptor", "minus"))
        if window.flip:
            donors, acceptors, minus = length - 1 - donors, length - 1 - acceptors, 1 - minus
        for strand in (0, 1):
            of_strand = minus == strand
            for kind, positions in ((0, donors[of_strand]), (1, acceptors[of_strand])):
                labels[positions] = 2 * strand + kind
                unique = np.unique(positions)
                sites[2 * strand + kind, : len(unique)] = unique
            rows = np.searchsorted(np.unique(donors[of_strand]), donors[of_strand])
            columns = np.searchsorted(np.unique(acceptors[of_strand]), acceptors[of_strand])
            junctions[rows, columns, strand] = 1
        return labels, sites, junctions


def _stack(arrays: Sequence[NDArray[Any]]) -> Tensor:
    return torch.from_numpy(np.stack(arrays))
