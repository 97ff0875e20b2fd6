"""A prediction as files."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Query, Router

from predictor.api import DomainError
from webapp.api import schemas
from webapp.api.scores import Choice, wish_of
from webapp.exports.files import bigwig_response, export
from webapp.exports.hub import hub_text, hub_track
from webapp.exports.report import prediction_report
from webapp.exports.responses import report_response
from webapp.exports.score_report import score_report
from webapp.lib.ranges import range_response
from webapp.sharing.access import readable_job, readable_prediction
from webapp.userfiles.access import readable_file

router = Router(tags=["files"])
_REFUSED = dict.fromkeys((404, 409, 422, 503), schemas.Error)
_Base = Annotated[int | None, Query(ge=-(2**40), le=2**40)]


@router.get("/predictions/{prediction_id}/report.html", response={200: None, **_REFUSED}, summary="An offline report")
def report(
    request: HttpRequest, prediction_id: str, tracks: Annotated[str | None, Query(max_length=100_000)] = None,
    files: Annotated[str | None, Query(max_length=10_000)] = None,
) -> HttpResponseBase:  # fmt: skip
    """One HTML file that needs no network: the locus with its genes, the tracks (all signals by default), how it was made, what the
    model cannot do, what to cite. `files`: ids of own files on the same genome, separated by commas, whose rows there are drawn too."""
    prediction = readable_prediction(request, prediction_id)
    brought = [readable_file(request, one) for one in dict.fromkeys(_keys(files) or ())]
    if any(file.genome != prediction.genome for file in brought):
        raise DomainError("other_genome", _("A file lies on another genome than this prediction; leave it out."))
    content = prediction_report(prediction, _keys(tracks), brought)
    return report_response(content, f"prediction-{str(prediction.id)[:8]}")


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
    return export(request, readable_prediction(request, prediction_id), form, _keys(tracks), start, end)


@router.get("/scores/{job_id}/report.html", response={200: None, **_REFUSED}, summary="An offline report of scores")
def report_of_scores(request: HttpRequest, job_id: str, choice: Query[Choice]) -> HttpResponseBase:
    """One HTML file that needs no network: the first rows of the table as it is sorted and filtered, at most 100, with their genes,
    bases and scores as tracks."""
    job = readable_job(request, job_id)
    return report_response(score_report(job, wish_of(choice)), f"scores-{str(job.id)[:8]}")


def _keys(tracks: str | None) -> list[str] | None:
    return None if tracks is None else [key.strip() for key in tracks.split(",") if key.strip()]


@router.get("/predictions/{prediction_id}/hub/{name}", response={200: None, **_REFUSED}, summary="A track hub of it")
def hub(request: HttpRequest, prediction_id: str, name: str) -> HttpResponseBase:
    """hub.txt is what a genome browser is given; the hub's other files lie beside it. bigWig files serve byte ranges."""
    return _hub(request, prediction_id, name)


@router.get(
    "/predictions/{prediction_id}/hub/view/{token}/{name}",
    response={200: None, **_REFUSED},
    summary="The same by a link",
)
def hub_by_link(request: HttpRequest, prediction_id: str, token: str, name: str) -> HttpResponseBase:
    """For whoever has a link to a view of it: its token is part of the path, since a hub's files name each other by relative
    addresses."""
    fields = request.GET.copy()
    fields["view"] = token
    request.GET = fields  # type: ignore[assignment]  # as if it stood in the address
    return _hub(request, prediction_id, name)


def _hub(request: HttpRequest, prediction_id: str, name: str) -> HttpResponseBase:
    prediction = readable_prediction(request, prediction_id)
    if name.endswith(".bw"):
        return bigwig_response(request, *hub_track(prediction, name))
    kind = "text/html" if name.endswith(".html") else "text/plain"
    content = hub_text(prediction, name).encode()
    return range_response(request, content, f"{kind}; charset=utf-8", {"Cache-Control": "private, max-age=3600"})
