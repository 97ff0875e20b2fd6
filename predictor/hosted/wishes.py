"""What a job's tracks make the service send: in which requests, for which tissues, and how much that is. No SDK here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from predictor.catalogue import ModelInfo
from predictor.errors import DomainError
from predictor.tracks import Track

# Of one job, edited sequence included. As float32 that is 512 MiB, beside which the tensor lies that is just being read (2 bytes a
# value): under 1 GiB for each of the four jobs of a process. It holds 128 tracks of 1 bp along 1 Mb, or all 667 of RNA along 131 kb.
MAX_VALUES = 1 << 27


@dataclass(frozen=True, slots=True)
class Wish:
    """One request: keys of OUTPUTS, and the ontology terms (CURIEs) they are asked for; of none for all."""

    outputs: tuple[str, ...]
    terms: tuple[str, ...]


def wishes(tracks: Sequence[Track]) -> list[Wish]:
    """Outputs whose tracks all have an ontology term are asked for those terms alone, together with splice sites, which
    have none and come whatever the terms; other outputs in a request without terms."""
    outputs = dict.fromkeys(track.output for track in tracks)
    loose = {one.output for one in tracks if not one.ontology and one.output != "SPLICE_SITES"}
    terms = dict.fromkeys(track.ontology for track in tracks if track.output not in loose and track.ontology)
    both = (
        Wish(tuple(key for key in outputs if key not in loose), tuple(terms)),
        Wish(tuple(key for key in outputs if key in loose), ()),
    )
    return [wish for wish in both if wish.outputs]


def values_of(info: ModelInfo, tracks: Sequence[Track], bp: int) -> int:
    """How many numbers come of an input of `bp`: whole outputs of the terms, also what nobody asked of them. Junctions, which are
    few, are left out."""
    count = 0
    for wish in wishes(tracks):
        for track in info.tracks:
            if track.output not in wish.outputs or track.output_type.shape == "junctions":
                continue
            if not wish.terms or track.output == "SPLICE_SITES" or track.ontology in wish.terms:
                bins = bp // track.resolution
                count += bins * bins if track.output_type.shape == "pairs" else bins
    return count


def check_size(info: ModelInfo, tracks: Sequence[Track], bp: int, sequences: int) -> None:
    """Raises DomainError `hosted_too_much` (413) where so many sequences (2 with edits) bring more than MAX_VALUES."""
    count = sequences * values_of(info, tracks, bp)
    if count > MAX_VALUES:
        raise DomainError(
            "hosted_too_much",
            f"Google's AlphaGenome service would send {count / 1e6:,.0f} million values for this, and {MAX_VALUES / 1e6:,.0f} million "
            "are taken at once; ask for fewer tracks or a shorter stretch.",
            status=413,
        )
