"""Measured tracks: what is installed, and its values over any window, as of predictions."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from pydantic import Field

from predictor.api import DomainError
from webapp.api import schemas
from webapp.api.lasting import BINARY, check_values, is_known, numbers
from webapp.lib.bins import MAX_BINS
from webapp.measured import services

router = Router(tags=["measured"])

_CONTENT = {"responses": {200: {"content": {BINARY: {"schema": {"type": "string", "format": "binary"}}}}}}
_DEFAULT_BINS = 1000
_DEFAULT_GENOME = "sacCer3"


class MeasuredInfo(Schema):
    """One track. `splits`: chromosomes that the model of `model_track` saw in training ("train"), chose by ("valid") and never saw
    ("test"); `version` changes with the values: ask for “KEY@VERSION” and the answer may be kept for ever."""

    key: str
    version: str
    name: str
    output: str
    model_track: str
    unit: str
    colour: str
    strand: str
    summary: str
    resolution: int
    biosample: str
    assay: str
    description: str
    publication: str
    licence: str
    provenance: str
    splits: dict[str, list[str]]
    bundle: str
    maximum: float


class Stretch(Schema):
    """0-based half-open, on a chromosome of the genome."""

    genome: Annotated[str, Field(max_length=100)] = _DEFAULT_GENOME
    chromosome: Annotated[str, Field(max_length=100)]
    start: Annotated[int, Field(ge=-(2**40), le=2**40)]
    end: Annotated[int, Field(ge=-(2**40), le=2**40)]
    bins: Annotated[int | None, Field(ge=1, le=MAX_BINS)] = None
    summary: Literal["mean", "max"] | None = None
    format: Literal["json", "f4"] | None = None


@router.get("/measured", response={200: list[MeasuredInfo], 404: schemas.Error}, summary="Measured tracks of a genome")
def measured(
    request: HttpRequest, genome: Annotated[str, Query(max_length=100)] = _DEFAULT_GENOME
) -> list[dict[str, Any]]:
    """What was installed with `manage.py install_tracks`, with publication and licence."""
    return services.catalogue(genome)


@router.get(
    "/measured/windows",
    response={200: schemas.Windows, 404: schemas.Error, 422: schemas.Error},
    openapi_extra=_CONTENT,
    summary="Values of several measured tracks",
)
def windows(
    request: HttpRequest, place: Query[Stretch], tracks: Annotated[str, Query(max_length=100_000)] = ""
) -> HttpResponse:
    """`tracks`: keys separated by commas. Each bin is the mean (or maximum, `summary`) over its bases; null beyond the chromosome
    and where nothing was measured. Binary: float32 [tracks][bins]."""
    keys = [key.strip() for key in tracks.split(",") if key.strip()]
    if not keys:
        raise DomainError("no_tracks", "“tracks” is empty; give keys separated by commas.", status=422)
    return _respond(request, keys, place)


@router.get(
    "/measured/{track}/window",
    response={200: schemas.Windows, 404: schemas.Error, 422: schemas.Error},
    openapi_extra=_CONTENT,
    summary="Values of one measured track",
)
def window(request: HttpRequest, track: str, place: Query[Stretch]) -> HttpResponse:
    """As of several."""
    return _respond(request, [track], place)


def _respond(request: HttpRequest, keys: list[str], place: Stretch) -> HttpResponse:
    rows = services.find_tracks(place.genome, keys)
    bins = place.bins or max(1, min(_DEFAULT_BINS, place.end - place.start))
    check_values(len(keys), bins)
    binary = (
        place.format == "f4" if place.format else request.get_preferred_type(["application/json", BINARY]) == BINARY
    )
    asked = json.dumps(
        [[row.digest for row in rows], keys, place.chromosome, place.start, place.end, bins, place.summary, binary]
    )
    for_ever = all("@" in key for key in keys)
    headers = {
        "ETag": f'"{hashlib.sha256(asked.encode()).hexdigest()[:32]}"',
        "Cache-Control": "public, max-age=31536000, immutable" if for_ever else "no-cache",
        "Vary": "Accept",
    }
    if is_known(request, headers):
        return HttpResponse(status=304, headers=headers)
    values = services.read_window(place.genome, rows, place.chromosome, place.start, place.end, bins, place.summary)
    if binary:
        return HttpResponse(values.astype("<f4").tobytes(), content_type=BINARY, headers=headers)
    by_key = {key: numbers(row) for key, row in zip(keys, values, strict=True)}
    said = {"start": place.start, "end": place.end, "bins": bins, "values": by_key}
    return HttpResponse(json.dumps(said), content_type="application/json", headers=headers)
