"""Sending UUIDs to the workers' queues, quickly or not at all: a lost message is the sweeper's business."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import kombu.exceptions
import redis
import redis.exceptions
from django.db.models.functions import Now
from redis.backoff import NoBackoff
from redis.retry import Retry

from webapp.predictions.models import ANY, GPU, HOSTED, Work

logger = logging.getLogger(__name__)

BROKER_ERRORS: tuple[type[Exception], ...] = (
    kombu.exceptions.OperationalError,
    redis.exceptions.RedisError,
    OSError,
)
# A person waits for the answer, so a broker that does not reply at once counts as down.
_QUICK = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0, "retry_on_timeout": False}


def ping() -> None:
    """Ask the broker for a sign of life, once and for at most a second. Raises one of BROKER_ERRORS."""
    from webapp.celery import app

    url = str(app.conf.broker_url).replace("redis+socket://", "unix://", 1)
    patience = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0, "retry": Retry(NoBackoff(), 0)}
    with redis.Redis.from_url(url, **patience) as client:
        client.ping()


@contextmanager
def broker() -> Iterator[Any]:
    """A kombu connection. Raises one of BROKER_ERRORS: soon, since kombu alone would try a dead broker for six seconds."""
    from webapp.celery import app

    ping()
    with app.connection_for_write(transport_options=_QUICK) as connection:
        yield connection


def send(table: type[Work], ids: Sequence[uuid.UUID]) -> bool:
    """Put the ids on the queue and note when; False (and one log line) when the broker is away."""
    from webapp.celery import app

    try:
        with broker() as connection:
            queues = {
                row_id: queue
                for queue in (GPU, HOSTED)
                for row_id in table._default_manager.filter(table.of_queue(queue), id__in=ids).values_list(
                    "id", flat=True
                )
            }
            for row_id in ids:
                queue = queues.get(row_id, ANY)
                app.send_task(table.TASK, args=[str(row_id)], queue=queue, connection=connection, retry=False)
                table._default_manager.filter(id=row_id).update(sent_at=Now())
    except BROKER_ERRORS as error:
        logger.warning("broker away, the sweeper will send it later: %s", error)
        return False
    return True


def queue_length(queue: str = ANY) -> int:
    """Messages that wait in the broker. Raises one of BROKER_ERRORS."""
    with broker() as connection:
        return int(connection.default_channel._size(queue))
