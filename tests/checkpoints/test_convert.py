"""Every format becomes the same folder, which loads at once, knows its tracks and computes what the plain network does."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from predictor.__main__ import main
from predictor.catalogue import read_card
from predictor.checkpoints.convert import Options, convert
from predictor.checkpoints.folder import load_network
from predictor.checkpoints.writing import alphagenome_pt, genomicsxai, official
from predictor.deterministic import deterministic_model
from predictor.engine import Engine
from predictor.errors import DomainError
from predictor.inputs import from_sequence
from predictor.model.alphagenome import AlphaGenome, one_hot
from predictor.model.scaling import unscale
from tests.checkpoints.textprotos import HUMAN_FILE, K562, LIVER, PADDING, chip, output, rna, spliced
from tests.checkpoints.writing import SMALL, genomicsxai_older, lucidrains, write_orbax

MOUSE_FILE = HUMAN_FILE.replace("HOMO_SAPIENS", "MUS_MUSCULUS")
RNA = output("RNA_SEQ", PADDING, rna("POSITIVE", LIVER, "liver +", 0.5), rna("NEGATIVE", LIVER, "liver -", 0.25),
             rna("UNSTRANDED", K562, "K562", 2.0), PADDING)  # fmt: skip
HUMAN = (
    RNA
    + output("ATAC", *(f'metadata {{ name: "a{i}" strand: STRAND_UNSTRANDED {K562} nonzero_mean: {i}.5 }}\n' for i in range(3)))
    + output("CHIP_TF", *(chip(f"c{i}", f"TF{i}", "transcription_factor_code", K562, 3.0 + i) for i in range(4)))
    + output("SPLICE_SITES", *(f'metadata {{ name: "{site}" strand: STRAND_{strand} }}\n'
                               for strand in ("POSITIVE", "NEGATIVE") for site in ("donor", "acceptor")), PADDING)
    + output("SPLICE_SITE_USAGE", spliced("usage", "POSITIVE"), spliced("usage", "NEGATIVE"))
    + output("SPLICE_JUNCTIONS", spliced("junction"), kind="junctions")
    + output("CONTACT_MAPS",
             *(f'metadata {{ name: "4dn:{i}" strand: STRAND_UNSTRANDED {K562} assay: "in situ Hi-C" }}\n' for i in "AB"))
)  # fmt: skip
FORMATS = ("official", "genomicsxai", "genomicsxai older", "alphagenome_pt", "lucidrains")
BASES = "".join(np.random.default_rng(2).choice(list("ACGT"), 4096))


@pytest.fixture(scope="module")
def model() -> AlphaGenome:
    return deterministic_model(SMALL)


def written(model: AlphaGenome, name: str, folder: Path) -> Path:
    """A checkpoint of that format, with the metadata beside it."""
    folder.mkdir()
    (folder / HUMAN_FILE).write_text(HUMAN)
    (folder / MOUSE_FILE).write_text(RNA)
    if name == "official":
        write_orbax(folder, official(model))
        return folder
    tensors = {
        "genomicsxai": genomicsxai, "genomicsxai older": genomicsxai_older,
        "alphagenome_pt": alphagenome_pt, "lucidrains": lucidrains,
    }[name](model)  # fmt: skip
    path = folder / "x.safetensors"
    save_file({key: tensor.contiguous().clone() for key, tensor in tensors.items()}, path)
    return path


@pytest.fixture(scope="module")
def folder(model: AlphaGenome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Converted from the official format, in float32."""
    at = tmp_path_factory.mktemp("convert")
    convert(written(model, "official", at / "in"), at / "out", Options(dtype="float32"), SMALL)
    return at / "out"


@pytest.mark.parametrize("name", FORMATS[1:])
def test_each_format_becomes_the_same_weights(name: str, model: AlphaGenome, folder: Path, tmp_path: Path) -> None:
    convert(written(model, name, tmp_path / "in"), tmp_path / "out", Options(dtype="float32"), SMALL)
    expected = load_network(read_card(folder)).state_dict()
    for key, tensor in load_network(read_card(tmp_path / "out")).state_dict().items():
        torch.testing.assert_close(tensor, expected[key], rtol=1e-5, atol=1e-6, msg=lambda text: f"{key}: {text}")  # noqa: B023


def test_a_prediction_from_it_is_the_plain_network_s(model: AlphaGenome, folder: Path) -> None:
    """Unstranded RNA-seq of K562 is row 3 of its head, after a padding row; its mean is 2."""
    engine = Engine.from_folder(folder, device="cpu")
    rna_seq, chip_tf = ([t for t in engine.info.tracks if t.output == kind][-1] for kind in ("RNA_SEQ", "CHIP_TF"))
    assert (rna_seq.column, chip_tf.column) == (3, 3)
    result = engine.predict(from_sequence(BASES), [rna_seq, chip_tf])
    codes = torch.tensor([["ACGT".index(base) for base in BASES]])
    with torch.inference_mode():
        plain = model(one_hot(codes), torch.tensor([0]))
    expected = (
        unscale(plain["rna_seq"][1][0, 3], torch.tensor(2.0), 1, squashing=True),
        unscale(plain["chip_tf"][128][0, :, 3], torch.tensor(6.0), 128, squashing=False),
    )
    for ours, theirs in zip(result.tracks, expected, strict=True):
        assert np.linalg.norm(ours.values - theirs.numpy()) < 1e-5 * np.linalg.norm(theirs.numpy())


