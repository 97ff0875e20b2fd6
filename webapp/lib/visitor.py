"""Who is asking: a signed random cookie, no account and no personal data.

`request.visitor` is 32 hexadecimal characters, or "" for a client that sends no cookie (curl, a script). The cookie is
set only by a response whose view called `remember(request)`, so that plain reading leaves nothing behind.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "locuscope_visitor"
_YEAR = 365 * 24 * 3600
_RENEWED = 28 * 24 * 3600  # a cookie of this age is written anew, so that it ends a year after the last visit


class VisitorMiddleware:
    """Reads the cookie; a forged or damaged one counts as none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        visitor, old = _read(request.COOKIES.get(COOKIE, ""))
        request.visitor = visitor  # type: ignore[attr-defined]
        request.new_visitor = False  # type: ignore[attr-defined]
        response = self.get_response(request)
        # Only with an answer that is kept nowhere, as pages are: another may be given to somebody else.
        again = old and "no-store" in response.headers.get("Cache-Control", "")
        if (request.new_visitor or again) and not sent_by_another_site(request):  # type: ignore[attr-defined]
            value = signing.dumps(request.visitor, salt=COOKIE)  # type: ignore[attr-defined]
            response.set_cookie(COOKIE, value, max_age=_YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
        return response


def _read(cookie: str) -> tuple[str, bool]:
    """The visitor, and whether the cookie is to be renewed."""
    try:
        return str(signing.loads(cookie, salt=COOKIE, max_age=_RENEWED)), False
    except signing.SignatureExpired:
        return str(signing.loads(cookie, salt=COOKIE)), True
    except signing.BadSignature:
        return "", False


def sent_by_another_site(request: HttpRequest) -> bool:
    """A form posted from elsewhere comes without our cookie (SameSite=Lax); a new one in the answer would take the place of the
    old, and with it everything that is its owner's. From a neighbour (another port, another subdomain) it comes with our cookie, and would
    ask in its owner's name."""
    return request.method not in ("GET", "HEAD") and request.headers.get("Sec-Fetch-Site") in {
        "cross-site",
        "same-site",
    }


def remember(request: HttpRequest) -> str:
    """The visitor's id, made now if there is none."""
    if not request.visitor:  # type: ignore[attr-defined]
        request.visitor = uuid.uuid4().hex  # type: ignore[attr-defined]
        request.new_visitor = True  # type: ignore[attr-defined]
    return str(request.visitor)  # type: ignore[attr-defined]
