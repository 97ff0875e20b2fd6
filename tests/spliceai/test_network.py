"""SpliceAI in torch says what the original says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from predictor.codes import encode_bases, reverse_complement
from predictor.inputs import from_sequence
from predictor.spliceai.network import assemble
from predictor.spliceai.predictor import SpliceAI
from tests.spliceai import plain
from tests.spliceai.conftest import random_weights

GOLDEN = Path(__file__).parent / "golden.npz"


@pytest.mark.parametrize("name", ["vps16", pytest.param("random", marks=pytest.mark.slow)])
def test_each_network_says_what_keras_says(published: Path, name: str) -> None:
    model = SpliceAI.from_folder(published)
    golden = np.load(GOLDEN)
    codes = encode_bases(str(golden[name]))
    members = list(model.members(codes, "+"))
    assert len(members) == 5
    for ours, theirs in zip(members, golden[f"{name}_members"], strict=True):
        assert np.abs(ours[1:].numpy().T - theirs).max() <= 1e-5
    turned = list(model.members(reverse_complement(codes), "-"))
    for ours, theirs in zip(turned, golden[f"{name}_members"], strict=True):
        assert np.abs(ours[1:].numpy().T[::-1] - theirs).max() <= 1e-5


@pytest.mark.slow
def test_the_band_is_the_spread_of_the_five_networks(published: Path) -> None:
    model = SpliceAI.from_folder(published)
    golden = np.load(GOLDEN)
    theirs = golden["vps16_members"]
    given = from_sequence(str(golden["vps16"]))
    result = model.predict(
        given, model.info.tracks[:2], window=(5_120, 7_040)
    )  # 5,000 bases come before the golden ones
    for column, predicted in ((1, result.tracks[0]), (0, result.tracks[1])):  # donor, acceptor
        of_column = theirs[:, 120:2_040, column]
        np.testing.assert_allclose(predicted.values, of_column.mean(0), atol=1e-5)
        assert predicted.band is not None
        for edge, expected in zip(predicted.band, (of_column.min(0), of_column.max(0)), strict=True):
            np.testing.assert_allclose(edge, expected, atol=1e-5)
    assert result.window == (5_120, 7_040)
    assert "non-commercial" in result.model.licence and result.model.version == "1.3.1"
    assert theirs.mean(0)[:, 1].max() > 0.9  # VPS16 has donors there: the numbers mean something


def test_random_networks_agree_with_plain_numpy() -> None:
    weights = random_weights(1, seed=1)
    rng = np.random.default_rng(2)
    bases = rng.choice(list("ACGTN"), 10_060, p=[0.24] * 4 + [0.04])
    sequence = "".join(bases)
    for member, network in enumerate(assemble(weights)):
        one = {name: stack[member].double().numpy() for name, stack in weights.items()}
        with torch.inference_mode():
            ours = network(torch.from_numpy(encode_bases(sequence))).numpy()
            other_strand = network.reversed()(torch.from_numpy(encode_bases(sequence))).numpy()
        expected = plain.probabilities(one, sequence)
        assert np.abs(ours - expected).max() < 1e-5 < expected.std(1).max()
        turned = sequence[::-1].translate(str.maketrans("ACGT", "TGCA"))
        assert np.abs(other_strand[:, ::-1] - plain.probabilities(one, turned)).max() < 1e-5
