"""The language of an answer: the visitor's choice (a cookie), else what the browser prefers, else English.

Links carry no language: one that is sent on opens in its reader's own.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.middleware.locale import LocaleMiddleware
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import JavaScriptCatalog

_YEAR = 365 * 24 * 3600
_WORDS = (
    "text/html",
    "application/json",
)  # the answers that hold sentences; values and files are the same in every language


class Language(LocaleMiddleware):
    """Django's, which also says that the cookie decides, and leaves answers without sentences to caches."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """`Vary` and `Content-Language` where there is something to read that may not be kept for ever."""
        kind = response.headers.get("Content-Type", "").split(";")[0]
        if kind in _WORDS and "immutable" not in response.headers.get("Cache-Control", ""):
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
            response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the chosen language for a year and go back to the page that asked, as its address is now."""
    language = request.POST.get("language", "")
    response = HttpResponseRedirect(_back(request))
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=_YEAR,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
    response.headers["Cache-Control"] = "no-store"
    return response


def _back(request: HttpRequest) -> str:
    """The page's own address, which scripts may have changed since it was sent; else what the form says; never another site."""
    for address in (request.headers.get("Referer", ""), request.POST.get("next", "")):
        if url_has_allowed_host_and_scheme(address, {request.get_host()}) and urlsplit(address).path != request.path:
            return address
    return "/"


@require_safe
def catalogue(request: HttpRequest, language: str, digest: str) -> HttpResponse:
    """The scripts' words as Django's JavaScript catalogue: `gettext`, `ngettext` and the like in the window.

    The address names language and content, so that a browser fetches it once. Another digest, as of a page that was open over
    an upgrade, gets today's words and keeps nothing.
    """
    if language not in dict(settings.LANGUAGES):
        raise Http404
    response = HttpResponse(content_type="text/javascript; charset=utf-8")
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        response.content = _script(language, packed=True)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.content = _script(language, packed=False)
    kept = digest == digest_of(language)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if kept else "no-store"
    response.headers["Vary"] = "Accept-Encoding"
    return response


def words(request: HttpRequest) -> dict[str, object]:
    """For templates: the page's language, the languages in their own names, the address of the scripts' words (none in English,
    which the scripts are written in)."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    source = settings.LANGUAGE_CODE
    address = "" if language == source else reverse("words", args=[language, digest_of(language)])
    return {"language": language, "languages": settings.LANGUAGES, "words": address}


@cache
def digest_of(language: str) -> str:
    """Of the scripts' words."""
    return hashlib.sha256(_script(language, packed=False)).hexdigest()[:16]


@cache
def _script(language: str, *, packed: bool) -> bytes:
    with translation.override(language):
        said = JavaScriptCatalog(packages=["webapp.services"]).get(HttpRequest()).content
    return gzip.compress(said, mtime=0) if packed else said
