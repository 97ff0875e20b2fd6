"""/healthz tells web, database, broker and worker apart, quickly, and gives no secret away."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client

from webapp.predictions.models import WorkerStatus


def _worker(**fields: object) -> None:
    WorkerStatus.objects.create(**{"name": "here", "seen_at": Now(), "ready": True, **fields})


def _ask(client: Client) -> tuple[int, dict[str, str]]:
    begun = time.monotonic()
    answer = client.get("/healthz")
    assert time.monotonic() - begun < 15  # on a busy machine; what is away would otherwise be tried for much longer
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, answer.json()


def test_all_is_well(client: Client) -> None:
    _worker()
    status, said = _ask(client)
    assert (status, [said[part] for part in ("web", "database", "broker", "worker")]) == (200, ["ok"] * 4)
    assert said["version"] == "0.1.0"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (None, "no worker has reported"),
        ({"seen_at": Now() - timedelta(seconds=11)}, "no worker has reported"),
        ({"ready": False}, "loading the model"),
        ({"ready": False, "error": "The model is broken."}, "The model is broken."),
    ],
)
def test_a_worker_that_is_not_there_or_not_ready(client: Client, fields: dict[str, object] | None, reason: str) -> None:
    if fields is not None:
        _worker(**fields)
    status, said = _ask(client)
    assert (status, said["database"], said["broker"]) == (503, "ok", "ok")
    assert reason in said["worker"]


def test_a_broker_that_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from webapp.celery import app

    _worker()
    monkeypatch.setattr(app.conf, "broker_url", "redis://:hunter2@127.0.0.1:1/0")
    status, said = _ask(client)
    assert (status, said["broker"], said["database"], said["worker"]) == (503, "does not answer", "ok", "ok")
    assert "hunter2" not in str(said)


def test_a_database_that_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    given = connection.get_connection_params()
    monkeypatch.setattr(
        connection, "get_connection_params", lambda: {**given, "host": "127.0.0.1", "port": 1, "password": "hunter2"}
    )
    status, said = _ask(client)
    assert (status, said["database"], said["broker"]) == (503, "does not answer", "ok")
    assert "hunter2" not in str(said)
