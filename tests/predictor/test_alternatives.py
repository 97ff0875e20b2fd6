"""Edited inputs by the short way: the same as a prediction of the edited sequence, at a fraction of the work."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from predictor import engine as engine_module
from predictor.api import PredictedTrack, from_sequence, select_tracks
from predictor.engine import Engine
from predictor.inference import winograd
from predictor.variants.edit import Edit

LENGTH = 16_384
BASES = "".join(random.Random(6).choices("ACGT", k=LENGTH))
GIVEN = from_sequence(BASES)


def edited(edit: Edit) -> str:
    changed = BASES[: edit.start] + edit.bases + BASES[edit.end :] + edit.tail
    return changed[:LENGTH].ljust(LENGTH, "N")


def assert_close(ours: PredictedTrack, theirs: PredictedTrack) -> None:
    assert ours.values.shape == theirs.values.shape
    difference = np.linalg.norm(ours.values - theirs.values)
    assert difference <= 5e-6 * np.linalg.norm(theirs.values), ours.track.key


EDITS = {
    "substitution": Edit(8_000, 8_001, "A" if BASES[8_000] != "A" else "C"),
    "at the first base": Edit(0, 1, "T" if BASES[0] != "T" else "G"),
    "at the last base": Edit(LENGTH - 1, LENGTH, "N"),
    "several bases": Edit(5_000, 5_040, "ACGT" * 10),
    "insertion": Edit(9_001, 9_001, "GATTACA"),
    "insertion of two tokens": Edit(3_000, 3_000, "ACGTTGCA" * 32),
    "deletion": Edit(7_000, 7_011, ""),
    "deletion with what follows": Edit(7_000, 7_011, "", tail="CATCATCATCAT"),
    "deletion of a token": Edit(12_000, 12_128, ""),
    "nothing": Edit(100, 101, BASES[100]),
}


@pytest.mark.parametrize("window", [(7_900, 8_400), (0, 300), (16_000, LENGTH), (0, LENGTH)])
@pytest.mark.parametrize("name", EDITS)
def test_the_short_way_equals_a_full_prediction(name: str, window: tuple[int, int], engine: Engine) -> None:
    edit = EDITS[name]
    (short,) = engine.alternatives(GIVEN, [edit], engine.info.tracks, window=window)
    full = engine.predict(edit.apply(GIVEN), engine.info.tracks, window=window)
    assert short.window == full.window and short.input.sequence == edited(edit)
    for ours, theirs in zip(short.tracks, full.tracks, strict=True):
        assert_close(ours, theirs)


@pytest.fixture(scope="module")
def wide(checkpoint: Path) -> Iterator[Engine]:
    """As a network of full width is run: with Winograd's convolutions."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(winograd, "SMALLEST_CHANNELS", 1)
        yield Engine.from_folder(checkpoint, device="cpu")


