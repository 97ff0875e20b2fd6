"""From a reading to arrays: only the tracks, resolutions and stretches that were asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from predictor.inference.network import Network
from predictor.inference.reading import Reading
from predictor.inference.splicing import Sites, find_sites
from predictor.model.config import PAIR_TOKENS, TOKEN_BP
from predictor.model.splicing import SITE_CLASSES
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
) -> Arrays:
    """Everything wanted over `window`, multiples of 128 bp; `advance` is called with the bases decoded so far."""
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
        _read_bases(network, reading, fine, window, arrays, advance)
    return arrays


def _read_bases(
    network: Network,
    reading: Reading,
    wanted: list[Wanted],
    window: tuple[int, int],
    arrays: Arrays,
    advance: Callable[[int], None],
) -> None:
    batch, length = len(reading.codes), window[1] - window[0]
    heads = {one.output: _head(network, one, reading.organism) for one in wanted if one.output != "SPLICE_JUNCTIONS"}
    junctions = next((_JunctionReader(network, reading, one.rows) for one in wanted if one.output not in heads), None)
    for one in wanted:
        if one.output in heads:
            arrays.values[one.output, 1] = torch.empty(batch, len(one.rows), length)
    for start in range(window[0], window[1], STRETCH_BP):
        advance(start - window[0])
        bases = reading.decode(network, start, min(start + STRETCH_BP, window[1]))
        for at in range(start, start + bases.shape[1], HEADS_BP):
            at_1 = reading.embed(network, bases[:, at - start : at - start + HEADS_BP], at)
            here = slice(at - window[0], at - window[0] + at_1.shape[1])
            for output, head in heads.items():
                arrays.values[output, 1][:, :, here] = head(at_1)
            if junctions is not None:
                junctions.look(at_1, at)
    if junctions is not None:
        arrays.junctions = junctions.read()


def _head(network: Network, wanted: Wanted, organism: int) -> Callable[[Tensor], Tensor]:
    """The 1-bp embedding [B, s, F] to one output [B, T, s]."""
    if wanted.output not in SPLICE_OUTPUTS:
        return network.head(wanted.head).rows(1, organism, wanted.rows)
    assert network.splicing is not None
    if wanted.output == "SPLICE_SITES":
        classes = network.splicing.class_rows(organism)
        return lambda at_1: classes(at_1).softmax(1)[:, wanted.rows]
    usage = network.splicing.usage.rows(organism, wanted.rows)
    return lambda at_1: usage(at_1).sigmoid_()


class _JunctionReader:
    """Collects splice sites along the sequence, then pairs them. Rows below the number of tissues are the plus strand's."""

    def __init__(self, network: Network, reading: Reading, rows: Tensor) -> None:
        assert network.splicing is not None
        self._splicing, self._organism, self._rows = network.splicing, reading.organism, rows
        self._classes = network.splicing.class_rows(reading.organism)
        self._vectors = network.splicing.vector_rows(reading.organism)
        self._found: list[list[list[Sites]]] = [[] for _ in reading.codes]  # [example][stretch][class]

    def look(self, at_1: Tensor, start: int) -> None:
        """At a stretch of the 1-bp embedding."""
        count = self._splicing.config.sites
        for found, one, probabilities in zip(self._found, at_1, self._classes(at_1).softmax(1), strict=True):
            found.append(find_sites(one, probabilities, self._vectors, start, count))

    def read(self) -> list[list[tuple[Sites, Sites, Tensor]]]:
        """Per example and strand: donors, acceptors and counts [T, n, m]."""
        config = self._splicing.config
        examples = []
        for parts in self._found:
            sites = [Sites.joined([part[k] for part in parts]).best(config.sites) for k in range(len(SITE_CLASSES))]
            by_strand = []
            for strand in (0, 1):
                donors, acceptors = sites[2 * strand], sites[2 * strand + 1]
                tissues = self._rows[(self._rows < config.tissues) == (strand == 0)] - strand * config.tissues
                counts = self._splicing.junctions(donors, acceptors, strand, self._organism, tissues)
                by_strand.append((donors, acceptors, counts))
            examples.append(by_strand)
        return examples
