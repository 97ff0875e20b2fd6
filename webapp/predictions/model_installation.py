"""Models that are not ours to give away: fetched by their user, who accepts their terms, into the home."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from predictor.api import DomainError, folder_digest, spliceai
from webapp.lib.room import check_room
from webapp.lib.wheels import fetch_wheel

NEEDED_BYTES = 60_000_000  # the wheel, pip's copy of it, the converted weights

Say = Callable[[str], None]


def models_folder() -> Path:
    """Where installed models are."""
    return Path(settings.HOME) / "models"


def install_spliceai(source: Path | None, say: Say) -> bool:
    """Into the home, from `source` or from the package index; whether anything had to be done.

    What was fetched stays until the model is written, so that a second run goes on there. The folder appears whole or not at all.
    Raises DomainError `not_fetched`, `wrong_file`, `wrong_sha256`, `bad_checkpoint`, `disk_full`.
    """
    target = models_folder() / spliceai.NAME
    if folder_digest(target):
        return False
    work = models_folder() / "fetching" / spliceai.NAME
    check_room(models_folder(), NEEDED_BYTES)
    try:
        work.mkdir(parents=True, exist_ok=True)
        files = spliceai.read_files(source or _fetched(work, say))
        say("converting five networks")
        shutil.rmtree(work / "converted", ignore_errors=True)
        spliceai.convert(files, work / "converted")
        shutil.rmtree(target, ignore_errors=True)
        (work / "converted").replace(target)
    except OSError as error:
        raise DomainError(
            "disk_full",
            f"{error.filename or target} cannot be written: {error.strerror or error}; make room or set LOCUSCOPE_HOME to another "
            "disk, and run this again.",
            status=507,
        ) from None
    shutil.rmtree(models_folder() / "fetching", ignore_errors=True)
    return True


def _fetched(work: Path, say: Say) -> Path:
    return fetch_wheel(spliceai.NAME, spliceai.VERSION, work / spliceai.WHEEL, spliceai.check_wheel, say)
