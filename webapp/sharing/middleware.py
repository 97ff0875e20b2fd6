"""What is read by a link is asked for again each time, since the link may be revoked, and stays out of search engines."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from webapp.sharing.access import FIELD

_PAGES = ("/v/", "/p/", "/s/")


class ReadByLink:
    """Headers of answers to requests that carry a link's token, and of the pages of results."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        by_link = FIELD in request.GET
        if by_link and "no-store" not in response.headers.get("Cache-Control", ""):
            response.headers["Cache-Control"] = "private, no-cache"
        if response.status_code == 410:  # browsers keep it for ever, and a revocation can be undone
            response.headers["Cache-Control"] = "no-store"
        if by_link or request.path.startswith(_PAGES):
            response.headers["X-Robots-Tag"] = "noindex"
        return response
