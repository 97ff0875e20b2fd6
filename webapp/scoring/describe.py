"""A job as the API and the pages show it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from predictor.api import Interval, format_locus
from webapp.lib.sentences import said
from webapp.predictions.describe import NOTICE, card_said
from webapp.predictions.models import WAITING, State
from webapp.scoring.downloads import FORMATS
from webapp.scoring.models import ScoreJob, ScoreSlice
from webapp.scoring.submit import title_of


def page_url(job: ScoreJob) -> str:
    """The permalink."""
    return f"/s/{job.id}"


def describe(job: ScoreJob) -> dict[str, Any]:
    """Everything but the rows. Places are 0-based half-open; `locus` is the text a person reads."""
    place = Interval(job.chromosome, job.start, job.end) if job.start is not None and job.end is not None else None
    waiting = job.state in WAITING
    rate = job.tried / job.busy_seconds if job.busy_seconds else None
    error = {"code": job.error_code, "message": said(job.error_message), "suggestions": []}
    return {
        "id": str(job.id),
        "state": job.state,
        "waiting": waiting,
        "url": page_url(job),
        "kind": job.kind,
        "name": job.name,
        "title": title_of(job),
        "source": job.source or None,
        "gene": job.gene or None,
        "genome": job.genome,
        "locus": format_locus(place) if place else None,
        "interval": {"chromosome": place.chromosome, "start": place.start, "end": place.end} if place else None,
        "queue_position": _queue_position(job),
        "stage": _stage(job),
        "counts": {
            "total": job.total,
            "bad": job.bad,
            "good": job.good,
            "done": job.done,
            "failed": job.failed,
            "waiting": job.good - job.tried,
        },
        "progress": job.tried / job.good,
        "rows_per_second": round(rate, 2) if rate else None,
        "seconds_left": round(_seconds_left(job, rate)) if rate and waiting else None,
        "seconds": round(job.busy_seconds, 2),
        "error": error if job.state == State.FAILED else None,
        "model": card_said(job.model_card),
        "scorers": [row["name"] for row in job.scorers],
        "columns": [{**column, "description": said(column["description"])} for column in job.columns],
        "downloads": {name: f"/api/v1/scores/{job.id}/download.{name}" for name in FORMATS},
        "created": job.created.isoformat(),
        "started": job.started_at.isoformat() if job.started_at else None,
        "finished": job.finished_at.isoformat() if job.finished_at else None,
        "notice": _(NOTICE),
    }


def _queue_position(job: ScoreJob) -> int | None:
    """1 for the one that begins next; None once it has begun."""
    if job.state != State.QUEUED:
        return None
    begin = [part.job_id for part in ScoreSlice.in_order() if part.job.state == State.QUEUED]
    return begin.index(job.id) + 1 if job.id in begin else None


def _seconds_left(job: ScoreJob, rate: float) -> float:
    """Until the job is done where all that wait take turns; `rate` in rows a second, also of those that have none yet."""
    own = (job.good - job.tried) / rate
    others = ScoreJob.objects.filter(state__in=WAITING).exclude(id=job.id)
    rows = others.values_list("total", "bad", "done", "failed", "busy_seconds")
    lasts = [
        (total - bad - done - failed) * (busy / (done + failed) if busy and done + failed else 1 / rate)
        for total, bad, done, failed, busy in rows
    ]
    return own + sum(min(own, other) for other in lasts)


def _stage(job: ScoreJob) -> str:
    """What its worker said last."""
    if job.state not in WAITING:
        return ""
    said = ScoreSlice.objects.filter(job=job, state__in=WAITING).values_list("stage", flat=True).first()
    return said or ""
