"""Links to a result as it is on somebody's screen: making, listing, changing, revoking; making what one shows one's own."""

from __future__ import annotations

from typing import Any

import segno
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status

from webapp.api import schemas
from webapp.api.errors import MOST_MB, json_body
from webapp.lib.visitor import remember
from webapp.predictions import services as predictions
from webapp.predictions.models import Prediction
from webapp.scoring import services as scoring
from webapp.sharing import links
from webapp.sharing.access import visitor_of
from webapp.sharing.describe import describe, page_url

router = Router(tags=["links"])


class View(Schema):
    """`shows`: the id of a prediction or a job; `opened` and `last_opened` by others, told to the owner alone."""

    token: str
    url: str
    kind: str
    shows: str
    title: str
    name: str
    state: dict[str, Any]
    model: dict[str, Any]
    created: str
    expires: str | None
    revoked: bool
    mine: bool
    opened: int | None
    last_opened: str | None


class Copy(Schema):
    """`url`: the page of what is now the visitor's own."""

    id: str
    url: str


def _errors(*statuses: int) -> dict[int, type[schemas.Error]]:
    return dict.fromkeys(statuses, schemas.Error)


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


@router.post(
    "/views",
    response={201: View, **_errors(400, 404, 409, 413, 415, 422, 429)},
    summary="Make a link",
    openapi_extra=_body(links.NewView.model_json_schema()),
)
def create(request: HttpRequest) -> Status[dict[str, Any]]:
    """Anybody with the link may read the one result that it shows. The answer's cookie makes it yours: keep it to change or
    revoke the link."""
    too_large = _("The view is larger than %(most)s MB; show fewer tracks.") % {"most": MOST_MB}
    view = links.create(request, json_body(request, too_large), remember(request))
    return Status(201, describe(view, visitor_of(request)))


@router.get("/views", response=list[View], summary="Your links")
def mine(request: HttpRequest) -> list[dict[str, Any]]:
    """Those that you made and did not revoke, the newest first."""
    visitor = visitor_of(request)
    return [describe(view, visitor) for view in links.own_views(visitor)]


@router.get("/views/{token}", response={200: View, **_errors(404, 410)}, summary="What a link shows")
def read(request: HttpRequest, token: str) -> dict[str, Any]:
    """Its state, and the result whose values can be read with `?view=TOKEN`."""
    return describe(links.live_view(token), visitor_of(request))


@router.patch(
    "/views/{token}",
    response={200: View, **_errors(400, 404, 415, 422)},
    summary="Rename it, or change when it ends",
    openapi_extra=_body(links.Change.model_json_schema()),
)
def change(request: HttpRequest, token: str) -> dict[str, Any]:
    """`days` from now on, null for never; `revoked` false takes a revocation back, within a day."""
    visitor = visitor_of(request)
    return describe(links.change(links.own_view(token, visitor), json_body(request)), visitor)


@router.delete("/views/{token}", response={200: View, **_errors(404)}, summary="Revoke it")
def revoke(request: HttpRequest, token: str) -> dict[str, Any]:
    """At once, for everybody; the result stays yours."""
    visitor = visitor_of(request)
    return describe(links.change(links.own_view(token, visitor), {"revoked": True}), visitor)


@router.post("/views/{token}/fork", response={201: Copy, **_errors(404, 410)}, summary="Make what it shows yours")
def fork(request: HttpRequest, token: str) -> Status[dict[str, Any]]:
    """In the same state, and to stay whatever becomes of the link."""
    view = links.live_view(token)
    links.fork(view, remember(request))
    found = view.subject
    url = predictions.page_url(found) if isinstance(found, Prediction) else scoring.page_url(found)
    return Status(201, {"id": str(found.id), "url": url})


@router.get("/views/{token}/qr.svg", response={200: None, **_errors(404, 410)}, summary="A link as a QR code")
def code(request: HttpRequest, token: str) -> HttpResponse:
    """Black on white, as SVG: sharp on a slide of any size."""
    address = request.build_absolute_uri(page_url(links.live_view(token)))
    drawn = segno.make(address, error="m", micro=False).svg_inline(scale=8, border=4, light="#fff", omitsize=True)
    drawn = drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return HttpResponse(drawn, content_type="image/svg+xml", headers={"Cache-Control": "private, no-cache"})
