"""Room on the disk: some is left free whatever comes."""

from __future__ import annotations

import shutil
from pathlib import Path

from predictor.api import DomainError

SPARE_BYTES = 1 << 30


def check_room(folder: Path, needed: int) -> None:
    """Makes `folder`. Raises DomainError `disk_full` where `needed` bytes in it would leave less than SPARE_BYTES."""
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free - needed < SPARE_BYTES:
        raise DomainError(
            "disk_full",
            f"{needed / 1e6:,.0f} MB are needed and {free / 1e6:,.0f} MB are free on the disk of {folder}; "
            f"{SPARE_BYTES / 1e6:,.0f} MB have to stay free.",
            status=507,
        )
