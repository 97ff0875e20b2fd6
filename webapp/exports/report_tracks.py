"""The rows of a report as igv.js takes them: signals, what was measured of the same, splice junctions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from igv_reports.datauri import get_data_uri
from numpy.typing import NDArray

from predictor.api import Interval, Signal, bedgraph_lines, least_axis
from webapp.exports.choice import ChosenTrack, chromosome_of
from webapp.measured.models import MeasuredTrack
from webapp.measured.services import read_window as read_measured
from webapp.predictions.junctions import read_junctions
from webapp.predictions.models import REFERENCE, Prediction
from webapp.predictions.windows import read_window

_MOST_BINS = 20_000  # of a track
_MOST_VALUES = 600_000  # of a report, which keep it at some megabytes
_MOST_MEASURED = 50
_MOST_JUNCTIONS = 300  # of a track, the strongest
_GREY, _MEASURED = "#66727a", "#8a6d3b"
Values = NDArray[np.float32]
Rows = Mapping[str, MeasuredTrack]


def step_of(place: Interval, tracks: int) -> int:
    """bp per value at least, so that a report of so many tracks stays small."""
    limit = max(500, min(_MOST_BINS, _MOST_VALUES // max(1, tracks)))
    return max(1, -(-place.width // limit))


def measured_rows(prediction: Prediction, tracks: Sequence[ChosenTrack]) -> dict[str, MeasuredTrack]:
    """By the key of a track what is installed of the same, in the order of the tracks."""
    if not prediction.on_genome:
        return {}
    keys = {track.row.key for track in tracks if not track.edge}
    found = {
        row.model_track: row for row in MeasuredTrack.objects.filter(genome=prediction.genome, model_track__in=keys)
    }
    order = [track.row.key for track in tracks if track.row.key in found]
    return {key: found[key] for key in list(dict.fromkeys(order))[:_MOST_MEASURED]}


def measured_sources(measured: Rows) -> str:
    """Where the measured rows are from, each said once, with its licence."""
    said = (
        f"{row.publication or row.provenance} ({row.licence})" if row.licence else row.publication
        for row in measured.values()
    )
    return "; ".join(text for text in dict.fromkeys(said) if text)


def signals(
    prediction: Prediction, tracks: Sequence[ChosenTrack], place: Interval, step: int, measured: Rows
) -> list[dict[str, Any]]:
    """Each track with what was measured below it; tracks of one width of bins are read together."""
    width_of = [-(-max(step, track.row.resolution) // track.row.resolution) * track.row.resolution for track in tracks]
    values: dict[str, Values] = {}
    known: dict[str, Values] = {}
    for width, group in groupby(sorted(zip(width_of, range(len(tracks)), strict=True)), key=lambda pair: pair[0]):
        some = [tracks[index] for _width, index in group]
        bins = -(-place.width // width)
        window = place.start, place.start + bins * width, bins
        read = read_window(prediction, [track.key for track in some], *window)
        values |= dict(zip((track.key for track in some), read, strict=True))
        rows = [measured[track.row.key] for track in some if not track.edge and track.row.key in measured]
        if rows:
            read = read_measured(prediction.genome, rows, place.chromosome, *window)
            known |= dict(zip((row.model_track for row in rows), read, strict=True))
    configs: list[dict[str, Any]] = []
    for width, track in zip(width_of, tracks, strict=True):
        said = {
            "id": track.key, "name": track.name, "color": _GREY if track.edge else track.row.colour,
            "description": f"{track.row.unit}, strand {track.row.strand}", "windowFunction": track.row.summary,
        }  # fmt: skip
        floor = max(0.1 * (track.row.maximum or 0), least_axis(track.row.unit))
        configs.append(_wig(prediction, place, width, values[track.key], said, floor, len(configs)))
        if not track.edge and track.row.key in known:
            row = measured[track.row.key]
            said = {
                "id": f"measured:{row.key}", "name": _("%(name)s, measured") % {"name": row.name}, "color": _MEASURED,
                "description": f"{row.unit}; {row.publication or row.provenance}", "windowFunction": row.summary,
            }  # fmt: skip
            configs.append(_wig(prediction, place, width, known[track.row.key], said, 0.1 * row.maximum, len(configs)))
    return configs


def _wig(
    prediction: Prediction, place: Interval, width: int, values: Values, said: dict[str, str], floor: float, order: int
) -> dict[str, Any]:
    """`floor`: the least that the axis reaches."""
    signal = Signal(said["id"], chromosome_of(prediction), place.start, place.end, width, values)
    finite = values[np.isfinite(values)]
    highest, lowest = (float(finite.max()), float(finite.min())) if finite.size else (1.0, 0.0)
    return {
        "type": "wig", "format": "bedgraph", **said, "order": 10 + order, "height": 46, "graphType": "bar",
        "url": get_data_uri(b"".join(bedgraph_lines(signal)).decode("ascii")), "autoscale": False, "min": min(0.0, lowest),
        # igv.js marks what reaches over the axis; the text of a float32 may lie a digit above it.
        "max": 1.001 * max(highest, floor) or 1.0,
    }  # fmt: skip


def junction_tracks(prediction: Prediction, tracks: Sequence[ChosenTrack], place: Interval) -> list[dict[str, Any]]:
    """Arcs over introns, as wide as the reads that are expected across them; none of a track without any."""
    configs: list[dict[str, Any]] = []
    for track in tracks:
        found = sorted(read_junctions(prediction, [track.key]), key=lambda one: -one.value)[:_MOST_JUNCTIONS]
        if not found:
            continue
        colour = _GREY if track.edge == REFERENCE else track.row.colour
        most = found[0].value
        features = [
            {
                "chr": place.chromosome, "start": one.start, "end": one.end, "name": f"{one.value:.3g}", "score": one.value,
                "strand": one.strand,
                "attributes": {
                    "label": f"{one.value:.3g}", "line_width": f"{1 + 5 * one.value / most:.2f}", "color": colour,
                },
            }
            for one in sorted(found, key=lambda one: (one.start, one.end))
        ]  # fmt: skip
        configs.append(
            {
                "type": "junction", "id": track.key, "name": track.name, "features": features, "order": 500 + len(configs),
                "height": 90, "displayMode": "COLLAPSED", "color": colour,
                "description": f"{track.row.unit}, strand {track.row.strand}",
            }
        )  # fmt: skip
    return configs
