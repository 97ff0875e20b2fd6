"""Pages: the genome browser, a prediction's permalink, the models, and what went wrong."""

from __future__ import annotations

import logging
import uuid
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from predictor.api import OUTPUTS, DomainError, ModelInfo, Track, hosted
from webapp.browser.genomes import GENOME
from webapp.browser.page import page_data, scores_data
from webapp.browser.shared import EXPIRIES, by_link, social
from webapp.hosted.services import is_offered, models_of
from webapp.lib.sentences import all_said, said
from webapp.lib.visitor import remember
from webapp.predictions.choice import models_for
from webapp.predictions.installable import INSTALLABLE
from webapp.predictions.models import Prediction
from webapp.predictions.services import showcase_prediction
from webapp.scoring.services import ScoreJob, Wish, read_page
from webapp.sharing.access import readable_job, readable_prediction, visitor_of
from webapp.sharing.describe import newer_model
from webapp.sharing.links import live_view, note_opening, own_state
from webapp.sharing.models import View
from webapp.sharing.preview import preview
from webapp.sharing.states import at_axis

logger = logging.getLogger(__name__)

MOST_TRACKS = 200  # of an output that the page of models lists; the track finder and the API have all


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The genome browser on the galactose genes, with the stored showcase; `?locus=` looks elsewhere, `?genome=` at another genome."""
    genome = request.GET.get("genome", "")[:100]
    locus = request.GET.get("locus", "")[:200]
    try:
        if genome in {"", GENOME}:
            return _browser(request, showcase_prediction(), locus)
        return _browser(request, None, locus, genome=genome)
    except DomainError as error:
        return problem(request, str(error), error.status)


@require_safe
def prediction(request: HttpRequest, prediction_id: str) -> HttpResponse:
    """A prediction, whatever state it is in; `?axis=own` draws an edited sequence at its own places."""
    try:
        found = readable_prediction(request, prediction_id)
    except DomainError as error:
        return problem(request, str(error), error.status)
    state = own_state(found, remember(request))
    own = _own_axis(request, state)
    return _browser(request, found, own=own, state=at_axis(state, own=own) if state else None)


@require_safe
def view(request: HttpRequest, token: str) -> HttpResponse:
    """A link: one result, for anybody to read, as its owner saw it; `?axis=` draws an edited sequence at the other places."""
    try:
        found = live_view(token)
        if found.job:
            return _scores(request, found.job, found)
    except DomainError as error:
        return problem(request, str(error), error.status)
    assert found.prediction is not None  # View's constraint
    own = _own_axis(request, found.state)
    return _browser(request, found.prediction, own=own, state=at_axis(found.state, own=own), link=found)


def _own_axis(request: HttpRequest, state: dict[str, Any] | None) -> bool:
    """As the address says, else as the state was kept."""
    axis = request.GET.get("axis") or ("own" if state and state.get("own") else "ref")
    return axis == "own"


@require_safe
def view_image(request: HttpRequest, token: str) -> HttpResponse:
    """What a chat shows of a link; closed with it."""
    try:
        found = live_view(token)
    except DomainError as error:
        return problem(request, str(error), error.status)
    return HttpResponse(preview(found), content_type="image/png", headers={"Cache-Control": "private, no-cache"})


@require_safe
def scores(request: HttpRequest, job_id: str) -> HttpResponse:
    """A scoring job, whatever state it is in."""
    try:
        return _scores(request, readable_job(request, job_id))
    except DomainError as error:
        return problem(request, str(error), error.status)


def _scores(request: HttpRequest, job: ScoreJob, link: View | None = None) -> HttpResponse:
    """Raises DomainError where the job's genome was removed."""
    data = scores_data(job)
    data["state"] = link.state if link else own_state(job, remember(request))
    first = read_page(job, Wish(sort="strongest"))
    plotly = static(f"vendor/plotly-{settings.PLOTLY}/plotly.min.js")
    context = {"title": data["job"]["title"], "job": data["job"], "data": data, "first": first, "plotly": plotly}
    return _linked(request, "scoring/job.html", context, job, link)


