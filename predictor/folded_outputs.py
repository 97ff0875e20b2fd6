"""Every output of the folded network, by the names and in the layouts of the official code's fixtures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from predictor.inference.encoding import encode
from predictor.inference.network import Network
from predictor.inference.outputs import Wanted, read_off
from predictor.inference.reading import attended
from predictor.inference.splicing import Sites
from predictor.model.layers import GELU_SLOPE
from predictor.model.scaling import unscale
from predictor.model.splicing import NOT_A_SITE

Means = Callable[[str, bool], Tensor]  # (head, squashing) to [B, 1, T]


@torch.inference_mode()
def folded_outputs(network: Network, codes: Tensor, organisms: Tensor, means: Means) -> dict[str, NDArray[np.float32]]:
    """Of `codes` [B, S], each example with its own organism; positions before tracks."""
    examples = [_outputs(network, codes[i : i + 1], int(organism)) for i, organism in enumerate(organisms)]
    outputs = {name: torch.cat([example[name] for example in examples]) for name in examples[0]}
    for name in network.track_heads:
        for resolution in network.head(name).resolutions:
            scaled = outputs[f"{name}/scaled_predictions_{resolution}bp"]
            squashing = network.head(name).squashing
            predicted = unscale(scaled, means(name, squashing), int(resolution), squashing=squashing)
            outputs[f"{name}/predictions_{resolution}bp"] = predicted
    return {
        name: array.float().numpy() if array.is_floating_point() else array.numpy() for name, array in outputs.items()
    }


def _outputs(network: Network, codes: Tensor, organism: int) -> dict[str, Tensor]:
    length, splicing, config = codes.shape[1], network.splicing, network.config
    assert splicing is not None
    trunk, skips = encode(network, codes.to(torch.uint8), 0, length)
    reading = attended(network, codes.to(torch.uint8), trunk, organism, skips)
    at_1 = reading.embed(network, reading.decode(network, 0, length), 0)
    usage_rows = torch.arange(splicing.config.usage_tracks)
    classes, usage = (
        splicing.class_rows(organism).linear(at_1).mT,
        splicing.usage_rows(organism, usage_rows).linear(at_1).mT,
    )
    contacts = network.contacts(reading.pair, organism, torch.arange(config.contact_tracks))
    outputs = {
        "embeddings_1bp": at_1 / GELU_SLOPE,
        "embeddings_128bp": reading.at_128 / GELU_SLOPE,
        "embeddings_pair": network.embedder_pair(reading.pair, torch.tensor([organism])),
        "contact_maps/predictions": contacts.permute(0, 2, 3, 1),
        "splice_sites_classification/logits": classes,
        "splice_sites_classification/predictions": classes.softmax(2),
        "splice_sites_usage/logits": usage,
        "splice_sites_usage/predictions": usage.sigmoid(),
    }
    for head in config.track_heads:
        for resolution in head.resolutions:
            rows = network.head(head.name).rows(resolution, organism, torch.arange(head.tracks))
            scaled = rows.scaled(at_1 if resolution == 1 else reading.at_128)
            outputs[f"{head.name}/scaled_predictions_{resolution}bp"] = scaled.mT
    wanted = [Wanted("SPLICE_JUNCTIONS", 1, usage_rows)]
    strands = read_off(network, reading, wanted, (0, length), lambda at: None).junctions[0]
    return outputs | _junctions(strands, splicing.config.sites, splicing.config.tissues)


def _junctions(strands: list[tuple[Sites, Sites, Tensor]], sites: int, tissues: int) -> dict[str, Tensor]:
    """Padded to `sites` of each class, as the official code gives them."""
    positions = torch.full((1, 2 * len(strands), sites), NOT_A_SITE, dtype=torch.int32)
    counts = torch.zeros(1, sites, sites, len(strands) * tissues)
    mask = torch.zeros(counts.shape, dtype=torch.bool)
    for strand, (donors, acceptors, found) in enumerate(strands):
        n, m = len(donors.positions), len(acceptors.positions)
        positions[0, 2 * strand, :n], positions[0, 2 * strand + 1, :m] = donors.positions, acceptors.positions
        of_strand = slice(strand * tissues, (strand + 1) * tissues)
        counts[0, :n, :m, of_strand], mask[0, :n, :m, of_strand] = found.permute(1, 2, 0), True
    return {
        "splice_sites_junction/predictions": counts,
        "splice_sites_junction/splice_junction_mask": mask,
        "splice_sites_junction/splice_site_positions": positions,
    }
