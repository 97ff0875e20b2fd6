"""What lives in a worker process: the loaded model, and the pulse that says the worker is there and ready."""

from __future__ import annotations

import hashlib
import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models.functions import Now

from predictor.api import DomainError, Predictor, load, machine, model_info
from webapp.predictions import dispatch
from webapp.predictions.claims import Claim, give_back, patiently
from webapp.predictions.models import State, Work, WorkerStatus, tables_of_work

logger = logging.getLogger(__name__)

_loaded: dict[str, Predictor] = {}  # at most one: memory is the worker's scarce good
_unloading: list[Callable[[], None]] = []
_loading = threading.Lock()
_error = ""
_busy_with: uuid.UUID | None = None
_gpu = False


def host_and_home() -> str:
    """Names the place that only one worker of ours has: this host and this installation."""
    return f"{socket.gethostname()[:100]}:{hashlib.sha256(str(settings.HOME).encode()).hexdigest()[:12]}"


@cache
def _name_of(pid: int) -> str:
    return f"{host_and_home()}:{pid}:{uuid.uuid4().hex[:8]}"  # numbers come again (in a container soon), tokens do not


def worker_name() -> str:
    """The name of this process in the rows it claims."""
    return _name_of(os.getpid())


def loaded(name: str) -> Predictor:
    """The model, loaded once per process and installation of it. Raises DomainError when it cannot be; the next call tries again."""
    global _error
    with _loading:
        if name in _loaded and _is_installed(name, _loaded[name]):
            return _loaded[name]
        _loaded.clear()
        for forget in _unloading:
            forget()
        try:
            predictor = _load(name)
            if not _is_installed(name, predictor):  # replaced meanwhile: the card of one and the weights of the other
                del predictor
                predictor = _load(name)
            _loaded[name] = predictor
        except DomainError as error:
            _error = str(error)
            raise
        except Exception as error:
            logger.exception("model %s could not be loaded", name)
            _error = f"The model “{name}” could not be loaded on the worker; its log says why."
            raise DomainError("model_not_loaded", _error, status=500) from error
        _error = ""
        return _loaded[name]


def _load(name: str) -> Predictor:
    return load(name, device=settings.DEVICE, threads=settings.PREDICTOR_THREADS, dtype=settings.DTYPE)


def _is_installed(name: str, predictor: Predictor) -> bool:
    """Whether the model of this name is still what was loaded; one that was taken away is."""
    try:
        now = model_info(name)
    except DomainError:
        return True
    return (now.sha256, now.tracks) == (predictor.info.sha256, predictor.info.tracks)


def when_unloaded(forget: Callable[[], None]) -> None:
    """Call `forget` before another model is loaded: whoever keeps the one before, or what was made with it, keeps its memory."""
    _unloading.append(forget)


def set_busy(row_id: uuid.UUID | None) -> None:
    """What the pulse says this process is working on."""
    global _busy_with
    _busy_with = row_id


def look_for_gpu() -> bool:
    """Whether this worker takes what needs a GPU. Called once, before it makes children, which inherit the answer."""
    global _gpu
    _gpu = machine.has_gpu(settings.DEVICE)
    return _gpu


def start() -> None:
    """Called once in each worker child: take over from a dead predecessor, start the pulse, warm the model.

    All of it in threads: Celery kills a child that does not report within four seconds.
    """
    threading.Thread(target=_pulse, args=(report,), name="pulse", daemon=True).start()
    threading.Thread(target=_warm, name="warm", daemon=True).start()


def start_hosted() -> None:
    """Called once in a worker that asks services for what it does not compute: it has no model, and its pulse says no more than that
    it is there."""
    threading.Thread(target=_pulse, args=(report_hosted,), name="pulse", daemon=True).start()


def _warm() -> None:
    try:
        loaded(settings.MODEL)
        logger.info("model %s is ready", settings.MODEL)
    except DomainError as error:
        logger.error("not ready: %s", error)  # each job fails with this sentence, /healthz shows it


def recover_predecessors() -> int:
    """Re-queue what a dead process of this host and home was working on, without the stale time; how many rows.

    Wrongly taken over, a living attempt would lose its claim and its work, never store a second result.
    """
    return sum(map(_recover, tables_of_work()))


def _recover(table: type[Work]) -> int:
    ours = table._default_manager.filter(state=State.RUNNING, worker__startswith=host_and_home() + ":")
    dead = [
        Claim(row.id, row.claim, table)
        for row in ours.only("id", "claim", "worker")
        if row.claim and row.worker != worker_name() and not _alive(int(row.worker.split(":")[-2]))
    ]
    again = [claim.row_id for claim in dead if give_back(claim)]
    if dead:
        logger.warning("took over %d row(s) of %s from a worker that died", len(dead), table.TASK)
    if again:
        dispatch.send(table, again)
    return len(dead)


def _alive(pid: int) -> bool:
    """Whether another process of this number runs; one that only waits to be reaped does not."""
    if pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except (ProcessLookupError, FileNotFoundError) as error:
        return isinstance(error, FileNotFoundError) and not Path("/proc/self/stat").exists()  # no /proc: trust kill
    except PermissionError:
        return True


def _recover_once() -> None:
    try:
        patiently(recover_predecessors)
    except DatabaseError:
        logger.exception("could not take over from the worker before; the sweeper will")


def _pulse(say: Callable[[], None]) -> None:
    _recover_once()
    pause = threading.Event()
    while True:
        try:
            say()
        except DatabaseError as error:
            logger.warning("pulse not written: %s", str(error).splitlines()[0])
            connection.close()
        pause.wait(settings.HEARTBEAT_SECONDS)


def report() -> None:
    """Write this worker's status row."""
    predictor = next(iter(_loaded.values()), None)
    WorkerStatus.objects.update_or_create(
        name=host_and_home(),
        defaults={
            "seen_at": Now(),
            "ready": predictor is not None,
            "device": predictor.device if predictor else "",
            "gpu": _gpu,
            "model": predictor.info.name if predictor else settings.MODEL,
            "error": _error[:1000],
            "busy_with": _busy_with,
        },
    )
    WorkerStatus.objects.filter(seen_at__lt=Now() - timedelta(days=1)).delete()


def report_hosted() -> None:
    """Write the status row of a worker that asks services."""
    WorkerStatus.objects.update_or_create(
        name=f"{host_and_home()}:hosted", defaults={"seen_at": Now(), "hosted": True, "model": "hosted"}
    )
