"""Who may work on a row: the claim is a conditional UPDATE, its token fences every later write of that attempt."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from predictor.api import Cancelled
from webapp.predictions.models import Prediction, State, Work

T = TypeVar("T")
logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 60.0  # how long a worker waits for a database that went away
_WRITE_SECONDS = 0.2  # progress reaches the row at most five times a second


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to finish one attempt."""

    row_id: uuid.UUID
    token: uuid.UUID
    table: type[Work] = Prediction

    @property
    def held(self) -> Q:
        """Finds the row in its table, as long as this attempt still holds it."""
        return Q(id=self.row_id, state=State.RUNNING, claim=self.token)

    def rows(self) -> QuerySet[Work]:
        """The row if this attempt still holds it, else none."""
        return self.table._default_manager.filter(self.held)


def take(row_id: uuid.UUID, worker: str, table: type[Work] = Prediction) -> Claim | None:
    """QUEUED -> RUNNING for exactly one caller; None for everybody else."""
    token = uuid.uuid4()
    taken = table._default_manager.filter(id=row_id, state=State.QUEUED).update(
        state=State.RUNNING,
        claim=token,
        worker=worker,
        attempts=F("attempts") + 1,
        started_at=Now(),
        heartbeat_at=Now(),
        stage="starting",
        progress=0.0,
    )
    return Claim(row_id, token, table) if taken else None


def fail(claim: Claim, code: str, sentence: str) -> bool:
    """RUNNING -> FAILED, with the sentence its user reads."""
    changed = claim.rows().update(
        state=State.FAILED, error_code=code, error_message=sentence[:1000], finished_at=Now(), claim=None, stage=""
    )
    return bool(changed)


def give_back(claim: Claim) -> bool:
    """RUNNING -> QUEUED for another attempt, unless that was the last or the only one. Whether it is QUEUED."""
    rows = claim.rows().filter(claim.table.may_begin_again())
    if not claim.table.GOES_ON:
        rows = rows.filter(attempts__lt=settings.MAX_ATTEMPTS)
    again = rows.update(
        state=State.QUEUED, claim=None, stage="", progress=0.0, heartbeat_at=None, sent_at=None
    )  # fmt: skip
    return bool(again)


def patiently(action: Callable[[], T]) -> T:
    """Do `action`, again and on a new connection while the database is away, for up to PATIENCE_SECONDS."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return action()
        except (OperationalError, InterfaceError) as error:
            if time.monotonic() > give_up:
                raise
            logger.warning("database away, trying again: %s", str(error).splitlines()[0])
            connection.close()
            time.sleep(0.5)


class Heartbeat:
    """Tells the row that its worker lives and how far it is, and notices when the claim is lost or cancelled.

    A context manager around the work; `progress` is what the predictor calls. It writes from its own thread over its
    own connection, so that neither a slow database stops the computation nor a long step the heartbeat.
    """

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self._said = ("", 0.0)
        self._written = ("", -1.0)
        self._lost = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat {claim.row_id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(timeout=5.0)  # a thread stuck in a dead connection is a daemon and harms nobody

    def progress(self, stage: str, fraction: float) -> None:
        """The predictor's callback. Raises Cancelled when the work is no longer wanted."""
        self._said = (stage[:60], min(max(float(fraction), 0.0), 1.0))
        if self._lost.is_set():
            raise Cancelled

    def _beat(self) -> None:
        last = time.monotonic()
        try:
            while not self._stop.wait(_WRITE_SECONDS) and not self._lost.is_set():
                due = time.monotonic() - last >= settings.HEARTBEAT_SECONDS
                if not due and self._said == self._written:
                    continue
                try:
                    self._write()
                    last = time.monotonic()
                except DatabaseError as error:
                    logger.warning("heartbeat not written: %s", str(error).splitlines()[0])
                    connection.close()
                    self._stop.wait(0.5)
        finally:
            connection.close()

    def _write(self) -> None:
        said = self._said
        values: dict[str, Any] = {"heartbeat_at": Now()}
        if said[0]:
            values |= {"stage": said[0], "progress": said[1]}
        if not self.claim.rows().update(**values):
            self._lost.set()
        self._written = said
