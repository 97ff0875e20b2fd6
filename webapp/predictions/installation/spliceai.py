"""SpliceAI: the wheel of the package index, converted."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from predictor.api import DomainError, folder_digest, spliceai
from webapp.lib.download import Say
from webapp.lib.room import check_room
from webapp.predictions.installation.place import models_folder, put, work_folder, writing

NEEDED_BYTES = 60_000_000  # the wheel, pip's copy of it, the converted weights
FETCH_SECONDS = 900


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
    """The wheel, by pip, which knows this machine's index, mirror, proxy and cache; without what it depends on."""
    wheel = work / spliceai.WHEEL
    if wheel.exists():
        try:
            spliceai.check_wheel(wheel)
        except DomainError:
            wheel.unlink()
        else:
            return wheel
    name = f"spliceai=={spliceai.VERSION}"
    say(f"fetching {name} from the package index (16.7 MB)")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-deps", "--only-binary=:all:", "--dest", str(work), name]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_SECONDS, check=False)
        why = _last_error(done.stderr) if done.returncode else ""
    except subprocess.TimeoutExpired:
        why = f"no answer for {FETCH_SECONDS} seconds"
    if why or not wheel.exists():
        raise DomainError(
            "not_fetched",
            f"The wheel {name} cannot be fetched from the package index ({why or 'pip brought another file'}); check the network and run "
            f"this again, or fetch it elsewhere with “pip download --no-deps {name}” and name it with --from.",
            status=502,
        )
    return wheel


def _last_error(text: str) -> str:
    lines = [line.removeprefix("ERROR:").strip() for line in text.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR:").strip() for line in text.splitlines() if line.startswith("ERROR")]
    return (errors or lines or [("pip gave no reason")])[-1][:300]
