"""Tensors out of whatever file or folder a checkpoint is; pickled code is never run, JAX is never needed."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from predictor.errors import DomainError

_METADATA = "_METADATA"
_WRAPPERS = ("model_state_dict", "state_dict", "model")
_PREFIXES = ("module.", "_orig_mod.")


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Every tensor of a `.safetensors`, `.pt` or `.pth` file or of an Orbax folder, float32, by the name it has there.

    Raises DomainError `bad_checkpoint` with a sentence that says what to do.
    """
    if not path.exists():
        raise DomainError("bad_checkpoint", f"There is no checkpoint at {path}; check the path.")
    if path.is_dir():
        tensors = _read_orbax(_orbax_folder(path))
    elif path.suffix == ".safetensors":
        try:
            tensors = load_file(path)
        except (SafetensorError, OSError) as error:
            raise _broken(path, error) from None
    else:
        tensors = _read_torch(path)
    return {_bare(name): tensor.float() for name, tensor in tensors.items()}


def _broken(path: Path, error: Exception) -> DomainError:
    words = str(error).splitlines()[0][:160] if str(error) else type(error).__name__
    return DomainError("bad_checkpoint", f"{path} is damaged or incomplete ({words}); fetch it again.")


def _bare(name: str) -> str:
    for prefix in _PREFIXES:
        name = name.removeprefix(prefix)
    return name


def _read_torch(path: Path) -> dict[str, Tensor]:
    try:
        read: Any = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise DomainError(
            "bad_checkpoint",
            f"{path} is no file of tensors, or holds Python objects, which are never run; save its state_dict() and use that.",
        ) from None
    except (RuntimeError, OSError, EOFError, ValueError, KeyError) as error:
        raise _broken(path, error) from None
    if isinstance(read, dict) and "delta_checkpoint_version" in read:
        raise DomainError("bad_checkpoint", f"{path} is an adapter, not a model; merge it into its base model first.")
    for wrapper in _WRAPPERS:
        if isinstance(read, dict) and isinstance(read.get(wrapper), dict):
            read = read[wrapper]
    if not isinstance(read, dict) or not read or not all(isinstance(value, Tensor) for value in read.values()):
        raise DomainError("bad_checkpoint", f"{path} holds no state_dict; save model.state_dict() and use that file.")
    return dict(read)


def _orbax_folder(path: Path) -> Path:
    """The checkpoint itself, or the one version below it (Kaggle's downloads end in `1/`)."""
    if (path / _METADATA).exists():
        return path
    below = [folder for folder in path.iterdir() if (folder / _METADATA).exists()]
    if len(below) == 1:
        return below[0]
    raise DomainError(
        "bad_checkpoint",
        f"{path} is neither a checkpoint of ours (model.safetensors, model.json) nor an Orbax one (_METADATA); "
        "give the folder that holds one of them.",
    )


def _read_orbax(folder: Path) -> dict[str, Tensor]:
    """The tuple (params, state) that the official code saves: names `alphagenome/<module>/<name>`."""
    import tensorstore

    try:
        metadata = json.loads((folder / _METADATA).read_text())
        driver = "zarr3" if metadata.get("use_zarr3") else "zarr"
        opened = {}
        for leaf in metadata["tree_metadata"].values():
            parts = [part["key"] for part in leaf["key_metadata"]]
            key = ".".join(parts)
            store = (
                {"driver": "ocdbt", "base": f"file://{folder}/", "path": f"{key}/"}
                if metadata.get("use_ocdbt", True)
                else {"driver": "file", "path": f"{folder}/{key}/"}
            )
            opened["/".join(parts[1:])] = tensorstore.open({"driver": driver, "kvstore": store}, open=True)
        arrays = {name: future.result().read() for name, future in opened.items()}
        return {name: torch.from_numpy(_float32(future.result())) for name, future in arrays.items()}
    except (
        OSError,
        AttributeError,
        KeyError,
        TypeError,
        ValueError,
    ) as error:  # JSON of another form, or no such array
        raise _broken(folder, error) from None


def _float32(array: NDArray[Any]) -> NDArray[np.float32]:
    return np.ascontiguousarray(array.astype(np.float32))