@require_safe
def models(request: HttpRequest) -> HttpResponse:
    """What is installed: outputs, tracks, sources, terms."""
    cards = []
    names = []
    for info in (*models_for(None), *models_of(visitor_of(request))):
        names.append(info.name)
        by_output = []
        for key in info.outputs:
            tracks = [track for track in info.tracks if track.output == key]
            rows = [(track, info.skill.get(track.key), _told(track)) for track in tracks[:MOST_TRACKS]]
            by_output.append((OUTPUTS[key], _unit(info, key), rows, len(tracks)))
        skilful = sum(skill.skilful == "yes" for skill in info.skill.values())
        told: dict[str, Any] = {name: said(getattr(info, name)) for name in ("summary", "licence", "citation")}
        told["limits"] = all_said(info.limits)
        cards.append({"info": info, "said": told, "outputs": by_output, "skilful": skilful, "judged": len(info.skill)})
    missing = [one for one in INSTALLABLE if one.name not in names]
    context = {"title": _("Models"), "cards": cards, "missing": missing, "most_tracks": MOST_TRACKS}
    if settings.HOSTED_MODEL and not set(names) & set(hosted.MODELS):
        context["hosted"] = {"offered": is_offered(), "command": hosted.INSTALL}
    return render(request, "browser/models.html", context)


def _unit(info: ModelInfo, output: str) -> str:
    return "; ".join(_(said(unit)) for unit in info.unit(output).split("; "))


def _told(track: Track) -> dict[str, str]:
    return {"description": said(track.description), "assay": said(track.assay)}


def _browser(
    request: HttpRequest,
    found: Prediction | None,
    locus: str = "",
    *,
    own: bool = False,
    state: dict[str, Any] | None = None,
    link: View | None = None,
    genome: str = "",
) -> HttpResponse:
    if link is None:
        remember(request)  # so that whoever asks for a prediction here can also cancel it
    wanted = request.GET.get("model", "")[:200]
    data = page_data(found, locus, own=own, genome=genome, wanted=wanted, visitor=visitor_of(request))
    data["state"] = state
    described = data["prediction"]
    context = {
        "title": described["title"] if described else "",
        "data": data,
        "prediction": described,
        "model": described["model"]
        if described
        else next((one for one in data["models"] if one["name"] == data["model"]), None),
    }
    return _linked(request, "browser/browser.html", context, found, link)


def _linked(
    request: HttpRequest, template: str, context: dict[str, Any], found: Prediction | ScoreJob | None, link: View | None
) -> HttpResponse:
    """The page of a result, read by a link or by somebody whose it is."""
    data = context["data"]
    data["outdated"] = newer_model(found) if found else None
    data["expiries"] = EXPIRIES
    if link:
        by_link(data, link)
        note_opening(link, request, visitor_of(request))
        context["social"] = social(link, context["title"], request.build_absolute_uri("/").rstrip("/"))
        context["title"] = context["social"]["title"]
    response = render(request, template, context)
    response.headers["Cache-Control"] = "no-store"  # a result's state changes, and the cookie is one person's
    return response


def problem(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    """An error page: one sentence and a way on."""
    return render(request, "browser/problem.html", {"title": _("Not here"), "sentence": said(sentence)}, status=status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Any address that is not ours."""
    return problem(request, _("There is no page at this address."), 404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A request that Django refused to read."""
    return problem(request, _("The request cannot be read; check the address."), 400)


def failed(request: HttpRequest) -> HttpResponse:
    """A fault of ours, or the database away; called while the exception is being handled."""
    import sys

    error = sys.exc_info()[1]
    if isinstance(error, (OperationalError, InterfaceError)):
        return problem(request, "The database does not answer; try again in a moment.", 503)
    number = uuid.uuid4().hex[:12]
    logger.error("%s %s failed, id %s", request.method, request.path, number, exc_info=error)
    return problem(request, f"Something went wrong on our side; the server's log has it under {number}.", 500)
