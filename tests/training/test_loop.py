from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from predictor.api import from_sequence
from predictor.catalogue import read_card
from predictor.errors import DomainError
from predictor.reference import Reference
from predictor.results import load_folder
from predictor.training import convolutional
from predictor.training.config import Stage, TrainConfig
from predictor.training.curves import Curves
from predictor.training.loop import Trainer, card, network_config, train
from predictor.training.losses import multinomial_loss
from predictor.training.sampler import Window
from predictor.training.scales import contact_spread
from predictor.training.store import Store
from tests.training.conftest import CONFIG, LENGTH, changed


def test_the_loss_of_a_perfect_prediction_is_its_shapes_entropy() -> None:
    target = torch.tensor([[[1.0, 3.0, 0.0, 4.0]]])
    # shape (1/8, 3/8, 0, 4/8): mean over 4 bins of -y log p, times 5
    shape = -(1 * math.log(1 / 8) + 3 * math.log(3 / 8) + 4 * math.log(4 / 8)) / 4 * 5
    assert multinomial_loss(target, target).item() == pytest.approx(shape, rel=1e-5)
    # twice the total adds (16 - 8 log 16) - (8 - 8 log 8) over 4 bins
    extra = (16 - 8 * math.log(16) - 8 + 8 * math.log(8)) / 4
    assert multinomial_loss(2 * target, target).item() == pytest.approx(shape + extra, rel=1e-5)


def test_masked_bins_do_not_count() -> None:
    target = torch.tensor([[[1.0, 3.0, 9.0]]])
    predicted = torch.tensor([[[1.0, 3.0, 0.5]]])
    mask = torch.tensor([[[True, True, False]]])
    assert multinomial_loss(predicted, target, mask).equal(multinomial_loss(predicted * mask, target * mask))


def test_each_stage_warms_up_and_falls_along_a_cosine() -> None:
    # Of 4 steps a third, 1, is warm-up, then (1 + cos(pi k / 3)) / 2 for k = 0, 1, 2; of 2 steps none.
    rates = [round(CONFIG.rate(step) / CONFIG.learning_rate, 3) for step in range(2, 8)]
    assert rates == [1, 1, 0.75, 0.25, 1, 0.5]
    assert [round(CONFIG.rate(step), 5) for step in range(2)] == [6e-3, 3e-3]  # the profile's own


def test_stages_follow_each_other() -> None:
    assert [CONFIG.stage(step).segment_bp for step in range(8)] == [4096] * 6 + [8192] * 2
    assert [CONFIG.stage_end(step) for step in (0, 1, 2, 5, 6, 7)] == [2, 2, 6, 6, 8, 8]


def test_the_profile_alone_moves_only_what_it_reads(store: Store, tmp_path: Path) -> None:
    trainer = Trainer(CONFIG, store, tmp_path)
    before = {name: p.detach().clone() for name, p in trainer.objective.named_parameters()}
    assert list(trainer.advance()) == ["profile"]
    moved = {name for name, p in trainer.objective.named_parameters() if not p.equal(before[name])}
    assert moved
    read = ("profile.", "model.encoder.dna_embedder.", "model.encoder.down_blocks.0.", "model.encoder.down_blocks.1.")
    assert all(name.startswith(read) for name in moved)


def test_the_tower_alone_moves_neither_encoder_nor_decoder(store: Store, tmp_path: Path) -> None:
    trainer = Trainer(changed(CONFIG, stages=(Stage(8192, 1, 3, "tower"),), warmup=0), store, tmp_path)
    before = {name: t.clone() for name, t in trainer.objective.state_dict().items()}
    losses = trainer.advance()
    assert {"CHIP_TF", "RNA_SEQ", "CONTACT_MAPS"} < losses.keys()
    assert not {"SPLICE_SITES", "profile"} & losses.keys()
    moved = {name for name, t in trainer.objective.state_dict().items() if not t.equal(before[name])}
    assert any(name.startswith("model.tower.") for name in moved)
    assert "model.contact_maps.weight" in moved
    still = ("model.encoder.", "model.decoder.", "model.embedder_1.", "model.splicing.", "profile.")
    assert not [name for name in moved if name.startswith(still) or ".projections.1." in name]


