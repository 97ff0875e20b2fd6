"""What the service lists, kept so that finding tracks asks nobody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from predictor.api import ModelInfo, hosted
from webapp.hosted.models import HostedModel

_read: dict[str, ModelInfo] = {}  # by name; the same object for the same card, as catalogues compare them


def stored(name: str) -> ModelInfo | None:
    """The catalogue entry of a hosted model; None until somebody's key has brought it."""
    digest = HostedModel.objects.filter(name=name).values_list("sha256", flat=True).first()
    if digest is None:
        return None
    known = _read.get(name)
    if known is None or known.sha256 != digest:
        row = HostedModel.objects.filter(name=name).first()
        if row is None:
            return None
        known = _read[name] = hosted.info_of(row.card)
    return known


def keep(cards: Iterable[dict[str, Any]]) -> None:
    """Store cards; one that says what it said before changes nothing."""
    for card in cards:
        if not HostedModel.objects.filter(name=card["name"], sha256=card["sha256"]).exists():
            said = {"sha256": card["sha256"], "card": card}
            HostedModel.objects.update_or_create(name=card["name"], defaults=said)
