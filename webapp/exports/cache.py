"""bigWig files that were made, kept in the home within a bound, since a genome browser reads one in many small pieces.

A file's name is a digest of what is in it, which never changes; a host that does not have one makes it again.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings

from predictor.api import write_bigwig
from webapp.exports.choice import Choice, ChosenTrack, lengths_of

_FORMAT = "1"  # raise it when files are written differently


def bigwig_path(choice: Choice, track: ChosenTrack) -> Path:
    """The file, made now if it is not there. Raises OSError when the disk refuses."""
    path = folder() / f"{digest(choice, track)}.bw"
    try:
        os.utime(path)  # read just now: the longest unread ones go first
    except FileNotFoundError:
        _make(path, choice, track)
    return path


def digest(choice: Choice, track: ChosenTrack) -> str:
    """Of what the file holds."""
    said = (_FORMAT, str(choice.prediction.id), track.key, str(choice.start), str(choice.end))
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:40]


def folder() -> Path:
    """Where they are."""
    return Path(settings.HOME) / "cache" / "exports"


def _make(path: Path, choice: Choice, track: ChosenTrack) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as beside:  # whole or not at all
        fresh = Path(beside) / path.name
        write_bigwig(fresh, lengths_of(choice.prediction), choice.signal(track))
        _make_room(fresh.stat().st_size)
        fresh.replace(path)


def _make_room(size: int) -> None:
    """Remove the longest unread files beyond the bound; one that is being read stays readable until it is closed."""
    files = []
    for path in folder().glob("*.bw"):
        try:
            said = path.stat()
        except FileNotFoundError:  # another process was quicker
            continue
        files.append((said.st_mtime, said.st_size, path))
    total = size + sum(bytes_ for _, bytes_, _ in files)
    for _, bytes_, path in sorted(files):
        if total <= settings.EXPORT_CACHE_BYTES:
            return
        path.unlink(missing_ok=True)
        total -= bytes_