def test_every_kind_of_output_is_predicted(folder: Path) -> None:
    engine = Engine.from_folder(folder, device="cpu")
    result = engine.predict(from_sequence(BASES), engine.info.tracks)
    shapes = {p.track.output: (p.values.shape, p.values.dtype, p.resolution) for p in result.tracks}
    assert shapes == {
        "ATAC": ((4096,), np.float32, 1), "RNA_SEQ": ((4096,), np.float32, 1), "CHIP_TF": ((32,), np.float32, 128),
        "CONTACT_MAPS": ((2, 2), np.float32, 2048), "SPLICE_SITES": ((4096,), np.float32, 1),
        "SPLICE_SITE_USAGE": ((4096,), np.float32, 1),
    }  # fmt: skip
    plus, minus = result.junctions
    assert (plus.strand, minus.strand) == ("+", "-")
    for side in (plus, minus):
        assert {track.strand for track in side.tracks} == {side.strand}
        assert side.counts.shape == (2, len(side.donors), len(side.acceptors))
        assert len(side.donors) and (np.diff(side.donors) > 0).all()


def test_the_command_line_predicts_from_it(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "x.fa").write_text(f">x\n{BASES}\n")
    given = ["predict", "--model", str(folder), "--sequence", str(tmp_path / "x.fa"), "--out", str(tmp_path / "x.npz")]
    assert main([*given, "--outputs", "RNA_SEQ,SPLICE_JUNCTIONS"]) == 0
    read = np.load(tmp_path / "x.npz")
    about = json.loads(str(read["about"]))
    assert [track["strand"] for track in about["junctions"]["-"]] == ["-", "-"]
    assert read["junctions-counts"].shape == (2, len(read["junctions-donors"]), len(read["junctions-acceptors"]))
    assert all(read[track["key"]].shape == (4096,) for track in about["tracks"])
    assert about["licence"].endswith("(non-commercial)") and "not for diagnosis" in about["notice"]
    assert main([*given, "--outputs", "RNA_SEQ", "--resolution", "128"]) == 0
    read = np.load(tmp_path / "x.npz")
    assert all(read[track["key"]].shape == (32,) for track in json.loads(str(read["about"]))["tracks"])


def test_the_mouse_is_a_model_of_its_own_with_the_same_weights(model: AlphaGenome, folder: Path) -> None:
    """Its only tracks are the RNA-seq ones of its metadata; organism 1 of the network."""
    engine = Engine.from_folder(folder / "mouse", device="cpu")
    assert engine.info.genomes == ("mm10",) and {t.output for t in engine.info.tracks} == {"RNA_SEQ"}
    assert not (folder / "mouse" / "model.safetensors").exists()
    values = engine.predict(from_sequence(BASES), [engine.info.tracks[-1]]).tracks[0].values
    codes = torch.tensor([["ACGT".index(base) for base in BASES]])
    with torch.inference_mode():
        plain = model(one_hot(codes), torch.tensor([1]))
    theirs = unscale(plain["rna_seq"][1][0, 3], torch.tensor(2.0), 1, squashing=True).numpy()
    assert np.linalg.norm(values - theirs) < 1e-5 * np.linalg.norm(theirs)


def test_bfloat16_is_half_as_large_and_close(folder: Path, model: AlphaGenome, tmp_path: Path) -> None:
    convert(written(model, "official", tmp_path / "in"), tmp_path / "half", Options(), SMALL)
    full, half = ((at / "model.safetensors").stat().st_size for at in (folder, tmp_path / "half"))
    assert half < 0.62 * full
    exact, rounded = (Engine.from_folder(at, device="cpu") for at in (folder, tmp_path / "half"))
    tracks = [track for track in exact.info.tracks if track.output in ("RNA_SEQ", "CHIP_TF")]
    window = from_sequence(BASES)
    for a, b in zip(exact.predict(window, tracks).tracks, rounded.predict(window, tracks).tracks, strict=True):
        error = np.linalg.norm(a.values - b.values) / np.linalg.norm(a.values)
        assert 0 < error < 0.05


def test_the_card_names_terms_and_digest(folder: Path) -> None:
    info = read_card(folder)
    with (folder / "model.safetensors").open("rb") as file:
        assert info.sha256 == hashlib.file_digest(file, "sha256").hexdigest()
    assert "non-commercial" in info.licence and "Avsec" in info.citation
    with safe_open(folder / "model.safetensors", "pt") as file:
        assert not [key for key in file.keys() if "variance" in key or "kernel" in key]  # noqa: SIM118


