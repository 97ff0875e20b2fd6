"""Visitors' own files: bringing, listing, reading by ranges, removing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from predictor.api import DomainError
from webapp.api import schemas
from webapp.api.errors import MOST_MB, drain, json_body
from webapp.api.lasting import is_known
from webapp.lib.download import without_secrets
from webapp.lib.ranges import range_response
from webapp.lib.visitor import remember, sent_by_another_site
from webapp.predictions.services import explain
from webapp.sharing.access import visitor_of
from webapp.userfiles import services
from webapp.userfiles.access import own_file, readable_file, unknown_file
from webapp.userfiles.fetching import fetch, too_large
from webapp.userfiles.kinds import KINDS
from webapp.userfiles.models import UserFile
from webapp.userfiles.receiving import FILE, MULTIPART, ROOM_BYTES, receive
from webapp.userfiles.storage import content_of, index_of

router = Router(tags=["your files"])

_GENOME = "sacCer3"
_DOWNLOAD = "application/octet-stream"


class File(Schema):
    """`format`: in which `url` serves it, byte by byte or by ranges, with `index` beside it (tabix or BAI); a bedGraph is served as
    bigWig, text sorted and bgzipped. `aliases`: its own name of each chromosome that it calls otherwise; `skipped`: lines on
    chromosomes that the genome does not have. `source`: where it was fetched from, without user and query."""

    id: str
    name: str
    genome: str
    kind: str
    format: str
    size: int
    url: str
    index: str | None
    aliases: dict[str, str]
    skipped: int
    source: str
    created: str
    expires: str
    mine: bool


class Fetch(BaseModel):
    """A file at an address, which this server fetches."""

    model_config = ConfigDict(extra="forbid", strict=True)

    url: Annotated[str, Field(max_length=2000)]


class Change(BaseModel):
    """`removed` false takes a removal back, within an hour."""

    model_config = ConfigDict(extra="forbid", strict=True)

    removed: bool


def _errors(*statuses: int) -> dict[int, type[schemas.Error]]:
    return dict.fromkeys(statuses, schemas.Error)


_FORM = {"type": "object", "required": [FILE], "properties": {FILE: {"type": "string", "format": "binary"}}}


@router.post(
    "/files",
    response={201: File, **_errors(400, 403, 404, 413, 415, 422, 502, 503, 504, 507)},
    summary="Bring a file",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {MULTIPART: {"schema": _FORM}, "application/json": {"schema": Fetch.model_json_schema()}},
        }
    },
)
def bring(request: HttpRequest, genome: Annotated[str, Query(max_length=100)] = _GENOME) -> Status[dict[str, Any]]:
    """bigWig, bigBed, BED, bedGraph, GFF3, GTF, VCF (text also gzipped) or BAM; what it is, its content tells. The answer's cookie
    makes it yours: keep it to read and remove the file. Nobody else can read it, except by a link of yours whose view shows it."""
    most = services.most_bytes()
    if request.content_type != MULTIPART:
        try:
            sentence = _(
                "The request is larger than %(most)s MB; send the address of the file, or the file itself in a form."
            )
            asked = Fetch.model_validate(json_body(request, sentence % {"most": MOST_MB}))
        except ValidationError as error:
            raise explain(error.errors(include_url=False), tuple(Fetch.model_fields)) from None
        file = services.take_in(
            remember(request), genome, 0, lambda path: (fetch(asked.url, path, most), without_secrets(asked.url))
        )
        return Status(201, services.describe(file, visitor_of(request)))
    if sent_by_another_site(request):
        raise DomainError("cross_site", _("A form of another site cannot bring files here."), status=403)
    length = int(request.META.get("CONTENT_LENGTH") or 0)
    try:
        if length > most + ROOM_BYTES:
            raise too_large(most)
        file = services.take_in(
            remember(request), genome, max(0, length - ROOM_BYTES), lambda path: (receive(request, path, most), "")
        )
    except DomainError:
        drain(request)
        raise
    return Status(201, services.describe(file, visitor_of(request)))


@router.get("/files", response=list[File], summary="Your files")
def mine(request: HttpRequest, genome: Annotated[str | None, Query(max_length=100)] = None) -> list[dict[str, Any]]:
    """Those that you brought and that are still here, the oldest first."""
    visitor = visitor_of(request)
    return [services.describe(file, visitor) for file in services.own_files(visitor, genome)]


@router.get("/files/{file_id}", response={200: File, **_errors(404)}, summary="One file")
def one(request: HttpRequest, file_id: str) -> dict[str, Any]:
    """Yours, or with `?view=TOKEN` one that a link shows."""
    return services.describe(readable_file(request, file_id), visitor_of(request))


@router.patch(
    "/files/{file_id}",
    response={200: File, **_errors(400, 404, 415, 422)},
    summary="Take a removal back",
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/json": {"schema": Change.model_json_schema()}}}
    },
)
def change(request: HttpRequest, file_id: str) -> dict[str, Any]:
    """Within an hour, while the room is not needed."""
    file = own_file(visitor_of(request), file_id)
    try:
        asked = Change.model_validate(json_body(request))
    except ValidationError as error:
        raise explain(error.errors(include_url=False), tuple(Change.model_fields)) from None
    services.remove(file) if asked.removed else services.restore(file)
    return services.describe(file, visitor_of(request))


@router.delete("/files/{file_id}", response={200: File, **_errors(404)}, summary="Remove it")
def remove(request: HttpRequest, file_id: str) -> dict[str, Any]:
    """At once, also for links that show it."""
    file = own_file(visitor_of(request), file_id)
    services.remove(file)
    return services.describe(file, visitor_of(request))


@router.get("/files/{file_id}/content", response={200: None, 206: None, **_errors(404)}, summary="Its content")
def content(request: HttpRequest, file_id: str) -> HttpResponseBase:
    """Serves byte ranges."""
    file = readable_file(request, file_id)
    return _served(request, file, content_of(file.id), KINDS[file.kind].suffix)


@router.get("/files/{file_id}/index", response={200: None, 206: None, **_errors(404)}, summary="Its index")
def index(request: HttpRequest, file_id: str) -> HttpResponseBase:
    """Tabix, of BAM BAI."""
    file = readable_file(request, file_id)
    kind = KINDS[file.kind]
    if not kind.index:
        raise unknown_file()
    return _served(request, file, index_of(file.id), kind.suffix + kind.index)


def _served(request: HttpRequest, file: UserFile, path: Path, suffix: str) -> HttpResponseBase:
    """Bytes to save or to read by a script, never a page; asked for anew each time, since it may be removed."""
    stem = file.name.removesuffix(".gz").rpartition(".")[0] or file.name
    headers = {
        "ETag": f'"{file.digest[:32]}{path.name[0]}"',
        "Cache-Control": "private, no-cache",
        "Content-Disposition": content_disposition_header(True, stem + suffix) or "attachment",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if "Range" not in request.headers and is_known(request, headers):
        return HttpResponse(status=304, headers=headers)
    try:
        return range_response(request, path, _DOWNLOAD, headers)
    except FileNotFoundError:
        raise unknown_file() from None
