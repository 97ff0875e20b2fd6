"""Makes golden.npz: what the original SpliceAI says, computed by Keras and TensorFlow from the files of the PyPI wheel.

Run in an environment of its own (`pip install tensorflow-cpu`, Keras 3.15.1 with TensorFlow 2.21.0 when the file was made):

    python make_golden.py WHEEL_FOLDER CHR20_FASTA golden.npz

WHEEL_FOLDER: where spliceai-1.3.1-py2.py3-none-any.whl was unpacked. CHR20_FASTA: hg19 chr20, `20.fa.gz` of the Debian package
vt-examples. `vps16`: chr20:2,840,785-2,843,784 with its real 5,000 bp on either side, 22 splice sites of VPS16;
`random`: 1,000 random bases with runs of N between 5,000 N. `*_members` float32 [5, n, 2]: acceptor and donor of each network.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path

import keras
import numpy as np

FLANK = 5_000
START, LENGTH = 2_840_784, 3_000


def main(wheel: Path, fasta: Path, out: Path) -> None:
    """Write the file."""
    with gzip.open(fasta, "rt") as lines:
        chromosome = "".join(line.strip() for line in lines if not line.startswith(">")).upper()
    rng = np.random.default_rng(20261126)
    drawn = rng.choice(list("ACGT"), 1_000)
    drawn[200:230] = drawn[500] = drawn[-40:] = "N"
    sequences = {
        "vps16": chromosome[START - FLANK : START + LENGTH + FLANK],
        "random": "N" * FLANK + "".join(drawn) + "N" * FLANK,
    }
    networks = [keras.models.load_model(wheel / f"spliceai/models/spliceai{k}.h5", compile=False) for k in range(1, 6)]
    found: dict[str, object] = {}
    for name, sequence in sequences.items():
        one_hot = np.array([[base == letter for letter in "ACGT"] for base in sequence], np.float32)[None]
        members = np.stack([network.predict(one_hot, verbose=0)[0] for network in networks])
        found[name] = np.array(sequence)
        found[f"{name}_members"] = members[:, :, 1:].astype(np.float32)
    np.savez_compressed(out, **found)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
