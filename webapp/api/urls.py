"""The API's addresses."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path
from ninja import NinjaAPI

from webapp.api import (
    catalogue,
    contacts,
    errors,
    exports,
    hosted,
    measured,
    panels,
    predictions,
    scores,
    userfiles,
    views,
    windows,
)
from webapp.api.docs import SelfHostedSwagger
from webapp.api.health import healthz, version

api = NinjaAPI(
    title="Locuscope API",
    version=version(),
    urls_namespace="api",
    docs=SelfHostedSwagger(),
    description=(
        "Predictions of sequence-to-function models, for research use only, not for diagnosis. Coordinates are 0-based "
        "half-open, except in locus text, which is 1-based inclusive. Every refusal is "
        '{"error": {"code", "message", "suggestions"}} with one sentence for people. '
        "Programs match on the code, which never changes; sentences, titles and notes come in the language of the cookie "
        "“locuscope_language”, else of Accept-Language (en, zh-hans), else in English."
    ),
)
for router in (
    catalogue.router,
    predictions.router,
    hosted.router,
    windows.router,
    contacts.router,
    panels.router,
    scores.router,
    exports.router,
    measured.router,
    views.router,
    userfiles.router,
):
    api.add_router("", router)
errors.install(api)


def _guarded(pattern: URLPattern | URLResolver) -> URLPattern:
    assert isinstance(pattern, URLPattern)
    pattern.callback = errors.guarded(pattern.callback)
    return pattern


_PATTERNS, _APP, _NAMESPACE = api.urls
urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("api/v1/", ([_guarded(pattern) for pattern in _PATTERNS], _APP, _NAMESPACE)),
    re_path(r"^api/", errors.not_found),
]
