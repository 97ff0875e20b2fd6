"""Every output and activation of the network beside arrays that the official code computed with the same parameters.

A fixture is an .npz with `in|dna_idx`, `in|organism_index` and `out|<output>`; long outputs are stored at every 61st base
(`@step61`), as means over positions (`@mean_pos`) or as parts (`@24`, `@sum_all`, `@sum_d`, `@count`). What a module computes
is `act|<official path>`, up to 257 elements at equal distances, or `...|sample`, up to 509, with the `...|rms` of all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from predictor.activations import Activation, head_activations, recorded
from predictor.deterministic import deterministic_model
from predictor.errors import DomainError
from predictor.model.alphagenome import AlphaGenome, Embeddings, one_hot
from predictor.model.config import FULL, ModelConfig, SplicingConfig, TrackHeadConfig
from predictor.model.scaling import unscale
from predictor.model.splicing import splice_positions

Array = NDArray[Any]
TOLERANCE = 5e-6  # relative L2, float32
HALF_TOLERANCE = 5e-4  # splice site usage is stored as float16, steps of up to 2.4e-4
_SAMPLE_PARTS = {"": 256, "sample": 509}  # how far apart the elements of an activation are, by the form of its key

TINY = ModelConfig(
    stem_channels=24, channel_step=4, key_channels=16, value_channels=24, pair_channels=16, pair_key_channels=16,
    track_heads=tuple(
        TrackHeadConfig(head.name, tracks, head.resolutions, head.squashing)
        for head, tracks in zip(FULL.track_heads, (5, 6, 4, 6, 8, 7, 5), strict=True)
    ),
    contact_tracks=3, splicing=SplicingConfig(tissues=3, junction_channels=24, sites=32),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compared:
    """`error` is the relative L2 distance, or 0 and infinity where equality is asked for."""

    output: str
    error: float
    tolerance: float

    @property
    def passed(self) -> bool:
        """Within the tolerance."""
        return self.error <= self.tolerance


def check_fixture(path: Path) -> list[Compared]:
    """Every output and activation of one fixture. Raises DomainError for a file that is none."""
    try:
        golden = dict(np.load(path))
        codes, organism = golden["in|dna_idx"], golden["in|organism_index"]
    except (OSError, KeyError, ValueError) as error:
        raise DomainError(
            "bad_fixture", f"{path} is no fixture ({error}); give files like tiny_fp32_4096.npz."
        ) from None
    model = deterministic_model(TINY if golden["out|embeddings_128bp"].shape[-1] == 2 * TINY.trunk_channels else FULL)
    organism = torch.from_numpy(organism).long()
    form = "sample" if any(key.endswith("|sample") for key in golden) else ""
    with torch.inference_mode():
        with recorded(model, _SAMPLE_PARTS[form]) as activations:
            embeddings = model.embed(one_hot(torch.from_numpy(codes).long()), organism)
        if any(key.startswith("act|alphagenome/head/") for key in golden):
            activations |= head_activations(model, embeddings, organism, _SAMPLE_PARTS[form])
        ours = outputs(model, embeddings, organism, golden)
    compared = []
    for key, theirs in golden.items():
        kind, _, name = key.partition("|")
        if kind == "out":
            compared.append(_compare(name.replace("|", "/"), ours, theirs))
        elif kind == "act":
            module, _, part = name.partition("|")
            if part in {form, "rms"}:
                compared.append(_compare_activation(module, part, activations, theirs))
    return compared


def outputs(model: AlphaGenome, embeddings: Embeddings, organism: Tensor, golden: dict[str, Array]) -> dict[str, Array]:
    """All outputs by the fixtures' names, positions before channels."""
    assert model.splicing is not None
    ours = {
        "embeddings_1bp": embeddings.at_1.transpose(1, 2),
        "embeddings_128bp": embeddings.at_128,
        "embeddings_pair": embeddings.pair,
        "contact_maps/predictions": model.contacts(embeddings.pair, organism),
    }
    for name in model.track_heads:
        for resolution, scaled in model.heads(name, embeddings, organism).items():
            tracks = scaled.transpose(1, 2) if resolution == 1 else scaled
            ours[f"{name}/scaled_predictions_{resolution}bp"] = tracks
            mean = _means(golden, name, model.head(name).config.squashing)
            ours[f"{name}/predictions_{resolution}bp"] = unscale(
                tracks, mean, resolution, squashing=model.head(name).config.squashing
            )
    classes = model.splicing.class_logits(embeddings.at_1, organism)
    usage = model.splicing.usage_logits(embeddings.at_1, organism)
    positions = splice_positions(classes.softmax(1), model.splicing.config.sites)
    junctions = model.splicing.junctions(embeddings.at_1, organism, positions)
    ours |= {
        "splice_sites_classification/logits": classes.transpose(1, 2),
        "splice_sites_classification/predictions": classes.softmax(1).transpose(1, 2),
        "splice_sites_usage/logits": usage.transpose(1, 2),
        "splice_sites_usage/predictions": usage.sigmoid().transpose(1, 2),
        "splice_sites_junction/predictions": junctions.counts,
        "splice_sites_junction/splice_junction_mask": junctions.mask,
        "splice_sites_junction/splice_site_positions": positions,
    }
    return {name: tensor.numpy() for name, tensor in ours.items()}


