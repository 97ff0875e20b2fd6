"""Where the bytes are: a folder a file under the home, and one for what is on its way in."""

from __future__ import annotations

import shutil
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from webapp.lib import room

_STALE_SECONDS = 3600.0  # nothing is on its way in for longer
_INCOMING = "incoming"


def folder() -> Path:
    """Of all files."""
    return Path(settings.HOME) / "userfiles"


def content_of(file_id: uuid.UUID) -> Path:
    """The file as it is served."""
    return folder() / file_id.hex / "content"


def index_of(file_id: uuid.UUID) -> Path:
    """Its index, where its kind has one."""
    return folder() / file_id.hex / "index"


@contextmanager
def arriving(needed: int) -> Iterator[Path]:
    """A folder for one file on its way in, gone afterwards with whatever is still there. Raises DomainError `disk_full` (507)."""
    incoming = folder() / _INCOMING
    room.check_room(incoming, needed)
    place = Path(tempfile.mkdtemp(dir=incoming))
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def keep(place: Path, file_id: uuid.UUID) -> None:
    """What was prepared in an arriving folder becomes the file's own."""
    target = content_of(file_id).parent
    target.mkdir()
    for part in (content_of(file_id), index_of(file_id)):
        if (place / part.name).exists():
            (place / part.name).rename(part)


def remove(file_id: uuid.UUID) -> None:
    """The bytes; whoever reads them at this moment reads on."""
    shutil.rmtree(content_of(file_id).parent, ignore_errors=True)


def remove_strays(kept: set[uuid.UUID]) -> None:
    """What a process that died left behind: folders an hour old that no row names."""
    before = time.time() - _STALE_SECONDS
    for place in [*folder().glob("*"), *(folder() / _INCOMING).glob("*")]:
        if place.name != _INCOMING and place.name not in {one.hex for one in kept} and _touched(place) < before:
            shutil.rmtree(place, ignore_errors=True)


def _touched(place: Path) -> float:
    """When something in it was last written: a slow upload goes on for more than an hour."""
    times = []
    for one in (place, *place.glob("*")):
        with suppress(FileNotFoundError):
            times.append(one.stat().st_mtime)
    return max(times, default=0.0)
