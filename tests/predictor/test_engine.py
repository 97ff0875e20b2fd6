from __future__ import annotations

import dataclasses
import json
import random
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from predictor.api import (
    Cancelled,
    DomainError,
    Interval,
    ModelInfo,
    ModelInput,
    PredictedTrack,
    from_interval,
    from_sequence,
    select_tracks,
)
from predictor.codes import encode_bases
from predictor.engine import Engine
from predictor.inference import encoding, outputs
from predictor.inference.tower import LOGITS_AT_ONCE
from predictor.model.alphagenome import assemble, one_hot, skeleton
from predictor.model.scaling import scale_targets, unscale
from predictor.results import Junctions
from tests.predictor.conftest import NETWORK


def dna(length: int, seed: int = 1) -> str:
    return "".join(random.Random(seed).choices("ACGT", k=length))


def never(*_: object) -> None:
    raise AssertionError("the decoder ran")


def plain_pass(
    checkpoint: Path, info: ModelInfo, sequence: str, resolution: int | None = None
) -> dict[str, np.ndarray]:
    """Everything in one pass through the plain network, in experimental units."""
    model = skeleton(NETWORK)
    assemble(model, load_file(checkpoint / "model.safetensors"))
    with torch.inference_mode():
        codes = torch.from_numpy(encode_bases(sequence))[None]
        out = model(one_hot(codes), torch.zeros(1, dtype=torch.long))
    values = {}
    for output in info.outputs:
        head = model.head(output.lower())
        tracks = [track for track in info.tracks if track.output == output]
        at = resolution or tracks[0].resolution
        scaled = out[output.lower()][at][0]
        scaled = scaled if at == 1 else scaled.T
        units = unscale(scaled, head.mean[0][:, None], at, squashing=head.config.squashing)
        values |= {track.key: row.numpy() for track, row in zip(tracks, units, strict=True)}
    return values


def assert_close(predicted: PredictedTrack, expected: np.ndarray) -> None:
    assert predicted.values.shape == expected.shape
    assert np.linalg.norm(predicted.values - expected) <= 5e-6 * np.linalg.norm(expected), predicted.track.key