def test_a_finished_model_can_be_gone_on_from(store: Store, reference: Reference, tmp_path: Path) -> None:
    train(CONFIG, store, tmp_path / "first")
    start = read_card(tmp_path / "first")
    trainer = Trainer(changed(CONFIG, seed=9, site_share=0.25), store, tmp_path / "second", start=start)
    trainer.save()
    again = read_card(tmp_path / "second")
    assert again.settings["began_from"] == f"small 0, sha256 {start.sha256}"
    was, now = load_file(start.weights), load_file(again.weights)
    for name in was:  # the classifier's bias too, which is shifted for training and back
        torch.testing.assert_close(now[name], was[name], msg=name)
    with pytest.raises(DomainError, match="holds a run of another configuration or seed"):
        Trainer(changed(CONFIG, seed=9, site_share=0.25), store, tmp_path / "second").resume()
    fewer = replace(start, tracks=start.tracks[1:])
    with pytest.raises(DomainError, match="has other tracks than the tables"):
        Trainer(CONFIG, store, tmp_path / "third", start=fewer)


def test_a_share_of_a_finished_model_is_blended_with_the_seeds_own_chance(store: Store, tmp_path: Path) -> None:
    train(CONFIG, store, tmp_path / "first")
    start = read_card(tmp_path / "first")
    was = load_file(start.weights)
    blends = {}
    for seed, share in ((8, 0.0), (8, 0.25), (9, 0.25)):
        trainer = Trainer(
            changed(CONFIG, seed=seed, start_share=share), store, tmp_path / f"{seed}-{share}", start=start
        )
        blends[seed, share] = trainer.objective.state_dict()
    matrices = [key for key, value in was.items() if value.dim() > 1]
    assert len(matrices) > 20
    for key in matrices:
        chance = blends[8, 0.0][f"model.{key}"]
        torch.testing.assert_close(blends[8, 0.25][f"model.{key}"], 0.75 * chance + 0.25 * was[key], msg=key)
    assert not blends[8, 0.25]["model.contact_maps.weight"].equal(blends[9, 0.25]["model.contact_maps.weight"])
    trainer.save()
    assert read_card(tmp_path / "9-0.25").settings["began_from"] == f"0.25 of small 0, sha256 {start.sha256}"


def test_far_contacts_weigh_no_more_than_near_ones(store: Store) -> None:
    spread = contact_spread(store, ("chrI",), 12)
    measured = store.contacts("chrI", 0, LENGTH)
    for distance in (0, 1, 6):
        values = np.diagonal(measured, distance)
        assert spread[distance].item() == pytest.approx(np.nanstd(values.astype(np.float64)), rel=1e-5)
    assert spread[8:].tolist() == [1.0] * 4  # no such pair on a chromosome of eight bins


def test_a_training_file_extends_another(tmp_path: Path) -> None:
    refine, base = (TrainConfig.read(Path("predictor/training") / f"{name}.toml") for name in ("yeast_refine", "yeast"))
    assert (refine.network, refine.weights) == (base.network, base.weights)
    assert refine.seed != base.seed
    assert [stage.only for stage in refine.stages] == ["tower", ""]


def test_the_rivals_training_file_differs_in_the_tower_alone() -> None:
    member, rival = (
        TrainConfig.read(Path("predictor/training") / f"yeast_{name}.toml") for name in ("member", "convolutions")
    )
    assert (member.tower, rival.tower) == ("transformer", "convolutions")
    assert replace(rival, tower="transformer") == member


def test_a_training_file_that_extends_itself_is_said_in_a_sentence(tmp_path: Path) -> None:
    for name, base in (("one", "two"), ("two", "one")):
        (tmp_path / f"{name}.toml").write_text(f"extends = '{base}.toml'")
    with pytest.raises(DomainError, match=r"one.toml extends itself, by way of two.toml\."):
        TrainConfig.read(tmp_path / "one.toml")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("nonsense = 1", "unknown keys: nonsense"),
        ("name = ", "is no TOML"),
        ("name = 'x'", "is incomplete"),
        ("stages = [{segment_bp = 1000, batch = 1, steps = 1}]", "is incomplete"),
    ],
)
def test_a_wrong_training_file_is_said_in_a_sentence(tmp_path: Path, said: str, sentence: str) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(said)
    with pytest.raises(DomainError, match=sentence):
        TrainConfig.read(path)


def test_a_share_of_no_start_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(DomainError, match="start_share takes a part of a finished model: name one with --start"):
        Trainer(changed(CONFIG, start_share=0.5), store, tmp_path)


