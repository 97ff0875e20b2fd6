"""Contact maps and splice junctions of a prediction."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from predictor.api import DomainError
from webapp.api import schemas
from webapp.api.lasting import BINARY, is_known, lasting, numbers
from webapp.exports.choice import about
from webapp.predictions import services
from webapp.predictions.junctions import MIN_VALUE, MOST
from webapp.predictions.models import Prediction
from webapp.predictions.pairs import ContactWindow
from webapp.predictions.windows import tracks_of
from webapp.sharing.access import readable_prediction

router = Router(tags=["values"])

_DEFAULT_SIZE = 256
_REFUSALS = {404: schemas.Error, 409: schemas.Error, 422: schemas.Error}
_CONTENT = {"responses": {200: {"content": {BINARY: {"schema": {"type": "string", "format": "binary"}}}}}}


class Square(Schema):
    """`track`: the key of a contact map. [start, end) as for windows, by default all of the prediction; `size`: at most so many bins
    on a side."""

    track: Annotated[str, Field(max_length=250)]
    start: Annotated[int | None, Field(ge=-(2**40), le=2**40)] = None
    end: Annotated[int | None, Field(ge=-(2**40), le=2**40)] = None
    size: Annotated[int, Field(ge=1, le=services.MAX_SIZE)] = _DEFAULT_SIZE
    format: Literal["json", "f4", "csv"] | None = None


@router.get(
    "/predictions/{prediction_id}/contacts",
    response={200: schemas.Contacts, **_REFUSALS},
    openapi_extra=_CONTENT,
    summary="Values of a contact map",
)
def contacts(request: HttpRequest, prediction_id: str, square: Query[Square]) -> HttpResponse:
    """The log of how often two bins touch over what their distance lets expect, for every pair of the bins that the window touches.
    Bins are of 2,048 bp from the prediction's start, or means over 2, 4, 8 ... of them where there are more than `size`.

    `track` may end in “:ref” or “:own” as for windows. `format` f4: little-endian float32, row by row, NaN for null; the headers
    Contacts-Start, Contacts-Bin and Contacts-Bins say where. `format` csv: a line per pair (0-based starts).
    """
    prediction = readable_prediction(request, prediction_id)
    (row,) = tracks_of(prediction, [square.track])
    edited_bp = prediction.edited_bp or 0
    end = prediction.start + max(prediction.end - prediction.start, edited_bp) if square.end is None else square.end
    start = prediction.start if square.start is None else square.start
    form = square.format or ("f4" if request.get_preferred_type(["application/json", BINARY]) == BINARY else "json")
    headers = lasting(prediction.id, "contacts", square.track, start, end, square.size, form)
    if is_known(request, headers):
        return HttpResponse(status=304, headers=headers)
    window = services.read_contacts(prediction, square.track, start, end, square.size)
    size = len(window.values)
    if form == "f4":
        said = {"Contacts-Start": str(window.start), "Contacts-Bin": str(window.bin_bp), "Contacts-Bins": str(size)}
        return HttpResponse(window.values.astype("<f4").tobytes(), content_type=BINARY, headers=headers | said)
    rows = [numbers(values) for values in window.values]
    if form == "csv":
        return _table(prediction, row.key, window, rows, headers)
    answer: dict[str, Any] = {
        "track": square.track,
        "start": window.start,
        "bin_bp": window.bin_bp,
        "bins": size,
        "unit": row.unit,
        "scale": row.scale,
        "values": rows,
    }
    return HttpResponse(json.dumps(answer), content_type="application/json", headers=headers)


def _table(
    prediction: Prediction, name: str, window: ContactWindow, rows: list[list[float | None]], headers: dict[str, str]
) -> HttpResponse:
    """Each pair once, below a head that says what it is."""
    starts = [window.start + at * window.bin_bp for at in range(len(rows))]
    head = [f"# {key}: {' '.join(text.split())}" for key, text in about(prediction).items()]
    lines = [*head, f"start_1,start_2,bin_bp,{name}"]
    for one, values in enumerate(rows):
        for other in range(one, len(rows)):
            value = values[other]
            lines.append(f"{starts[one]},{starts[other]},{window.bin_bp},{'' if value is None else value}")
    said = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return HttpResponse("\n".join(lines) + "\n", content_type="text/csv; charset=utf-8", headers=headers | said)


@router.get(
    "/predictions/{prediction_id}/junctions",
    response={200: schemas.StoredJunctions, **_REFUSALS},
    summary="Splice junctions",
)
def junctions(
    request: HttpRequest, prediction_id: str, tracks: Annotated[str | None, Query(max_length=100_000)] = None
) -> HttpResponse:
    """`tracks`: keys separated by commas, with “:ref” or “:own” behind them as for windows; all of shape “junctions” by default.

    Kept are junctions whose acceptor follows its donor in reading direction, with a value of at least `least`, of each track at most
    the `most` strongest. Sites are those that the model finds with a probability of at least 0.1.
    """
    prediction = readable_prediction(request, prediction_id)
    all_keys = (row.key for row in prediction.tracks.all() if row.shape == "junctions")
    keys = list(all_keys) if tracks is None else [key.strip() for key in tracks.split(",") if key.strip()]
    if not keys:
        what = (
            "This prediction has no track of splice junctions." if tracks is None else "“tracks” is empty; give keys."
        )
        raise DomainError("no_tracks", what, status=422)
    headers = lasting(prediction.id, "junctions", *keys)
    if is_known(request, headers):
        return HttpResponse(status=304, headers=headers)
    found = [asdict(one) for one in services.read_junctions(prediction, keys)]
    listed = [{"track": one.pop("track_key"), **one, "value": float(f"{one['value']:.7g}")} for one in found]
    answer = {"least": MIN_VALUE, "most": MOST, "junctions": listed}
    return HttpResponse(json.dumps(answer), content_type="application/json", headers=headers)
