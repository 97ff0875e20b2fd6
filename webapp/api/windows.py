"""Values of a prediction's tracks over any window, as JSON or as little-endian float32."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any, Literal

import numpy as np
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from numpy.typing import NDArray
from pydantic import Field

from predictor.api import DomainError
from webapp.api import schemas
from webapp.api.lasting import BINARY, check_values, is_known, lasting, numbers
from webapp.lib.bins import MAX_BINS
from webapp.predictions import services
from webapp.predictions.models import Prediction
from webapp.predictions.windows import tracks_of
from webapp.sharing.access import readable_prediction

router = Router(tags=["values"])

_DEFAULT_BINS = 1000
_CONTENT = {
    "responses": {
        200: {"content": {BINARY: {"schema": {"type": "string", "format": "binary"}}}},
    }
}


class Place(Schema):
    """0-based half-open, on the chromosome or from a pasted sequence's first base; by default what was asked for."""

    start: Annotated[int | None, Field(ge=-(2**40), le=2**40)] = None
    end: Annotated[int | None, Field(ge=-(2**40), le=2**40)] = None
    bins: Annotated[int | None, Field(ge=1, le=MAX_BINS)] = None
    summary: Literal["mean", "max"] | None = None
    format: Literal["json", "f4"] | None = None

    def of(self, prediction: Prediction) -> tuple[int, int, int]:
        """start, end and bins with their defaults."""
        start = prediction.asked_start if self.start is None else self.start
        end = prediction.asked_end if self.end is None else self.end
        return start, end, self.bins or max(1, min(_DEFAULT_BINS, end - start))

    def binary(self, request: HttpRequest) -> bool:
        """float32 was asked for."""
        if self.format:
            return self.format == "f4"
        return request.get_preferred_type(["application/json", BINARY]) == BINARY


@router.get(
    "/predictions/{prediction_id}/tracks/{track}/window",
    response={200: schemas.Window, 404: schemas.Error, 409: schemas.Error, 422: schemas.Error},
    openapi_extra=_CONTENT,
    summary="Values of one track",
)
def window(request: HttpRequest, prediction_id: str, track: str, place: Query[Place]) -> HttpResponse:
    """Each bin is the mean (or maximum, `summary`) over its bases; null where the prediction has no values.

    JSON, or little-endian float32 [bins] with `Accept: application/octet-stream`, NaN for null.
    """
    prediction = readable_prediction(request, prediction_id)
    (row,) = tracks_of(prediction, [track])
    start, end, bins = place.of(prediction)

    def as_json(values: NDArray[np.float32]) -> dict[str, Any]:
        said = {"start": start, "end": end, "bins": bins, "resolution": row.resolution, "unit": row.unit}
        return {**said, "values": numbers(values[0])}

    return _respond(request, prediction, [track], place, as_json)


@router.get(
    "/predictions/{prediction_id}/windows",
    response={200: schemas.Windows, 404: schemas.Error, 409: schemas.Error, 422: schemas.Error},
    openapi_extra=_CONTENT,
    summary="Values of several tracks",
)
def windows(
    request: HttpRequest,
    prediction_id: str,
    place: Query[Place],
    tracks: Annotated[str | None, Query(max_length=100_000)] = None,
) -> HttpResponse:
    """`tracks`: keys separated by commas, all of shape “bins” by default; with “:low” or “:high” behind it, an edge of a track's band. Of a
    prediction with edits: the edited sequence at the reference’s places; “:ref” the reference, “:own” the edited one at its own.

    Binary: float32 [tracks][bins] in the order asked."""
    prediction = readable_prediction(request, prediction_id)
    if tracks is None:
        keys = [row.key for row in prediction.tracks.all() if row.shape == "bins"]
    else:
        keys = [key.strip() for key in tracks.split(",") if key.strip()]
    if not keys and tracks is None:
        raise DomainError("no_tracks", "This prediction has no track with values along the sequence.", status=422)
    if not keys:
        raise DomainError(
            "no_tracks", "“tracks” is empty; give keys separated by commas, or leave it out for all.", status=422
        )
    start, end, bins = place.of(prediction)
    check_values(len(keys), bins)

    def as_json(values: NDArray[np.float32]) -> dict[str, Any]:
        by_key = {key: numbers(row) for key, row in zip(keys, values, strict=True)}
        return {"start": start, "end": end, "bins": bins, "values": by_key}

    return _respond(request, prediction, keys, place, as_json)


def _respond(
    request: HttpRequest,
    prediction: Prediction,
    keys: list[str],
    place: Place,
    as_json: Callable[[NDArray[np.float32]], dict[str, Any]],
) -> HttpResponse:
    """Finished values never change, so a browser may keep them; a repeated question is answered without reading any."""
    start, end, bins = place.of(prediction)
    binary = place.binary(request)
    headers = lasting(prediction.id, "windows", keys, start, end, bins, place.summary, binary)
    if prediction.state == services.State.DONE and is_known(request, headers):
        return HttpResponse(status=304, headers=headers)
    values = services.read_window(prediction, keys, start, end, bins, place.summary)
    if binary:
        return HttpResponse(values.astype("<f4").tobytes(), content_type=BINARY, headers=headers)
    return HttpResponse(json.dumps(as_json(values)), content_type="application/json", headers=headers)
