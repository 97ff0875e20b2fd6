"""From a reading to arrays: only the tracks, resolutions and stretches that were asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from predictor.inference.heads import Rows, joined
from predictor.inference.network import Network
from predictor.inference.reading import Reading
from predictor.inference.splicing import GivenSites, Sites, find_sites
from predictor.model.config import PAIR_TOKENS, TOKEN_BP
from predictor.model.splicing import SITE_CLASSES
from predictor.results import SiteList
from predictor.tracks import head_name

SPLICE_OUTPUTS = ("SPLICE_SITES", "SPLICE_SITE_USAGE", "SPLICE_JUNCTIONS")
PAIR_BP = TOKEN_BP * PAIR_TOKENS
STRETCH_BP = 32_768  # decoded at once: twice that is 1 % faster and takes 0.4 GB more at full size
# Embedded and given to the heads at once, so that no more of the widest arrays exists than a cache holds.
HEADS_BP = 4_096


@dataclass(frozen=True, slots=True)
class Wanted:
    """Rows of one output's head at one resolution: 1, 128, or 2,048 for contact maps."""

    output: str
    resolution: int
    rows: Tensor

    @property
    def head(self) -> str:
        """Its name in the network."""
        return head_name(self.output)


@dataclass(slots=True)
class Arrays:
    """`values` by (output, resolution): float32 [B, T, bins] over the window, [B, T, P, P] for contact maps; `junctions` per
    example and strand (plus, minus): donors, acceptors and counts [T, n, m] of the rows asked for of that strand.
    """

    values: dict[tuple[str, int], Tensor] = field(default_factory=dict)
    junctions: list[list[tuple[Sites, Sites, Tensor]]] = field(default_factory=list)


def read_off(
    network: Network,
    reading: Reading,
    wanted: Sequence[Wanted],
    window: tuple[int, int],
    advance: Callable[[int], None],
    sites: Sequence[SiteList] | None = None,
) -> Arrays:
    """Everything wanted over `window`, multiples of 128 bp; `advance` is called with the bases decoded so far.

    `sites`: per example, where junctions are wanted between these. The reading's skips are used up.
    """
    arrays = Arrays()
    fine = [one for one in wanted if one.resolution == 1]
    for one in wanted:
        if one.output == "CONTACT_MAPS":
            arrays.values[one.output, PAIR_BP] = network.contacts(reading.pair, reading.organism, one.rows).cpu()
        elif one.resolution == TOKEN_BP:
            first, last = window[0] // TOKEN_BP, window[1] // TOKEN_BP
            at_128 = reading.at_128[:, first:last]
            tracks = network.head(one.head).rows(TOKEN_BP, reading.organism, one.rows)
            arrays.values[one.output, TOKEN_BP] = tracks(at_128).cpu()
    if fine:
        _read_bases(network, reading, fine, window, arrays, advance, sites)
    return arrays


def _read_bases(
    network: Network,
    reading: Reading,
    wanted: list[Wanted],
    window: tuple[int, int],
    arrays: Arrays,
    advance: Callable[[int], None],
    sites: Sequence[SiteList] | None,
) -> None:
    """One product of the 1-bp embedding with the rows of all heads, then what each head makes of its part."""
    batch, length = len(reading.codes), window[1] - window[0]
    by_output = {one.output: one.rows for one in wanted}
    junctions = (
        _JunctionReader(network, reading, by_output.pop("SPLICE_JUNCTIONS"), sites)
        if "SPLICE_JUNCTIONS" in by_output
        else None
    )
    for output, rows in by_output.items():
        arrays.values[output, 1] = torch.empty(batch, len(rows), length)
    heads = {output: _head(network, output, reading.organism, rows) for output, rows in by_output.items()}
    if junctions is not None:
        heads.setdefault("SPLICE_SITES", _head(network, "SPLICE_SITES", reading.organism, torch.empty(0)))
    together, sizes = joined(list(heads.values())), [len(head.bias) for head in heads.values()]
    for start in range(window[0], window[1], STRETCH_BP):
        advance(start - window[0])
        bases = reading.decode(network, start, min(start + STRETCH_BP, window[1]))
        for at in range(start, start + bases.shape[1], HEADS_BP):
            at_1 = reading.embed(network, bases[:, at - start : at - start + HEADS_BP], at)
            here = slice(at - window[0], at - window[0] + at_1.shape[1])
            parts = torch.split(together.linear(at_1), sizes, dim=1)
            for (output, head), part in zip(heads.items(), parts, strict=True):
                values = head.finish(part)
                if output == "SPLICE_SITES" and junctions is not None:
                    junctions.look(at_1, values, at)
                if output in by_output:
                    only = by_output[output] if output == "SPLICE_SITES" else slice(None)
                    arrays.values[output, 1][:, :, here] = values[:, only]
    reading.skips = None  # every base is decoded, and junctions want the room
    if junctions is not None:
        arrays.junctions = junctions.read()


def _head(network: Network, output: str, organism: int, rows: Tensor) -> Rows:
    """The rows of one 1-bp head; of the site classes all, since junctions need them and probabilities too."""
    if output not in SPLICE_OUTPUTS:
        return network.head(head_name(output)).rows(1, organism, rows)
    assert network.splicing is not None
    return (
        network.splicing.class_rows(organism)
        if output == "SPLICE_SITES"
        else network.splicing.usage_rows(organism, rows)
    )


class _JunctionReader:
    """Collects splice sites along the sequence, then pairs them. Rows below the number of tissues are the plus strand's."""

    def __init__(
        self, network: Network, reading: Reading, rows: Tensor, sites: Sequence[SiteList] | None = None
    ) -> None:
        assert network.splicing is not None
        self._given = None if sites is None else [[GivenSites(some) for some in classes] for classes in sites]
        self._splicing, self._organism, self._rows = network.splicing, reading.organism, rows
        self._vectors = network.splicing.vector_rows(reading.organism)
        self._found: list[list[list[Sites]]] = [[] for _ in reading.codes]  # [example][stretch][class]

    def look(self, at_1: Tensor, probabilities: Tensor, start: int) -> None:
        """At a stretch of the 1-bp embedding and the probabilities of site classes there."""
        if self._given is not None:
            for classes_given, one in zip(self._given, at_1, strict=True):
                for given in classes_given:
                    given.look(one, start)
            return
        count = self._splicing.config.sites
        for found, one, classes in zip(self._found, at_1, probabilities, strict=True):
            found.append(find_sites(one, classes, self._vectors, start, count))

    def read(self) -> list[list[tuple[Sites, Sites, Tensor]]]:
        """Per example and strand: donors, acceptors and counts [T, n, m]."""
        config = self._splicing.config
        examples = []
        for example in range(len(self._found)):
            sites = self._sites(example)
            by_strand = []
            for strand in (0, 1):
                donors, acceptors = sites[2 * strand], sites[2 * strand + 1]
                tissues = self._rows[(self._rows < config.tissues) == (strand == 0)] - strand * config.tissues
                counts = self._splicing.junctions(donors, acceptors, strand, self._organism, tissues)
                by_strand.append((donors, acceptors, counts))
            examples.append(by_strand)
        return examples

    def _sites(self, example: int) -> list[Sites]:
        if self._given is not None:
            return [given.read(self._vectors) for given in self._given[example]]
        parts, count = self._found[example], self._splicing.config.sites
        return [Sites.joined([part[k] for part in parts]).best(count) for k in range(len(SITE_CLASSES))]
