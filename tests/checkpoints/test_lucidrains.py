"""lucidrains' checkpoints: kernels come standardised, projections joined, heads by organism."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from predictor.checkpoints.foreign import load_foreign
from predictor.errors import DomainError
from predictor.model.alphagenome import AlphaGenome, one_hot
from tests.checkpoints.writing import SMALL, lucidrains, small_model

QKV = "transformer_unet.transformer.layers.1.0.block.to_qkv.weight"


@pytest.fixture(scope="module")
def model() -> AlphaGenome:
    return small_model()


def load(tensors: dict[str, Tensor], folder: Path) -> AlphaGenome:
    torch.save(tensors, folder / "x.pt")
    return load_foreign(folder / "x.pt", SMALL)


def outputs(model: AlphaGenome, organism: int) -> dict[str, Tensor]:
    codes = torch.randint(0, 5, (1, 4096), generator=torch.Generator().manual_seed(1))
    chosen = torch.tensor([organism])
    with torch.inference_mode():
        embeddings = model.embed(one_hot(codes), chosen)
        found = {f"{h} {r}": x for h in model.track_heads for r, x in model.heads(h, embeddings, chosen).items()}
        assert model.splicing is not None
        positions = torch.tensor([[[3, 900], [70, 4000], [5, -1], [6, 7]]])
        return found | {
            "contacts": model.contacts(embeddings.pair, chosen),
            "classes": model.splicing.class_logits(embeddings.at_1, chosen),
            "usage": model.splicing.usage_logits(embeddings.at_1, chosen),
            "junctions": model.splicing.junctions(embeddings.at_1, chosen, positions).counts,
        }


def test_the_network_is_the_same_with_kernels_as_they_are_used(model: AlphaGenome, tmp_path: Path) -> None:
    loaded = load(lucidrains(model), tmp_path)
    state = loaded.state_dict()
    # 2 convolutions in each of 6 down and 7 up blocks, and the stem's: 27 scales are in no such file.
    assert len(model.state_dict()) - len(state) == 2 * (6 + 7) + 1
    for organism in (0, 1):
        expected = outputs(model, organism)
        for name, tensor in outputs(loaded, organism).items():
            assert torch.equal(tensor, expected[name]), name


def test_kernels_that_were_trained_on_and_have_a_mean_are_kept(model: AlphaGenome, tmp_path: Path) -> None:
    tensors = lucidrains(model)
    kernel = torch.full_like(tensors["transformer_unet.downs.0.conv.net.2.weight"], 0.25)
    loaded = load({**tensors, "transformer_unet.downs.0.conv.net.2.weight": kernel}, tmp_path)
    assert torch.equal(loaded.state_dict()["encoder.down_blocks.0.block1.conv.weight"], kernel)


def test_an_organism_without_heads_is_left_out(model: AlphaGenome, tmp_path: Path) -> None:
    loaded = load(lucidrains(model, ("human",)), tmp_path)
    assert loaded.config.organisms == 1
    expected = outputs(model, 0)
    for name, tensor in outputs(loaded, 0).items():
        assert torch.equal(tensor, expected[name]), name


def test_heads_for_the_mouse_alone_are_refused(model: AlphaGenome, tmp_path: Path) -> None:
    with pytest.raises(DomainError, match=r"heads\.mouse\.\*, and organisms are counted from human on") as caught:
        load(lucidrains(model, ("mouse",)), tmp_path)
    assert caught.value.code == "bad_checkpoint"


def test_a_missing_joined_tensor_is_named(model: AlphaGenome, tmp_path: Path) -> None:
    tensors = lucidrains(model)
    del tensors[QKV]
    with pytest.raises(DomainError, match=r"layers\.1\.0\.block\.to_qkv\.weight\[query\] is missing"):
        load(tensors, tmp_path)


@pytest.mark.parametrize("shape", [(27, 36), (26, 36), ()])
def test_a_joined_tensor_of_another_size_is_named(shape: tuple[int, ...], model: AlphaGenome, tmp_path: Path) -> None:
    # 2 heads x 8 query + 8 key + 10 value channels = 34 rows.
    with pytest.raises(DomainError) as caught:
        load({**lucidrains(model), QKV: torch.zeros(shape)}, tmp_path)
    assert f"{QKV}[query] is {shape}, which does not fit (16, 36)" in str(caught.value)


def test_a_head_that_one_organism_lacks_is_named(model: AlphaGenome, tmp_path: Path) -> None:
    tensors = lucidrains(model)
    del tensors["heads.mouse.atac.resolutions.resolution_128.scale"]
    with pytest.raises(DomainError, match=r"heads\.mouse\.atac\.resolutions\.resolution_128\.scale is missing"):
        load(tensors, tmp_path)


def test_a_head_that_differs_between_organisms_is_named(model: AlphaGenome, tmp_path: Path) -> None:
    tensors = {**lucidrains(model), "heads.mouse.contact_maps.to_pred.bias": torch.zeros(1)}
    with pytest.raises(DomainError, match=r"heads\.\*\.contact_maps\.to_pred\.bias differs in shape"):
        load(tensors, tmp_path)


def test_a_head_of_another_kind_is_unknown(model: AlphaGenome, tmp_path: Path) -> None:
    other = {f"heads.{organism}.1bp_tracks.to_pred.bias": torch.zeros(9) for organism in ("human", "mouse")}
    with pytest.raises(DomainError, match=r"heads\.\*\.1bp_tracks\.to_pred\.bias is unknown"):
        load({**lucidrains(model), **other}, tmp_path)
