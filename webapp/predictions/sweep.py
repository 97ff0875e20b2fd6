"""Finding lost work: workers that died, messages that a broker forgot. The rows are the truth, so both are mended."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.db.models.functions import Now

from webapp.predictions import dispatch
from webapp.predictions.claims import Claim, fail, give_back
from webapp.predictions.models import Prediction, State
from webapp.predictions.run import max_attempts_sentence

logger = logging.getLogger(__name__)

_LOST_AFTER = timedelta(seconds=15)  # a message that should have been read by then
_UNSENT_AFTER = timedelta(seconds=3)  # longer than sending takes in submit
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did: rows queued again, rows failed for good, messages sent again."""

    requeued: int
    failed: int
    resent: int


def sweep_once() -> Swept:
    """One round. Raises DatabaseError when the database is away; a broker that is away is left for the next round."""
    requeued, failed = _stale()
    lost = _lost()
    sent = requeued + [prediction_id for prediction_id in lost if prediction_id not in requeued]
    if sent and not dispatch.send(sent):
        lost = []
    return Swept(len(requeued), failed, len(lost))


def _stale() -> tuple[list[uuid.UUID], int]:
    """RUNNING rows whose heartbeat stopped: ids that wait again, and how many had their last attempt."""
    requeued, failed = [], 0
    with transaction.atomic():
        # A locked row is being stored or cancelled at this moment: it is alive, or the next round's.
        rows = Prediction.objects.select_for_update(skip_locked=True).filter(
            state=State.RUNNING, heartbeat_at__lt=Now() - timedelta(seconds=settings.STALE_AFTER_SECONDS)
        )
        for row in rows.only("id", "claim", "attempts", "worker"):
            assert row.claim is not None
            claim = Claim(row.id, row.claim)
            logger.warning("%s: no heartbeat from %s in attempt %d", row.id, row.worker, row.attempts)
            if give_back(claim):
                requeued.append(row.id)
            else:
                failed += fail(claim, "worker_lost", max_attempts_sentence())
    return requeued, failed


def _lost() -> list[uuid.UUID]:
    """QUEUED rows that no message stands for any more, oldest first.

    Never sent; or overtaken, since the queue is first in, first out; or waiting while no worker is busy and the broker
    has nothing. A message too many does no harm: its claim finds nothing to do.
    """
    queued = Prediction.objects.filter(state=State.QUEUED).order_by("created")
    started = [State.RUNNING, State.DONE, State.FAILED]
    newest = Prediction.objects.filter(state__in=started).aggregate(newest=Max("sent_at"))["newest"]
    lost = Q(sent_at=None, created__lt=Now() - _UNSENT_AFTER)
    if newest is not None:
        lost |= Q(sent_at__lt=newest - _LOST_AFTER)
    if _nothing_moves():
        lost |= Q(sent_at__lt=Now() - _LOST_AFTER)
    return list(queued.filter(lost).values_list("id", flat=True)[:_AT_ONCE])


def _nothing_moves() -> bool:
    if Prediction.objects.filter(state=State.RUNNING).exists():
        return False
    if not Prediction.objects.filter(state=State.QUEUED, sent_at__lt=Now() - _LOST_AFTER).exists():
        return False  # the usual case, without asking the broker
    try:
        return dispatch.queue_length() == 0
    except dispatch.BROKER_ERRORS:
        return False
