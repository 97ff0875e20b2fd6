"""Loading a checkpoint that somebody else wrote into our network, strictly: every tensor is matched or reported."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from pathlib import Path

import torch
from torch import Tensor

from predictor.checkpoints.haiku import from_haiku, per_organism
from predictor.checkpoints.lucidrains import organisms_of, separated
from predictor.checkpoints.reading import read_tensors
from predictor.checkpoints.schemas import HAIKU, LUCIDRAINS, Schema, detect
from predictor.errors import DomainError
from predictor.model.alphagenome import AlphaGenome, assemble, skeleton
from predictor.model.config import FULL, ModelConfig

_SHOWN = 3


def load_foreign(path: Path, config: ModelConfig = FULL) -> AlphaGenome:
    """The network in evaluation mode. Heads that the file lacks altogether (a fine-tuned model) are left out.

    Raises DomainError `bad_checkpoint` that names the first tensors that do not fit and what to do.
    """
    tensors = read_tensors(path)
    schema = detect(tensors)
    parts = [key for key in tensors if ".lora_" in key.lower()]
    if parts or all("head" in key for key in tensors):
        raise DomainError(
            "bad_checkpoint",
            f"{path} holds an adapter or heads, not a model ({', '.join((parts or list(tensors))[:_SHOWN])} ...); "
            "merge them into their base model and save all of it.",
        )
    if schema is None:
        raise DomainError(
            "bad_checkpoint",
            f"The tensors of {path} ({', '.join(list(tensors)[:_SHOWN])} ...) are named as in no AlphaGenome that is known; "
            "convert it to the official or one of the PyTorch formats first.",
        )
    problems: list[str] = []
    if schema is LUCIDRAINS:
        config = replace(config, organisms=organisms_of(tensors) or config.organisms, standardized=False)
        tensors, problems = separated(tensors, config)
    model = skeleton(_present(config, schema, tensors))
    weights, misfits = _matched(model, schema, tensors)
    problems += misfits
    if problems:
        more = f" and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        raise DomainError(
            "bad_checkpoint",
            f"{path} ({schema.name}) does not fit: {'; '.join(problems[:_SHOWN])}{more}. "
            "Fetch it again, or say which size of network it is.",
        )
    return assemble(model, weights)


def _present(config: ModelConfig, schema: Schema, tensors: dict[str, Tensor]) -> ModelConfig:
    """The configuration without the heads that the file has no tensor of."""

    def has(name: str) -> bool:
        return schema.key(name) in tensors

    heads = tuple(
        head for head in config.track_heads if has(f"track_heads.{head.name}.projections.{head.resolutions[-1]}.bias")
    )
    return replace(
        config,
        track_heads=heads,
        contact_tracks=config.contact_tracks if has("contact_maps.bias") else 0,
        splicing=config.splicing if has("splicing.classes.bias") else None,
    )


def _matched(model: AlphaGenome, schema: Schema, tensors: dict[str, Tensor]) -> tuple[dict[str, Tensor], list[str]]:
    weights: dict[str, Tensor] = {}
    problems: list[str] = []
    left = dict(tensors)
    for name, wanted in model.state_dict().items():
        if name.endswith(".mean") and not schema.has_means:
            weights[name] = torch.ones(wanted.shape)
            continue
        key = schema.key(name)
        given = left.pop(key, None)
        if given is None:
            if name.endswith(".mean"):
                weights[name] = torch.ones(wanted.shape)
            else:
                problems.append(f"{key} is missing")
            continue
        ours = _ours(name, key, given, tuple(wanted.shape), schema)
        if ours is None:
            problems.append(f"{key} is {tuple(given.shape)}, which does not fit {tuple(wanted.shape)}")
        elif name.endswith(".mean"):
            weights[name] = torch.nan_to_num(ours, nan=1.0)  # a padding track, which nobody is shown
        else:
            weights[name] = ours
    problems += [f"{key} is unknown" for key in left]
    return weights, problems


def _ours(name: str, key: str, given: Tensor, shape: tuple[int, ...], schema: Schema) -> Tensor | None:
    """The tensor in our layout, or None where it cannot be."""
    if schema is HAIKU:
        try:
            return torch.from_numpy(from_haiku(name, given.numpy(), shape))
        except ValueError:
            return None
    if per_organism(name) and name.endswith(".weight") and schema.in_before_out(key) and given.ndim == 3:
        given = given.transpose(1, 2)
    if ".vectors." in name and given.shape == (shape[0], prod(shape[1:])):  # lucidrains: flat, as in Haiku
        given = given.reshape(shape)
    squeezed = [size for size in given.shape if size != 1]
    if squeezed != [size for size in shape if size != 1]:
        return None
    return given.reshape(shape).contiguous()