@pytest.mark.parametrize("name", ["substitution", "insertion", "deletion of a token"])
@pytest.mark.parametrize("window", [(0, 1), (7_900, 8_400), (16_000, LENGTH), (0, LENGTH)])
def test_the_short_way_of_a_wide_network(
    name: str, window: tuple[int, int], wide: Engine, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Odd and even numbers of tokens; a shift leaves more to encode than a piece."""
    assert any(isinstance(module, winograd.WinogradBlock) for module in wide.network.modules())
    monkeypatch.setattr(engine_module, "PIECE_BP", 2_048)
    (short,) = wide.alternatives(GIVEN, [EDITS[name]], wide.info.tracks, window=window)
    full = engine.predict(EDITS[name].apply(GIVEN), engine.info.tracks, window=window)
    for ours, theirs in zip(short.tracks, full.tracks, strict=True):
        assert_close(ours, theirs)


def test_coarse_values_alone_need_no_decoder(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    edit, window = EDITS["substitution"], (0, LENGTH)
    full = engine.predict(replace(GIVEN, sequence=edited(edit)), engine.info.tracks, resolution=128)
    monkeypatch.setattr(engine.network, "decode", lambda *_: pytest.fail("the decoder ran"))
    (short,) = engine.alternatives(GIVEN, [edit], engine.info.tracks, window=window, resolution=128)
    for ours, theirs in zip(short.tracks, full.tracks, strict=True):
        assert_close(ours, theirs)


def test_a_substitution_encodes_only_its_surroundings(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens within 640 bp of base 8,000 are those that start in [7,233, 8,640]: 7,296 to 8,704; the window with the decoder's
    768 bp is [7,168, 9,216); one stretch of both with 640 bp around it.
    """
    encoded: list[int] = []
    plain = engine.network.encoder.forward

    def counted(dna: torch.Tensor) -> object:
        encoded.append(dna.shape[1])
        return plain(dna)

    engine.predict(GIVEN, engine.info.tracks[-1:])  # the reference is read
    monkeypatch.setattr(engine.network.encoder, "forward", counted)
    list(engine.alternatives(GIVEN, [EDITS["substitution"]], engine.info.tracks, window=(7_936, 8_448)))
    assert encoded == [9_216 - 7_168 + 2 * 640]


def test_results_do_not_depend_on_batch_mates(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three substitutions in one batch of three, with other mates, and one by one: in the order they were asked for."""
    tracks, window = engine.info.tracks, (7_900, 8_100)
    bases = [base for base in "ACGT" if base != BASES[8_000]]
    first, second, third = (Edit(8_000, 8_001, base) for base in bases)
    monkeypatch.setitem(engine_module.TOKENS_AT_ONCE, "cpu", 3 * LENGTH // 128)
    together = list(engine.alternatives(GIVEN, [first, second, third], tracks, window=window))
    others = list(engine.alternatives(GIVEN, [first, third, third], tracks, window=window))
    for a, b in zip(together[0].tracks, others[0].tracks, strict=True):
        assert a.values.tobytes() == b.values.tobytes()
    monkeypatch.setitem(engine_module.TOKENS_AT_ONCE, "cpu", 1)
    alone = list(engine.alternatives(GIVEN, [first, second, third], tracks, window=window))
    for result, single in zip(together, alone, strict=True):
        for ours, theirs in zip(result.tracks, single.tracks, strict=True):
            assert_close(ours, theirs)
    assert not np.array_equal(together[0].tracks[0].values, together[1].tracks[0].values)


def test_the_reference_is_read_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    bases = "".join(random.Random(7).choices("ACGT", k=4_096))
    given, track = from_sequence(bases), select_tracks(engine.info, tracks=["factor_a"])
    towers: list[int] = []
    plain = engine.network.attend

    def counted(trunk: torch.Tensor, organism: int) -> object:
        towers.append(len(trunk))
        return plain(trunk, organism)

    monkeypatch.setattr(engine.network, "attend", counted)
    edits = [Edit(i, i + 1, "N") for i in range(2_000, 2_003)]
    for _ in range(2):
        list(engine.alternatives(given, edits, track, window=(2_000, 2_003)))
    assert towers == [1, 3, 3]  # the reference, then a batch of three, twice


def test_a_window_that_a_deletion_empties_has_no_values(engine: Engine) -> None:
    """1,000 bases fewer leave 15,384; the window begins at 16,256."""
    (short,) = engine.alternatives(GIVEN, [Edit(5_000, 6_000, "")], engine.info.tracks, window=(16_300, LENGTH))
    assert short.window == (16_256, 16_256)
    assert all(track.values.size == 0 for track in short.tracks)


def test_an_edit_outside_the_input_is_refused(engine: Engine) -> None:
    with pytest.raises(ValueError, match="lies outside an input of 16384 bp"):
        list(engine.alternatives(GIVEN, [Edit(LENGTH, LENGTH + 1, "A")], engine.info.tracks, window=(0, 128)))


def test_an_edit_of_which_most_is_decoded_encodes_what_it_changed_and_no_more(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the reference was predicted before or not, the numbers are the same to the last bit."""
    warm, cold = (Engine.from_folder(checkpoint, device="cpu") for _ in range(2))
    asked = GIVEN, [EDITS["substitution"]], warm.info.tracks
    (first,) = cold.alternatives(*asked, window=(0, LENGTH))
    warm.predict(GIVEN, warm.info.tracks)
    encoded: list[int] = []
    plain = warm.network.encoder.forward

    def counted(x: torch.Tensor) -> object:
        encoded.append(x.shape[1])
        return plain(x)

    monkeypatch.setattr(warm.network.encoder, "forward", counted)
    (second,) = warm.alternatives(*asked, window=(0, LENGTH))
    # Base 8,000 lies in token 62, and tokens 57 to 67 have it within the 640 bp around them.
    assert encoded == [11 * 128 + 2 * 640]
    for a, b in zip(first.tracks, second.tracks, strict=True):
        assert a.values.tobytes() == b.values.tobytes()


@pytest.mark.parametrize("name", EDITS)
def test_skips_that_are_not_remembered_are_made_again(
    name: str, engine: Engine, checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "EDITED_SKIPS_BYTES", 1)
    (short,) = Engine.from_folder(checkpoint, device="cpu").alternatives(
        GIVEN, [EDITS[name]], engine.info.tracks, window=(0, LENGTH)
    )
    full = engine.predict(EDITS[name].apply(GIVEN), engine.info.tracks)
    for ours, theirs in zip(short.tracks, full.tracks, strict=True):
        assert_close(ours, theirs)
