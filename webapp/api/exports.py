"""A prediction as files."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponseBase
from ninja import Query, Router

from webapp.api import schemas
from webapp.exports.files import export
from webapp.sharing.access import readable_prediction

router = Router(tags=["files"])
_REFUSED = dict.fromkeys((404, 409, 422, 503), schemas.Error)
_Base = Annotated[int | None, Query(ge=-(2**40), le=2**40)]


@router.get(
    "/predictions/{prediction_id}/export/{form}", response={200: None, **_REFUSED}, summary="Its values as files"
)
def file(
    request: HttpRequest, prediction_id: str, form: str, tracks: Annotated[str | None, Query(max_length=100_000)] = None,
    start: _Base = None, end: _Base = None,
) -> HttpResponseBase:  # fmt: skip
    """bigwig and bedgraph: a file for one track (bigwig serves byte ranges), a zip for several; csv and parquet: a line per bin and
    track (chrom, start, end, track, value; 0-based half-open); bed: junctions as BED12; cool and mcool: contact maps.

    `tracks`: keys separated by commas, all that fit by default; of a prediction with edits also “KEY:ref”, the reference."""
    keys = None if tracks is None else [key.strip() for key in tracks.split(",") if key.strip()]
    return export(request, readable_prediction(request, prediction_id), form, keys, start, end)
