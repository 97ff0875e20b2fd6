"""The Celery task and what a worker process does when it starts."""

from __future__ import annotations

import uuid
from typing import Any

from celery import shared_task
from celery.signals import worker_process_init

from webapp.predictions import worker
from webapp.predictions.models import Prediction
from webapp.predictions.run import run


@shared_task(name=Prediction.TASK)  # type: ignore[untyped-decorator]
def predict(prediction_id: str) -> None:
    """Compute one prediction; the message carries nothing but its id."""
    run(uuid.UUID(prediction_id))


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _start(**_: Any) -> None:
    worker.start()
