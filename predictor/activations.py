"""What every module of the network computes, by the names and in the layouts of the official code, a few elements of each.

Convolutional parts are [B, C, S] here and [B, S, C] there; the attention bias is per bin here and per token there; pooling is
a module there. Only the plain network has these modules: folding for inference removes some.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from predictor.checkpoints.haiku import haiku_key
from predictor.model.alphagenome import AlphaGenome, Embeddings
from predictor.model.attention import AttentionBias
from predictor.model.config import PAIR_TOKENS
from predictor.model.convolutions import DownResBlock, SequenceEncoder
from predictor.model.heads import OrganismLinear
from predictor.model.layers import OrganismEmbedding


@dataclass(frozen=True, slots=True)
class Activation:
    """Elements at equal distances of the flat array in the official layout, and the root mean square of all."""

    sample: NDArray[np.float32]
    rms: float


def sampled(array: Tensor, parts: int) -> Activation:
    """Every (size / parts)th element, rounded down, from the first on."""
    flat = array.flatten()
    step = max(1, flat.numel() // parts)
    return Activation(flat[::step].numpy().copy(), float(flat.double().square().mean().sqrt()))


@contextmanager
def recorded(model: AlphaGenome, parts: int) -> Iterator[dict[str, Activation]]:
    """While it is open, every call of a module is sampled under its official path, heads excepted."""
    found: dict[str, Activation] = {}

    def keep(path: str, array: Tensor, *, channels_first: bool) -> None:
        found[path] = sampled(array.transpose(1, 2) if channels_first else array, parts)

    def hook(name: str, path: str) -> Any:
        def after(module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
            if isinstance(module, SequenceEncoder):
                keep(f"{path}/max_pool_{len(module.down_blocks)}", output[0], channels_first=True)
            if isinstance(module, DownResBlock):
                parent, block = path.rsplit("/downres_block_", 1)
                keep(f"{parent}/max_pool{'_' + block if block != '0' else ''}", inputs[0], channels_first=True)
            if name.endswith("sequence_to_pair.norm"):
                keep(f"{path.rsplit('/', 1)[0]}/avg_pool", inputs[0], channels_first=False)
            if isinstance(module, AttentionBias):
                output = output.repeat_interleave(PAIR_TOKENS, 2).repeat_interleave(PAIR_TOKENS, 3)
            if isinstance(output, Tensor):  # the tower's blocks give two, and are no modules there
                keep(path, output, channels_first=_channels_first(name, module))

        return after

    hooks = [
        module.register_forward_hook(hook(name, official_path(name, module)))
        for name, module in model.named_modules()
        if name and not isinstance(module, nn.ModuleList | nn.ModuleDict | nn.ParameterDict | OrganismLinear)
    ]
    try:
        yield found
    finally:
        for handle in hooks:
            handle.remove()


def official_path(name: str, module: nn.Module) -> str:
    """A module is called as what holds its own parameters; one without any as what holds its first part."""
    for parameter, _ in module.named_parameters(recurse=False):
        return haiku_key(f"{name}.{parameter}").rsplit("/", 1)[0]
    part, child = next(module.named_children())
    path = official_path(f"{name}.{part}", child)
    return path if isinstance(module, nn.ModuleList) else path.rsplit("/", 1)[0]


def head_activations(model: AlphaGenome, embeddings: Embeddings, organism: Tensor, parts: int) -> dict[str, Activation]:
    """The linear layers of the heads, before softplus, softmax and scales."""
    layers = {name: module for name, module in model.named_modules() if isinstance(module, OrganismLinear)}
    found = {}
    for name, layer in layers.items():
        path = haiku_key(f"{name}.weight").rsplit("/", 1)[0]
        if name == "contact_maps":
            array = model.contacts(embeddings.pair, organism)
        elif name.endswith(".128"):
            array = OrganismLinear.forward(layer, embeddings.at_128, organism)
        else:
            array = OrganismLinear.per_base(layer, embeddings.at_1, organism).transpose(1, 2)
        found[path] = sampled(array, parts)
    return found


def _channels_first(name: str, module: nn.Module) -> bool:
    """Encoder, decoder and 1-bp embedder, but for what the latter adds per bin and per organism."""
    if isinstance(module, OrganismEmbedding) or name == "embedder_1.skip":
        return False
    return name.startswith(("encoder.", "decoder.", "embedder_1.")) or name in {"decoder", "embedder_1"}
