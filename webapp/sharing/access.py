"""The one door through which a request reaches a prediction or a scoring job: private until shared.

Readable is what the visitor's browser asked for; what somebody asked for without our cookie (a script), by whoever knows the id,
until a link to it is closed; the home page's prediction; and, for reading alone, the one result of a link whose token the request
carries as `view`. All else is answered as if it were not there.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest

from predictor.api import DomainError
from webapp.predictions.access import get_prediction, unknown_prediction
from webapp.predictions.models import WAITING, Prediction
from webapp.predictions.services import showcase_prediction
from webapp.scoring.access import get_job, unknown_job
from webapp.scoring.models import ScoreJob
from webapp.sharing.models import Asked, View

FIELD = "view"  # the field of an address
_READING = {"GET", "HEAD"}


def readable_prediction(request: HttpRequest, prediction_id: str, *, reading: bool = False) -> Prediction:
    """The prediction with this id, if whoever sent `request` may read it; `reading`: the request changes nothing of it, whatever
    its method. Raises DomainError `unknown_prediction` (404)."""
    found = get_prediction(prediction_id)
    if _shown(request, found, reading) or _asked(request, found):
        return found
    showcase = showcase_prediction()
    if showcase and showcase.id == found.id:
        return found
    raise unknown_prediction()


def readable_job(request: HttpRequest, job_id: str, *, reading: bool = False) -> ScoreJob:
    """The job with this id, if whoever sent `request` may read it; `reading` as above. Raises DomainError `unknown_job` (404)."""
    found = get_job(job_id)
    if _shown(request, found, reading) or _asked(request, found):
        return found
    raise unknown_job()


def record(request: HttpRequest, found: Prediction | ScoreJob) -> None:
    """Whoever sent `request` asked for what `found` answers, perhaps after others."""
    visitor = visitor_of(request)
    if visitor not in {found.visitor, ""} or (found.visitor and not visitor):
        Asked.objects.update_or_create(visitor=visitor, **subject(found), defaults={"waits": True})


def check_nobody_else_waits(request: HttpRequest, found: Prediction | ScoreJob) -> None:
    """Before whoever sent `request`, and asked first, cancels it: where others asked for the same, it becomes the next one's and goes on.

    Raises DomainError `others_wait` (409).
    """
    visitor = visitor_of(request)
    if found.visitor != visitor or found.state not in WAITING:
        return  # cancelling says what is wrong with that
    with transaction.atomic():
        others = Asked.objects.filter(waits=True, **subject(found)).exclude(visitor=visitor).order_by("since")
        if (heir := others.select_for_update().first()) is None:
            return
        Asked.objects.update_or_create(visitor=visitor, **subject(found), defaults={"waits": False})
        type(found).objects.filter(id=found.id).update(visitor=heir.visitor)
    sentence = "Somebody else waits for the same, so it goes on for them; you may leave this page."
    raise DomainError("others_wait", sentence, status=409)


def subject(found: Prediction | ScoreJob) -> dict[str, Any]:
    """The field of our tables that holds it."""
    return {"prediction" if isinstance(found, Prediction) else "job": found}


def visitor_of(request: HttpRequest) -> str:
    """ "" without our cookie."""
    return str(getattr(request, "visitor", ""))


def _asked(request: HttpRequest, found: Prediction | ScoreJob) -> bool:
    visitors = {"", visitor_of(request)}
    return found.visitor in visitors or Asked.objects.filter(visitor__in=visitors, **subject(found)).exists()


def _shown(request: HttpRequest, found: Prediction | ScoreJob, reading: bool = False) -> bool:
    token = request.GET.get(FIELD, "")
    if not token or "\x00" in token or not (reading or request.method in _READING):
        return False
    return View.live().filter(token=token, **subject(found)).exists()
