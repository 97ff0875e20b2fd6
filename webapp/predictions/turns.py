"""Whose turn it is at a service: few jobs ask it at a time, and one person does not hold all of their places."""

from __future__ import annotations

import uuid

from django.db import connection, transaction

from webapp.predictions.claims import Claim, take
from webapp.predictions.models import Prediction, State

MOST_AT_ONCE = 2  # of one visitor; a worker that asks has four places
_TURN_LOCK = 0x10C05C0C  # any constant: one claim at a time counts what runs


def take_in_turn(prediction_id: uuid.UUID, worker: str) -> Claim | None:
    """As `take`. What waits for a service while its visitor has MOST_AT_ONCE running there waits on, and its message is sent again by
    the sweeper's next round."""
    with transaction.atomic():
        row = Prediction.objects.filter(id=prediction_id, hosted=True).only("visitor").first()
        if row is not None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN_LOCK])
            running = Prediction.objects.filter(hosted=True, state=State.RUNNING, visitor=row.visitor)
            if running.count() >= MOST_AT_ONCE:
                Prediction.objects.filter(id=prediction_id, state=State.QUEUED).update(sent_at=None)
                return None
        return take(prediction_id, worker)
