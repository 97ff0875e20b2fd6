"""SpliceAI as it runs here. See splicing_jobs."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from predictor.bench.splicing_jobs import APART_BP, DISTANCE_BP, FLANK_BP, STRETCH_BP, Run, bases
from predictor.genes import Gene, Genes
from predictor.reference import Reference
from predictor.spliceai.delta import DeltaScorer
from predictor.spliceai.predictor import SpliceAI
from predictor.variants.variant import Variant

DENSE = 16


def sides(folder: Path, threads: int) -> dict[str, Run]:
    """`folder`: the installed model."""
    model = SpliceAI.from_folder(folder, device="cpu", threads=threads)
    sequence = np.frombuffer(b"ACGT", np.uint8)[bases(40_000)].tobytes().decode()
    gene = Gene("g", "g", "chr", 0, len(sequence), "+", ((0, len(sequence)),), "gene")
    codes = bases(STRETCH_BP + 2 * FLANK_BP)

    def stretch() -> int:
        return int(sum(part.shape[1] for part in model.members(codes, "+")) / model.info.settings["members"])

    def variants(count: int) -> int:
        scorer = DeltaScorer(model, Reference({"chr": sequence}), Genes([gene]), distance=DISTANCE_BP)
        asked = []
        for number in range(count):
            at = 10_000 + number * APART_BP
            asked.append(Variant("chr", at, sequence[at], "C" if sequence[at] != "C" else "T"))
        return sum(isinstance(found, tuple) for found in scorer.scores(asked))

    variants(1)  # warm
    return {"stretch": stretch, "alone": lambda: variants(1), "dense": lambda: variants(DENSE)}
