"""Making links, opening them, changing and revoking them, making what they show one's own."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from typing import Annotated, Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from predictor.api import DomainError
from webapp.predictions.models import Prediction, State
from webapp.predictions.specs import Word, explain
from webapp.predictions.submit import one_at_a_time
from webapp.scoring.models import Kind, ScoreJob
from webapp.sharing.access import readable_job, readable_prediction, settle, subject
from webapp.sharing.models import Asked, View
from webapp.sharing.states import JobView, PredictionView, parse_state

_TOKEN_BYTES = 24  # 192 bits
_KEPT = timedelta(days=1)  # after it was revoked or has expired, so that this can be undone
_OVER = Q(revoked__lt=Now() - _KEPT) | Q(expires__lt=Now() - _KEPT)
_ROBOT = re.compile(
    r"bot\b|crawl|spider|slurp|preview|facebookexternalhit|whatsapp|embedly|curl|wget|python-|monitor", re.I
)
_Days = Annotated[int, Field(ge=1, le=3650)]


class NewView(BaseModel):
    """A link to be made: of a `prediction` or a `job` (ids), with the `state` of its page. `days` until it expires, null for
    never."""

    model_config = ConfigDict(extra="forbid", strict=True)

    prediction: Word | None = None
    job: Word | None = None
    state: dict[str, Any] = {}
    name: Word = ""
    days: _Days | None = None


class Change(BaseModel):
    """What is given is changed; `revoked` false takes a revocation back."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Word | None = None
    days: _Days | None = None
    revoked: bool | None = None


_Body = TypeVar("_Body", NewView, Change)


def create(request: HttpRequest, given: object, visitor: str) -> View:
    """A link to what this request may read without one. Raises DomainError: 404, 409 `not_ready`, 413, 422 or 429."""
    asked = _parsed(NewView, given)
    if (asked.prediction is None) == (asked.job is None):
        raise DomainError("nothing_asked", "Give a “prediction” or a “job”, the id of what the link shows.", status=400)
    if asked.prediction is not None:
        prediction = readable_prediction(request, asked.prediction)
        state = parse_state(asked.state, PredictionView)
        found: Prediction | ScoreJob = prediction
        saturation = _saturation(request, prediction, state)
        if found.state != State.DONE:
            raise DomainError("not_ready", "This prediction can be shared once it is done.", status=409)
    else:
        found, saturation = readable_job(request, asked.job or ""), None
        state = parse_state(asked.state, JobView)
    with transaction.atomic():
        one_at_a_time()
        _forget(visitor)
        _check_all()
        if View.objects.filter(visitor=visitor).count() >= settings.MAX_VIEWS_PER_VISITOR:
            raise DomainError(
                "too_many_views",
                f"You have {settings.MAX_VIEWS_PER_VISITOR:,} links, those of the last day that you revoked included; revoke "
                "some that nobody needs.",
                status=429,
            )
        return View.objects.create(
            token=secrets.token_urlsafe(_TOKEN_BYTES),
            visitor=visitor,
            state=state,
            saturation=saturation,
            name=_line(asked.name),
            expires=_until(asked.days),
            **subject(found),
        )


def _saturation(request: HttpRequest, beside: Prediction, state: dict[str, Any]) -> ScoreJob | None:
    """The job in the panel, which the link lends as well: one that whoever makes the link may read without one. Raises DomainError:
    404, or `no_saturation` (422)."""
    if (asked := (state.get("panel") or {}).get("job")) is None:
        return None
    job = readable_job(request, asked)
    if job.kind != Kind.SATURATION or job.genome != beside.genome:
        raise DomainError(
            "no_saturation", "A panel shows the saturation of a stretch of the same genome; leave out its “job”."
        )
    return job


def _check_all() -> None:
    """Raises DomainError `no_room_for_views` (503) where the installation has as many links as it holds."""
    if View.objects.count() >= settings.MAX_VIEWS:
        _delete(View.objects.filter(_OVER))
        if View.objects.count() >= settings.MAX_VIEWS:
            raise DomainError(
                "no_room_for_views",
                _(
                    "This installation has %(count)s links and makes no more; revoke some of yours, and try again in a day."
                )
                % {"count": f"{settings.MAX_VIEWS:,}"},
                status=503,
            )


def _forget(visitor: str) -> None:
    _delete(View.objects.filter(_OVER, visitor=visitor))


