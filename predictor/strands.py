"""Which tracks are the two strands of one assay: the same key but for the word that names the strand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

_WORDS = {"+": "plus", "-": "minus"}


class Stranded(Protocol):
    """A track of a catalogue, or a stored one."""

    @property
    def key(self) -> str: ...
    @property
    def output(self) -> str: ...
    @property
    def strand(self) -> str: ...


def strandless(track: Stranded) -> str:
    """The key without its strand: “rna_wt” of “rna_wt_plus”, “rna_seq.tissue” of “rna_seq.minus.tissue”; as it is for “.”."""
    word = _WORDS.get(track.strand)
    return re.sub(rf"(^|[._]){word}(?=$|[._])", "", track.key, count=1) if word else track.key


def other_strands(tracks: Iterable[Stranded]) -> dict[str, str]:
    """The other strand's key by key, of those tracks whose other strand is among them."""
    pairs: dict[tuple[str, str], dict[str, str]] = {}
    for track in tracks:
        if track.strand in _WORDS:
            pairs.setdefault((track.output, strandless(track)), {})[track.strand] = track.key
    found: dict[str, str] = {}
    for pair in pairs.values():
        if len(pair) == len(_WORDS):
            found |= {pair["+"]: pair["-"], pair["-"]: pair["+"]}
    return found


def partner_rows(tracks: Sequence[Stranded]) -> list[int]:
    """For each track the row of the other strand's: its own where there is none."""
    others: Mapping[str, str] = other_strands(tracks)
    rows = {track.key: row for row, track in enumerate(tracks)}
    return [rows[others.get(track.key, track.key)] for track in tracks]
