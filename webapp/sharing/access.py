"""The one door through which a request reaches a prediction or a scoring job."""

from __future__ import annotations

from django.http import HttpRequest

from webapp.predictions.access import get_prediction
from webapp.predictions.models import Prediction
from webapp.scoring.access import get_job
from webapp.scoring.models import ScoreJob


def readable_prediction(request: HttpRequest, prediction_id: str) -> Prediction:
    """The prediction with this id, if whoever sent `request` may read it. Raises DomainError `unknown_prediction` (404)."""
    return get_prediction(prediction_id)


def readable_job(request: HttpRequest, job_id: str) -> ScoreJob:
    """The job with this id, if whoever sent `request` may read it. Raises DomainError `unknown_job` (404)."""
    return get_job(job_id)
