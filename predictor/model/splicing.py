"""Splicing: which bases are splice sites, how much each is used, and which donor joins which acceptor."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from predictor.model.config import SplicingConfig
from predictor.model.heads import OrganismLinear
from predictor.model.rotary import frequencies, rotate

SITE_CLASSES = ("donor_plus", "acceptor_plus", "donor_minus", "acceptor_minus")
NOT_A_SITE = -1
MIN_PROBABILITY = 0.1
JUNCTION_MAX_POSITION = 2**20
_TISSUES_AT_ONCE = 32  # bounds the memory of rotated site vectors


@dataclass(slots=True)
class Junctions:
    """`counts` [B, K, K, 2T] by donor, acceptor and tissue, the plus strand's tissues first; `positions` [B, 4, K] by
    SITE_CLASSES, NOT_A_SITE last; `mask` is False where donor or acceptor is no site.
    """

    counts: Tensor
    positions: Tensor
    mask: Tensor


class SpliceSites(nn.Module):
    """The 1-bp heads and the junction head; all read the 1-bp embedding [B, C, S]."""

    def __init__(self, channels: int, organisms: int, config: SplicingConfig) -> None:
        super().__init__()
        self.config = config
        self.classes = OrganismLinear(organisms, channels, config.classes)
        self.usage = OrganismLinear(organisms, channels, config.usage_tracks)
        self.junctions = JunctionHead(channels, organisms, config)

    def class_logits(self, at_1: Float[Tensor, "B C S"], organism: Tensor) -> Float[Tensor, "B K S"]:
        """Four site classes and "none of them"; softmax over dimension 1 gives probabilities."""
        logits: Tensor = self.classes.per_base(at_1, organism)
        return logits

    def usage_logits(
        self, at_1: Float[Tensor, "B C S"], organism: Tensor, rows: Tensor | slice = slice(None)
    ) -> Float[Tensor, "B T S"]:
        """Sigmoid gives the share of transcripts that use a base as a site, by strand and tissue."""
        logits: Tensor = self.usage.per_base(at_1, organism, rows)
        return logits


def splice_positions(probabilities: Float[Tensor, "B K S"], sites: int) -> Int[Tensor, "B 4 sites"]:
    """Up to `sites` most probable bases of each class, ascending; those under 0.1 are NOT_A_SITE, at the end."""
    top = probabilities[:, : len(SITE_CLASSES)].topk(sites, dim=2)
    beyond = probabilities.shape[2]
    kept = torch.where(top.values >= MIN_PROBABILITY, top.indices, beyond).sort(dim=2).values
    return torch.where(kept == beyond, NOT_A_SITE, kept)


class JunctionHead(nn.Module):
    """Each site becomes a vector per tissue, turned by its position; a junction's count is the product of its two."""

    def __init__(self, channels: int, organisms: int, config: SplicingConfig) -> None:
        super().__init__()
        self.config = config
        self.project = OrganismLinear(organisms, channels, config.junction_channels)
        shape = (organisms, 2, config.tissues, config.junction_channels)  # scale and offset
        self.vectors = nn.ParameterDict({name: nn.Parameter(torch.empty(shape)) for name in SITE_CLASSES})
        for parameter in self.vectors.values():
            nn.init.trunc_normal_(parameter, std=0.1, a=-0.2, b=0.2)

    def forward(self, at_1: Float[Tensor, "B C S"], organism: Tensor, positions: Int[Tensor, "B 4 K"]) -> Junctions:
        """Only sites are computed; `positions` from `splice_positions` or an annotation."""
        everywhere = positions.clamp(min=0).flatten(1)[:, None].expand(-1, at_1.shape[1], -1)
        at_sites = at_1.gather(2, everywhere).view(*at_1.shape[:2], *positions.shape[1:])
        return self.between(at_sites, organism, positions)

    def between(
        self, at_sites: Float[Tensor, "B C 4 K"], organism: Tensor, positions: Int[Tensor, "B 4 K"]
    ) -> Junctions:
        """The same from the embedding at the positions alone; anything where they are NOT_A_SITE."""
        batch, _, sites = positions.shape
        counts = torch.zeros(batch, sites, sites, 2 * self.config.tissues, device=positions.device)
        mask = torch.zeros(counts.shape, dtype=torch.bool, device=positions.device)
        for example in range(batch):
            for strand, (donor, acceptor) in enumerate(((0, 1), (2, 3))):
                where = positions[example, donor], positions[example, acceptor]
                n_donors, n_acceptors = (int((found >= 0).sum()) for found in where)
                tissues = slice(strand * self.config.tissues, (strand + 1) * self.config.tissues)
                if n_donors and n_acceptors:
                    vectors = [
                        self._vectors(at_sites[example, :, site], organism[example], site, found[found >= 0])
                        for site, found in ((donor, where[0]), (acceptor, where[1]))
                    ]
                    counts[example, :n_donors, :n_acceptors, tissues] = self._products(*vectors)
                mask[example, :n_donors, :n_acceptors, tissues] = True
        return Junctions(counts, positions, mask)

    def _vectors(
        self, at_sites: Float[Tensor, "C K"], organism: Tensor, site: int, found: Int[Tensor, "n"]
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Projected sites [n, D], and scale and offset [T, D] of their class."""
        projected = self.project(at_sites[:, : len(found)].T[None], organism[None])[0].float()
        scale, offset = self.vectors[SITE_CLASSES[site]][organism].float()
        return projected, scale, offset, found

    def _products(
        self, donors: tuple[Tensor, Tensor, Tensor, Tensor], acceptors: tuple[Tensor, Tensor, Tensor, Tensor]
    ) -> Float[Tensor, "n m T"]:
        frequency = frequencies(self.config.junction_channels, JUNCTION_MAX_POSITION).to(donors[0].device)
        parts = []
        for first in range(0, self.config.tissues, _TISSUES_AT_ONCE):
            tissues = slice(first, first + _TISSUES_AT_ONCE)
            turned = [
                rotate(scale[tissues, None] * projected + offset[tissues, None], frequency, found)
                for projected, scale, offset, found in (donors, acceptors)
            ]
            parts.append(nn.functional.softplus(torch.einsum("tdc,tac->dat", *turned)))
        return torch.cat(parts, dim=2)
