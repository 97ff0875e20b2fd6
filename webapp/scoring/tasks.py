"""The Celery task."""

from __future__ import annotations

import uuid

from celery import shared_task

from webapp.scoring.models import ScoreSlice
from webapp.scoring.run import run


@shared_task(name=ScoreSlice.TASK)  # type: ignore[untyped-decorator]
def score(slice_id: str) -> None:
    """Score one slice of a job; the message carries nothing but its id."""
    run(uuid.UUID(slice_id))
