from __future__ import annotations

import dataclasses
import json
import random
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

import predictor.engine as engine_module
from predictor.api import Cancelled, DomainError, from_sequence, select_tracks
from predictor.codes import encode_bases
from predictor.engine import Engine, tiles
from predictor.model.alphagenome import one_hot
from predictor.model.scaling import scale_targets, unscale


def dna(length: int, seed: int = 1) -> str:
    return "".join(random.Random(seed).choices("ACGT", k=length))


def plain_pass(engine: Engine, sequence: str) -> dict[str, np.ndarray]:
    """Everything in one pass through the network, in experimental units."""
    with torch.inference_mode():
        codes = torch.from_numpy(encode_bases(sequence))[None]
        out = engine.model(one_hot(codes), torch.zeros(1, dtype=torch.long))
    values = {}
    for output in engine.info.outputs:
        head = engine.model.head(output.lower())
        tracks = [track for track in engine.info.tracks if track.output == output]
        resolution = tracks[0].resolution
        scaled = out[output.lower()][resolution][0]
        scaled = scaled if resolution == 1 else scaled.T
        units = unscale(scaled, head.mean[0][:, None], resolution, squashing=head.config.squashing)
        values |= {track.key: row.numpy() for track, row in zip(tracks, units, strict=True)}
    return values


def test_tiles_cover_every_base_once() -> None:
    parts = list(tiles(200_704))
    assert [part.start for part in parts] == [0, 65_536, 131_072, 196_608]
    assert parts[-1].end == parts[-1].outer_end == 200_704
    assert parts[1].outer_start == 65_536 - 1_024


def test_tiled_prediction_equals_one_pass(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "TILE_BP", 4_096)  # three tiles: a first, an inner and a last one
    sequence = dna(12_288)
    expected = plain_pass(engine, sequence)
    for predicted in engine.predict(from_sequence(sequence), engine.info.tracks).tracks:
        whole = expected[predicted.track.key]
        assert np.linalg.norm(predicted.values - whole) <= 2e-5 * np.linalg.norm(whole)


def test_chunked_attention_equals_whole_attention(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    sequence = dna(10_240)  # 80 tokens
    expected = plain_pass(engine, sequence)
    monkeypatch.setattr("predictor.model.attention.LOGITS_AT_ONCE", 4096)
    chunked = plain_pass(engine, sequence)
    for key, values in expected.items():
        assert np.linalg.norm(chunked[key] - values) <= 2e-5 * np.linalg.norm(values)


def test_asking_for_fewer_tracks_changes_no_value(engine: Engine) -> None:
    window = from_sequence(dna(4_096))
    everything = {p.track.key: p.values for p in engine.predict(window, engine.info.tracks).tracks}
    for keys in (["factor_b"], ["rna_minus", "factor_a"], ["starts_plus"]):
        chosen = select_tracks(engine.info, tracks=keys)
        for predicted in engine.predict(window, chosen).tracks:
            np.testing.assert_allclose(predicted.values, everything[predicted.track.key], rtol=1e-5)


def test_the_same_request_gives_the_same_bytes(engine: Engine) -> None:
    window = from_sequence(dna(6_000))
    first, second = (engine.predict(window, engine.info.tracks) for _ in range(2))
    for a, b in zip(first.tracks, second.tracks, strict=True):
        assert a.values.tobytes() == b.values.tobytes()


def test_values_cover_the_real_bases_only(engine: Engine) -> None:
    window = from_sequence(dna(3_001))
    assert len(window.sequence) == 4_096
    lengths = {p.track.key: len(p.values) for p in engine.predict(window, engine.info.tracks).tracks}
    assert lengths["rna_plus"] == 3_001
    assert lengths["factor_a"] == 24  # ceil(3001 / 128)


def test_no_decoder_is_run_for_128_bp_tracks(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the decoder ran")

    monkeypatch.setattr(engine.model, "decode", never)
    result = engine.predict(from_sequence(dna(4_096)), select_tracks(engine.info, outputs=["CHIP_TF"]))
    assert len(result.tracks) == 2


def test_progress_can_cancel(engine: Engine) -> None:
    seen: list[str] = []

    def stop(stage: str, done: float) -> None:
        seen.append(stage)
        if stage == "transformer":
            raise Cancelled

    with pytest.raises(Cancelled):
        engine.predict(from_sequence(dna(4_096)), engine.info.tracks, stop)
    assert seen == ["encoder", "transformer"]


def test_scaling_and_unscaling_are_inverse() -> None:
    values = torch.tensor([0.0, 0.3, 9.0, 50.0, 4000.0])
    mean = torch.tensor(2.5)
    for squashing in (False, True):
        scaled = scale_targets(values, mean, 128, squashing=squashing)
        torch.testing.assert_close(unscale(scaled, mean, 128, squashing=squashing), values)
    # 15 in model space is soft-clipped: (15 + 10)^2 / 40 = 15.625, times mean 2 times 128 bp
    assert unscale(torch.tensor(15.0), torch.tensor(2.0), 128, squashing=False) == pytest.approx(15.625 * 256)


def test_a_missing_tensor_is_named(checkpoint: Path, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(checkpoint, folder)
    card = json.loads((folder / "model.json").read_text())
    card["settings"]["network"]["tower_blocks"] = 4
    (folder / "model.json").write_text(json.dumps(card))
    with pytest.raises(DomainError, match=r"tower\.blocks\.3\.attention_bias\.norm\.scale is missing") as caught:
        Engine.from_folder(folder)
    assert caught.value.code == "bad_checkpoint"


def test_a_truncated_file_is_one_sentence(checkpoint: Path, tmp_path: Path) -> None:
    folder = tmp_path / "half"
    shutil.copytree(checkpoint, folder)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:5000])
    with pytest.raises(DomainError, match="cannot be read as safetensors"):
        Engine.from_folder(folder)


def test_unknown_names_are_refused_with_near_ones(engine: Engine) -> None:
    with pytest.raises(DomainError, match=r"no track “factorb”; did you mean factor_b") as caught:
        select_tracks(engine.info, tracks=["factorb"])
    assert caught.value.status == 422
    with pytest.raises(DomainError, match="did you mean RNA_SEQ"):
        select_tracks(engine.info, outputs=["RNASEQ"])
    with pytest.raises(DomainError, match="No track is chosen"):
        select_tracks(engine.info, tracks=[])


def test_info_is_immutable(engine: Engine) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        engine.info.name = "other"  # type: ignore[misc]
