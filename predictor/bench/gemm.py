"""What the machine can do at best, measured like an implementation: products of two 4,096 x 4,096 matrices."""

from __future__ import annotations

from pathlib import Path

import torch

from predictor.bench.contract import Codes, Outputs

SIZE = 4096
PRODUCTS = 4
FLOPS = PRODUCTS * 2 * SIZE**3


class Gemm:
    """The codes and the request are not looked at."""

    def __init__(self, dtype: str) -> None:
        torch.manual_seed(1)
        kind = torch.bfloat16 if dtype == "bf16" else torch.float32
        self.left, self.right = (torch.randn(SIZE, SIZE).to(kind) for _ in range(2))

    def prepare(self, codes: Codes, request: str) -> None:
        """One product."""
        torch.mm(self.left, self.right)

    def run(self, codes: Codes, request: str) -> Outputs:
        """The products, one after the other."""
        for _ in range(PRODUCTS):
            product = torch.mm(self.left, self.right)
        return {"product": product}


def build(dtype: str, threads: int, weights: Path | None) -> Gemm:
    """See predictor.bench.contract."""
    torch.set_num_threads(threads)
    return Gemm(dtype)
