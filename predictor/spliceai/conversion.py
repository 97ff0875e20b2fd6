"""From the Keras files of the PyPI wheel `spliceai` to our checkpoint folder. h5py reads them; neither Keras nor TensorFlow does.

The network is written down in each file's `model_config`; what we build must be that one, else the file is refused. Norms are
folded into the convolution before them where there is one, and the 1 x 1 convolutions towards the classes into one
product each (see predictor.spliceai.network); both in float64.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from predictor.catalogue import WEIGHTS
from predictor.errors import DomainError
from predictor.spliceai.architecture import BLOCKS_PER_SKIP, DILATIONS, SKIPS, WIDTHS, shapes
from predictor.spliceai.card import TRACKS, card

if TYPE_CHECKING:
    import h5py

Arrays = dict[str, NDArray[np.float64]]


def convert(files: Sequence[bytes], folder: Path) -> None:
    """Write the checkpoint of these Keras files, one per member, into `folder`. Raises DomainError `bad_checkpoint`, OSError."""
    import torch

    from predictor.checkpoints.folder import write_card, write_weights

    members = [read_member(content, f"file {number} of {len(files)}") for number, content in enumerate(files, start=1)]
    stacked = {name: np.stack([member[name] for member in members]).astype(np.float32) for name in members[0]}
    assert {name: array.shape for name, array in stacked.items()} == shapes(len(members))
    folder.mkdir(parents=True, exist_ok=True)
    write_weights(folder / WEIGHTS, {name: torch.from_numpy(array) for name, array in stacked.items()})
    with (folder / WEIGHTS).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    write_card(folder, card(len(members), digest), TRACKS)  # last: a folder without a card is no model


def read_member(content: bytes, name: str) -> Arrays:
    """One member's folded weights, named as in `network.shapes` without the members. Raises DomainError `bad_checkpoint`."""
    import h5py

    try:
        with h5py.File(io.BytesIO(content), "r") as file:
            layers = json.loads(file.attrs["model_config"])["config"]["layers"]
            return _folded(_Layers(layers, cast("h5py.Group", file["model_weights"])))
    except (OSError, KeyError, ValueError, TypeError, IndexError) as error:
        raise DomainError(
            "bad_checkpoint", f"{name} is not one of SpliceAI's published networks ({error}); get the wheel again."
        ) from None


class _Layers:
    """A Keras graph read from its end to its start, by what each layer takes in."""

    def __init__(self, layers: Sequence[Mapping[str, Any]], weights: h5py.Group) -> None:
        self._layers = {layer["name"]: layer for layer in layers}
        self._weights = weights
        self.last = layers[-1]["name"]

    def before(self, name: str, kind: str) -> list[str]:
        """What the layer reads. ValueError if the layer is not of this kind."""
        layer = self._layers[name]
        if layer["class_name"] != kind:
            raise ValueError(f"{name} is {layer['class_name']}, not {kind}")
        return [node[0] for node in layer["inbound_nodes"][0]]

    def config(self, name: str) -> Mapping[str, Any]:
        """What the layer is set to."""
        return cast("Mapping[str, Any]", self._layers[name]["config"])

    def array(self, name: str, what: str) -> NDArray[np.float64]:
        """One of the layer's weights."""
        return np.asarray(self._weights[f"{name}/{name}/{what}:0"], np.float64)

    def relu_and_norm(self, name: str) -> tuple[str, NDArray[np.float64], NDArray[np.float64]]:
        """Of an activation after a norm: what the norm reads, its gain and its shift."""
        (norm,) = self.before(name, "Activation")
        if self.config(name)["activation"] != "relu":
            raise ValueError(f"{name} is not a relu")
        (source,) = self.before(norm, "BatchNormalization")
        spread = np.sqrt(self.array(norm, "moving_variance") + self.config(norm)["epsilon"])
        gain = self.array(norm, "gamma") / spread
        return source, gain, self.array(norm, "beta") - self.array(norm, "moving_mean") * gain

    def convolution(self, name: str, width: int, dilation: int) -> tuple[str, NDArray[np.float64], NDArray[np.float64]]:
        """What it reads, its kernel [out, in, width] and bias."""
        (source,) = self.before(name, "Conv1D")
        config = self.config(name)
        if config["kernel_size"] != [width] or config["dilation_rate"] != [dilation]:
            raise ValueError(f"{name} has kernels of {config['kernel_size']} by {config['dilation_rate']}")
        return source, self.array(name, "kernel").transpose(2, 1, 0), self.array(name, "bias")


def _folded(layers: _Layers) -> Arrays:
    (cropped,) = layers.before(layers.last, "Conv1D")
    if layers.config(layers.last)["activation"] != "softmax":
        raise ValueError("it does not end in a softmax")
    _, classes, bias = layers.convolution(layers.last, 1, 1)
    (summed,) = layers.before(cropped, "Cropping1D")
    found: Arrays = {}
    tap = entered = ""
    for number in reversed(range(SKIPS)):  # a chain of sums; the first has two convolutions instead
        if number:
            summed, tap = _sum(layers, summed, "Conv1D" if number == 1 else "Add")
        else:
            tap = summed
        source, kernel, of_tap = layers.convolution(tap, 1, 1)
        if entered not in ("", source):
            raise ValueError(f"{tap} reads {source}, not {entered}")
        found[f"skips.{number}"] = classes[:, :, 0] @ kernel[:, :, 0]
        bias = bias + classes[:, :, 0] @ of_tap
        if number:
            entered = _blocks(layers, source, number, found)
    _, found["stem.kernel"], found["stem.bias"] = layers.convolution(entered, 1, 1)
    found["bias"] = bias
    return found


def _sum(layers: _Layers, name: str, kind: str) -> tuple[str, str]:
    """The running sum before this tap, and the tap."""
    one, other = layers.before(name, "Add")
    layers.before(one, kind)
    return one, other


def _blocks(layers: _Layers, name: str, tap: int, found: Arrays) -> str:
    """The four residual blocks that end in layer `name`; the layer before them."""
    for number in reversed(range((tap - 1) * BLOCKS_PER_SKIP, tap * BLOCKS_PER_SKIP)):
        width, dilation, key = WIDTHS[number], DILATIONS[number], f"blocks.{number}"
        second, source = layers.before(name, "Add")
        relu, found[f"{key}.second.kernel"], found[f"{key}.second.bias"] = layers.convolution(second, width, dilation)
        first, gain, shift = layers.relu_and_norm(relu)
        relu, kernel, bias = layers.convolution(first, width, dilation)
        found[f"{key}.first.kernel"] = kernel * gain[:, None, None]
        found[f"{key}.first.bias"] = bias * gain + shift
        entered, found[f"{key}.gain"], found[f"{key}.shift"] = layers.relu_and_norm(relu)
        if entered != source:
            raise ValueError(f"{name} adds {source} to what was made of {entered}")
        name = source
    return name
