"""Scoring many variants: asking, following, reading the table, plots and files, stopping."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponseBase, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from predictor.api import DomainError, hosted, scorers_for
from webapp.api import schemas, score_schemas
from webapp.api.errors import MOST_MB, drain, json_body
from webapp.lib.sentences import said
from webapp.lib.visitor import remember, sent_by_another_site
from webapp.predictions.choice import choose_model
from webapp.scoring import services
from webapp.sharing.access import check_nobody_else_waits, readable_job, record
from webapp.sharing.recompute import again_job

router = Router(tags=["scores"])

_MULTIPART = "multipart/form-data"
_LISTS = ("scorers", "tracks")  # in a form: separated by commas
_ROOM_BYTES = 1 << 20  # of a form, beside its file
_REFUSED = dict.fromkeys((400, 403, 404, 413, 415, 422, 429, 503), schemas.Error)


def _errors(*statuses: int) -> dict[int, type[schemas.Error]]:
    return dict.fromkeys(statuses, schemas.Error)


def _form_schema() -> dict[str, Any]:
    """The fields of an upload: those of the JSON body as text, and the file."""
    text = {"type": "string"}
    fields = {name: text for name in services.ScoreSpec.model_fields if name != "variants"}
    return {"type": "object", "properties": {services.FILE: {"type": "string", "format": "binary"}, **fields}}


@router.get(
    "/scorers", response={200: list[score_schemas.ScorerInfo], 404: schemas.Error}, summary="Scorers of a model"
)
def scorers(request: HttpRequest, model: Annotated[str, Query(max_length=100)] = "") -> list[dict[str, Any]]:
    """What can be asked of a model, by default the installation's."""
    info = choose_model(model or None, None)
    return [
        {
            "name": name,
            "scorer": scorer.name,
            "output": scorer.output,
            "description": said(services.explain_scorer(scorer)),
            "signed": scorer.is_signed,
            "genes": scorer.genes != "none",
            "tracks": sum(track.output == scorer.output for track in info.tracks),
        }
        for name, scorer in ({} if hosted.is_hosted(info) else scorers_for(info)).items()
    ]


@router.post(
    "/scores",
    response={200: score_schemas.Submitted, 202: score_schemas.Submitted, **_REFUSED},
    summary="Score many variants",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": services.ScoreSpec.model_json_schema()},
                _MULTIPART: {"schema": _form_schema()},
            },
        }
    },
)
def submit(request: HttpRequest) -> Status[dict[str, Any]]:
    """202 with the id; 200 where the finished job of the same request answers. A form's `scorers` and `tracks` are separated by
    commas. Rows that cannot be read are listed in the result and stop no other."""
    if request.content_type == _MULTIPART:
        spec, upload = _from_form(request)
    else:
        limits = {"most": MOST_MB, "file": services.MAX_FILE_BYTES >> 20}
        too_large = (
            _("The request is larger than %(most)s MB; send the variants as a file, of up to %(file)s MB.") % limits
        )
        spec, upload = services.parse_score_spec(json_body(request, too_large)), None
    return _submit(request, spec, upload)


@router.post(
    "/scores/{job_id}/recompute",
    response={200: score_schemas.Submitted, 202: score_schemas.Submitted, **_REFUSED},
    summary="Score the same again, with the model that is installed now",
)
def recompute(request: HttpRequest, job_id: str) -> Status[dict[str, Any]]:
    """A new job, of whoever asks; the stored one stays. With `?view=` also of what a link shows."""
    if sent_by_another_site(request):
        raise DomainError("cross_site", _("A page of another site cannot ask here."), status=403)
    job = readable_job(request, job_id, reading=True)
    remember(request)
    return _submit(request, *again_job(job))


def _submit(request: HttpRequest, spec: services.ScoreSpec, upload: services.Upload | None) -> Status[dict[str, Any]]:
    job, reused = services.submit(spec, request.visitor, upload)  # type: ignore[attr-defined]
    record(request, job)
    said = services.describe(job)
    counts = {"total": job.total, "bad": job.bad}
    return Status(
        202 if said["waiting"] else 200,
        {"id": said["id"], "state": said["state"], "url": said["url"], "reused": reused, **counts},
    )


@router.get("/scores/{job_id}", response={200: score_schemas.Job, **_errors(404)}, summary="How it stands")
def state(request: HttpRequest, job_id: str) -> dict[str, Any]:
    """State, counts, speed, columns; everything but the rows."""
    return services.describe(readable_job(request, job_id))


