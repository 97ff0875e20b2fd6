"""A prediction as files. Tracks are read one after another, so that memory holds one of them, or a piece of it."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Iterable, Iterator, Sequence

from django.http import HttpRequest, HttpResponseBase

from predictor.api import DomainError, bedgraph_lines, csv_lines, write_parquet
from webapp.exports.cache import bigwig_path, digest
from webapp.exports.choice import Choice, ChosenTrack, about, choose
from webapp.exports.pairs import bed, cool
from webapp.exports.responses import attachment, file_response, pieces, streamed, zip_of
from webapp.lib.ranges import range_response
from webapp.predictions.models import Prediction


def export(
    request: HttpRequest,
    prediction: Prediction,
    form: str,
    keys: Sequence[str] | None,
    start: int | None,
    end: int | None,
) -> HttpResponseBase:
    """The response with the file; several tracks in a format of single tracks are a zip. Ranges of a single bigWig are served.

    Raises DomainError `unknown_format` (404) or as `choose`.
    """
    if form not in _FORMS:
        raise DomainError(
            "unknown_format", f"There is no format “{form[:20]}”; there are {', '.join(FORMS)}.", status=404
        )
    shape, make = _FORMS[form]
    return make(request, choose(prediction, shape, keys, start, end), form)


def bigwig_response(request: HttpRequest, choice: Choice, track: ChosenTrack) -> HttpResponseBase:
    """One track as bigWig, whole or a range of it."""
    headers = {
        "Content-Disposition": attachment(f"{choice.name(track)}.bw"),
        "Cache-Control": "private, max-age=3600",
        "ETag": f'"{digest(choice, track)}"',
    }
    for _ in range(2):
        try:
            return range_response(request, bigwig_path(choice, track), "application/octet-stream", headers)
        except FileNotFoundError:  # it had to make room between the two
            continue
    raise DomainError("busy", "The server's cache is too small for this file; ask again in a moment.", status=503)


def _bigwig(request: HttpRequest, choice: Choice, form: str) -> HttpResponseBase:
    if len(choice.tracks) == 1:
        return bigwig_response(request, choice, choice.tracks[0])
    members = ((f"{choice.name(track)}.bw", pieces(bigwig_path(choice, track))) for track in choice.tracks)
    return zip_of(choice, form, members)


def _bedgraph(request: HttpRequest, choice: Choice, form: str) -> HttpResponseBase:
    members = ((f"{choice.name(track)}.bedgraph.gz", _gzipped(_with_head(choice, track))) for track in choice.tracks)
    if len(choice.tracks) == 1:
        name, parts = next(members)
        return streamed(parts, name, "application/gzip")
    return zip_of(choice, form, members)


def _with_head(choice: Choice, track: ChosenTrack) -> Iterator[bytes]:
    yield "".join(f"# {key}: {' '.join(text.split())}\n" for key, text in about(choice.prediction).items()).encode()
    row = track.row
    shade = ",".join(str(int(row.colour[at : at + 2], 16)) for at in (1, 3, 5))
    said = f"{row.unit}; predicted, research use only".replace('"', "'")
    name = track.name.replace('"', "'")
    yield f'track type=bedGraph name="{name}" description="{said}" color={shade}\n'.encode()
    yield from bedgraph_lines(choice.signal(track))


def _gzipped(parts: Iterable[bytes]) -> Iterator[bytes]:
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=6, mtime=0) as file:
        for part in parts:
            file.write(part)
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _csv(request: HttpRequest, choice: Choice, form: str) -> HttpResponseBase:
    signals = (choice.signal(track) for track in choice.tracks)
    name = choice.name(choice.tracks[0] if len(choice.tracks) == 1 else None)
    return streamed(csv_lines(signals, about(choice.prediction)), f"{name}.csv", "text/csv; charset=utf-8")


def _parquet(request: HttpRequest, choice: Choice, form: str) -> HttpResponseBase:
    signals = (choice.signal(track) for track in choice.tracks)
    name = choice.name(choice.tracks[0] if len(choice.tracks) == 1 else None)
    return file_response(
        lambda path: write_parquet(path, signals, about(choice.prediction)),
        f"{name}.parquet",
        "application/vnd.apache.parquet",
    )


_FORMS: dict[str, tuple[str, Callable[[HttpRequest, Choice, str], HttpResponseBase]]] = {
    "bigwig": ("bins", _bigwig),
    "bedgraph": ("bins", _bedgraph),
    "csv": ("bins", _csv),
    "parquet": ("bins", _parquet),
    "bed": ("junctions", bed),
    "cool": ("pairs", cool),
    "mcool": ("pairs", cool),
}
FORMS = tuple(_FORMS)