def _delete(over: QuerySet[View]) -> None:
    """Links that are over, also those that nobody opened since."""
    found = over.select_related("prediction", "job", "saturation")
    for view in found.defer("prediction__sequence", "job__upload", "saturation__upload"):
        settle(view.subject)
        if view.saturation:
            settle(view.saturation)
        view.delete()


def own_views(visitor: str) -> QuerySet[View]:
    """The visitor's links that are not revoked, the newest first."""
    return (
        View.objects.filter(visitor=visitor, revoked=None)
        .exclude(visitor="")
        .select_related("prediction", "job")
        .defer("prediction__sequence", "job__upload")
        .order_by("-created")
    )


def any_view(token: str) -> View:
    """Whether it is over or not. Raises DomainError `unknown_view` (404)."""
    try:
        views = View.objects.select_related("prediction", "job").defer("prediction__sequence", "job__upload")
        return views.get(token="" if "\x00" in token else token)
    except View.DoesNotExist:
        raise DomainError("unknown_view", "There is no such link; check that it is complete.", status=404) from None


def live_view(token: str) -> View:
    """Raises DomainError `unknown_view` (404), `revoked` or `expired` (410)."""
    view = any_view(token)
    if view.revoked:
        raise DomainError("revoked", "Whoever made this link has taken it back.", status=410)
    if view.expires and view.expires <= timezone.now():
        day = f"{view.expires.day} {view.expires:%B %Y}"
        raise DomainError("expired", f"This link ended on {day}; ask whoever sent it for a new one.", status=410)
    return view


def own_view(token: str, visitor: str) -> View:
    """Raises DomainError `unknown_view` (404) for whoever did not make it."""
    view = any_view(token)
    if not visitor or view.visitor != visitor:
        raise DomainError("unknown_view", "There is no such link of yours.", status=404)
    return view


def change(view: View, given: object) -> View:
    """Raises DomainError (422)."""
    asked = _parsed(Change, given)
    changed = []  # only what was asked for: a rename beside a revocation must not undo it
    if "name" in asked.model_fields_set:
        view.name = _line(asked.name or "")
        changed.append("name")
    if "days" in asked.model_fields_set:
        view.expires = _until(asked.days)
        changed.append("expires")
    if asked.revoked is not None:
        view.revoked = (view.revoked or timezone.now()) if asked.revoked else None
        changed.append("revoked")
    if changed:
        view.save(update_fields=changed)
    return view


def note_opening(view: View, request: HttpRequest, visitor: str) -> None:
    """Counts a person's opening: not the owner's, not a HEAD, and no robot that draws a preview."""
    robot = _ROBOT.search(request.headers.get("User-Agent", ""))
    if request.method != "GET" or visitor == view.visitor or robot:
        return
    View.objects.filter(id=view.id).update(opened=F("opened") + 1, last_opened=Now())


def fork(view: View, visitor: str) -> Asked:
    """What the link shows becomes the visitor's too, in the same state, whatever becomes of the link; its owner's files alone stay
    lent, as long as the link is open: they are people's own data, which they must be able to take back."""
    copy = take(view.subject, visitor, view.state, link=view)
    if view.saturation:
        Asked.objects.get_or_create(visitor=visitor, job=view.saturation, defaults={"waits": False})
    return copy


def take(found: Prediction | ScoreJob, visitor: str, state: dict[str, Any], *, link: View | None = None) -> Asked:
    """A result becomes the visitor's too, and is shown to them in this state, by a `link` or without one."""
    taken = {"state": state, "link": link}
    copy, _ = Asked.objects.update_or_create(
        visitor=visitor, **subject(found), defaults=taken, create_defaults={**taken, "waits": False}
    )
    return copy


def own_state(found: Prediction | ScoreJob, visitor: str) -> dict[str, Any] | None:
    """In which a visitor took over a result by a link; None for all others."""
    if not visitor:
        return None
    return Asked.objects.filter(visitor=visitor, **subject(found)).values_list("state", flat=True).first()


def _parsed(kind: type[_Body], given: object) -> _Body:
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        raise explain(error.errors(include_url=False), tuple(kind.model_fields)) from None


def _until(days: int | None) -> Any:
    return timezone.now() + timedelta(days=days) if days else None


def _line(name: str) -> str:
    return " ".join(name.split())
