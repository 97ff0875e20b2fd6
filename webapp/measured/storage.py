"""Files of steps under the home, each named by the digest of its content; PostgreSQL says what they are."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import numpy as np
from django.conf import settings

from predictor.api import DomainError
from webapp.lib import room
from webapp.measured.models import MeasuredTrack
from webapp.measured.steps import STEP, Steps
from webapp.measured.sums import SUFFIX, Sums, make_sums, read_sums, write_sums


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
    if not path.with_suffix(SUFFIX).exists():
        _write(path.with_suffix(SUFFIX), make_sums(everything))
    return digest, places


def sums_of(track: MeasuredTrack, chromosome: str) -> tuple[Sums, tuple[int, int]]:
    """A track's sums, mapped, and the place of a chromosome in them. Raises DomainError `values_missing` (404) where the file is
    gone."""
    first, stop = track.places.get(chromosome, (0, 0))
    try:
        return _mapped(folder() / f"{track.digest}.npy"), (first, stop)
    except (FileNotFoundError, ValueError):
        sentence = f"The values of “{track.key}” are no longer on this machine; install them again with manage.py install_tracks."
        raise DomainError("values_missing", sentence, status=404) from None


@lru_cache(maxsize=512)
def _mapped(path: Path) -> Sums:
    """Of the steps at `path`. Raises FileNotFoundError, or ValueError where they are damaged."""
    beside = path.with_suffix(SUFFIX)
    try:
        return read_sums(beside)
    except (FileNotFoundError, ValueError):  # installed by a version that made none, or cut off by a full disk
        sums = make_sums(np.load(path))
    with suppress(OSError, DomainError):  # the memory does as well
        _write(beside, sums)
        return read_sums(beside)
    return sums


def _write(path: Path, sums: Sums) -> None:
    check_room(2 * (sums.integral.nbytes + sums.covered.nbytes))
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.new")
    try:
        write_sums(fresh, sums)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def forget_unused() -> None:
    """Remove files that no track names any more."""
    used = set(MeasuredTrack.objects.values_list("digest", flat=True))
    for path in folder().glob("*.*"):
        if path.suffix in {".npy", SUFFIX} and path.stem not in used:
            path.unlink(missing_ok=True)
