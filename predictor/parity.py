"""Every output and activation of the network beside arrays that the official code computed with the same parameters.

A fixture is an .npz with `in|dna_idx`, `in|organism_index` and `out|<output>`; long outputs are stored at every 61st base
(`@step61`), as means over positions (`@mean_pos`) or as parts (`@24`, `@sum_all`, `@sum_d`, `@count`). What a module computes
is `act|<official path>`, up to 257 elements at equal distances, or `...|sample`, up to 509, with the `...|rms` of all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from predictor.activations import Activation, head_activations, recorded
from predictor.deterministic import deterministic_model
from predictor.errors import DomainError
from predictor.folded_outputs import folded_outputs
from predictor.inference.network import cast, fold
from predictor.inference.winograd import accelerate
from predictor.model.alphagenome import AlphaGenome, Embeddings, one_hot
from predictor.model.config import FULL, ModelConfig, SplicingConfig, TrackHeadConfig
from predictor.model.rotary import frequencies, phases
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


def check_fixture(path: Path) -> Iterator[Compared]:
    """Every output and activation of one float32 fixture, and every output of the folded network.

    Raises DomainError for a file that is none.
    """
    golden = _read(path)
    codes, organism = (torch.from_numpy(golden[f"in|{name}"]).long() for name in ("dna_idx", "organism_index"))
    model = deterministic_model(_config(golden))
    form = "sample" if any(key.endswith("|sample") for key in golden) else ""
    with torch.inference_mode():
        with recorded(model, _SAMPLE_PARTS[form]) as activations:
            embeddings = model.embed(one_hot(codes), organism)
        if any(key.startswith("act|alphagenome/head/") for key in golden):
            activations |= head_activations(model, embeddings, organism, _SAMPLE_PARTS[form])
        ours = outputs(model, embeddings, organism, golden)
    theirs = {key.partition("|")[2].replace("|", "/"): array for key, array in golden.items() if key.startswith("out|")}
    for name, array in theirs.items():
        yield _compare(name, ours, array)
    for key, array in golden.items():
        kind, _, name = key.partition("|")
        module, _, part = name.partition("|")
        if kind == "act" and part in {form, "rms"}:
            yield _compare_activation(module, part, activations, array)
    del ours, activations, embeddings
    network = fold(model)
    accelerate(network)  # as the engine runs it
    folded = folded_outputs(network, codes, organism, partial(_means, golden))
    for name, array in theirs.items():
        compared = _compare(name, folded, array)
        yield replace(compared, output=f"folded: {compared.output}")


def check_noise(path: Path, exact: Path) -> Iterator[Compared]:
    """The folded network in bfloat16: its distance from the official float32 result `exact`, and as tolerance the distance of
    the official bfloat16 result `path`. Sites, which either has or has not, are left out.
    """
    rounded, golden = _read(path), _read(exact)
    if not np.array_equal(rounded["in|dna_idx"], golden["in|dna_idx"]):
        raise DomainError("bad_fixture", f"{path} and {exact} are not of one input; give both as they were made.")
    codes, organism = (torch.from_numpy(golden[f"in|{name}"]).long() for name in ("dna_idx", "organism_index"))
    network = cast(fold(deterministic_model(_config(golden))), torch.bfloat16)
    ours = folded_outputs(network, codes, organism, partial(_means, golden))
    for key, array in golden.items():
        name = key.removeprefix("out|").replace("|", "/")
        if key.startswith("out|") and key in rounded and "junction" not in key:
            official = _distance(rounded[key], array)
            output, _, part = name.partition("@")
            yield Compared(f"bfloat16: {name}", _distance(_part(ours[output], part), array), official)


def check_phases(path: Path) -> Iterator[Compared]:
    """The tower's rotations at 8,192 tokens, in both precisions: the largest difference from the official tables."""
    golden = _read(path, ("cos_fp32", "sin_fp32", "cos_bf16", "sin_bf16"))
    for dtype, suffix, tolerance in ((torch.float32, "fp32", 4e-5), (torch.bfloat16, "bf16", 0.0)):
        frequency = frequencies(FULL.key_channels, FULL.max_position, dtype)
        for name, ours in zip(("cos", "sin"), phases(frequency, torch.arange(FULL.max_position)), strict=True):
            difference = np.abs(ours[:, ::2].numpy() - golden[f"{name}_{suffix}"]).max()
            yield Compared(f"rotation: {name}_{suffix}", float(difference), tolerance)


def _read(path: Path, needed: tuple[str, ...] = ("in|dna_idx", "in|organism_index")) -> dict[str, Array]:
    try:
        golden = dict(np.load(path))
        missing = [key for key in needed if key not in golden]
    except (OSError, ValueError) as error:
        missing = [str(error)]
    if missing:
        raise DomainError(
            "bad_fixture", f"{path} is no fixture ({missing[0]}); give files like tiny_fp32_4096.npz."
        ) from None
    return golden


def _config(golden: dict[str, Array]) -> ModelConfig:
    return TINY if golden["out|embeddings_128bp"].shape[-1] == 2 * TINY.trunk_channels else FULL


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
    return Compared(name, _distance(mine, theirs), tolerance)


def _distance(ours: Array, theirs: Array) -> float:
    """Relative L2 where the official array has numbers: padding tracks have no mean."""
    known = ~np.isnan(theirs)
    theirs, ours = theirs[known].astype(np.float64), ours[known].astype(np.float64)
    return float(np.linalg.norm(ours - theirs) / np.linalg.norm(theirs))


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
    """A line per output of every fixture in a folder, and whether it passed."""
    paths = sorted(folder.glob("*_fp32_*.npz"))
    if not paths:
        raise DomainError("no_fixture", f"{folder} holds no fixture (*_fp32_*.npz).")
    checks = [(path, check_fixture(path)) for path in paths]
    for path in sorted(folder.glob("*_bf16_*.npz")):
        exact = path.with_name(path.name.replace("_bf16_", "_fp32_"))
        if exact in paths:
            checks.append((path, check_noise(path, exact)))
    if (tables := folder / "unit_tables.npz").exists():
        checks.append((tables, check_phases(tables)))
    for path, compared in checks:
        for one in compared:
            verdict = "pass" if one.passed else "FAIL"
            yield f"{verdict}  {one.error:.1e} <= {one.tolerance:.0e}  {path.stem}  {one.output}", one.passed
