"""All addresses: the API first, then reference files, then pages."""

from __future__ import annotations

from django.urls import include, path, re_path

from webapp.lib import bundles, language

urlpatterns = [
    path("language", language.choose, name="language"),
    path("words/<str:language>-<str:digest>.js", language.catalogue, name="words"),
    re_path(r"^bundles/(?P<name>[\w-]+)-(?P<digest>[0-9a-f]{16})\.(?P<kind>js|css)$", bundles.bundle, name="bundle"),
    path("", include("webapp.api.urls")),
    path("", include("webapp.loci.urls")),
    path("", include("webapp.browser.urls")),
]

handler400 = "webapp.browser.views.bad_request"
handler404 = "webapp.browser.views.not_found"
handler500 = "webapp.browser.views.failed"
