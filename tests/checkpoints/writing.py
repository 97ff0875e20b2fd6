"""Writing a small network the way each package writes its own, so that reading can be tested without their weights."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from predictor.checkpoints.schemas import GENOMICSXAI_NLC, LUCIDRAINS
from predictor.checkpoints.writing import genomicsxai_layout
from predictor.model.alphagenome import AlphaGenome
from predictor.model.config import ModelConfig, SplicingConfig, TrackHeadConfig
from predictor.model.layers import StandardizedConv

SMALL = ModelConfig(
    stem_channels=12, channel_step=4, tower_blocks=3, heads=2, key_channels=8, value_channels=10, pair_channels=6,
    pair_heads=4, pair_key_channels=8,
    track_heads=(
        TrackHeadConfig("atac", 3, (1, 128)), TrackHeadConfig("rna_seq", 5, (1, 128), squashing=True),
        TrackHeadConfig("chip_tf", 4, (128,)),
    ),
    contact_tracks=2, splicing=SplicingConfig(tissues=2, junction_channels=8, sites=16),
)  # fmt: skip


def small_model() -> AlphaGenome:
    """Every parameter and buffer with numbers of its own."""
    torch.manual_seed(7)
    model = AlphaGenome(SMALL).eval()
    state = {name: torch.rand_like(tensor) + 0.1 for name, tensor in model.state_dict().items()}
    model.load_state_dict(state)
    return model


def genomicsxai_older(model: AlphaGenome) -> dict[str, Tensor]:
    """Channels last: heads are [organisms, in, out], pointwise convolutions plain matrices."""
    written = {}
    for name, tensor in model.state_dict().items():
        if name.startswith(("track_heads.", "contact_maps.", "splicing.")) and name.endswith(".weight"):
            tensor = tensor.transpose(1, 2).contiguous()
        elif name == "embedder_1.project.weight":
            tensor = tensor[:, :, 0]
        else:
            tensor = tensor if "embedder" in name else genomicsxai_layout(name, tensor)
        written[GENOMICSXAI_NLC.key(name)] = tensor
    return written


def lucidrains(model: AlphaGenome, organisms: tuple[str, ...] = ("human", "mouse")) -> dict[str, Tensor]:
    """Kernels standardised, projections joined query first, a head per organism; its tables of frequencies are saved too."""
    written: dict[str, Tensor] = {"transformer_unet.transformer.rotary_emb.inv_freq": torch.ones(4)}
    joined: dict[str, dict[str, Tensor]] = {}
    kernels = {f"{name}.weight": conv for name, conv in model.named_modules() if isinstance(conv, StandardizedConv)}
    for name, tensor in model.state_dict().items():
        if name.endswith((".mean", ".conv.scale")):
            continue
        if name in kernels:
            tensor = kernels[name].kernel().detach()
        elif name == "embedder_1.project.weight":
            tensor = tensor[:, :, 0]
        elif name.endswith("residual_scale"):
            tensor = tensor[None]
        key, _, part = LUCIDRAINS.key(name).removesuffix("]").partition("[")
        if part:
            joined.setdefault(key, {})[part] = tensor[None, None, None] if "bias" in key else tensor
        elif key.startswith("heads.*."):
            for i, organism in enumerate(("human", "mouse")):
                if organism in organisms:
                    flat = tensor[i].flatten() if ".vectors." in name else tensor[i].clone()
                    written[key.replace("*", organism)] = flat
        else:
            written[key] = tensor
    for key, parts in joined.items():
        order = ("query", "key", "value") if "qk" in key else ("row", "column")
        written[key] = torch.cat([parts[part] for part in order if part in parts])
    return written


def write_orbax(folder: Path, arrays: dict[str, np.ndarray], dtype: str = "float32") -> None:
    """As Orbax's StandardCheckpointer lays out the tuple (params, state)."""
    import ml_dtypes
    import tensorstore

    kind = np.dtype(ml_dtypes.bfloat16) if dtype == "bfloat16" else np.dtype(np.float32)
    tree = {}
    for name, array in arrays.items():
        module, leaf = name.rsplit("/", 1)
        parts = ["1" if leaf == "var_ema" else "0", module, leaf]
        tree[str(tuple(parts))] = {"key_metadata": [{"key": part, "key_type": 2} for part in parts]}
        spec = {
            "driver": "zarr",
            "kvstore": {"driver": "ocdbt", "base": f"file://{folder}/", "path": f"{'.'.join(parts)}/"},
        }
        store = tensorstore.open(spec, create=True, dtype=kind, shape=array.shape).result()
        store.write(array.astype(kind)).result()
    metadata = {"tree_metadata": tree, "use_zarr3": False, "use_ocdbt": True}
    (folder / "_METADATA").write_text(json.dumps(metadata))
