"""Our checkpoint: a folder with `model.safetensors` (strict) and `model.json` (the card of predictor.catalogue)."""

from __future__ import annotations

import json
import os
from dataclasses import fields
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from predictor.catalogue import CARD, WEIGHTS, ModelInfo
from predictor.errors import DomainError
from predictor.inference.network import Network, fold, folded_skeleton
from predictor.model.alphagenome import AlphaGenome, assemble, skeleton
from predictor.model.config import ModelConfig, TrackHeadConfig
from predictor.tracks import OUTPUTS, Track, head_name

# Outputs with a head of another kind, which ModelConfig has fields for.
NOT_TRACKS = ("SPLICE_SITES", "SPLICE_SITE_USAGE", "SPLICE_JUNCTIONS", "CONTACT_MAPS")


def head_configs(tracks: tuple[Track, ...]) -> tuple[TrackHeadConfig, ...]:
    """One track head per output type present that has one: 1-bp outputs are also predicted at 128 bp, as in the reference."""
    heads = []
    for output in dict.fromkeys(track.output for track in tracks):
        if output in NOT_TRACKS:
            continue
        resolutions = (1, 128) if OUTPUTS[output].resolution == 1 else (128,)
        count = sum(track.output == output for track in tracks)
        heads.append(TrackHeadConfig(head_name(output), count, resolutions, squashing=output == "RNA_SEQ"))
    return tuple(heads)


def save_folder(folder: Path, weights: dict[str, Tensor], card: dict[str, Any], tracks: tuple[Track, ...]) -> None:
    """Write weights (in float32) and card; each appears whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    write_weights(folder / WEIGHTS, {name: tensor.detach().float().cpu() for name, tensor in weights.items()})
    write_card(folder, card, tracks)


def write_weights(path: Path, weights: dict[str, Tensor]) -> None:
    """As safetensors, whole or not at all."""
    part = path.with_name(path.name + ".part")
    try:
        save_file({name: tensor.contiguous() for name, tensor in weights.items()}, part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_card(folder: Path, card: dict[str, Any], tracks: tuple[Track, ...]) -> None:
    """`card` has everything of ModelInfo that is not computed but the tracks, of which it says what is not left at its default."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({**card, "tracks": [_said(track) for track in tracks]}, indent=1, ensure_ascii=False)
    part = folder / (CARD + ".part")
    part.write_text(text + "\n", encoding="utf-8")
    part.replace(folder / CARD)


def _said(track: Track) -> dict[str, Any]:
    values = {one.name: (getattr(track, one.name), one.default) for one in fields(track)}
    return {name: value for name, (value, default) in values.items() if value != default}


def load_model(info: ModelInfo, weights: Path | None = None) -> AlphaGenome:
    """The plain network of a checkpoint of ours, in evaluation mode.

    Raises DomainError `bad_checkpoint` that names the first misfits, or for a folded one, which has no plain form any more.
    """
    if info.settings.get("folded"):
        raise DomainError("bad_checkpoint", f"{info.folder} was converted already; use it as it is.")
    model = skeleton(ModelConfig.from_json(info.settings["network"]))
    return assemble(model, read_weights(weights or info.weights, model))


def load_network(info: ModelInfo, weights: Path | None = None) -> Network:
    """The network of a checkpoint of ours, ready to run, with the first of its files of weights or another.

    Raises as `load_model`. A folded file is mapped into memory, so that what is never asked for is never read.
    """
    if not info.settings.get("folded"):
        return fold(load_model(info, weights))
    network = folded_skeleton(ModelConfig.from_json(info.settings["network"]))
    network.load_state_dict(read_weights(weights or info.weights, network), assign=True)
    return network.requires_grad_(False)


def read_weights(path: Path, model: nn.Module) -> dict[str, Tensor]:
    """Every tensor that `model` has, and no other. Raises DomainError `bad_checkpoint` that names the first misfits."""
    try:
        weights = load_file(path)
    except (SafetensorError, OSError) as error:
        raise DomainError(
            "bad_checkpoint", f"{os.fspath(path)} cannot be read as safetensors ({error}); fetch it again.", status=422
        ) from None
    expected = model.state_dict()
    misfits = [f"{name} is missing" for name in expected if name not in weights]
    misfits += [f"{name} is unknown" for name in weights if name not in expected]
    misfits += [
        f"{name} is {tuple(weights[name].shape)}, not {tuple(tensor.shape)}"
        for name, tensor in expected.items()
        if name in weights and weights[name].shape != tensor.shape
    ]
    if misfits:
        raise DomainError(
            "bad_checkpoint",
            f"{os.fspath(path)} does not fit its card: {'; '.join(misfits[:3])}"
            f"{f' and {len(misfits) - 3} more' if len(misfits) > 3 else ''}; fetch it again.",
        )
    return weights
