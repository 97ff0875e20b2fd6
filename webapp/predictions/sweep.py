"""Finding lost work: workers that died, messages that a broker forgot. The rows are the truth, so both are mended."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Now
from django.dispatch import Signal

from predictor.api import DomainError
from webapp.predictions import dispatch
from webapp.predictions.capability import is_gpu_worker_missing, no_gpu_worker, why_nobody_asks
from webapp.predictions.claims import Claim, fail, give_back
from webapp.predictions.models import QUEUES, Prediction, State, Work, tables_of_work
from webapp.predictions.run import lost_sentence

logger = logging.getLogger(__name__)

_LOST_AFTER = timedelta(seconds=15)  # a message that should have been read by then
_UNSENT_AFTER = timedelta(seconds=3)  # longer than sending takes in submit
_NO_WORKER_SECONDS = 60.0  # longer than a worker takes to start
_AT_ONCE = 100

_missing_since: dict[str, float] = {}  # since when work waits for a worker that can take it, by what it needs

round_done = Signal()  # what other apps do from time to time hangs on this


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did: rows queued again, rows failed for good, messages sent again."""

    requeued: int
    failed: int
    resent: int


def sweep_once() -> Swept:
    """One round. Raises DatabaseError when the database is away; a broker that is away is left for the next round."""
    requeued = resent = 0
    failed = _without_worker()
    for table in tables_of_work():
        again, given_up = _stale(table)
        lost = [row_id for queue in QUEUES for row_id in _lost(table, queue) if row_id not in again]
        sent = dispatch.send(table, again + lost) if again or lost else False
        requeued, failed, resent = requeued + len(again), failed + given_up, resent + len(lost) * sent
    return Swept(requeued, failed, resent)


def _stale(table: type[Work]) -> tuple[list[uuid.UUID], int]:
    """RUNNING rows whose heartbeat stopped: ids that wait again, and how many had their last attempt."""
    requeued, failed = [], 0
    with transaction.atomic():
        # A locked row is being stored or cancelled at this moment: it is alive, or the next round's.
        rows = table._default_manager.select_for_update(skip_locked=True).filter(
            state=State.RUNNING, heartbeat_at__lt=Now() - timedelta(seconds=settings.STALE_AFTER_SECONDS)
        )
        for row in rows.only("id", "claim", "attempts", "worker"):
            assert row.claim is not None
            claim = Claim(row.id, row.claim, table)
            logger.warning("%s: no heartbeat from %s in attempt %d", row.id, row.worker, row.attempts)
            if give_back(claim):
                requeued.append(row.id)
            else:
                failed += fail(claim, "worker_lost", lost_sentence(row))
    return requeued, failed


def _lost(table: type[Work], queue: str) -> list[uuid.UUID]:
    """QUEUED rows of a queue whose turn it is and that no message stands for any more, oldest first.

    Never sent; or overtaken, since a queue is first in, first out; or waiting while no worker is busy and the broker
    has nothing. A message too many does no harm: its claim finds nothing to do.
    """
    lost = Q(sent_at=None, created__lt=Now() - _UNSENT_AFTER)
    if newest := _newest_started(queue):
        lost |= Q(sent_at__lt=newest - _LOST_AFTER)
    if _nothing_moves(queue):
        lost |= Q(sent_at__lt=Now() - _LOST_AFTER)
    queued = table.in_turn().filter(table.of_queue(queue)).filter(lost).order_by("created")
    return list(queued.values_list("id", flat=True)[:_AT_ONCE])


def _newest_started(queue: str) -> datetime | None:
    """When the newest message of a queue was sent of those that a worker has read; work of all kinds shares it."""
    started = [State.RUNNING, State.DONE, State.FAILED]
    newest = [
        table._default_manager.filter(table.of_queue(queue), state__in=started, worker__gt="").aggregate(
            newest=Max("sent_at")
        )["newest"]
        for table in tables_of_work()
    ]
    return max(filter(None, newest), default=None)


def _nothing_moves(queue: str) -> bool:
    tables = [table._default_manager.filter(table.of_queue(queue)) for table in tables_of_work()]
    if any(rows.filter(state=State.RUNNING).exists() for rows in tables):
        return False
    if not any(rows.filter(state=State.QUEUED, sent_at__lt=Now() - _LOST_AFTER).exists() for rows in tables):
        return False  # the usual case, without asking the broker
    try:
        return dispatch.queue_length(queue) == 0
    except dispatch.BROKER_ERRORS:
        return False


def _without_worker() -> int:
    """Fails what waits for a worker with a GPU while only others are there, and what waits for a service that nobody asks; how many."""
    waiting = Prediction.objects.filter(state=State.QUEUED)
    return _fail_after_a_minute(
        "gpu", waiting.filter(needs_gpu=True), lambda: no_gpu_worker() if is_gpu_worker_missing() else None
    ) + _fail_after_a_minute("hosted", waiting.filter(hosted=True), why_nobody_asks)


def _fail_after_a_minute(
    need: str, waiting: QuerySet[Prediction], why_missing: Callable[[], DomainError | None]
) -> int:
    """Fails these rows after a minute in which every round found nobody for them; how many rows.

    The time is of the worker's absence, not of the row: one that waited long behind others, or that a dying worker gave
    back, is as safe through a restart as a new one. This process alone remembers it.
    """
    error = why_missing() if waiting.exists() else None
    if error is None:
        _missing_since.pop(need, None)
        return 0
    if monotonic() - _missing_since.setdefault(need, monotonic()) < _NO_WORKER_SECONDS:
        return 0
    failed = {"state": State.FAILED, "error_code": error.code, "error_message": str(error)}
    return waiting.update(**failed, finished_at=Now(), stage="")