def test_more_than_the_whole_of_a_start_is_refused(tmp_path: Path) -> None:
    small = Path("predictor/training/small.toml").read_text()
    (tmp_path / "wrong.toml").write_text(f"start_share = 1.5\n{small}")
    with pytest.raises(DomainError, match=r"start_share is 1\.5; it is a share, from 0 to 1"):
        TrainConfig.read(tmp_path / "wrong.toml")


@pytest.mark.parametrize("name", ["yeast", "yeast_refine", "yeast_second", "small"])
def test_the_training_files_that_come_along_are_sound(name: str) -> None:
    config = TrainConfig.read(Path("predictor/training") / f"{name}.toml")
    assert config.steps > config.warmup
    assert max(stage.segment_bp for stage in config.stages) >= (65_536 if name.startswith("yeast") else 8_192)


def test_batches_made_ahead_in_other_processes_change_nothing(store: Store, tmp_path: Path) -> None:
    plain = Trainer(CONFIG, store, tmp_path / "plain")
    ahead = Trainer(CONFIG, store, tmp_path / "ahead", loaders=2)
    for _ in range(CONFIG.steps):
        assert ahead.advance() == plain.advance()


def test_a_resumed_run_has_the_same_curve(store: Store, tmp_path: Path) -> None:
    whole = Trainer(CONFIG, store, tmp_path / "whole")
    curve = [whole.advance() for _ in range(6)]
    first = Trainer(CONFIG, store, tmp_path / "parts")
    again = [first.advance() for _ in range(3)]
    first.save()
    second = Trainer(CONFIG, store, tmp_path / "parts")
    second.resume()
    again += [second.advance() for _ in range(3)]
    assert again == curve


def test_a_folder_with_another_run_is_left_alone(store: Store, tmp_path: Path) -> None:
    first = Trainer(CONFIG, store, tmp_path)
    first.save()
    with pytest.raises(DomainError, match="holds a run of another configuration or seed"):
        Trainer(changed(CONFIG, seed=5), store, tmp_path).resume()


