"""The OpenAPI page, from our own server only: Swagger UI as django-ninja ships it, under our strict policy."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase


class SelfHostedSwagger(DocsBase):
    """Settings travel in a JSON data block, since the policy forbids inline scripts."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        swagger = {"url": self.get_openapi_url(api, kwargs), "layout": "BaseLayout", "deepLinking": True}
        return render(request, "api/docs.html", {"title": api.title, "swagger": swagger})
