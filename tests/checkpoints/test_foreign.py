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
from tests.checkpoints.writing import SMALL, genomicsxai_older, lucidrains, small_model, write_orbax


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


def written(tensors: dict[str, Tensor], name: str, folder: Path) -> Path:
    """A file of format `name` with these tensors: Orbax for the official one."""
    if name == "official":
        write_orbax(folder, {key: tensor.numpy() for key, tensor in tensors.items()})
        return folder
    torch.save(tensors, folder / "x.pth")
    return folder / "x.pth"


def refusal(path: Path) -> str:
    with pytest.raises(DomainError) as caught:
        load_foreign(path, SMALL)
    assert caught.value.code == "bad_checkpoint"
    return str(caught.value)


# Each format's tensors, and its names of: a matrix of the tower, one of a block that is not there, and a bias of 72 numbers.
WRITTEN: dict[str, tuple[Callable[[AlphaGenome], dict[str, Tensor]], str, str, str]] = {
    "official": (
        lambda model: {key: torch.from_numpy(array) for key, array in official(model).items()},
        "alphagenome/transformer_tower/mlp_block_1/linear/w", "alphagenome/transformer_tower/mlp_block_9/linear/w",
        "alphagenome/output_embedder/linear/b",
    ),
    "genomicsxai": (
        genomicsxai, "tower.blocks.1.mlp.fc1.weight", "tower.blocks.9.mlp.fc1.weight", "embedder_128bp.project_in.bias",
    ),
    "genomicsxai older": (
        genomicsxai_older, "tower.blocks.1.mlp.fc1.weight", "tower.blocks.9.mlp.fc1.weight", "embedder_128bp.project_in.bias",
    ),
    "alphagenome_pt": (
        alphagenome_pt, "transformer_tower.blocks.1.mlp.fc1.weight", "transformer_tower.blocks.9.mlp.fc1.weight",
        "output_t.fc1.bias",
    ),
    "lucidrains": (
        lucidrains, "transformer_unet.transformer.layers.1.1.block.0.weight",
        "transformer_unet.transformer.layers.9.1.block.0.weight", "outembed_128bp.double_features.bias",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITTEN)
def test_a_missing_tensor_is_named(name: str, model: AlphaGenome, tmp_path: Path) -> None:
    write, matrix, _, _ = WRITTEN[name]
    tensors = write(model)
    del tensors[matrix]
    said = refusal(written(tensors, name, tmp_path))
    assert f"does not fit: {matrix} is missing. Fetch it again" in said


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.slow
def test_an_unknown_tensor_is_named(name: str, model: AlphaGenome, tmp_path: Path) -> None:
    write, _, other, _ = WRITTEN[name]
    said = refusal(written({**write(model), other: torch.ones(2)}, name, tmp_path))
    assert f"does not fit: {other} is unknown. Fetch it again" in said


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.slow
def test_a_tensor_of_another_shape_is_named(name: str, model: AlphaGenome, tmp_path: Path) -> None:
    write, _, _, bias = WRITTEN[name]
    said = refusal(written({**write(model), bias: torch.ones(5)}, name, tmp_path))
    assert f"does not fit: {bias} is (5,), which does not fit (72,). Fetch it again" in said  # 2 x 36 channels


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.slow
def test_only_the_first_three_misfits_are_named(name: str, model: AlphaGenome, tmp_path: Path) -> None:
    write, _, other, _ = WRITTEN[name]
    said = refusal(written({**write(model), **{f"{other}{i}": torch.ones(2) for i in range(5)}}, name, tmp_path))
    assert said.count("is unknown") == 3 and " and 2 more. " in said


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.slow
def test_heads_without_their_model_are_refused(name: str, model: AlphaGenome, tmp_path: Path) -> None:
    heads = {key: tensor for key, tensor in WRITTEN[name][0](model).items() if "head" in key}
    said = refusal(written(heads, name, tmp_path))
    assert next(iter(heads)) in said and "merge them into their base model" in said


@pytest.mark.parametrize("name", WRITTEN)
def test_an_adapter_is_refused(name: str, model: AlphaGenome, tmp_path: Path) -> None:
    write, matrix, _, _ = WRITTEN[name]
    lora = matrix.removesuffix("/w").removesuffix(".weight") + ".lora_A.weight"
    for tensors in (
        {lora.replace("/", "."): torch.ones(2, 2)},
        {**write(model), lora.replace("/", "."): torch.ones(2, 2)},
    ):
        torch.save(tensors, tmp_path / "x.pth")
        said = refusal(tmp_path / "x.pth")
        assert lora.replace("/", ".") in said and "merge them into their base model" in said


WRONG: dict[str, tuple[Callable[[dict[str, Tensor]], dict[str, object]], str]] = {
    "not an AlphaGenome": (
        lambda tensors: {f"bert.{name}": tensor for name, tensor in tensors.items()},
        "named as in no AlphaGenome that is known; convert it",
    ),
    "marked as an adapter": (lambda tensors: {"delta_checkpoint_version": 1}, "is an adapter, not a model; merge it"),
    "no tensors": (lambda tensors: {"note": "hello"}, "holds no state_dict; save model.state_dict()"),
    "nothing": (lambda tensors: {}, "holds no state_dict; save model.state_dict()"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_model_is_refused(what: str, model: AlphaGenome, tmp_path: Path) -> None:
    spoil, sentence = WRONG[what]
    torch.save(spoil(genomicsxai(model)), tmp_path / "x.pth")
    assert sentence in refusal(tmp_path / "x.pth")


class Evil:
    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (Path("/tmp/locuscope-evil"),))


def test_pickled_code_is_never_run(tmp_path: Path) -> None:
    (tmp_path / "x.pt").write_bytes(pickle.dumps({"weight": Evil()}, protocol=2))
    with pytest.raises(DomainError, match="never run"):
        load_foreign(tmp_path / "x.pt", SMALL)
    assert not Path("/tmp/locuscope-evil").exists()


@pytest.mark.parametrize("write", [pth, safetensors(genomicsxai)], ids=["pth", "safetensors"])
@pytest.mark.parametrize("kept", [0.0, 0.001, 0.5, 0.999])
def test_a_file_that_is_cut_off_is_said_to_be_damaged(
    kept: float, write: Callable[[Path, AlphaGenome], Path], model: AlphaGenome, tmp_path: Path
) -> None:
    path = write(tmp_path, model)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    said = refusal(path)
    assert "is damaged or incomplete" in said and "fetch it again" in said


def test_an_orbax_checkpoint_without_its_list_of_arrays(model: AlphaGenome, tmp_path: Path) -> None:
    write_orbax(tmp_path, official(model))
    for text in ("", "{}", '{"tree_metadata": []}', '{"tree_metadata": {"x": {"key_metadata": 3}}}'):
        (tmp_path / "_METADATA").write_text(text)
        assert "damaged or incomplete" in refusal(tmp_path)


def test_an_orbax_checkpoint_that_lacks_an_array(model: AlphaGenome, tmp_path: Path) -> None:
    write_orbax(tmp_path, official(model))
    listed = (tmp_path / "_METADATA").read_text()
    (tmp_path / "_METADATA").write_text(listed.replace("mlp_block_1", "mlp_block_7"))
    assert "damaged or incomplete" in refusal(tmp_path)


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
