"""A link as its owner, and whoever has it, reads it."""

from __future__ import annotations

from typing import Any

from predictor.api import DomainError, model_info
from webapp.predictions import services as predictions
from webapp.predictions.describe import card_said
from webapp.predictions.models import Prediction
from webapp.scoring import services as scoring
from webapp.scoring.models import ScoreJob
from webapp.sharing.models import View


def page_url(view: View) -> str:
    """The link."""
    return f"/v/{view.token}"


def describe(view: View, visitor: str) -> dict[str, Any]:
    """`opened` and `last_opened` for the owner alone."""
    mine = bool(visitor) and view.visitor == visitor
    found = view.subject
    return {
        "token": view.token,
        "url": page_url(view),
        "kind": "prediction" if isinstance(found, Prediction) else "scores",
        "shows": str(found.id),
        "title": view.name or title_of(found),
        "name": view.name,
        "state": view.state,
        "model": card_said(found.model_card),
        "created": view.created.isoformat(),
        "expires": view.expires.isoformat() if view.expires else None,
        "revoked": bool(view.revoked),
        "mine": mine,
        "opened": view.opened if mine else None,
        "last_opened": view.last_opened.isoformat() if mine and view.last_opened else None,
    }


def title_of(found: Prediction | ScoreJob) -> str:
    """Of the result."""
    return predictions.title_of(found) if isinstance(found, Prediction) else scoring.title_of(found)


def newer_model(found: Prediction | ScoreJob) -> dict[str, Any] | None:
    """What is installed instead of the model that made this, or None while that is; `version` None where none is installed
    under its name."""
    card = found.model_card
    said = {"title": card["title"], "was": card["version"]}
    try:
        now = model_info(found.model_name)
    except DomainError:
        return {**said, "version": None}
    return None if now.sha256 == found.model_sha256 else {**said, "title": now.title, "version": now.version}
