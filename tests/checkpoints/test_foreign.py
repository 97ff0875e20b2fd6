"""Checkpoints in the wild: each format gives the same network; what does not fit is named."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from predictor.checkpoints.foreign import load_foreign
from predictor.checkpoints.writing import alphagenome_pt, genomicsxai, official
from predictor.errors import DomainError
from predictor.model.alphagenome import AlphaGenome, one_hot
from tests.checkpoints.writing import SMALL, genomicsxai_older, small_model, write_orbax


@pytest.fixture(scope="module")
def model() -> AlphaGenome:
    return small_model()


def orbax(path: Path, model: AlphaGenome) -> Path:
    write_orbax(path, official(model))
    return path


def orbax_version(path: Path, model: AlphaGenome) -> Path:
    """One level down, as Kaggle gives it."""
    (path / "1").mkdir(parents=True)
    write_orbax(path / "1", official(model))
    return path


def safetensors(tensors: Callable[[AlphaGenome], dict[str, Tensor]]) -> Callable[[Path, AlphaGenome], Path]:
    def write(path: Path, model: AlphaGenome) -> Path:
        save_file({name: tensor.contiguous() for name, tensor in tensors(model).items()}, path / "x.safetensors")
        return path / "x.safetensors"

    return write


def pth(path: Path, model: AlphaGenome) -> Path:
    torch.save(genomicsxai(model), path / "x.pth")
    return path / "x.pth"


def compiled_and_wrapped(path: Path, model: AlphaGenome) -> Path:
    renamed = {f"module._orig_mod.{name}": tensor for name, tensor in genomicsxai(model).items()}
    torch.save({"model_state_dict": renamed, "epoch": 3}, path / "x.pt")
    return path / "x.pt"


FORMATS: dict[str, Callable[[Path, AlphaGenome], Path]] = {
    "Orbax": orbax, "Orbax, one level down": orbax_version, "genomicsxai safetensors": safetensors(genomicsxai),
    "genomicsxai pth": pth, "genomicsxai older": safetensors(genomicsxai_older),
    "alphagenome_pt": safetensors(alphagenome_pt), "compiled, wrapped": compiled_and_wrapped,
}  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_gives_the_same_network(name: str, model: AlphaGenome, tmp_path: Path) -> None:
    loaded = load_foreign(FORMATS[name](tmp_path, model), SMALL)
    assert not loaded.training
    for parameter, tensor in loaded.state_dict().items():
        if parameter.endswith(".mean") and "genomicsxai" not in name and "wrapped" not in name:
            assert (tensor == 1).all()  # these formats keep track means elsewhere
        else:
            assert torch.equal(tensor, model.state_dict()[parameter]), parameter
    codes = torch.randint(0, 5, (1, 4096), generator=torch.Generator().manual_seed(1))
    organism = torch.tensor([1])
    with torch.inference_mode():
        expected, got = (network(one_hot(codes), organism) for network in (model, loaded))
    for head, resolutions in expected.items():
        for resolution, tracks in resolutions.items():
            assert torch.equal(got[head][resolution], tracks)


def test_half_precision_is_read_as_float32(model: AlphaGenome, tmp_path: Path) -> None:
    write_orbax(tmp_path, official(model), "bfloat16")
    loaded = load_foreign(tmp_path, SMALL).state_dict()
    for name, tensor in model.state_dict().items():
        if not name.endswith(".mean"):
            assert loaded[name].dtype == torch.float32
            assert torch.equal(loaded[name], tensor.bfloat16().float()), name


def test_means_of_padding_tracks_become_one(model: AlphaGenome, tmp_path: Path) -> None:
    tensors = genomicsxai(model)
    tensors["heads.atac.track_means"] = torch.tensor([[1.0, float("nan"), 3.0], [4.0, 5.0, float("nan")]])
    torch.save(tensors, tmp_path / "x.pth")
    mean = load_foreign(tmp_path / "x.pth", SMALL).state_dict()["track_heads.atac.mean"]
    assert mean.tolist() == [[1, 1, 3], [4, 5, 1]]


def test_heads_that_a_fine_tuned_model_lacks_are_left_out(model: AlphaGenome, tmp_path: Path) -> None:
    tensors = {k: v for k, v in genomicsxai(model).items() if not k.startswith(("heads.atac", "splice", "contact"))}
    torch.save(tensors, tmp_path / "x.pth")
    loaded = load_foreign(tmp_path / "x.pth", SMALL)
    assert set(loaded.track_heads) == {"rna_seq", "chip_tf"}
    assert loaded.splicing is None and loaded.contact_maps is None


def _without(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor for name, tensor in tensors.items() if name != "tower.blocks.1.mha.q_proj.weight"}


def _more(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {**tensors, "tower.blocks.9.mha.q_proj.weight": torch.ones(2)}


def _misshaped(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {**tensors, "embedder_128bp.project_in.bias": torch.ones(5)}


def _foreign(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {f"bert.{name}": tensor for name, tensor in tensors.items()}


WRONG = {
    "missing": (_without, "tower.blocks.1.mha.q_proj.weight is missing"),
    "unknown": (_more, "tower.blocks.9.mha.q_proj.weight is unknown"),
    "mis-shaped": (_misshaped, "embedder_128bp.project_in.bias is (5,), which does not fit (72,)"),
    "not an AlphaGenome": (_foreign, "named as in no AlphaGenome that is known"),
    "adapter": (lambda tensors: {"delta_checkpoint_version": 1}, "is an adapter, not a model"),
    "no tensors": (lambda tensors: {"note": "hello"}, "holds no state_dict"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_does_not_fit_is_named(what: str, model: AlphaGenome, tmp_path: Path) -> None:
    spoil, sentence = WRONG[what]
    torch.save(spoil(genomicsxai(model)), tmp_path / "x.pth")
    with pytest.raises(DomainError) as caught:
        load_foreign(tmp_path / "x.pth", SMALL)
    assert caught.value.code == "bad_checkpoint" and sentence in str(caught.value)


class Evil:
    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (Path("/tmp/locuscope-evil"),))


def test_pickled_code_is_never_run(tmp_path: Path) -> None:
    (tmp_path / "x.pt").write_bytes(pickle.dumps({"weight": Evil()}, protocol=2))
    with pytest.raises(DomainError, match="never run"):
        load_foreign(tmp_path / "x.pt", SMALL)
    assert not Path("/tmp/locuscope-evil").exists()


@pytest.mark.parametrize("name", ["x.safetensors", "x.pth"])
def test_half_a_file_is_said_to_be_damaged(name: str, model: AlphaGenome, tmp_path: Path) -> None:
    path = (FORMATS["genomicsxai pth"] if name == "x.pth" else safetensors(genomicsxai))(tmp_path, model)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(DomainError, match="damaged or incomplete"):
        load_foreign(path, SMALL)


def test_half_an_orbax_checkpoint_is_said_to_be_damaged(model: AlphaGenome, tmp_path: Path) -> None:
    write_orbax(tmp_path, official(model))
    for part in (tmp_path / "d").iterdir():
        part.write_bytes(part.read_bytes()[:100])
    with pytest.raises(DomainError, match="damaged or incomplete"):
        load_foreign(tmp_path, SMALL)


def test_a_path_without_a_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="There is no checkpoint at"):
        load_foreign(tmp_path / "none.pt", SMALL)
    with pytest.raises(DomainError, match="neither a checkpoint of ours"):
        load_foreign(tmp_path, SMALL)
