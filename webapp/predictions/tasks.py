"""The Celery task and what a worker process does when it starts."""

from __future__ import annotations

import uuid
from typing import Any

from celery import shared_task
from celery.signals import celeryd_after_setup, worker_process_init

from webapp.predictions import worker
from webapp.predictions.models import GPU, HOSTED, Prediction
from webapp.predictions.run import run


@shared_task(name=Prediction.TASK)  # type: ignore[untyped-decorator]
def predict(prediction_id: str) -> None:
    """Compute one prediction; the message carries nothing but its id."""
    run(uuid.UUID(prediction_id))


@worker_process_init.connect  # type: ignore[untyped-decorator]
def _start(**_: Any) -> None:
    worker.start()


@celeryd_after_setup.connect  # type: ignore[untyped-decorator]
def _queues(instance: Any, **_: Any) -> None:
    """A worker with a GPU also takes what needs one, whatever queues its command line names; one that asks a service loads nothing."""
    if set(instance.app.amqp.queues.consume_from) == {HOSTED}:
        worker.start_hosted()
        return
    if worker.look_for_gpu():
        instance.app.amqp.queues.select_add(GPU)
