"""What every answer says to the browser about what it may do."""

from __future__ import annotations

import pytest
from django.test import Client

PATHS = ["/models", "/nowhere", "/api/v1/docs", "/api/v1/openapi.json", "/s/none"]


def policy(client: Client, path: str) -> dict[str, list[str]]:
    """The policy's directives."""
    said = client.get(path).headers["Content-Security-Policy"]
    return {words[0]: words[1:] for part in said.split(";") if (words := part.split())}


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_scripts_and_style_sheets_come_from_here_alone(client: Client, path: str) -> None:
    rules = policy(client, path)
    assert rules["default-src"] == rules["script-src"] == ["'self'"]
    assert rules["style-src-elem"][0] == "'self'"
    assert all(source.startswith("'sha256-") for source in rules["style-src-elem"][1:])
    assert rules["object-src"] == rules["base-uri"] == ["'none'"]
    assert rules["frame-ancestors"] == rules["form-action"] == ["'self'"]
    everything = {source for sources in rules.values() for source in sources}
    assert not {source for source in everything if source.startswith("http") or source in {"*", "'unsafe-eval'"}}


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_types_referrers_openers_and_permissions_are_kept_close(client: Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert {"camera=()", "microphone=()", "geolocation=()"} <= set(headers["Permissions-Policy"].split(", "))
