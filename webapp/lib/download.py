"""Fetching large files: what broke off goes on where it stopped, by itself and in a later run; nothing is used unchecked."""

from __future__ import annotations

import hashlib
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException, IncompleteRead
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit, urlunsplit

from predictor.api import DomainError
from webapp.lib.room import check_room

Say = Callable[[str], None]

CHUNK = 1 << 20
TIMEOUT_S = 60
TRIES = 5  # in sequence without a byte more
SAY_SECONDS = 5.0
SAY_BYTES = 20_000_000
PART = ".part"
_PASSING = (408, 429, 500, 502, 503, 504)


def without_secrets(address: str) -> str:
    """An address to keep and to show: scheme, host and path, without user, query and fragment, which may open what they name."""
    parts = urlsplit(address)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


@dataclass(frozen=True, slots=True)
class Remote:
    """A file somewhere. `size` and `sha256` where they are known, or `blob`, git's own digest of small files. `token` goes to the host
    of `url` alone and is never said."""

    url: str
    name: str
    size: int | None = None
    sha256: str = ""
    blob: str = ""
    token: str = ""

    def __repr__(self) -> str:
        return f"Remote({self.name})"


class NotFetchedError(Exception):
    """An answer that trying again does not change."""

    def __init__(self, status: int, reason: str, headers: Message) -> None:
        super().__init__(f"{status} {reason}")
        self.status, self.headers = status, headers


class _Redirects(urllib.request.HTTPRedirectHandler):
    """The token follows within its host and nowhere else."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        new = super().redirect_request(req, fp, code, msg, headers, newurl)
        if new and (token := req.unredirected_hdrs.get("Authorization")) and origin(newurl) == origin(req.full_url):
            new.add_unredirected_header("Authorization", token)
        return new


def origin(url: str) -> tuple[str, str]:
    """Whom a token for one address of it is for: scheme, and host with port."""
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def ask(url: str, token: str = "", headers: dict[str, str] | None = None) -> Any:
    """The open answer. Raises NotFetchedError for a final refusal, OSError for what may pass."""
    request = urllib.request.Request(url, headers=headers or {})  # noqa: S310
    if token:
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    try:
        return urllib.request.build_opener(_Redirects).open(request, timeout=TIMEOUT_S)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in _PASSING:
            raise OSError(f"it answered {error.code} {error.reason}") from None
        raise NotFetchedError(error.code, str(error.reason), error.headers) from None
    except urllib.error.URLError as error:
        raise OSError(str(getattr(error.reason, "strerror", None) or error.reason)) from None


def fetch(remote: Remote, path: Path, say: Say, clock: Callable[[], float] = time.monotonic) -> Path:
    """Into `path`, by way of `path`.part. Raises DomainError `not_fetched` (502), `wrong_sha256`, `disk_full`, NotFetchedError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and _is(remote, path):
        return path
    part = path.with_name(path.name + PART)
    progress = _Progress(remote.name, say, clock)
    tries = 0
    while True:
        before = _bytes(part)
        try:
            if _continue(remote, part, progress):
                break
            why = "the connection broke off"
        except (OSError, HTTPException) as error:
            if isinstance(error, OSError) and error.errno is not None and error.filename:
                raise  # of our own disk
            why = str(error) or type(error).__name__
        tries = 1 if _bytes(part) > before else tries + 1
        if tries == TRIES:
            raise DomainError(
                "not_fetched",
                f"{remote.name} cannot be fetched: {why}; {_bytes(part) / 1e6:,.1f} MB of it are here, run this again to go on.",
                status=502,
            )
        say(f"{remote.name}: {why} at {_bytes(part) / 1e6:,.1f} MB; going on")
        time.sleep(min(2**tries - 2, 15))
    _tag(part).unlink(missing_ok=True)
    _check(remote, part)
    part.replace(path)
    return path


def _bytes(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _continue(remote: Remote, part: Path, progress: _Progress) -> bool:
    """Whether all of it is here. Raises NotFetchedError, OSError."""
    have = _bytes(part)
    if remote.size is not None and have >= remote.size:
        if have == remote.size:
            return True
        part.unlink()  # of something else
        have = 0
    try:
        answer = ask(remote.url, remote.token, {"Range": f"bytes={have}-", **_same(part)} if have else {})
    except NotFetchedError as error:
        if error.status == 416 and remote.size is None:  # nothing is missing any more
            return True
        raise
    with answer:
        goes_on = answer.status == 206
        _tag(part).write_text(answer.headers.get("ETag") or "")
        left = answer.headers.get("Content-Length")
        total = int(left) + have * goes_on if left else remote.size
        check_room(part.parent, int(left or 0))
        progress.begin(have if goes_on else 0, total)
        whole = True
        with part.open("ab" if goes_on else "wb") as file:
            try:
                while chunk := answer.read(CHUNK):
                    file.write(chunk)
                    progress.add(len(chunk))
            except IncompleteRead as error:
                file.write(error.partial)
                progress.add(len(error.partial))
                whole = False  # an answer in chunks says no length
    return whole if total is None else _bytes(part) >= total


def _tag(part: Path) -> Path:
    """Which version of the file the part is of, as its server called it."""
    return part.with_name(part.name + ".tag")


def _same(part: Path) -> dict[str, str]:
    """So that a server whose file has changed since sends all of the new one."""
    tag = _tag(part).read_text() if _tag(part).exists() else ""
    return {"If-Range": tag} if tag.startswith('"') else {}  # a weak one names no bytes


class _Progress:
    """Says how far it is: bytes, share, speed, time left; at the start, at the end, and in between not too often."""

    def __init__(self, name: str, say: Say, clock: Callable[[], float]) -> None:
        self._name, self._say, self._clock = name, say, clock
        self._told = 0.0

    def begin(self, have: int, total: int | None) -> None:
        self._have, self._total, self._got = have, total, 0
        self._began = self._told = self._clock()
        if have or total is None or total > SAY_BYTES:  # of many small files their sum is told
            size = f"{total / 1e6:,.1f} MB" if total is not None else "of unknown size"
            self._say(f"{self._name}: {size}" + (f", from byte {have:,} on" if have else ""))

    def add(self, count: int) -> None:
        self._got += count
        now = self._clock()
        if now - self._told < SAY_SECONDS:
            return
        self._told = now
        done, speed = self._have + self._got, self._got / max(now - self._began, 1e-9)
        said = f"{self._name}: {done / 1e6:,.1f}"
        if self._total:
            left = (self._total - done) / max(speed, 1.0)
            said += f" of {self._total / 1e6:,.1f} MB, {done / self._total:.0%}, {duration(left)} left"
        self._say(f"{said} ({speed / 1e6:,.1f} MB/s)")


def duration(seconds: float) -> str:
    """As people say it: 40 s, 12 min, 3 h 5 min."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def _is(remote: Remote, path: Path) -> bool:
    """Whether a file of an earlier run is this one; one that cannot be checked is."""
    try:
        _check(remote, path)
    except DomainError:
        return False
    return True


def _check(remote: Remote, path: Path) -> None:
    """Raises DomainError `wrong_sha256`, and removes the file."""
    if remote.sha256:
        with path.open("rb") as file:
            found, expected, kind = hashlib.file_digest(file, "sha256").hexdigest(), remote.sha256.lower(), "SHA-256"
    elif remote.blob:
        content = path.read_bytes()
        found = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
        expected, kind = remote.blob, "git digest"
    else:
        return
    if found != expected:
        path.unlink()
        raise DomainError(
            "wrong_sha256",
            f"{remote.name} has the {kind} {found}, not {expected}; it was thrown away, run this again to fetch it anew.",
        )
