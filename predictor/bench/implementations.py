"""The implementations that can be measured: one row each, with what its environment needs and what its outputs are."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from predictor.errors import DomainError

_ERF = 2e-4  # the pair path of two peers has the erf form of GELU where the official code has the tanh form
_HALF = 5e-4  # the official splice site usage is float16


@dataclass(frozen=True, slots=True)
class Implementation:
    """`environment`: it has one of its own; `imports` proves the installation. Packages in `unchecked` are installed without
    their own requirements, which are all in `requirements`; `checkout`: the code is no package but a folder given at
    installation. `weights`: a format of predictor.bench.weights. `model_space`: tracks are not in experimental units.
    `tolerances`: relative L2 where the implementation is known to differ from the official code.
    """

    name: str
    title: str
    module: str
    imports: str
    environment: bool = True
    requirements: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    torch: bool = True
    checkout: bool = False
    weights: str | None = None
    model_space: bool = False
    tolerances: dict[str, float] = field(default_factory=dict)

    def python(self, folder: Path | None) -> Path:
        """Of its environment in the folder of peers; ours for what is ours."""
        if not self.environment:
            return Path(sys.executable)
        assert folder is not None
        return folder / self.name / "bin" / "python"


OURS = Implementation("ours", "Locuscope", "predictor.bench.ours", "predictor.bench.ours", environment=False)
GEMM = Implementation(
    "gemm", "matrix product, 4,096 x 4,096", "predictor.bench.gemm", "predictor.bench.gemm", environment=False
)
PEERS = (
    Implementation(
        "genomicsxai", "alphagenome-pytorch 0.3.1 (genomicsxai)", "predictor.bench.genomicsxai",
        "alphagenome_pytorch.model", requirements=("packaging",),
        # It asks for Python 3.12, which its code does not need; the same Python for all is the fairer comparison.
        unchecked=("alphagenome-pytorch==0.3.1",),
        weights="genomicsxai", tolerances={"contact_maps": _ERF, "embeddings_pair": _ERF},
    ),
    Implementation(
        "lucidrains", "alphagenome-pytorch 0.2.8 (lucidrains)", "predictor.bench.lucidrains",
        "alphagenome_pytorch.alphagenome", requirements=("alphagenome-pytorch==0.2.8",),
        weights="official", model_space=True, tolerances={"contact_maps": _ERF, "embeddings_pair": _ERF},
    ),
    Implementation(
        "alphagenome_pt", "alphagenome-pt 1.0.0 (RylieWeaver)", "predictor.bench.alphagenome_pt", "alphagenome_pt",
        requirements=("alphagenome-pt==1.0.0",), weights="alphagenome_pt",
    ),
    Implementation(
        "jax", "official JAX code", "predictor.bench.research", "alphagenome_research.model.model",
        requirements=(
            "jax==0.10.2", "jaxlib==0.10.2", "dm-haiku==0.0.17", "alphagenome==0.10.0", "tensorflow-cpu==2.21.0",
            "chex==0.1.92", "einshape==1.0", "pyranges==0.1.7", "pyfaidx==0.9.2.2",
        ),
        torch=False, checkout=True, weights="official", tolerances={"splice_usage": _HALF},
    ),
)  # fmt: skip
BY_NAME = {row.name: row for row in (OURS, *PEERS)}


def chosen(names: Iterable[str] | None, folder: Path | None) -> list[Implementation]:
    """The named implementations, or all that are installed; ours first. Raises DomainError for one that is not there."""
    if names is None:
        return [OURS, *(peer for peer in PEERS if folder is not None and peer.python(folder).exists())]
    rows = []
    for name in names:
        if name not in BY_NAME:
            raise DomainError("no_implementation", f"There is no implementation “{name}”; known: {', '.join(BY_NAME)}.")
        row = BY_NAME[name]
        if row is not OURS and (folder is None or not row.python(folder).exists()):
            raise DomainError(
                "no_implementation",
                f"{name} is not installed in {folder}; run python -m predictor.bench.peers install {folder}.",
            )
        rows.append(row)
    return sorted(rows, key=lambda row: row is not OURS)
