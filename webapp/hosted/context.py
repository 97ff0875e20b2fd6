"""What every page says of where things are computed."""

from __future__ import annotations

from django.http import HttpRequest

from webapp.hosted.services import is_offered


def asks_google(request: HttpRequest) -> dict[str, bool]:
    """For templates: whether people here may use Google's service, so that not all is computed on this machine."""
    return {"asks_google": is_offered()}
