"""Storing a slice: one transaction, whose first statement takes the row away from everybody else or finds it gone."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from predictor.api import Cancelled, Scored
from webapp.predictions.claims import Claim, patiently
from webapp.predictions.models import WAITING, State
from webapp.scoring.models import ScoreJob, ScoreRow, ScoreSlice
from webapp.scoring.packing import pack_details, pack_table, table_of


def store(claim: Claim, job: ScoreJob, scored: Sequence[Scored], seconds: float) -> None:
    """The slice becomes DONE with the rows it has, and the next one waits; after the last the job is DONE.

    Raises Cancelled when the claim is lost.
    """
    part = table_of(scored, len(job.columns))
    table, details = pack_table(part), pack_details(scored)
    patiently(lambda: _write(claim, job, scored, table, details, seconds))


def _write(claim: Claim, job: ScoreJob, scored: Sequence[Scored], table: bytes, details: bytes, seconds: float) -> None:
    failed = {number: one.error for number, one in enumerate(scored) if one.error is not None}
    with transaction.atomic():
        done = ScoreSlice.objects.filter(claim.held).update(
            state=State.DONE, count=len(scored), table=table, details=details, finished_at=Now(), stage="", progress=1.0
        )
        if not done:
            if not _stored_already(claim):
                raise Cancelled
            return
        with connection.cursor() as cursor:  # a worker whose host vanishes must not hold the row for hours
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '60s'")
        start = ScoreSlice.objects.values_list("start", flat=True).get(id=claim.row_id)
        stop = start + len(scored)
        last = stop >= job.good
        changed = ScoreJob.objects.filter(id=job.id, state__in=WAITING).update(
            done=F("done") + len(scored) - len(failed),
            failed=F("failed") + len(failed),
            busy_seconds=F("busy_seconds") + seconds,
            **({"state": State.DONE, "finished_at": Now()} if last else {}),
        )
        if not changed:
            raise Cancelled
        for number, error in failed.items():
            ScoreRow.objects.filter(job=job, order=start + number).update(error=str(error)[:1000])
        if not last:
            ScoreSlice.objects.create(job=job, start=stop, count=settings.SLICE_ROWS)


def _stored_already(claim: Claim) -> bool:
    """Whether the database went away after the commit and before its answer."""
    return ScoreSlice.objects.filter(id=claim.row_id, state=State.DONE, claim=claim.token).exists()


def fail_job(claim: Claim, job_id: uuid.UUID, code: str, sentence: str) -> None:
    """The slice and its job FAIL with the sentence its user reads; what was stored before stays."""
    ended = {"state": State.FAILED, "error_code": code, "error_message": sentence[:1000], "finished_at": Now()}
    with transaction.atomic():
        if claim.rows().update(**ended, claim=None, stage=""):
            ScoreJob.objects.filter(id=job_id, state__in=WAITING).update(**ended)
