"""Asking for a prediction, following it, stopping it, reading its sequence."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Router, Status

from predictor.api import MAX_BP, DomainError
from webapp.api import schemas
from webapp.api.errors import MOST_MB, json_body
from webapp.lib.ranges import range_response
from webapp.lib.sentences import all_said
from webapp.lib.visitor import remember, sent_by_another_site
from webapp.predictions import services
from webapp.predictions.fasta import predicted_fasta
from webapp.sharing.access import check_nobody_else_waits, readable_prediction, record
from webapp.sharing.recompute import again

router = Router(tags=["predictions"])

_ERRORS = dict.fromkeys((400, 403, 404, 409, 413, 415, 422, 429, 503), schemas.Error)


def _errors(*statuses: int) -> dict[int, type[schemas.Error]]:
    return {status: _ERRORS[status] for status in statuses}


@router.post(
    "/predictions",
    response={200: schemas.Submitted, 202: schemas.Submitted, **_errors(400, 403, 404, 413, 415, 422, 429, 503)},
    summary="Ask for a prediction",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": services.Spec.model_json_schema()}},
        }
    },
)
def submit(request: HttpRequest) -> Status[dict[str, Any]]:
    """202 with the id; 200 where the stored result of the same request answers."""
    said = {"most": MOST_MB, "bases": f"{MAX_BP:,}"}
    too_large = _("The request is larger than %(most)s MB; paste at most %(bases)s bases.") % said
    return _submit(request, services.parse_spec(json_body(request, too_large)))


@router.post(
    "/predictions/{prediction_id}/recompute",
    response={200: schemas.Submitted, 202: schemas.Submitted, **_errors(403, 404, 409, 413, 422, 429, 503)},
    summary="Ask for the same again, of the model that is installed now",
)
def recompute(request: HttpRequest, prediction_id: str) -> Status[dict[str, Any]]:
    """A new prediction, of whoever asks; the stored one stays. With `?view=` also of what a link shows."""
    if sent_by_another_site(request):
        raise DomainError("cross_site", _("A page of another site cannot ask here."), status=403)
    prediction = readable_prediction(request, prediction_id, reading=True)
    remember(request)
    return _submit(request, again(prediction))


def _submit(request: HttpRequest, spec: services.Spec) -> Status[dict[str, Any]]:
    prediction, reused = services.submit(spec, request.visitor)  # type: ignore[attr-defined]
    record(request, prediction)
    done = prediction.state == services.State.DONE
    return Status(
        200 if done else 202,
        {
            "id": str(prediction.id),
            "state": prediction.state,
            "url": services.page_url(prediction),
            "reused": reused,
            "warnings": all_said(prediction.warnings),
        },
    )


@router.get(
    "/predictions/{prediction_id}", response={200: schemas.PredictionState, **_errors(404)}, summary="How it stands"
)
def state(request: HttpRequest, prediction_id: str) -> dict[str, Any]:
    """State, queue position, progress, tracks; everything but the values."""
    return services.describe(readable_prediction(request, prediction_id))


@router.delete(
    "/predictions/{prediction_id}",
    response={200: schemas.PredictionState, **_errors(403, 404, 409)},
    summary="Cancel it",
)
def cancel(request: HttpRequest, prediction_id: str) -> dict[str, Any]:
    """Stops a waiting or running prediction; only the browser that asked may, if it was a browser with our cookie. It goes on where
    somebody else asked for the same (409, `others_wait`)."""
    prediction = readable_prediction(request, prediction_id)
    check_nobody_else_waits(request, prediction)
    return services.describe(services.cancel(prediction, request.visitor))  # type: ignore[attr-defined]


@router.get(
    "/predictions/{prediction_id}/sequence.fa", response={200: None, **_errors(404)}, summary="Its bases as FASTA"
)
def sequence(request: HttpRequest, prediction_id: str, edited: bool = False) -> HttpResponseBase:
    """The predicted bases (no padding); the record of a pasted sequence is called “sequence”, with `edited`, which is with the
    prediction's edits, “edited”. Serves byte ranges."""
    prediction = readable_prediction(request, prediction_id)
    if edited and not prediction.edits:
        raise DomainError("no_edits", "This prediction has no edits; ask without “edited”.", status=404)
    content = predicted_fasta(prediction, edited=edited)
    return range_response(
        request, content, "text/x-fasta; charset=us-ascii", {"Cache-Control": "private, max-age=31536000, immutable"}
    )
