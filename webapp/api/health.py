"""/healthz: which part is down. It asks each with a short patience and tells no address and no password."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from functools import cache
from typing import Any

import psycopg
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models.functions import Now
from django.http import HttpRequest, JsonResponse

from webapp.hosted.services import is_offered
from webapp.predictions import dispatch
from webapp.predictions.models import WorkerStatus

_SILENT_SECONDS = 10


@cache
def version() -> str:
    """Of this checkout."""
    try:
        return str(tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"])
    except (OSError, KeyError, ValueError):
        return "unknown"


def healthz(request: HttpRequest) -> JsonResponse:
    """200 when web, database, broker and a worker are well, else 503; each says "ok" or why not. `hosted` is there where Google's
    service is offered: whether a worker asks it."""
    database = _database()
    parts = {"web": "ok", "database": database, "broker": _broker(), "worker": _worker(database)}
    well = all(said == "ok" for said in parts.values())
    if is_offered():
        parts["hosted"] = _worker(
            database, hosted=True
        )  # said, but a site without it is well: all its own models answer
    response = JsonResponse(
        {**parts, "version": version(), "model": settings.MODEL},
        status=200 if well else 503,
        json_dumps_params={"ensure_ascii": False},
    )
    response.headers["Cache-Control"] = "no-store"
    response._has_been_logged = True  # type: ignore[attr-defined]  # a 503 here is an answer; Django would log it as a fault
    return response


def _database() -> str:
    """Over a connection of its own, since a thread's kept one would wait for a server that hangs."""
    given: dict[str, Any] = connection.get_connection_params()
    ours = {"cursor_factory", "context", "prepare_threshold", "connect_timeout", "options"}
    wanted = {key: value for key, value in given.items() if key not in ours}
    options = f"{given.get('options', '')} -c statement_timeout=2000"
    try:
        with psycopg.connect(**wanted, connect_timeout=2, options=options) as probe:
            probe.execute("SELECT 1 FROM predictions_prediction LIMIT 1")
    except psycopg.errors.UndefinedTable:
        return "not migrated"
    except psycopg.Error:
        return "does not answer"
    return "ok"


def _broker() -> str:
    try:
        dispatch.ping()
    except dispatch.BROKER_ERRORS:
        return "does not answer"
    return "ok"


def _worker(database: str, *, hosted: bool = False) -> str:
    if database != "ok":
        return "unknown while the database is away"
    since = Now() - timedelta(seconds=_SILENT_SECONDS)
    try:
        seen = list(WorkerStatus.objects.filter(hosted=hosted, seen_at__gt=since))
    except DatabaseError:
        connection.close()
        return "unknown while the database is away"
    if any(worker.ready or worker.hosted for worker in seen):
        return "ok"
    if errors := [worker.error for worker in seen if worker.error]:
        return errors[0]
    return "loading the model" if seen else "no worker has reported for 10 s"
