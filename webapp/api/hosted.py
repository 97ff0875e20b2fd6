"""A visitor's own key to Google's AlphaGenome service: entering it, its last four characters, forgetting it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import ConfigDict, ValidationError

from predictor.api import DomainError
from webapp.api import schemas
from webapp.api.errors import json_body
from webapp.hosted import services
from webapp.predictions.catalogue import offered
from webapp.sharing.access import visitor_of

router = Router(tags=["hosted"])

_ERRORS = dict.fromkeys((400, 403, 415, 422, 429, 502, 503, 504), schemas.Error)


class GivenKey(Schema):
    """`key` as Google shows it."""

    model_config = ConfigDict(extra="forbid", strict=True)
    key: str


class HostedModel(Schema):
    name: str
    title: str
    version: str
    licence: str
    genomes: list[str]
    heldOut: list[str]
    hosted: bool
    catalogue: str


class KeyState(Schema):
    """`offered`: whether the service can be used here; `last_four` characters of your key, null without one; `models` it opens."""

    offered: bool
    last_four: str | None
    models: list[HostedModel]


@router.get("/hosted/key", response=KeyState, summary="Whether your key to Google's service is here")
def state(request: HttpRequest) -> dict[str, Any]:
    """Never the key itself."""
    return _state(request)


@router.put(
    "/hosted/key",
    response={200: KeyState, **_ERRORS},
    summary="Enter your key to Google's AlphaGenome service",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": GivenKey.model_json_schema()}},
        }
    },
)
def enter(request: HttpRequest) -> dict[str, Any]:
    """It is tried, then kept encrypted for the browser (the cookie) that sent it, and used for its predictions with the models
    `alphagenome-api` and `alphagenome-api-mouse` alone. The bases that these predict leave this server for Google's service.
    A request without the cookie, which the first page sets, is refused."""
    try:
        given = GivenKey.model_validate(json_body(request))
    except ValidationError:  # its words would repeat what was sent
        raise DomainError("bad_key", 'Send {"key": "…"}, with your key as text, and nothing else.') from None
    if not (visitor := visitor_of(request)):
        raise DomainError(
            "no_cookie",
            _(
                "This request came without this site's cookie, by which a key is found again; open the first page and enter it there."
            ),
            status=403,
        )
    services.enter_key(visitor, given.key)
    return _state(request)


@router.delete("/hosted/key", response=KeyState, summary="Forget your key")
def forget(request: HttpRequest) -> dict[str, Any]:
    """Deletes it here; at Google's it stays what it is."""
    services.forget_key(visitor_of(request))
    return _state(request)


def _state(request: HttpRequest) -> dict[str, Any]:
    visitor = visitor_of(request)
    return {
        "offered": services.is_offered(),
        **services.key_state(visitor),
        "models": [offered(model) for model in services.models_of(visitor)],
    }
