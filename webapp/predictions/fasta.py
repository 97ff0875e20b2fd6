"""The predicted bases as a FASTA file: a pasted sequence's own genome for the browser."""

from __future__ import annotations

from predictor.api import Interval, format_locus
from webapp.predictions.models import SEQUENCE_NAME, Prediction
from webapp.predictions.run import edited_input, model_input

EDITED_NAME = "edited"  # the one "chromosome" of an edited sequence on its own axis
_LINE = 60


def predicted_fasta(prediction: Prediction, *, edited: bool = False) -> bytes:
    """One record over exactly the bases that have values; `edited`: with the prediction's edits."""
    given = edited_input(prediction) if edited else model_input(prediction)
    bases = given.sequence[: given.real_bp]
    if edited:
        header = EDITED_NAME
    elif prediction.on_genome:
        header = format_locus(Interval(prediction.chromosome, prediction.start, prediction.end)).replace(",", "")
    else:
        header = SEQUENCE_NAME
    lines = (bases[first : first + _LINE] for first in range(0, len(bases), _LINE))
    return "\n".join([f">{header}", *lines, ""]).encode("ascii")
