"""All addresses: the API first, then reference files, then pages."""

from __future__ import annotations

from django.urls import include, path

from webapp.lib import language

urlpatterns = [
    path("language", language.choose, name="language"),
    path("words/<str:language>-<str:digest>.js", language.catalogue, name="words"),
    path("", include("webapp.api.urls")),
    path("", include("webapp.loci.urls")),
    path("", include("webapp.browser.urls")),
]

handler400 = "webapp.browser.views.bad_request"
handler404 = "webapp.browser.views.not_found"
handler500 = "webapp.browser.views.failed"