def test_prediction_in_pieces_equals_one_plain_pass(
    engine: Engine, checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three pieces of the encoder, two stretches of the decoder, two of the heads, few logits at a time."""
    monkeypatch.setattr(encoding, "PIECE_BP", 4_096)
    monkeypatch.setattr(outputs, "STRETCH_BP", 8_192)
    monkeypatch.setattr(outputs, "HEADS_BP", 6_144)
    monkeypatch.setitem(LOGITS_AT_ONCE, "cpu", 4_096)
    sequence = dna(12_288)
    expected = plain_pass(checkpoint, engine.info, sequence)
    for predicted in engine.predict(from_sequence(sequence), engine.info.tracks).tracks:
        assert_close(predicted, expected[predicted.track.key])


def test_coarse_values_come_from_the_128_bp_heads(
    engine: Engine, checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine.network, "decode", never)
    sequence = dna(8_192, seed=2)
    expected = plain_pass(checkpoint, engine.info, sequence, resolution=128)
    for predicted in engine.predict(from_sequence(sequence), engine.info.tracks, resolution=128).tracks:
        assert predicted.resolution == 128
        assert_close(predicted, expected[predicted.track.key])


def test_a_resolution_that_does_not_exist_is_refused(engine: Engine) -> None:
    window = from_sequence(dna(4_096))
    with pytest.raises(DomainError, match=r"factor_a \(CHIP_TF\) has bins of 128 bp, not of 1 bp\."):
        engine.predict(window, select_tracks(engine.info, tracks=["factor_a"]), resolution=1)
    with pytest.raises(DomainError, match=r"rna_plus \(RNA_SEQ\) has bins of 1 bp and 128 bp, not of 32 bp\."):
        engine.predict(window, select_tracks(engine.info, tracks=["rna_plus"]), resolution=32)


@pytest.mark.parametrize(("start", "end"), [(0, 1), (700, 3_000), (5_000, 12_288), (12_100, 12_200)])
def test_a_window_is_that_part_of_the_whole(engine: Engine, start: int, end: int) -> None:
    given = from_sequence(dna(12_288, seed=3))
    whole = {p.track.key: p.values for p in engine.predict(given, engine.info.tracks).tracks}
    part = engine.predict(given, engine.info.tracks, window=(start, end))
    first, last = part.window
    assert first % 128 == 0 and first <= start < first + 128 and end <= last < end + 128
    for predicted in part.tracks:
        bins = slice(first // predicted.resolution, -(-last // predicted.resolution))
        assert_close(predicted, whole[predicted.track.key][bins])


def test_a_window_outside_the_input_is_refused(engine: Engine) -> None:
    given = from_sequence(dna(3_000))  # 1,096 bases of padding follow
    for window in ((-1, 5), (5, 5), (3_000, 4_000), (0, 4_097)):
        with pytest.raises(ValueError, match="lies outside an input of 3000 bp"):
            engine.predict(given, engine.info.tracks, window=window)


def test_what_is_remembered_changes_no_bit(engine: Engine, checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A neighbouring input shares one of its four pieces; a fresh engine has read nothing yet."""
    monkeypatch.setattr(encoding, "PIECE_BP", 4_096)
    monkeypatch.setattr("predictor.engine.PIECE_BP", 4_096)
    bases = dna(24_000, seed=4)

    def window(start: int) -> ModelInput:
        return from_interval(Interval("c", start, start + 16_384), len(bases), lambda i: bases[i.start : i.end])

    coarse = select_tracks(engine.info, outputs=["CHIP_TF"])
    encoded: list[int] = []
    plain = engine.network.encoder.forward

    def counted(x: torch.Tensor) -> object:
        encoded.append(x.shape[1])
        return plain(x)

    engine.predict(window(0), coarse)
    monkeypatch.setattr(engine.network.encoder, "forward", counted)
    warm = engine.predict(window(4_096), coarse)
    # Of [4096, 20480) the piece [8192, 12288) was read inside the first input; the others have other neighbours now.
    assert encoded == [4_096 + 640, 4_096 + 2 * 640, 4_096 + 640]
    cold = Engine.from_folder(checkpoint, device="cpu").predict(window(4_096), coarse)
    for a, b in zip(warm.tracks, cold.tracks, strict=True):
        assert a.values.tobytes() == b.values.tobytes()
    encoded.clear()
    again = engine.predict(window(4_096), coarse)
    assert not encoded and all(
        a.values.tobytes() == b.values.tobytes() for a, b in zip(warm.tracks, again.tracks, strict=True)
    )


def test_asking_for_fewer_tracks_changes_no_value(engine: Engine) -> None:
    window = from_sequence(dna(4_096))
    everything = {p.track.key: p.values for p in engine.predict(window, engine.info.tracks).tracks}
    for keys in (["factor_b"], ["rna_minus", "factor_a"], ["starts_plus"]):
        chosen = select_tracks(engine.info, tracks=keys)
        for predicted in engine.predict(window, chosen).tracks:
            assert_close(predicted, everything[predicted.track.key])


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


def test_no_splice_site_lies_in_the_padding(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Junctions(
        "+",
        (),
        np.array([10, 1499, 1500]),
        np.array([700, 1400, 2040]),
        np.arange(9, dtype=np.float32).reshape(1, 3, 3),
    )
    monkeypatch.setattr(engine, "_junctions", lambda *_: (seen,))
    (found,) = engine.predict(from_sequence(dna(1500)), select_tracks(engine.info, ["CHIP_TF"], None)).junctions
    assert (found.donors.tolist(), found.acceptors.tolist()) == ([10, 1499], [700, 1400])
    assert found.counts.tolist() == [[[0, 1], [3, 4]]]


def test_no_decoder_is_run_for_128_bp_tracks(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine.network, "decode", never)
    result = engine.predict(from_sequence(dna(4_096)), select_tracks(engine.info, outputs=["CHIP_TF"]))
    assert len(result.tracks) == 2


def test_progress_can_cancel(engine: Engine) -> None:
    seen: list[str] = []

    def stop(stage: str, done: float) -> None:
        seen.append(stage)
        if stage == "transformer":
            raise Cancelled

    with pytest.raises(Cancelled):
        engine.predict(from_sequence(dna(4_096, seed=9)), engine.info.tracks, stop)  # which nobody has read before
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
