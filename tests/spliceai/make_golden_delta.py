"""Makes golden_delta.json: delta scores by the original tool, whose function `get_delta_scores` is called as it is.

As make_golden.py, with `pip install pandas pyfaidx setuptools==75.8.0` as well (for what the tool imports):

    PYTHONPATH=WHEEL_FOLDER python make_golden_delta.py golden.npz golden_delta.json

Two lines of its own stand in the way of today's numpy and of running it from a folder: in WHEEL_FOLDER, `np.fromstring(seq, np.int8)` of
spliceai/utils.py was made `np.frombuffer(seq.encode(), np.int8)`, and spliceai/__init__.py emptied.

The genome is the sequence `vps16` of golden.npz, chr20:2,835,785-2,848,784 of hg19, as a chromosome of its own; the genes are the part
of VPS16 that lies there, and one that is made up on the other strand, whose ends are near enough for N to be read beyond them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import keras.models
import numpy as np
from spliceai.utils import Annotator, get_delta_scores

HEADER = "#NAME\tCHROM\tSTRAND\tTX_START\tTX_END\tEXON_START\tEXON_END"
OFFSET = 2_835_784
EXONS = json.loads(Path(__file__).with_name("vps16_exons.json").read_text())  # 0-based half-open on hg19 chr20
DISTANCES = (50, 300)


class Remembering:
    """A network that answers the same question once: masked and raw scores ask alike."""

    def __init__(self, network: keras.Model) -> None:
        self._network, self._said = network, {}

    def predict(self, x: np.ndarray) -> np.ndarray:
        """As Keras does."""
        key = x.tobytes()
        if key not in self._said:
            self._said[key] = self._network.predict(x, verbose=0)
        return self._said[key]


def main(golden: Path, out: Path) -> None:
    """Write the file."""
    sequence = str(np.load(golden)["vps16"])
    inside = [(a - OFFSET, b - OFFSET) for a, b in EXONS if a > OFFSET and b < OFFSET + len(sequence)]
    starts, ends = ("".join(f"{exon[side]}," for exon in inside) for side in (0, 1))
    rows = [
        f"VPS16\tvps16\t+\t{inside[0][0]}\t{inside[-1][1]}\t{starts}\t{ends}",
        "ANTI\tvps16\t-\t5400\t8100\t5400,6100,7300,\t5600,6500,8100,",
    ]
    table = "\n".join([HEADER, *rows]) + "\n"
    place = out.with_suffix(".tsv")
    place.write_text(table)
    annotator = Annotator.__new__(Annotator)
    keras_load = keras.models.load_model
    import spliceai.utils as tool

    tool.Fasta = lambda *a, **k: {"vps16": _Chromosome(sequence)}
    tool.load_model = lambda path: Remembering(keras_load(path, compile=False))
    annotator.__init__("none", str(place))
    place.unlink()
    near = next(b for a, b in inside if b > 6200)  # a donor: its last exon base, 1-based
    acceptor = next(a for a, b in inside if a > 6200)  # first exon base - 1, 1-based

    def base(pos: int) -> str:
        return sequence[pos - 1]

    other = {"A": "G", "C": "T", "G": "A", "T": "C"}
    variants = [
        (near + 1, base(near + 1), other[base(near + 1)]),
        (acceptor - 1, base(acceptor - 1), other[base(acceptor - 1)]),
        (near - 2, sequence[near - 3 : near + 4], base(near - 2)),
        (acceptor - 3, base(acceptor - 3), base(acceptor - 3) + "GTAAGTCAG"),
        (6_320, base(6_320), other[base(6_320)]),
    ]
    answers = []
    for number, (pos, ref, alt) in enumerate(variants):
        for distance in DISTANCES if number < 1 else DISTANCES[:1]:
            for mask in (0, 1):
                record = SimpleNamespace(chrom="vps16", pos=pos, ref=ref, alts=(alt,))
                said = get_delta_scores(record, annotator, distance, mask)
                answers.append({"pos": pos, "ref": ref, "alt": alt, "distance": distance, "mask": mask, "said": said})
                print(answers[-1], flush=True)
    out.write_text(json.dumps({"genes": table, "answers": answers}, indent=1) + "\n")


class _Chromosome:
    def __init__(self, sequence: str) -> None:
        self._sequence = sequence

    def __getitem__(self, part: slice) -> SimpleNamespace:
        return SimpleNamespace(seq=self._sequence[part])


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