@router.delete("/scores/{job_id}", response={200: score_schemas.Job, **_errors(403, 404, 409)}, summary="Cancel it")
def cancel(request: HttpRequest, job_id: str) -> dict[str, Any]:
    """Stops at the next variant; what was scored stays. Only the browser that asked may, if it was one with our cookie. It
    goes on where somebody else asked for the same (409, `others_wait`)."""
    job = readable_job(request, job_id)
    check_nobody_else_waits(request, job)
    return services.describe(services.cancel_job(job, request.visitor))  # type: ignore[attr-defined]


class Choice(Schema):
    """`sort`: place, number (of the input), strongest, or a column's index; `desc` by default for scores; `absolute`: by size.
    `filter`: text in what was given, the id, the variant, the notes or the error. `gene`: of a value. `min`: least size of a value.
    The last two look at the column sorted by, if it is one, else at any."""

    sort: Annotated[str, Field(max_length=20)] = "place"
    desc: bool | None = None
    absolute: bool = False
    filter: Annotated[str, Field(max_length=200)] = ""
    status: Literal["ok", "bad", "waiting"] | None = None
    gene: Annotated[str, Field(max_length=100)] = ""
    min: Annotated[float | None, Field(ge=0, le=1e30)] = None
    offset: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 50


def wish_of(choice: Choice) -> services.Wish:
    """What was asked for, as the table reads it."""
    return services.Wish(
        sort=choice.sort,
        descending=choice.desc,
        absolute=choice.absolute,
        text=choice.filter,
        status=choice.status,
        gene=choice.gene,
        least=choice.min,
        offset=choice.offset,
        limit=choice.limit,
    )


@router.get(
    "/scores/{job_id}/rows", response={200: score_schemas.Rows, **_errors(404, 422)}, summary="Rows of its table"
)
def rows(request: HttpRequest, job_id: str, choice: Query[Choice]) -> dict[str, Any]:
    """One page of the rows that match; those without a value come last."""
    return services.read_page(readable_job(request, job_id), wish_of(choice))


@router.get(
    "/scores/{job_id}/plot", response={200: score_schemas.Points, **_errors(404, 422)}, summary="A column by place"
)
def plot(request: HttpRequest, job_id: str, column: Annotated[str, Query(max_length=20)] = "0") -> dict[str, Any]:
    """Values over the genome, at most some thousand: the strongest."""
    job = readable_job(request, job_id)
    return services.read_points(job, services.column_of(job, column))


@router.get(
    "/scores/{job_id}/matrix",
    response={200: score_schemas.Matrix, **_errors(404, 422)},
    summary="A saturation as a matrix",
)
def matrix(request: HttpRequest, job_id: str, column: Annotated[str, Query(max_length=20)] = "0") -> dict[str, Any]:
    """The score of each base at each position, and the contribution of the reference base."""
    job = readable_job(request, job_id)
    return services.read_matrix(job, services.column_of(job, column))


@router.get("/scores/{job_id}/download.{form}", response={200: None, **_errors(404)}, summary="All of it as a file")
def download(request: HttpRequest, job_id: str, form: str) -> HttpResponseBase:
    """csv or parquet: a line per variant, scorer, gene and track; h5ad: AnnData; vcf: what was uploaded, with scores in INFO. What is
    there so far, if the job is not done."""
    return services.download(readable_job(request, job_id), form)


def _from_form(request: HttpRequest) -> tuple[services.ScoreSpec, services.Upload | None]:
    """Raises DomainError 400, 403, 413 or as parse_score_spec."""
    if sent_by_another_site(request):
        raise DomainError("cross_site", "A form of another site cannot ask here.", status=403)
    most = services.MAX_FILE_BYTES
    too_large = DomainError("file_too_large", f"The file is larger than {most >> 20} MB; split it.", status=413)
    if int(request.META.get("CONTENT_LENGTH") or 0) > most + _ROOM_BYTES:
        drain(request)
        raise too_large
    try:
        fields, files = request.POST, request.FILES
    except RequestDataTooBig:  # of the fields: the file is counted apart
        drain(request)
        most_text = settings.DATA_UPLOAD_MAX_MEMORY_SIZE >> 20
        sentence = f"The text is larger than {most_text} MB; send it as a file, of up to {most >> 20} MB."
        raise DomainError("text_too_large", sentence, status=413) from None
    except (MultiPartParserError, TooManyFieldsSent, TooManyFilesSent, UnreadablePostError):
        raise DomainError("bad_body", "The form cannot be read; send it as multipart/form-data.", status=400) from None
    given: dict[str, Any] = {name: text for name, text in fields.items() if str(text).strip()}
    for name in _LISTS:
        if name in given:
            given[name] = [word.strip() for word in str(given[name]).split(",") if word.strip()]
    file = files.get(services.FILE)
    spec = services.parse_score_spec(given, with_file=file is not None)
    if file is None:
        return spec, None
    filename = " ".join(str(file.name).replace("\x00", "").split())[-200:] or "The file"
    return spec, services.Upload(filename, file.read())
