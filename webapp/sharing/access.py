"""The one door through which a request reaches a prediction or a scoring job: private until shared.

Readable is what the visitor's browser asked for; what somebody asked for without our cookie (a script), by whoever knows the id,
until a link to it is over; the home page's prediction; and, for reading alone, the one result of a link whose token the request
carries as `view`, with the saturation that its panel shows. All else is answered as if it were not there.

Whether a link is over is asked of the clock at each request, never left to whoever opens or sweeps it later.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, Subquery
from django.db.models.functions import Least
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
    if _shown(request, found, reading) or _asked(request, found) or _is_showcase(found):
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
    settle(found)  # before a script's claim that stays: that of an earlier one may be over
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


def settle(found: Prediction | ScoreJob) -> None:
    """Write down what `_closed` says, since the links that tell it are about to go, or another claim is about to come."""
    if (closed := _closed(found)) is None or _is_showcase(found):
        return
    keeper, when = closed
    type(found).objects.filter(pk=found.pk, visitor="").update(visitor=keeper)
    Asked.objects.filter(visitor="", since__lte=when, **subject(found)).delete()
    found.visitor = found.visitor or keeper


def _of(found: Prediction | ScoreJob) -> Q:
    return Q(prediction=found) if isinstance(found, Prediction) else Q(job=found) | Q(saturation=found)


def _asked(request: HttpRequest, found: Prediction | ScoreJob) -> bool:
    visitor = visitor_of(request)
    if visitor and visitor == found.visitor:
        return True
    closed = None
    if not found.visitor and (closed := _closed(found)) is None:
        return True
    claims = dict(Asked.objects.filter(visitor__in={"", visitor}, **subject(found)).values_list("visitor", "since"))
    if visitor and visitor in claims:
        return True
    if found.visitor and "" in claims:
        closed = _closed(found)
    if closed and visitor and visitor == closed[0]:
        return True
    return "" in claims and (closed is None or claims[""] > closed[1])


def _closed(found: Prediction | ScoreJob) -> tuple[str, datetime] | None:
    """Whose alone it is, although a script had asked for it without our cookie, and since when. What such a script asked for is read
    by whoever knows its id, and all who had a link know it: with a link over it is its maker's, if that is who shared it first;
    others could take it from them. None while it is everybody's."""
    links = View.objects.filter(_of(found))
    first = links.order_by("created", "id").values("visitor")[:1]
    end = Least("revoked", "expires")
    return links.filter(View.over(), visitor=Subquery(first)).order_by(end).values_list("visitor", end).first()


def _is_showcase(found: Prediction | ScoreJob) -> bool:
    """The home page's prediction stays everybody's."""
    showcase = showcase_prediction()
    return showcase is not None and showcase.pk == found.pk


def _shown(request: HttpRequest, found: Prediction | ScoreJob, reading: bool = False) -> bool:
    token = request.GET.get(FIELD, "")
    if not token or "\x00" in token or not (reading or request.method in _READING):
        return False
    return View.live().filter(_of(found), token=token).exists()
