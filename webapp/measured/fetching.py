"""Tracks from an address: an archive, or a folder of files named in its tracks.toml. What broke off goes on where it stopped."""

from __future__ import annotations

import hashlib
import shutil
import tarfile
import urllib.error
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from predictor.api import DomainError
from webapp.measured.bundle import LIST, read_list
from webapp.measured.storage import check_room, folder

_CHUNK = 1 << 20
_TIMEOUT_S = 30
_PART = ".part"
_ARCHIVES = (".tar.gz", ".tgz", ".zip")


@contextmanager
def fetched(address: str, sha256: str, say: Callable[[str], None]) -> Iterator[Path]:
    """The folder of what an address leads to. It is gone after a success, and where what it holds is refused; what broke off stays
    for the next run. Raises DomainError: `not_fetched`, `wrong_sha256`, `disk_full`, `bad_archive`, `bad_tracks_toml`."""
    place = folder() / "fetching" / hashlib.sha256(address.encode()).hexdigest()[:16]
    place.mkdir(parents=True, exist_ok=True)
    name = address.partition("?")[0].rstrip("/").rpartition("/")[2]
    if name.endswith(_ARCHIVES):
        found = _archive(address, place / name, sha256, say)
    else:
        base = address.removesuffix(LIST).rstrip("/")
        content = place / "content"
        content.mkdir(exist_ok=True)
        (content / LIST).unlink(missing_ok=True)  # it may have been changed
        _fetch(f"{base}/{LIST}", content / LIST, sha256, say)
        for row in read_list((content / LIST).read_text(errors="replace")):
            _fetch(f"{base}/{row['file']}", content / row["file"], row.get("sha256", ""), say)
        found = content
    try:
        yield found
    except DomainError as error:
        if (
            error.code != "disk_full"
        ):  # the source is at fault: it may be mended there, and what is here would hide that
            shutil.rmtree(place, ignore_errors=True)
        raise
    shutil.rmtree(place, ignore_errors=True)


def _archive(address: str, path: Path, sha256: str, say: Callable[[str], None]) -> Path:
    """Unpacked; one that goes on from an earlier run, and turns out to be damaged, is fetched once more from its first byte."""
    begun = path.exists() or path.with_name(path.name + _PART).exists()
    try:
        _fetch(address, path, sha256, say)
        return _unpacked(path, path.parent / "content")
    except DomainError as error:
        if not begun or error.code not in {"wrong_sha256", "bad_archive"}:
            raise
    say(f"what was left of an earlier {path.name} is damaged; fetching it anew")
    _fetch(address, path, sha256, say)
    return _unpacked(path, path.parent / "content")


def _fetch(address: str, path: Path, sha256: str, say: Callable[[str], None]) -> None:
    """Into `path`, by way of `path`.part, which a second run continues."""
    if not path.exists():
        part = path.with_name(path.name + _PART)
        _continue(address, part, say)
        part.replace(path)
    if sha256:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != sha256.lower():
            path.unlink()
            raise DomainError(
                "wrong_sha256", f"{path.name} has the SHA-256 {found}, not {sha256}; it was not installed."
            )


def _continue(address: str, part: Path, say: Callable[[str], None]) -> None:
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(address, headers={"Range": f"bytes={have}-"} if have else {})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310
            goes_on = answer.status == 206
            left = int(answer.headers.get("Content-Length") or 0)
            check_room(left)
            say(
                f"fetching {part.name.removesuffix(_PART)}{f' from byte {have:,} on' if goes_on else ''} ({left / 1e6:,.1f} MB)"
            )
            got = 0
            with part.open("ab" if goes_on else "wb") as file:
                while chunk := answer.read(_CHUNK):
                    got += file.write(chunk)
    except urllib.error.HTTPError as error:
        if error.code == 416:  # nothing is missing any more
            return
        raise DomainError("not_fetched", f"{address} answered {error.code} {error.reason}.", status=502) from None
    except (urllib.error.URLError, OSError) as error:
        why = getattr(error, "reason", error)
        raise DomainError(
            "not_fetched", f"{address} cannot be fetched: {why}; run it again to go on.", status=502
        ) from None
    if got < left:
        raise DomainError(
            "not_fetched", f"{address} broke off after {got:,} of {left:,} bytes; run it again to go on.", status=502
        )


def _unpacked(archive: Path, target: Path) -> Path:
    """The folder inside an archive that holds what is to be installed."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    try:
        if archive.name.endswith(".zip"):
            with zipfile.ZipFile(archive) as packed:
                check_room(sum(entry.file_size for entry in packed.infolist()))
                packed.extractall(target)  # it drops “..” and roots by itself  # noqa: S202
        else:
            with tarfile.open(archive, "r:gz") as packed_tar:
                check_room(sum(entry.size for entry in packed_tar))
                packed_tar.extractall(target, filter="data")
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        archive.unlink(missing_ok=True)
        raise DomainError("bad_archive", f"{archive.name} cannot be unpacked: {error}.") from None
    inside = list(target.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else target
