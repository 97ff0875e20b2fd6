from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from predictor.api import from_sequence
from predictor.reference import Reference
from predictor.results import load_folder
from predictor.training import evaluate
from predictor.training.loop import TrainConfig, Trainer, train
from predictor.training.losses import multinomial_loss

CONFIG = TrainConfig(
    name="small", version="0", seed=4, segment_bp=4096, batch=1, steps=6, warmup=2, decay=2, learning_rate=3e-3,
    weight_decay=0.01, clip=1.0, average=0.9,
    network={"stem_channels": 8, "channel_step": 4, "tower_blocks": 2, "heads": 2, "key_channels": 8, "value_channels": 8,
             "pair_channels": 8, "pair_heads": 2, "pair_key_channels": 4, "organisms": 1},
    weights={"RNA_SEQ": 1.0, "CAGE": 1.0, "NUCLEOSOME": 1.0, "CHIP_TF": 1.0, "CHIP_HISTONE": 1.0},
)  # fmt: skip


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


def test_rate_warms_up_stays_and_falls_to_zero() -> None:
    assert [round(CONFIG.rate(step) / CONFIG.learning_rate, 3) for step in range(6)] == [0.5, 1, 1, 1, 1, 0.5]


def test_a_resumed_run_has_the_same_curve(pack: Path, reference: Reference, tmp_path: Path) -> None:
    whole = Trainer(CONFIG, reference, pack, tmp_path / "whole")
    curve = [whole.advance() for _ in range(4)]
    first = Trainer(CONFIG, reference, pack, tmp_path / "parts")
    again = [first.advance() for _ in range(2)]
    first.save()
    second = Trainer(CONFIG, reference, pack, tmp_path / "parts")
    second.resume()
    again += [second.advance() for _ in range(2)]
    assert again == curve


def test_tables_become_a_checkpoint_that_predicts_and_can_be_judged(
    pack: Path, reference: Reference, tmp_path: Path
) -> None:
    train(CONFIG, reference, pack, tmp_path)
    assert (tmp_path / "log.jsonl").exists()
    predictor = load_folder(tmp_path, device="cpu")
    result = predictor.predict(from_sequence(reference.sequence("chrVI")[:4096]), predictor.info.tracks)
    assert all(np.isfinite(predicted.values).all() for predicted in result.tracks)
    scores = evaluate.evaluate(predictor, reference, pack, ("chrVI",))
    reb1 = next(score for score in scores if score.target == "chip:Reb1")
    assert reb1.prevalence == pytest.approx(1 / 128)  # one event in 16,384 / 128 bins
    assert 0 <= reb1.auroc <= 1
    evaluate.write(scores, tmp_path, ("chrVI",))
    assert "ChIP sequence-specific TF" in (tmp_path / "metrics.md").read_text()


def test_training_lowers_the_loss(pack: Path, reference: Reference, tmp_path: Path) -> None:
    trainer = Trainer(CONFIG, reference, pack, tmp_path)
    window = trainer.sampler.windows([("chrI", 0, False)])
    with torch.no_grad():
        before = sum(trainer.losses(window).values())
    trainer.config = TrainConfig(**{**vars(CONFIG), "steps": 60})
    for _ in range(30):
        trainer.advance()
    with torch.no_grad():
        after = sum(trainer.losses(window).values())
    assert after < 0.8 * before
