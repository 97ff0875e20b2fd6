"""What the machine can do at best, measured like an implementation: products of two 4,096 x 4,096 matrices.

torch.mm alone is no ceiling: its float32 path reached 105 GFLOP per CPU-second on an AMD EPYC where oneDNN reached 230.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import torch

from predictor.bench.contract import Codes, Outputs
from predictor.inference.layers import dense

SIZE = 4096
PRODUCTS = 4
FLOPS = PRODUCTS * 2 * SIZE**3


class Gemm:
    """The fastest form of the product. The codes and the request are not looked at."""

    def __init__(self, dtype: str) -> None:
        torch.manual_seed(1)
        kind = torch.bfloat16 if dtype == "bf16" else torch.float32
        left, right = (torch.randn(SIZE, SIZE).to(kind) for _ in range(2))
        self.forms: list[Callable[[], object]] = [lambda: torch.mm(left, right), lambda: dense(left, right)]
        self.product = self.forms[0]

    def prepare(self, codes: Codes, request: str) -> None:
        """Choose the form: the best of three products each, the first of which sets up."""
        self.product = min(self.forms, key=lambda form: min(_seconds(form) for _ in range(3)))

    @torch.inference_mode()
    def run(self, codes: Codes, request: str) -> Outputs:
        """The products, one after the other."""
        for _ in range(PRODUCTS):
            self.product()
        return {}


@torch.inference_mode()
def _seconds(form: Callable[[], object]) -> float:
    began = time.perf_counter()
    form()
    return time.perf_counter() - began


def build(dtype: str, threads: int, weights: Path | None) -> Gemm:
    """See predictor.bench.contract."""
    torch.set_num_threads(threads)
    return Gemm(dtype)
