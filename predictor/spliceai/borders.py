"""What a variant does to the two sites of one exon: probabilities at its acceptor and its donor, before and after."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from predictor.codes import encode_bases
from predictor.spliceai.architecture import FLANK_BP
from predictor.spliceai.local import Replacement
from predictor.spliceai.predictor import SpliceAI

Values = NDArray[np.float64]

LEAST = 1e-4  # below it a probability is as good as none
_ACCEPTOR, _DONOR = 1, 2  # of the networks' classes


def border_probabilities(
    model: SpliceAI, flanked: str, strand: str, exon: tuple[int, int], edits: Sequence[tuple[int, str, str]]
) -> tuple[Values, Values]:
    """[2] and [edits, 2]: acceptor and donor of `exon` [first, last), mean of the networks; 0 where an edit deletes the border.

    `flanked`: bases of the plus strand with 5,000 on either side of the stretch that `exon` and the edits (at, REF, ALT) number.
    """
    first, last = exon[0], exon[1] - 1
    places = (first, last) if strand == "+" else (last, first)  # acceptor, donor
    asked = []
    moved = []
    for at, ref, alt in edits:
        borders = [_moved(place, at, len(ref), len(alt)) for place in places]
        left = (
            min(place for place in borders if place is not None) if any(place is not None for place in borders) else at
        )
        right = max((place for place in borders if place is not None), default=left)
        edit = Replacement(FLANK_BP + at, FLANK_BP + at + len(ref), torch.from_numpy(encode_bases(alt)))
        asked.append((edit, (FLANK_BP + left, FLANK_BP + right + 1)))
        moved.append([None if place is None else place - left for place in borders])
    before, after, networks = np.zeros(2), np.zeros((len(edits), 2)), 0
    for reference, edited in model.with_edits(encode_bases(flanked), strand, asked):
        networks += 1
        before += [float(reference[row, place]) for row, place in zip((_ACCEPTOR, _DONOR), places, strict=True)]
        for number, (found, borders) in enumerate(zip(edited, moved, strict=True)):
            after[number] += [
                0.0 if place is None else float(found[row, place])
                for row, place in zip((_ACCEPTOR, _DONOR), borders, strict=True)
            ]
    return before / networks, after / networks


def logit(probability: Values) -> Values:
    """Of probabilities no nearer to 0 or 1 than LEAST."""
    kept = np.clip(probability, LEAST, 1 - LEAST)
    return np.asarray(np.log(kept / (1 - kept)))


def _moved(place: int, at: int, replaced: int, by: int) -> int | None:
    """Where a base is after an edit; None if it is deleted."""
    if place < at:
        return place
    if place >= at + replaced:
        return place + by - replaced
    return place if place - at < by else None
