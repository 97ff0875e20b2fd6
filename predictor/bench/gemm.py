"""What the machine can do at best, measured like an implementation: products of two 4,096 x 4,096 matrices.

By the library that is fastest here: `dense` takes oneDNN's kernels, twice as fast as torch.mm's MKL in float32 on an AMD CPU.
"""

from __future__ import annotations

from pathlib import Path

import torch

from predictor.bench.contract import Codes, Outputs
from predictor.inference.layers import dense

SIZE = 4096
PRODUCTS = 4
FLOPS = PRODUCTS * 2 * SIZE**3


class Gemm:
    """The codes and the request are not looked at."""

    def __init__(self, dtype: str) -> None:
        torch.manual_seed(1)
        kind = torch.bfloat16 if dtype == "bf16" else torch.float32
        self.left, self.right = (torch.randn(SIZE, SIZE).to(kind) for _ in range(2))

    @torch.inference_mode()
    def prepare(self, codes: Codes, request: str) -> None:
        """One product."""
        dense(self.left, self.right)

    @torch.inference_mode()
    def run(self, codes: Codes, request: str) -> Outputs:
        """The products, one after the other."""
        for _ in range(PRODUCTS):
            product = dense(self.left, self.right)
        return {"product": product}


def build(dtype: str, threads: int, weights: Path | None) -> Gemm:
    """See predictor.bench.contract."""
    torch.set_num_threads(threads)
    return Gemm(dtype)
