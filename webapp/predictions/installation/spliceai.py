"""SpliceAI: the wheel of the package index, converted."""

from __future__ import annotations

import shutil
from pathlib import Path

from predictor.api import folder_digest, spliceai
from webapp.lib.download import Say
from webapp.lib.room import check_room
from webapp.lib.wheels import fetch_wheel
from webapp.predictions.installation.place import models_folder, put, work_folder, writing

NEEDED_BYTES = 60_000_000  # the wheel, pip's copy of it, the converted weights


def install_spliceai(source: Path | None, say: Say) -> bool:
    """Into the home, from `source` or from the package index; whether anything had to be done.

    Raises DomainError `not_fetched`, `wrong_file`, `wrong_sha256`, `bad_checkpoint`, `disk_full`.
    """
    target = models_folder() / spliceai.NAME
    if folder_digest(target):
        return False
    check_room(models_folder(), NEEDED_BYTES)
    with writing(target):
        work = work_folder(spliceai.NAME)
        files = spliceai.read_files(source or _fetched(work, say))
        say("converting five networks")
        shutil.rmtree(work / "converted", ignore_errors=True)
        spliceai.convert(files, work / "converted")
        put(work / "converted", spliceai.NAME)
    return True


def _fetched(work: Path, say: Say) -> Path:
    return fetch_wheel(spliceai.NAME, spliceai.VERSION, work / spliceai.WHEEL, spliceai.check_wheel, say)
