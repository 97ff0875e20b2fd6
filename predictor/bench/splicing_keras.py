"""The original networks under Keras and TensorFlow, asked as the original asks them. See splicing_jobs.

`folder`: where the wheel `spliceai` was unpacked or installed, the one with spliceai/models. What the tool does besides its
networks' predictions (reading a FASTA and a VCF) is left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow

from predictor.bench.splicing_jobs import DISTANCE_BP, FLANK_BP, Run, bases

WINDOW_BP, LONG_BP = 5_000, 10_000


def sides(folder: Path, threads: int) -> dict[str, Run]:
    """What ours is compared with."""
    tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    paths = [folder / "spliceai" / "models" / f"spliceai{number}.h5" for number in range(1, 6)]
    networks = [keras.models.load_model(path, compile=False) for path in paths]

    def one_hot(length: int) -> Any:
        return np.eye(4, dtype=np.float32)[bases(length)][None]

    def passes(predicted_bp: int, times: int = 1) -> int:
        x = one_hot(predicted_bp + 2 * FLANK_BP)
        for _ in range(times):
            for network in networks:
                network.predict(x, verbose=0)
        return predicted_bp * times

    lengths = (WINDOW_BP, LONG_BP, 2 * DISTANCE_BP + 1)
    for length in lengths:  # a length is compiled when it is first met
        passes(length)

    def variant() -> int:
        passes(lengths[2], times=2)  # REF and ALT
        return 1

    return {"stretch": lambda: passes(WINDOW_BP), "pass": lambda: passes(LONG_BP), "alone": variant, "dense": variant}
