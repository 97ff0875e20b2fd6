"""The only door to a stored job, and who may stop one."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.db.models.functions import Now

from predictor.api import DomainError
from webapp.predictions.models import WAITING, State
from webapp.scoring.models import ScoreJob, ScoreSlice
from webapp.scoring.turns import send_next


def get_job(job_id: str | uuid.UUID) -> ScoreJob:
    """The job with this id; webapp.sharing says who may read it. Raises DomainError `unknown_job` (404)."""
    try:
        wanted = job_id if isinstance(job_id, uuid.UUID) else uuid.UUID(job_id)
        return ScoreJob.objects.defer("upload").get(id=wanted)
    except (ValueError, ScoreJob.DoesNotExist):
        raise unknown_job() from None


def unknown_job() -> DomainError:
    """Also for whoever may not know that it is there."""
    return DomainError(
        "unknown_job", "There are no scores under this address; check that the link is complete.", status=404
    )


def cancel_job(job: ScoreJob, visitor: str) -> ScoreJob:
    """Stop a waiting or running job at its next variant; what was stored stays.

    Raises DomainError `not_yours` (403) or `already_finished` (409).
    """
    if job.visitor and job.visitor != visitor:
        raise DomainError("not_yours", "Only the browser that asked for these scores can cancel them.", status=403)
    ended = {"state": State.CANCELLED, "finished_at": Now()}
    with transaction.atomic():
        # The slice first, as a worker that stores it does.
        ScoreSlice.objects.filter(job=job, state__in=WAITING).update(**ended, claim=None, stage="")
        changed = ScoreJob.objects.filter(id=job.id, state__in=WAITING).update(**ended)
        transaction.on_commit(send_next)
    fresh = get_job(job.id)
    if not changed:
        raise DomainError("already_finished", f"This job is {fresh.get_state_display().lower()} already.", status=409)
    return fresh
