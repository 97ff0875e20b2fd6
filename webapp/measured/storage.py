"""Files of steps under the home, each named by the digest of its content; PostgreSQL says what they are."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
from django.conf import settings

from predictor.api import DomainError
from webapp.lib import room
from webapp.measured.models import MeasuredTrack
from webapp.measured.steps import STEP, Steps


def folder() -> Path:
    """Where the files are."""
    return Path(settings.HOME) / "measured"


def check_room(needed: int) -> None:
    """Raises DomainError `disk_full` where `needed` bytes would leave less than a gigabyte."""
    room.check_room(folder(), needed)


def keep(by_chromosome: Mapping[str, Steps]) -> tuple[str, dict[str, list[int]]]:
    """Write the steps, if they are not there; digest and the places of the chromosomes in the file."""
    places, first = {}, 0
    for chromosome, steps in by_chromosome.items():
        places[chromosome] = [first, first + len(steps)]
        first += len(steps)
    everything = np.concatenate([np.empty(0, STEP), *by_chromosome.values()])
    digest = hashlib.sha256(repr(places).encode() + everything.tobytes()).hexdigest()
    path = folder() / f"{digest}.npy"
    if not path.exists():
        check_room(everything.nbytes)
        fresh = path.with_name(f"{digest}.{os.getpid()}.new")
        with fresh.open("wb") as file:
            np.save(file, everything)
        fresh.replace(path)
    return digest, places


def steps_of(track: MeasuredTrack, chromosome: str) -> Steps:
    """A track's steps on a chromosome, mapped. Raises DomainError `values_missing` (404) where the file is gone."""
    first, stop = track.places.get(chromosome, (0, 0))
    try:
        return _mapped(folder() / f"{track.digest}.npy")[first:stop]
    except FileNotFoundError:
        sentence = f"The values of “{track.key}” are no longer on this machine; install them again with manage.py install_tracks."
        raise DomainError("values_missing", sentence, status=404) from None


@lru_cache(maxsize=512)
def _mapped(path: Path) -> Steps:
    steps: Steps = np.load(path, mmap_mode="r")
    return steps


def forget_unused() -> None:
    """Remove files that no track names any more."""
    used = set(MeasuredTrack.objects.values_list("digest", flat=True))
    for path in folder().glob("*.npy"):
        if path.stem not in used:
            path.unlink(missing_ok=True)
