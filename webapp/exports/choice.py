"""Which tracks of a prediction go into a file, over which stretch, and what the file is called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from predictor.api import DomainError, Interval, Signal, format_locus
from webapp.loci.models import Chromosome
from webapp.predictions.describe import NOTICE
from webapp.predictions.models import CHANGE_EDGES, EDGES, OWN, REFERENCE, SEQUENCE_NAME, PredictedTrack, Prediction
from webapp.predictions.native import read_native
from webapp.predictions.windows import tracks_of

_KINDS = {"bins": "a signal", "pairs": "a contact map", "junctions": "splice junctions"}
_EDGES = (*EDGES, REFERENCE)


@dataclass(frozen=True, slots=True)
class ChosenTrack:
    """A track, or its reference (“:ref”) or an edge of its band (“:low”, “:high”)."""

    row: PredictedTrack
    edge: str = ""

    @property
    def key(self) -> str:
        """As it was asked for."""
        return f"{self.row.key}:{self.edge}" if self.edge else self.row.key

    @property
    def file_key(self) -> str:
        """The same for the name of a file, where a colon is unwelcome."""
        return self.key.replace(":", ".")

    @property
    def name(self) -> str:
        """As a person reads it."""
        said = {"": "", REFERENCE: ", reference", "low": ", least", "high": ", most"}[self.edge]
        return f"{self.row.name}{said}"


@dataclass(frozen=True, slots=True)
class Choice:
    """Tracks of one shape of a finished prediction, and [start, end) of its coordinates, 0-based."""

    prediction: Prediction
    tracks: tuple[ChosenTrack, ...]
    start: int
    end: int

    @property
    def chromosome(self) -> str:
        """Its name in the files."""
        return chromosome_of(self.prediction)

    def signal(self, track: ChosenTrack) -> Signal:
        """Its values as they are stored."""
        place = self.prediction
        values = read_native(track.row, track.edge)
        whole = Signal(track.key, self.chromosome, place.start, place.end, track.row.resolution, values)
        return whole.part(self.start, self.end)

    def name(self, track: ChosenTrack | None = None) -> str:
        """Of a file, without its ending: locus, model, version and, of a single track, its key."""
        where = format_locus(Interval(self.chromosome, self.start, self.end)).replace(",", "")
        card = self.prediction.model_card
        edits = ["edited"] if self.prediction.edits else []
        parts = [
            "locuscope",
            where,
            *edits,
            self.prediction.model_name,
            card["version"],
            *([track.file_key] if track else []),
        ]
        return "_".join(re.sub(r"[^A-Za-z0-9._+-]+", "-", str(part)).strip("-.") for part in parts)


def choose(
    prediction: Prediction,
    shape: str,
    keys: Sequence[str] | None = None,
    start: int | None = None,
    end: int | None = None,
) -> Choice:
    """Tracks of `shape` (of an output: bins, pairs or junctions), all by default, and of an edited prediction also each one's
    reference; [start, end) within what was predicted, which is the default.

    Raises DomainError `not_ready` (409), `unknown_track`, `no_band`, `no_edits` (404), `no_tracks`, `wrong_kind` or `bad_window` (422).
    """
    rows = tracks_of(prediction, [])  # refuses one that is not done
    rows = list(prediction.tracks.all())
    if keys is None:
        fitting = [row for row in rows if shape_of(row) == shape]
        edges = ("", REFERENCE) if prediction.edits else ("",)
        tracks = [ChosenTrack(row, edge) for row in fitting for edge in edges]
        if not tracks:
            raise DomainError("no_tracks", f"This prediction has no track that is {_KINDS[shape]}.")
    else:
        tracks = [_chosen(prediction, key, shape) for key in dict.fromkeys(keys)]
        if not tracks:
            raise DomainError("no_tracks", "“tracks” is empty; give keys separated by commas, or leave it out for all.")
    first = prediction.start if start is None else max(start, prediction.start)
    stop = prediction.end if end is None else min(end, prediction.end)
    if first >= stop:
        raise DomainError(
            "bad_window",
            f"There are no values there; this prediction has them from {prediction.start:,} to {prediction.end:,}.",
        )
    return Choice(prediction, tuple(tracks), first, stop)


def _chosen(prediction: Prediction, key: str, shape: str) -> ChosenTrack:
    name, colon, edge = key.rpartition(":")
    if colon and edge == OWN:
        raise DomainError("no_own", f"Files are at the reference's places; ask for “{name[:40]}” without “:{OWN}”.")
    if colon and edge in CHANGE_EDGES:
        raise DomainError(
            "no_band", f"Files hold no band of a change; ask for “{name[:40]}” without “:{edge}”.", status=404
        )
    if not colon or edge not in _EDGES:
        name, edge = key, ""
    (row,) = tracks_of(prediction, [name])
    if shape_of(row) != shape:
        raise DomainError(
            "wrong_kind",
            f"“{name}” is {_KINDS[shape_of(row)]}, which this format does not hold; it holds {_KINDS[shape]}.",
        )
    if edge in EDGES and (not row.has_band or prediction.edits):
        raise DomainError("no_band", f"“{name}” has no band; ask for it without “:{edge}”.", status=404)
    if edge == REFERENCE and not prediction.edits:
        raise DomainError("no_edits", f"This prediction has no edits; ask for “{name}” without “:ref”.", status=404)
    return ChosenTrack(row, edge)


def shape_of(row: PredictedTrack) -> str:
    """bins, pairs or junctions."""
    return row.shape


def chromosome_of(prediction: Prediction) -> str:
    """Of the genome, or the one that a pasted sequence is."""
    return prediction.chromosome or SEQUENCE_NAME


def lengths_of(prediction: Prediction) -> dict[str, int]:
    """Chromosomes of the genome in its order, or the pasted sequence alone."""
    rows = (
        Chromosome.objects.filter(assembly__name=prediction.genome).order_by("order") if prediction.on_genome else None
    )
    lengths = dict(rows.values_list("name", "length")) if rows is not None else {}
    return lengths if chromosome_of(prediction) in lengths else {chromosome_of(prediction): prediction.end}


def about(prediction: Prediction) -> dict[str, str]:
    """What every file carries that has room for it."""
    card = prediction.model_card
    place = Interval(chromosome_of(prediction), prediction.start, prediction.end)
    edits = ", ".join(f"{edit['start'] + 1} {edit['ref']}>{edit['alt']}" for edit in prediction.edits)
    return {
        "source": f"Locuscope prediction, /p/{prediction.id}",
        "genome": prediction.genome or "a pasted sequence",
        "predicted": format_locus(place),
        **({"edits": edits if len(edits) < 2000 else f"{len(prediction.edits)} edits"} if edits else {}),
        "model": f"{card['title']} ({prediction.model_name})",
        "model_version": card["version"],
        "model_sha256": prediction.model_sha256,
        "licence": card["licence"],
        "citation": card["citation"],
        "notice": NOTICE,
    }
