"""The only door to a stored prediction, and who may stop one."""

from __future__ import annotations

import uuid

from django.db.models.functions import Now

from predictor.api import DomainError
from webapp.predictions.finished import SHARED
from webapp.predictions.models import WAITING, Prediction, State


def get_prediction(prediction_id: str | uuid.UUID) -> Prediction:
    """The prediction with this id; webapp.sharing says who may read it. Raises DomainError `unknown_prediction` (404)."""
    try:
        wanted = prediction_id if isinstance(prediction_id, uuid.UUID) else uuid.UUID(prediction_id)
        return SHARED.prediction(wanted) or Prediction.objects.defer("sequence").get(id=wanted)
    except (ValueError, Prediction.DoesNotExist):
        raise unknown_prediction() from None


def unknown_prediction() -> DomainError:
    """Also for whoever may not know that it is there."""
    return DomainError(
        "unknown_prediction", "There is no prediction under this address; check that the link is complete.", status=404
    )


def cancel(prediction: Prediction, visitor: str) -> Prediction:
    """Stop a waiting or running prediction; a running worker notices within a heartbeat.

    Raises DomainError `not_yours` (403) or `already_finished` (409).
    """
    if prediction.visitor and prediction.visitor != visitor:
        raise DomainError("not_yours", "Only the browser that asked for this prediction can cancel it.", status=403)
    changed = Prediction.objects.filter(id=prediction.id, state__in=WAITING).update(
        state=State.CANCELLED, claim=None, finished_at=Now(), stage=""
    )
    fresh = get_prediction(prediction.id)
    if not changed and fresh.state != State.CANCELLED:
        raise DomainError(
            "already_finished", f"This prediction is {fresh.get_state_display().lower()} already.", status=409
        )
    if not changed:
        raise DomainError("already_finished", "This prediction is cancelled already.", status=409)
    return fresh
