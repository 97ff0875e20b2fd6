"""Reference files, as the browser in a page reads them."""

from __future__ import annotations

from django.urls import path

from webapp.loci.views import reference_file

urlpatterns = [path("reference/<str:assembly>/<str:name>", reference_file, name="reference-file")]
