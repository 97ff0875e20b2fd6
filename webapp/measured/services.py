"""What the other apps use of this one: the catalogue and the values."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from predictor.api import DomainError, canonical_chromosome
from webapp.lib.bins import check_window
from webapp.loci.models import Chromosome
from webapp.loci.services import get_assembly
from webapp.measured.models import MeasuredTrack
from webapp.measured.storage import sums_of
from webapp.measured.sums import summarise

VERSION_DIGITS = 12  # of a digest, behind “@” in a key
_SAID = (
    "key", "name", "output", "model_track", "unit", "colour", "strand", "summary", "resolution", "biosample", "assay",
    "description", "publication", "licence", "provenance", "splits", "bundle", "maximum",
)  # fmt: skip


def has_measurements(genome: str) -> bool:
    """Whether anything is installed for a genome."""
    return MeasuredTrack.objects.filter(genome=genome).exists()


def catalogue(genome: str) -> list[dict[str, Any]]:
    """Everything but the values. Raises DomainError `unknown_genome`."""
    rows = MeasuredTrack.objects.filter(genome=get_assembly(genome).name)
    return [{**{name: getattr(row, name) for name in _SAID}, "version": row.digest[:VERSION_DIGITS]} for row in rows]


def find_tracks(genome: str, keys: Sequence[str]) -> list[MeasuredTrack]:
    """The rows of these keys, in this order; a key may carry “@version”. Raises DomainError `unknown_measurement` or
    `other_version` (404)."""
    name = get_assembly(genome).name
    wanted = {key.partition("@")[0] for key in keys}
    rows = {row.key: row for row in MeasuredTrack.objects.filter(genome=name, key__in=wanted)}
    found = []
    for given in keys:
        key, _, version = given.partition("@")
        if key not in rows:
            known = list(MeasuredTrack.objects.filter(genome=name).values_list("key", flat=True))
            near = tuple(difflib.get_close_matches(key, known, n=3, cutoff=0.5))
            there = f"did you mean {', '.join(near)}?" if near else f"{len(known)} are installed, see /api/v1/measured."
            raise DomainError(
                "unknown_measurement", f"There is no measured track “{key[:60]}”; {there}", status=404, suggestions=near
            )
        row = rows[key]
        if version and version != row.digest[:VERSION_DIGITS]:
            sentence = f"“{key}” was installed anew since; load the page again to see its values."
            raise DomainError("other_version", sentence, status=404)
        found.append(row)
    return found


def read_window(
    genome: str,
    tracks: Sequence[MeasuredTrack],
    chromosome: str,
    start: int,
    end: int,
    bins: int,
    summary: str | None = None,
) -> NDArray[np.float32]:
    """float32 [tracks, bins] as of a prediction: `summary` "mean", "max" or None for each track's own; NaN beyond the chromosome
    and where nothing was measured. Raises DomainError `bad_window` (422) or `unknown_chromosome` (404)."""
    lengths = dict(Chromosome.objects.filter(assembly__name__iexact=genome.strip()).values_list("name", "length"))
    name = canonical_chromosome(chromosome, lengths)
    check_window(start, end, bins)
    rows = [
        summarise(*sums_of(track, name), lengths[name], start, end, bins, summary or track.summary) for track in tracks
    ]
    return np.stack(rows)
