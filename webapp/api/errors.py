"""Every refusal of the API in one form: {"error": {"code", "message", "suggestions"}} with the status that fits."""

from __future__ import annotations

import functools
import json
import logging
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    JsonResponse,
    UnreadablePostError,
)
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import ValidationError

from predictor.api import DomainError
from webapp.lib.sentences import said
from webapp.predictions.services import explain

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponseBase]

MOST_MB = settings.DATA_UPLOAD_MAX_MEMORY_SIZE >> 20  # of a body
_DRAIN_BYTES = 64 * 1024 * 1024  # of a refused body: a client hears the answer only after it could send all


def answer(error: DomainError) -> HttpResponse:
    """The error as JSON."""
    body = {"code": error.code, "message": said(str(error)), "suggestions": list(error.suggestions)}
    return JsonResponse({"error": body}, status=error.status, json_dumps_params={"ensure_ascii": False})


def unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    """A fault of ours: the log gets the trace, the user a neutral sentence and the id to find it by."""
    if isinstance(error, (OperationalError, InterfaceError)):
        logger.warning("%s %s: database away: %s", request.method, request.path, str(error).splitlines()[0])
        return answer(DomainError("database_away", "The database does not answer; try again in a moment.", status=503))
    if isinstance(error, SuspiciousOperation):
        return answer(DomainError("bad_request", "The request cannot be read; check how it was made.", status=400))
    number = uuid.uuid4().hex[:12]
    logger.error("%s %s failed, id %s", request.method, request.path, number, exc_info=error)
    return answer(
        DomainError(
            "internal", f"Something went wrong on our side; the server's log has it under {number}.", status=500
        )
    )


def install(api: NinjaAPI) -> None:
    """Translate exceptions raised inside operations."""
    api.add_exception_handler(Exception, _translated)
    for narrow in (DomainError, ValidationError):  # ninja looks the nearest class up, and has its own for the second
        api.add_exception_handler(narrow, _translated)


def _translated(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    if isinstance(error, DomainError):
        return answer(error)
    if isinstance(error, ValidationError):
        return answer(explain(error.errors))
    assert isinstance(error, Exception)
    return unexpected(request, error)


def guarded(view: View) -> View:
    """What happens outside operations: HEAD is answered like GET, a wrong method in our form, NUL bytes not at all."""

    @functools.wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path:
            return answer(DomainError("bad_character", "The address holds a NUL character.", status=400))
        method = request.method
        request.method = "GET" if method == "HEAD" else method
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            return not_found(request)
        except Exception as error:
            return unexpected(request, error)
        finally:
            request.method = method  # so that the server drops HEAD's body
        if isinstance(response, HttpResponseNotAllowed):
            allowed = response.headers["Allow"]
            sentence = f"{request.method} is not possible here; use {allowed.replace(', ', ' or ')}."
            response = answer(DomainError("wrong_method", sentence, status=405))
            response.headers["Allow"] = allowed
        return response

    return wrapper


def not_found(request: HttpRequest) -> HttpResponse:
    """Any other address under /api/."""
    return answer(
        DomainError(
            "unknown_address", "There is nothing at this address; /api/v1/docs lists what there is.", status=404
        )
    )


def json_body(request: HttpRequest, too_large: str = "") -> object:
    """The decoded body. `too_large`: the sentence for one that is larger than MOST_MB, with what to do. Raises DomainError 400
    (malformed), 413 (too large) or 415 (not declared as JSON).

    A cross-site form cannot declare JSON, so this check also keeps other sites from posting in a visitor's name.
    """
    if request.content_type != "application/json":
        raise DomainError(
            "wrong_content_type", "Send JSON, with the header “Content-Type: application/json”.", status=415
        )
    try:
        return json.loads(request.body)
    except RequestDataTooBig:
        drain(request)
        sentence = _("The request is larger than %(most)s MB; send only what is to be changed.") % {"most": MOST_MB}
        raise DomainError("body_too_large", too_large or sentence, status=413) from None
    except UnreadablePostError:
        raise DomainError("bad_body", "The request broke off before its end.", status=400) from None
    except json.JSONDecodeError as error:
        raise DomainError(
            "malformed_json",
            f"The body is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}.",
            status=400,
        ) from None
    except (ValueError, RecursionError):
        raise DomainError("malformed_json", "The body is not valid JSON in UTF-8.", status=400) from None


def drain(request: HttpRequest) -> None:
    """Read and forget a body that was refused for its size."""
    left = min(int(request.META.get("CONTENT_LENGTH") or 0), _DRAIN_BYTES)
    try:
        while left > 0 and (chunk := request.read(min(left, 65_536))):
            left -= len(chunk)
    except OSError:
        return
