"""Six products for two outputs: the plain convolution's numbers, and the official ones through the whole network."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from predictor.deterministic import deterministic_model
from predictor.inference import winograd
from predictor.inference.convolutions import Convolution
from predictor.inference.layers import Activation
from predictor.inference.network import fold
from predictor.inference.winograd import WinogradBlock, accelerate, kernel_values
from predictor.model.convolutions import ConvBlock
from predictor.parity import TINY
from tests.inference.test_folding import GOLDEN, OFFICIAL_NOISE, outputs, relative_l2


def test_two_outputs_of_one_channel_by_hand() -> None:
    """Kernel (1, 2, 3, 4, 5) over the inputs (1, 0, 2, 0, 3, 1): 1 + 6 + 15 = 22 and, one further, 0 + 4 + 0 + 12 + 5 = 21."""
    kernel = torch.tensor([1.0, 2, 3, 4, 5]).reshape(1, 5, 1)
    values = winograd._input_values(torch.tensor([1.0, 0, 2, 0, 3, 1]).reshape(6, 1))[:, 0, 0]
    m = values * kernel_values(kernel)[:, 0, 0]
    assert m[:5].sum() == pytest.approx(22)
    assert 0.75 * (m[1] - m[2]) + 1.5 * (m[3] - m[4]) + m[5] == pytest.approx(21)


@pytest.mark.parametrize("positions", [1, 2, 3, 6, 13, 16, 17, 18, 33, 40])
def test_it_is_the_plain_block(positions: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One stretch and several, the last one shorter; two examples; more outputs than inputs."""
    monkeypatch.setattr(winograd, "STRETCH", 16)
    torch.manual_seed(5)
    block = ConvBlock(7, 9, standardized=True).eval()
    for name, parameter in block.named_parameters():
        if "norm" in name:
            parameter.data.uniform_(0.5, 1.5)
    x = torch.randn(2, positions, 7)
    with torch.inference_mode():
        expected = block(x.mT).mT
        fast = WinogradBlock(Activation(block.norm), Convolution(block.conv.kernel() / 1.702, block.conv.bias))(x)
    torch.testing.assert_close(fast, expected, rtol=1e-5, atol=1e-5)


def test_every_output_equals_the_official_one_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(winograd, "SMALLEST_CHANNELS", 1)
    network = fold(deterministic_model(TINY))
    accelerate(network)
    assert sum(isinstance(module, WinogradBlock) for module in network.modules()) == 1 + 2 * 6 + 2 * 7
    ours = outputs(network)
    errors = {name: relative_l2(ours[name], GOLDEN[name]) for name in OFFICIAL_NOISE}
    assert {name: error for name, error in errors.items() if error > 5e-6} == {}
    plain = outputs(fold(deterministic_model(TINY)))
    assert not np.array_equal(ours["embeddings_1bp"], plain["embeddings_1bp"])  # it was another way to the same numbers


def test_narrow_networks_are_left_as_they_are() -> None:
    network = fold(deterministic_model(TINY))
    accelerate(network)
    assert not any(isinstance(module, WinogradBlock) for module in network.modules())
