"""Network parameters as a pure function of their official names, so that no reference weights have to be stored.

u = murmur3's finaliser over the element's index, keyed by crc32 of "module:name", as a uniform number in [-1, 1); each
kind of parameter is scaled so that activations stay of order one and about a tenth of the tracks pass the soft clip.
Golden arrays were made by the official JAX code (google-deepmind/alphagenome_research @ 3f79219, float32, XLA:CPU) with the
same parameters: at 1/32 of the published widths in tests/parity, at the published ones for `predictor bench --parity`.
"""

from __future__ import annotations

import zlib

import numpy as np
import torch
from numpy.typing import NDArray

from predictor.checkpoints.haiku import from_haiku, haiku_key, official_shape
from predictor.model.alphagenome import AlphaGenome, assemble, skeleton
from predictor.model.config import ModelConfig


def uniform(name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Numbers in [-1, 1), exact in float32."""
    with np.errstate(over="ignore"):
        x = np.arange(int(np.prod(shape)), dtype=np.uint32) * np.uint32(0x9E3779B1) + np.uint32(
            zlib.crc32(name.encode())
        )
        x ^= x >> np.uint32(16)
        x *= np.uint32(0x85EBCA6B)
        x ^= x >> np.uint32(13)
        x *= np.uint32(0xC2B2AE35)
        x ^= x >> np.uint32(16)
    return ((x >> np.uint32(8)).astype(np.float64) * 2.0**-23 - 1.0).astype(np.float32).reshape(shape)


def parameter(key: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """The value of `alphagenome/<module>/<name>` in the official layout."""
    module, name = key.rsplit("/", 1)
    parent, last = module.split("/")[-2:] if module.count("/") else ("", module)
    u = uniform(f"{module}:{name}", shape)
    unit = np.float32(3**0.5) * u  # standard deviation 1
    fan_in = shape[-2] if len(shape) > 1 else 1
    match name:
        case "var_ema":
            value = 1 + 0.5 * u
        case "offset" | "bias" | "b":
            value = 0.03 * u
        case "scale" if "standardized_conv1_d" in last:
            value = 0.6 * (1 + 0.2 * u)
        case "scale" if last == "rms_batch_norm" and parent.startswith("output_embedder"):
            value = 0.1 * (1 + 0.2 * u)
        case "scale" if last == "rms_batch_norm_1":
            value = 0.4 * (1 + 0.2 * u)
        case "scale":
            value = 1 + 0.2 * u
        case "learnt_scale":
            value = 1 + 0.3 * u + 15.0 * (np.abs(u) > 0.9)
        case "residual_scale":
            value = 0.7 + 0.1 * u
        case "q_r_bias" | "k_r_bias":
            value = 0.1 * u
        case "embeddings":
            value = 0.1 * unit
        case "w" if parent.startswith("attention_bias_block") or (
            parent == "sequence_to_pair_block" and last in {"linear_q", "linear_k"}
        ):
            value = 0.3 * unit / np.sqrt(fan_in)
        case "w" if "head/" in module:
            value = 0.5 * unit / np.sqrt(fan_in)
        case "w" if "standardized_conv1_d" in last:
            value = unit
        case "w" if "conv1_d" in last:
            value = 3 * unit / np.sqrt(shape[0] * shape[1])
        case "w":
            value = unit / np.sqrt(fan_in)
        case _:
            raise KeyError(key)
    return np.asarray(value, np.float32)


def deterministic_model(config: ModelConfig) -> AlphaGenome:
    """The network with these parameters, track means of 1, in evaluation mode."""
    model = skeleton(config)
    weights = {}
    for name, tensor in model.state_dict().items():
        shape = tuple(tensor.shape)
        if name.endswith(".mean"):
            weights[name] = torch.ones(shape)
        else:
            official = parameter(haiku_key(name), official_shape(name, shape))
            weights[name] = torch.from_numpy(from_haiku(name, official, shape))
    return assemble(model, weights)
