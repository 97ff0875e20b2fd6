"""What every implementation in the comparison is asked for and answers.

This is also read by Pythons that hold another implementation and little else, so it needs numpy and no more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from predictor.model.config import FULL

Codes = NDArray[np.uint8]  # [S]: A C G T = 0..3
Outputs = dict[str, Any]  # torch, JAX or numpy arrays without a batch dimension, positions before tracks
WARM_UP_BP = 4096  # the official code does not compile for less on a CPU
SHOWN_TRACKS = 5
TRACK_HEADS = {head.name: head.resolutions for head in FULL.track_heads}
TRACKS = {head.name: head.tracks for head in FULL.track_heads}


@dataclass(frozen=True, slots=True)
class Request:
    """`instead`: what an implementation that has no such thing has to run for the same answer, a full pass."""

    title: str
    instead: str = ""


REQUESTS = {
    "all": Request("every output"),
    "rna_seq": Request("five RNA_SEQ tracks"),
    "chip_tf": Request("five CHIP_TF tracks"),
    "embeddings": Request("embeddings, no head"),
    "snv": Request("one SNV, 501 bp of every track, reference known", instead="all"),
    "ism": Request("one ISM position (three SNVs), likewise", instead="all"),
    "window": Request("five RNA_SEQ tracks on another 16 kb of a known interval", instead="rna_seq"),
}


class Implementation(Protocol):
    """Outputs are named `<head>_1bp` and `<head>_128bp` in experimental units with track means of 1 (or in model space: a
    peer's row says so), `contact_maps`, `splice_classes` and `splice_usage` (probabilities), `junctions`, `embeddings_1bp`,
    `embeddings_128bp`, `embeddings_pair`; a request for five tracks gives the first five of the head.
    """

    def prepare(self, codes: Codes, request: str) -> None:
        """Whatever happens once and is not measured: a short pass, compilation, the reference of a variant."""

    def run(self, codes: Codes, request: str) -> Outputs:
        """One human sequence, alone. Measured."""


# build(dtype="fp32" | "bf16", threads, weights); `weights` is a file in the format that the table of peers names, or None.
Build = Callable[[str, int, Path | None], Implementation]


def bases(length: int) -> Codes:
    """The input of every measurement."""
    return np.random.default_rng(1).integers(0, 4, length, dtype=np.uint8)
