"""Throwing away: files whose time is over, files that were removed an hour ago, what a process that died left behind."""

from __future__ import annotations

import logging
import time

from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from webapp.userfiles import storage
from webapp.userfiles.models import UserFile

logger = logging.getLogger(__name__)

_EVERY_SECONDS = 60.0
_last = float("-inf")


def sweep_now_and_then() -> None:
    """Once a minute, however often it is called; what goes wrong is logged and left for the next time, except the database away."""
    global _last
    if time.monotonic() - _last < _EVERY_SECONDS:
        return
    _last = time.monotonic()
    try:
        sweep()
    except DatabaseError:
        raise
    except OSError as error:
        logger.warning("visitors' files could not be swept: %s", error)


def sweep() -> int:
    """One round; how many files went."""
    gone = forget(UserFile.over())
    if storage.folder().exists():
        storage.remove_strays(set(UserFile.objects.values_list("id", flat=True)))
    return gone


def forget(files: QuerySet[UserFile]) -> int:
    """Their bytes and their rows."""
    ids = list(files.values_list("id", flat=True))
    UserFile.objects.filter(id__in=ids).delete()  # first: a row without bytes would be offered

    def unlink() -> None:
        for file_id in ids:
            storage.remove(file_id)

    transaction.on_commit(unlink)  # where a refusal takes the rows back, their bytes are still there
    return len(ids)