def _means(golden: dict[str, Array], name: str, squashing: bool) -> Tensor:
    """[B, 1, T]: the fixture's own track means, read off its first 128-bp bin; the other bins then test the scaling."""
    by_name = {key.replace("|", "/"): array for key, array in golden.items()}
    scaled = torch.from_numpy(by_name[f"out/{name}/scaled_predictions_128bp"][:, :1]).double()
    predicted = torch.from_numpy(by_name[f"out/{name}/predictions_128bp"][:, :1]).double()
    return (predicted / unscale(scaled, torch.ones(()), 128, squashing=squashing)).float()


def _compare(name: str, ours: dict[str, Array], theirs: Array) -> Compared:
    output, _, part = name.partition("@")
    mine = _part(ours[output], part)
    if theirs.dtype in (np.bool_, np.int32):
        return Compared(name, 0.0 if np.array_equal(mine, theirs) else float("inf"), 0.0)
    tolerance = HALF_TOLERANCE if theirs.dtype == np.float16 else TOLERANCE
    known = ~np.isnan(theirs)  # padding tracks have no mean
    theirs, mine = theirs[known].astype(np.float64), mine[known].astype(np.float64)
    return Compared(name, float(np.linalg.norm(mine - theirs) / np.linalg.norm(theirs)), tolerance)


def _compare_activation(module: str, part: str, ours: dict[str, Activation], theirs: Array) -> Compared:
    mine = np.asarray(ours[module].rms) if part == "rms" else ours[module].sample[: theirs.size]
    name = f"{module}@rms" if part == "rms" else module
    if mine.shape != theirs.shape:
        return Compared(name, float("inf"), TOLERANCE)
    distance = np.linalg.norm(mine.astype(np.float64) - theirs.astype(np.float64))
    return Compared(name, float(distance / np.linalg.norm(theirs.astype(np.float64))), TOLERANCE)


def _part(array: Array, part: str) -> Array:
    """The piece of an output that a fixture keeps."""
    match part:
        case "":
            return array
        case "mean_pos":
            return np.asarray(array.astype(np.float64).mean(1))
        case "sum_all":
            return np.asarray(array.astype(np.float64).sum((1, 2)))
        case "count":
            return np.asarray(array.sum((1, 2)).astype(np.int32))
        case "sum_d":
            return np.asarray(array[..., ::16].astype(np.float64).sum(1))
    if step := re.fullmatch(r"step(\d+)", part):
        return array[:, :: int(step[1])]
    return array[:, : int(part), : int(part)]


def report(folder: Path) -> Iterator[tuple[str, bool]]:
    """A line per output of every float32 fixture in a folder, and whether it passed."""
    paths = sorted(folder.glob("*_fp32_*.npz"))
    if not paths:
        raise DomainError("no_fixture", f"{folder} holds no fixture (*_fp32_*.npz).")
    for path in paths:
        for compared in check_fixture(path):
            verdict = "pass" if compared.passed else "FAIL"
            yield (
                f"{verdict}  {compared.error:.1e} <= {compared.tolerance:.0e}  {path.stem}  {compared.output}",
                compared.passed,
            )
