"""The predicted bases as a FASTA file: a pasted sequence's own genome for the browser."""

from __future__ import annotations

from predictor.api import Interval, format_locus
from webapp.predictions.models import Prediction
from webapp.predictions.packing import unpack

SEQUENCE_NAME = "sequence"  # the one "chromosome" of a pasted sequence
_LINE = 60


def predicted_fasta(prediction: Prediction) -> bytes:
    """One record over exactly the bases that have values."""
    bases = unpack(prediction.sequence)[: prediction.end - prediction.start]
    if prediction.on_genome:
        header = format_locus(Interval(prediction.chromosome, prediction.start, prediction.end)).replace(",", "")
    else:
        header = SEQUENCE_NAME
    lines = (bases[first : first + _LINE] for first in range(0, len(bases), _LINE))
    return "\n".join([f">{header}", *lines, ""]).encode("ascii")
