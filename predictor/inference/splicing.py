"""Splicing, folded: classes and usage along the sequence, and junctions between the sites that were found on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from predictor.inference.heads import FoldedLinear, Rows
from predictor.inference.layers import dense
from predictor.model.config import SplicingConfig
from predictor.model.rotary import frequencies
from predictor.model.splicing import JUNCTION_MAX_POSITION, MIN_PROBABILITY, SITE_CLASSES, SpliceSites
from predictor.results import SitePlace


@dataclass(slots=True)
class Sites:
    """Splice sites of one class: `positions` [n] ascending, their `probabilities` [n] and `vectors` [n, D]."""

    positions: Int[Tensor, "n"]
    probabilities: Float[Tensor, "n"]
    vectors: Float[Tensor, "n D"]

    def best(self, count: int) -> Sites:
        """The `count` most probable."""
        if len(self.positions) <= count:
            return self
        kept = self.probabilities.topk(count).indices.sort().values
        return Sites(self.positions[kept], self.probabilities[kept], self.vectors[kept])

    @classmethod
    def joined(cls, parts: list[Sites]) -> Sites:
        """Of parts in ascending order."""
        return cls(
            torch.cat([part.positions for part in parts]),
            torch.cat([part.probabilities for part in parts]),
            torch.cat([part.vectors for part in parts]),
        )


@dataclass(frozen=True, slots=True)
class ClassRows(Rows):
    """The four site classes and none of them."""

    def finish(self, linear: Float[Tensor, "B T N"]) -> Float[Tensor, "B T N"]:
        """Probabilities."""
        return linear.softmax(1)


@dataclass(frozen=True, slots=True)
class UsageRows(Rows):
    """How much each base is used as a splice site, by strand and tissue."""

    def finish(self, linear: Float[Tensor, "B T N"]) -> Float[Tensor, "B T N"]:
        """Shares of transcripts."""
        return linear.sigmoid_()


class FoldedSplicing(nn.Module):
    """The 1-bp heads and the junction head."""

    def __init__(self, splicing: SpliceSites) -> None:
        super().__init__()
        self.config: SplicingConfig = splicing.config
        self.classes = FoldedLinear(splicing.classes)
        self.usage = FoldedLinear(splicing.usage)
        self.project = FoldedLinear(splicing.junctions.project)
        self.vectors = nn.ParameterDict({name: splicing.junctions.vectors[name] for name in SITE_CLASSES})

    def class_rows(self, organism: int) -> ClassRows:
        """All of them: a probability needs the others."""
        rows = self.classes.rows(organism, torch.arange(self.config.classes, device=self.classes.bias.device))
        return ClassRows(rows.weight, rows.bias)

    def usage_rows(self, organism: int, wanted: Tensor) -> UsageRows:
        """The strands and tissues asked for."""
        rows = self.usage.rows(organism, wanted)
        return UsageRows(rows.weight, rows.bias)

    def vector_rows(self, organism: int) -> Rows:
        """A site's vector, from which its junctions are made."""
        return self.project.rows(organism, torch.arange(self.config.junction_channels, device=self.project.bias.device))

    def junctions(
        self, donors: Sites, acceptors: Sites, strand: int, organism: int, tissues: Tensor
    ) -> Float[Tensor, "T n m"]:
        """Counts between the sites of one strand (0 plus, 1 minus), for the tissues asked for."""
        sides = [
            _Turned(side, self.vectors[SITE_CLASSES[2 * strand + i]][organism][:, tissues])
            for i, side in enumerate((donors, acceptors))
        ]
        counts = donors.vectors.new_empty(len(tissues), len(donors.positions), len(acceptors.positions))
        for tissue, count in enumerate(counts):
            count.copy_(nn.functional.softplus(dense(sides[0].of(tissue), sides[1].of(tissue))))
        return counts


class _Turned:
    """The sites of one side as vectors per tissue: scaled, shifted, turned by their positions.

    A product does not mind the order of channels, so the two of each rotated pair are kept in two halves of the vector.
    """

    def __init__(self, sites: Sites, scale_and_offset: Float[Tensor, "2 T D"]) -> None:
        frequency = frequencies(sites.vectors.shape[1], JUNCTION_MAX_POSITION).to(sites.vectors.device)
        theta = sites.positions.to(frequency.dtype)[:, None] * frequency
        self._cos, self._sin = theta.cos(), theta.sin()  # [n, D / 2]
        self._even, self._odd = (sites.vectors[:, i::2].contiguous() for i in (0, 1))
        self._scale, self._offset = (x.float().unflatten(1, (-1, 2)).mT.contiguous() for x in scale_and_offset)
        self._turned = torch.empty_like(sites.vectors)

    def of(self, tissue: int) -> Float[Tensor, "n D"]:
        """The vectors of one tissue, in memory that the next tissue's will take."""
        scale, offset = self._scale[tissue], self._offset[tissue]  # [2, D / 2]: even and odd channels
        even = torch.addcmul(offset[0], self._even, scale[0])
        odd = torch.addcmul(offset[1], self._odd, scale[1])
        first, second = self._turned.tensor_split(2, dim=1)
        torch.mul(even, self._cos, out=first).addcmul_(odd, self._sin, value=-1)
        torch.mul(even, self._sin, out=second).addcmul_(odd, self._cos)
        return self._turned


def find_sites(
    at_1: Float[Tensor, "S F"], probabilities: Float[Tensor, "K S"], vectors: Rows, start: int, count: int
) -> list[Sites]:
    """The sites of each class in a stretch that begins at position `start`; no more than `count`, the best, can matter."""
    found = []
    for row in probabilities[: len(SITE_CLASSES)]:
        where = (row >= MIN_PROBABILITY).nonzero()[:, 0]
        if len(where) > count:
            where = where[row[where].topk(count).indices].sort().values
        found.append(Sites(where + start, row[where], vectors(at_1[where][None])[0].T))
    return found


class GivenSites:
    """Sites of one class that somebody else has found; the 1-bp embedding is looked at stretch by stretch."""

    def __init__(self, places: Sequence[SitePlace]) -> None:
        self._places = places
        self._embedded: list[Tensor | None] = [None] * len(places)

    def look(self, at_1: Float[Tensor, "S F"], start: int) -> None:
        """At a stretch that begins at position `start`."""
        for i, place in enumerate(self._places):
            first, last = max(place.start - start, 0), min(place.end - start, len(at_1))
            if first < last:
                here, before = at_1[first:last].amax(0), self._embedded[i]
                self._embedded[i] = here if before is None else torch.maximum(before, here)

    def read(self, vectors: Rows) -> Sites:
        """A site without a base has an embedding of zeros."""
        device = vectors.bias.device
        positions = torch.tensor([place.position for place in self._places], dtype=torch.int64, device=device)
        nothing = vectors.weight.new_zeros(vectors.weight.shape[1])
        rows = (
            torch.stack([nothing if one is None else one for one in self._embedded])
            if self._places
            else nothing[None, :][:0]
        )
        return Sites(positions, torch.ones(len(rows), device=device), vectors(rows[None])[0].T)
