"""Reference files, as the browser in a page reads them."""

from __future__ import annotations

from django.urls import path

from webapp.loci.views import genes, reference_file

urlpatterns = [
    path("reference/<str:assembly>/genes.json", genes, name="reference-genes"),
    path("reference/<str:assembly>/<str:name>", reference_file, name="reference-file"),
]
