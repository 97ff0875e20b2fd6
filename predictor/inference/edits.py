"""Changed sequences: which tokens of the reference stay as they are, and which have to be encoded again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from predictor.codes import encode_bases
from predictor.inference.encoding import ENCODER_HALO_BP
from predictor.inputs import ModelInput
from predictor.model.config import TOKEN_BP
from predictor.variants.edit import Edit

_BEYOND = 5  # no base at all: the input's ends are padded with zeros

Codes = NDArray[np.uint8]


def reusable(reference: Codes, changed: Codes, shift: int) -> NDArray[np.int64]:
    """For each token of `changed` [S] the token of `reference` [S] with the same bases around it, or -1.

    Only tokens at the same place, or moved by `shift` bp where that is a whole number of tokens, are looked at.
    """
    tokens = len(changed) // TOKEN_BP
    source = np.full(tokens, -1, np.int64)
    moves = {0, shift // TOKEN_BP} if shift % TOKEN_BP == 0 else {0}
    for move in moves:
        mismatch = _around(changed, 0) != _around(reference, -move * TOKEN_BP)
        so_far = np.concatenate(([0], np.cumsum(mismatch)))
        first = np.arange(tokens) * TOKEN_BP  # in coordinates that begin one halo before the input
        same = so_far[first + TOKEN_BP + 2 * ENCODER_HALO_BP] == so_far[first]
        came_from = np.arange(tokens) - move
        source = np.where(same & (came_from >= 0) & (came_from < tokens) & (source < 0), came_from, source)
    return source


def _around(codes: Codes, by: int) -> Codes:
    """Codes [S + 2 halos] that begin `by` bp later than one halo before the input."""
    padded = np.full(len(codes) + 2 * ENCODER_HALO_BP, _BEYOND, np.uint8)
    at = np.arange(len(padded)) - ENCODER_HALO_BP + by
    inside = (at >= 0) & (at < len(codes))
    padded[inside] = codes[at[inside]]
    return padded


@dataclass(frozen=True, slots=True)
class Alike:
    """Edited `inputs`, their codes [B, S], and the tokens `source` [L] that all of them reuse (see `reusable`): one batch."""

    inputs: tuple[ModelInput, ...]
    codes: Codes
    source: NDArray[np.int64]


def alike(given: ModelInput, edits: Iterable[Edit], at_once: int) -> Iterator[Alike]:
    """The edits in their order, neighbours that reuse the same tokens together, at most `at_once`."""
    reference = encode_bases(given.sequence)
    waiting: list[tuple[ModelInput, Codes]] = []
    shared = np.empty(0, np.int64)

    def batch() -> Alike:
        return Alike(tuple(one for one, _ in waiting), np.stack([codes for _, codes in waiting]), shared)

    for edit in edits:
        changed = edit.apply(given)
        codes = encode_bases(changed.sequence)
        source = reusable(reference, codes, edit.shift)
        if waiting and (len(waiting) == at_once or not np.array_equal(source, shared)):
            yield batch()
            waiting.clear()
        waiting.append((changed, codes))
        shared = source
    if waiting:
        yield batch()


def stretches(tokens: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """[start, end) in bp of the runs of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], tokens, [False])).astype(np.int8)))
    return [(int(a) * TOKEN_BP, int(b) * TOKEN_BP) for a, b in edges.reshape(-1, 2)]


def merged(parts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted, those that would share most of their halos made one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(parts):
        if joined and start - joined[-1][1] <= 2 * ENCODER_HALO_BP:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
