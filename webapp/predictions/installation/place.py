"""Where installed models are, and how one gets there: whole or not at all."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from predictor.api import DomainError

_FULL = {errno.ENOSPC, errno.EDQUOT}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


def models_folder() -> Path:
    """Where installed models are."""
    return Path(settings.HOME) / "models"


def work_folder(name: str) -> Path:
    """Where a model is fetched and made; what was fetched stays until the model is there, so that a second run goes on."""
    folder = models_folder() / "fetching" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def put(made: Path, name: str) -> Path:
    """The finished folder `made` (on the same disk) becomes the model `name`, in the place of one that is there; what was fetched for it
    goes. Returns where it is."""
    target = models_folder() / name
    old = work_folder(name) / "replaced"
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.replace(old)
    made.replace(target)
    shutil.rmtree(models_folder() / "fetching" / name, ignore_errors=True)
    if not any((models_folder() / "fetching").iterdir()):
        (models_folder() / "fetching").rmdir()
    return target


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """What the disk refuses, and a source that cannot be read, become sentences; what is neither stays the error it is.

    Raises DomainError `disk_full` (507) where home cannot be written, `wrong_file` (400).
    """
    try:
        yield
    except OSError as error:
        place = Path(str(error.filename or target))
        if error.errno in _FULL or (error.errno in _FORBIDDEN and _is_ours(place)):
            raise DomainError(
                "disk_full",
                f"{place} cannot be written: {error.strerror}; make room or set LOCUSCOPE_HOME to another disk, and run this again.",
                status=507,
            ) from None
        if error.filename and not _is_ours(place):
            raise DomainError(
                "wrong_file",
                f"{place} cannot be read: {error.strerror}; check the path and who may read it.",
                status=400,
            ) from None
        raise


def _is_ours(place: Path) -> bool:
    """In the home; also where the home itself could not be made."""
    home = Path(settings.HOME).resolve()
    place = place.resolve()
    return place.is_relative_to(home) or home.is_relative_to(place)


def size_of(folder: Path) -> int:
    """Bytes of its files."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
