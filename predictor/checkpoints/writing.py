"""Our network's weights under the names and in the layouts of other implementations: the inverse of loading theirs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from predictor.checkpoints.haiku import haiku_key, official_shape, per_organism
from predictor.checkpoints.schemas import ALPHAGENOME_PT, GENOMICSXAI
from predictor.model.alphagenome import AlphaGenome


def genomicsxai(model: AlphaGenome) -> dict[str, Tensor]:
    """Channels before length; the contact head's weight is [organisms, in, out]."""
    return {GENOMICSXAI.key(name): genomicsxai_layout(name, tensor) for name, tensor in model.state_dict().items()}


def genomicsxai_layout(name: str, tensor: Tensor) -> Tensor:
    """One of our tensors in the shape that genomicsxai gives it."""
    if name.endswith(".conv.scale"):
        return tensor[:, None, None]
    if name.endswith("residual_scale"):
        return tensor[None]
    if name.endswith(("query_bias", "key_bias")):
        return tensor[None, None]
    if name in {"embedder_128.project.weight", "embedder_1.skip.weight"}:
        return tensor[:, :, None]
    return tensor.transpose(1, 2).contiguous() if name == "contact_maps.weight" else tensor


def alphagenome_pt(model: AlphaGenome) -> dict[str, Tensor]:
    """Heads are [organisms, in, out]; no track means."""
    written = {}
    for name, tensor in model.state_dict().items():
        if name.endswith(".mean"):
            continue
        if name.endswith(".conv.scale"):
            tensor = tensor[:, None, None]
        elif name.endswith("residual_scale"):
            tensor = tensor[None]
        elif per_organism(name) and name.endswith(".weight"):
            tensor = tensor.transpose(1, 2).contiguous()
        elif name in {"embedder_1.project.weight"} or "pointwise.conv.weight" in name:
            tensor = tensor[:, :, 0]
        elif name.endswith(("query_bias", "key_bias")):
            tensor = tensor[None, None]
        written[ALPHAGENOME_PT.key(name)] = tensor
    return written


def official(model: AlphaGenome) -> dict[str, NDArray[np.float32]]:
    """Haiku's names and shapes: kernels (width, in, out), matrices (in, out), batch norms with ones in front."""
    written = {}
    for name, tensor in model.state_dict().items():
        if name.endswith(".mean"):
            continue
        array = tensor.numpy()
        if name.endswith("weight") and "organism" not in name:
            array = array.transpose(0, 2, 1) if per_organism(name) else array.transpose()
        array = array.reshape(official_shape(name, tuple(tensor.shape)))
        key = haiku_key(name)
        if "/rms_batch_norm" in key or key.endswith("/standardized_conv1_d/scale"):
            array = array.reshape((1, 1, 1, -1) if "/attention_bias_block" in key else (1, 1, -1))
        elif key.endswith("_r_bias"):
            array = array[None, None]
        written[key] = array
    return written