def test_a_run_that_began_before_there_were_chunks_goes_on(store: Store, tmp_path: Path) -> None:
    first = Trainer(CONFIG, store, tmp_path)
    first.advance()
    first.save()
    state = torch.load(tmp_path / "state.pt", weights_only=True)
    assert "chunks" not in state["config"]
    chunked = changed(CONFIG, stages=(replace(CONFIG.stages[0], chunks=2), *CONFIG.stages[1:]))
    with pytest.raises(DomainError, match="holds a run of another configuration or seed"):
        Trainer(chunked, store, tmp_path).resume()
    again = Trainer(CONFIG, store, tmp_path)
    again.resume()
    assert again.step == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"chromosomes": ("chrI", "chrVI")}, "chrVI: not among the chromosomes to train on"),
        ({"weights": {"CAGE": 1.0}}, "says nothing about CHIP_HISTONE, CHIP_TF, CONTACT_MAPS"),
        ({"profile_kinds": ("RSC",)}, "no protein here is of the kind RSC"),
        ({"profile_kinds": ()}, "has no proteins"),
    ],
)
def test_what_the_tables_cannot_give_is_refused(
    store: Store, tmp_path: Path, changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(DomainError, match=sentence):
        Trainer(changed(CONFIG, **changes), store, tmp_path)


def test_what_was_not_trained_on_is_held_out(store: Store) -> None:
    network = network_config(CONFIG, store)
    assert card(CONFIG, store, network)["held_out"] == ["chrII", "chrVI"]


def test_another_seed_has_another_curve(store: Store, tmp_path: Path) -> None:
    one = Trainer(CONFIG, store, tmp_path).advance()
    assert one == Trainer(CONFIG, store, tmp_path).advance()
    assert one != Trainer(changed(CONFIG, seed=5), store, tmp_path).advance()


def test_a_log_is_cut_back_to_what_was_saved(tmp_path: Path) -> None:
    curves = Curves(tmp_path, 0)
    for step in (20, 40, 60):
        curves.add(step, 1e-3, {"CAGE": 1.0 / step}, {}, 10.0)
    with (tmp_path / "log.jsonl").open("a") as log:
        log.write('{"step": 80, "tra')  # a kill while writing
    again = Curves(tmp_path, 40)
    again.add(60, 1e-3, {"CAGE": 0.5}, {"CAGE": 0.6}, 5.0)
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert [(row["step"], row["train"]["CAGE"]) for row in rows] == [(20, 0.05), (40, 0.025), (60, 0.5)]
    again.draw()
    assert "CAGE" in (tmp_path / "losses.html").read_text()


def test_a_slice_stops_and_the_next_one_goes_on(store: Store, tmp_path: Path) -> None:
    config = changed(CONFIG, stages=({"segment_bp": 4096, "batch": 1, "steps": 40},))
    assert not train(config, store, tmp_path, minutes=1e-9)
    assert torch.load(tmp_path / "state.pt")["step"] == 20  # the first time that it looks at the clock
    assert train(config, store, tmp_path)
    steps = [json.loads(line)["step"] for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert steps == [20, 40]


def test_every_output_is_trained_and_can_be_predicted(store: Store, reference: Reference, tmp_path: Path) -> None:
    assert train(CONFIG, store, tmp_path)
    predictor = load_folder(tmp_path, device="cpu")
    outputs = ("RNA_SEQ", "CAGE", "POLYA", "NUCLEOSOME", "CHIP_TF", "CHIP_HISTONE", "SPLICE_SITES", "SPLICE_JUNCTIONS",
               "CONTACT_MAPS")  # fmt: skip
    assert set(predictor.info.outputs) == set(outputs)
    result = predictor.predict(from_sequence(reference.sequence("chrVI")[:8192]), predictor.info.tracks)
    assert all(np.isfinite(predicted.values).all() for predicted in result.tracks)
    assert {predicted.track.output for predicted in result.tracks} == set(outputs) - {"SPLICE_JUNCTIONS"}
    assert [side.strand for side in result.junctions] == ["+", "-"]


def test_training_lowers_the_loss_of_every_output(store: Store, tmp_path: Path) -> None:
    config = changed(CONFIG, stages=({"segment_bp": 8192, "batch": 2, "steps": 80},), learning_rate=5e-3)
    trainer = Trainer(config, store, tmp_path)
    batch = trainer.sampler.batch([Window("chrI", 0, False)], 8192)
    trainer.objective.eval()
    with torch.no_grad():
        before = trainer.objective(batch)
    for _ in range(80):
        trainer.advance()
    trainer.judge.load_state_dict(trainer.average)
    with torch.no_grad():
        after = trainer.judge(batch)
    assert {output: bool(after[output] < before[output]) for output in before} == dict.fromkeys(before, True)


def test_no_site_is_as_likely_as_if_every_base_had_been_shown(store: Store, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    trainer = Trainer(changed(CONFIG, site_share=0.25), store, tmp_path)
    trainer.save()
    saved = load_file(tmp_path / "model.safetensors")["splicing.classes.bias"]
    kept = trainer.average["model.splicing.classes.bias"]
    assert (saved - kept)[0].tolist() == pytest.approx([0, 0, 0, 0, math.log(4)])


def test_the_rival_is_the_same_network_but_for_the_tower(
    store: Store, reference: Reference, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(CONFIG, store, tmp_path / "ours")
    ours = load_folder(tmp_path / "ours", device="cpu")
    tracks = [track for track in ours.info.tracks if track.output_type.shape == "bins"]
    given = from_sequence(reference.sequence("chrVI")[:8192])
    with monkeypatch.context() as patch:  # the rival's plain pass, with the transformer in its place
        patch.setattr(convolutional, "without_attention", lambda model: model)
        plain = convolutional.ConvolutionalPredictor(tmp_path / "ours").predict(given, tracks)
    for one, other in zip(plain.tracks, ours.predict(given, tracks).tracks, strict=True):
        assert one.values == pytest.approx(other.values, rel=1e-3, abs=1e-5), one.track.key
    train(changed(CONFIG, tower="convolutions"), store, tmp_path / "rival")
    rival = convolutional.ConvolutionalPredictor(tmp_path / "rival")
    assert "CONTACT_MAPS" not in rival.info.outputs
    assert all(np.isfinite(one.values).all() for one in rival.predict(given, tracks).tracks)


def test_a_loss_that_is_not_finite_ends_the_run(store: Store, tmp_path: Path) -> None:
    trainer = Trainer(CONFIG, store, tmp_path)
    with torch.no_grad():
        trainer.model.encoder.dna_embedder.conv.bias.fill_(math.nan)
    with pytest.raises(FloatingPointError, match="lower learning rate"):
        trainer.advance()