def test_a_folder_of_ours_is_folded_and_keeps_its_card(tmp_path: Path) -> None:
    packaged = Path("predictor/checkpoints/yeast")
    convert(packaged, tmp_path / "out", Options(dtype="float32"))
    before, after = read_card(packaged), read_card(tmp_path / "out")
    assert (after.title, after.tracks, after.genomes) == (before.title, before.tracks, before.genomes)
    a, b = (Engine.from_folder(at, device="cpu") for at in (packaged, tmp_path / "out"))
    window, tracks = from_sequence(BASES), before.default_tracks()
    for x, y in zip(a.predict(window, tracks).tracks, b.predict(window, tracks).tracks, strict=True):
        np.testing.assert_array_equal(x.values, y.values)
    with pytest.raises(DomainError, match="was converted already"):
        convert(tmp_path / "out", tmp_path / "again", Options())


def test_without_metadata_nothing_is_written(model: AlphaGenome, tmp_path: Path) -> None:
    source = written(model, "genomicsxai", tmp_path / "in")
    (source.parent / HUMAN_FILE).unlink()
    (source.parent / MOUSE_FILE).unlink()
    with pytest.raises(DomainError, match="give --metadata FOLDER with the official"):
        convert(source, tmp_path / "out", Options(), SMALL)
    assert not (tmp_path / "out").exists()


def test_metadata_of_another_version_is_refused(model: AlphaGenome, tmp_path: Path) -> None:
    source = written(model, "genomicsxai", tmp_path / "in")
    (source.parent / HUMAN_FILE).write_text(HUMAN.replace(PADDING, "", 1))
    with pytest.raises(
        DomainError, match="has 4 human tracks of rna_seq, the weights 5; they are of different versions"
    ):
        convert(source, tmp_path / "out", Options(), SMALL)


def test_a_folder_that_holds_a_model_is_not_overwritten(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = shutil.copytree(folder, tmp_path / "kept")
    assert main(["convert", str(tmp_path / "nothing.pt"), str(kept)]) == 1
    assert capsys.readouterr().err == f"predictor: {kept} holds a model already; give a new folder.\n"


def test_metadata_without_an_organism_is_refused_before_anything_is_written(model: AlphaGenome, tmp_path: Path) -> None:
    source = written(model, "genomicsxai", tmp_path / "in")
    (source.parent / HUMAN_FILE).unlink()
    with pytest.raises(DomainError, match="has no human tracks; give the files of human and mouse"):
        convert(source, tmp_path / "out", Options(), SMALL)
    assert not (tmp_path / "out").exists()


def test_junctions_of_another_number_of_tissues_are_refused(model: AlphaGenome, tmp_path: Path) -> None:
    source = written(model, "genomicsxai", tmp_path / "in")
    longer = HUMAN.replace(spliced("junction"), spliced("junction") + PADDING)
    (source.parent / HUMAN_FILE).write_text(longer)
    with pytest.raises(DomainError, match="has 3 human tracks of splice_junctions, the weights 2"):
        convert(source, tmp_path / "out", Options(), SMALL)


def test_metadata_beside_an_official_folder_is_found(model: AlphaGenome, tmp_path: Path) -> None:
    source = written(model, "official", tmp_path / "in")
    for name in (HUMAN_FILE, MOUSE_FILE):
        (source / name).rename(tmp_path / name)
    convert(source, tmp_path / "out", Options(), SMALL)
    assert len(read_card(tmp_path / "out").tracks) > 10


def test_metadata_for_a_folder_that_has_a_card_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="has a card of its own; leave out --metadata"):
        convert(Path("predictor/checkpoints/yeast"), tmp_path / "out", Options(metadata=tmp_path))


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("no weights", r"There are no weights at .*model\.safetensors; fetch or convert them again\."),
        ("half the weights", r"model\.safetensors cannot be read as safetensors"),
        ("another card", r"does not fit its card: tower\.blocks\.3\."),
        ("half a card", r"model\.json is damaged"),
    ],
)
def test_a_damaged_folder_is_one_sentence(damage: str, sentence: str, folder: Path, tmp_path: Path) -> None:
    broken = shutil.copytree(folder, tmp_path / "broken")
    weights, card = broken / "model.safetensors", broken / "model.json"
    if damage == "no weights":
        weights.unlink()
    elif damage == "half the weights":
        weights.write_bytes(weights.read_bytes()[: weights.stat().st_size // 2])
    elif damage == "another card":
        said = json.loads(card.read_text())
        said["settings"]["network"]["tower_blocks"] = 4
        card.write_text(json.dumps(said))
    else:
        card.write_text(card.read_text()[:500])
    with pytest.raises(DomainError, match=sentence) as caught:
        Engine.from_folder(broken, device="cpu")
    assert caught.value.code == "bad_checkpoint"
