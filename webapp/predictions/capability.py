"""Which work needs a GPU, and what is said where no worker has one."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Now

from predictor.api import DomainError, ModelInfo, machine
from webapp.hosted.services import not_offered
from webapp.predictions.models import WorkerStatus

SEEN_SECONDS = 30  # a worker that reported within this time is there; it does so every few seconds


def needs_gpu(model: ModelInfo, bp: int) -> bool:
    """Whether an input of this length is more than a worker without a GPU takes."""
    return machine.is_full(model) and bp > settings.CPU_MAX_BP


def check_worker(model: ModelInfo, bp: int) -> None:
    """Raises DomainError `no_gpu_worker` (503) where workers are there and none can take it. With no worker at all it waits for one."""
    if needs_gpu(model, bp) and is_gpu_worker_missing():
        raise no_gpu_worker()


def no_gpu_worker() -> DomainError:
    """For whoever asked for too much of the workers that are there: `no_gpu_worker` (503)."""
    most = settings.CPU_MAX_BP
    return DomainError(
        "no_gpu_worker",
        f"No worker with a GPU is running, and without one at most {most:,} bp can be predicted with a model as large as this; ask for a "
        "shorter stretch.",
        status=503,
    )


def is_gpu_worker_missing() -> bool:
    """Workers are there and none has a GPU; where none is there at all, nobody knows yet which will come."""
    gpus = list(_seen().filter(hosted=False).values_list("gpu", flat=True))
    return bool(gpus) and not any(gpus)


def why_nobody_asks() -> DomainError | None:
    """Why what waits for a service would wait for ever: it is not offered here, or none of the workers that ask it is there
    (`no_hosted_worker`, 503); None where one is."""
    if refusal := not_offered():
        return refusal
    if _seen().filter(hosted=True).exists():
        return None
    return DomainError(
        "no_hosted_worker",
        "No worker that asks Google's AlphaGenome service is running here; nothing was sent. Tell whoever runs this server, and ask "
        "again later.",
        status=503,
    )


def _seen() -> QuerySet[WorkerStatus]:
    return WorkerStatus.objects.filter(seen_at__gt=Now() - timedelta(seconds=SEEN_SECONDS))
