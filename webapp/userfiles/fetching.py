"""A file from an address, into a path: with an end to its size, its time and its detours. Where it may come from says hosts.py.

(measured/fetching.py is for the operator, who is trusted: it goes on where it broke off and asks any host.)
"""

from __future__ import annotations

import errno
import http.client
import socket
import ssl
import threading
import time
from pathlib import Path
from urllib.parse import unquote, urljoin

from django.conf import settings
from django.utils.translation import gettext as _

from predictor.api import DomainError
from webapp.userfiles.hosts import Place, checked_place

_CHUNK = 1 << 16
_SILENCE_SECONDS = 20.0
_MOST_DETOURS = 5
_REDIRECTS = {301, 302, 303, 307, 308}
_AGENT = "Locuscope"
_turns = threading.BoundedSemaphore(3)  # of one web process; its other threads answer


def fetch(url: str, path: Path, most_bytes: int) -> str:
    """The content of an address; its name for people. Raises DomainError: 413 `file_too_large`, 422, 502 `not_fetched` or 504
    `too_slow`."""
    until = time.monotonic() + settings.FETCH_SECONDS
    if not _turns.acquire(blocking=False):
        raise DomainError("busy", _("Other files are being fetched; try again in a minute."), status=503)
    try:
        for _detour in range(_MOST_DETOURS + 1):
            place = checked_place(url)
            further = _fetched(place, path, most_bytes, until)
            if further is None:
                return name_of(place)
            url = urljoin(url, further)
    finally:
        _turns.release()
    raise _failed(_("%(host)s leads on and on to other addresses; give the last one.") % {"host": place.host})


def name_of(place: Place) -> str:
    """The last part of its path, else its host."""
    return unquote(place.parts.path.rstrip("/").rpartition("/")[2]) or place.host


def _fetched(place: Place, path: Path, most_bytes: int, until: float) -> str | None:
    """The address it leads on to; None once the content is in `path`."""
    connection = _connection(place)
    left = until - time.monotonic()
    # Each read has its own end; against a server that says a letter now and then, this one is for the whole.
    alarm = threading.Timer(max(0.0, left), _hang_up, [connection])
    alarm.daemon = True
    alarm.start()
    try:
        connection.request("GET", place.path, headers={"User-Agent": _AGENT, "Accept-Encoding": "identity"})
        answer = connection.getresponse()
        if answer.status in _REDIRECTS and (further := answer.getheader("Location")):
            return further
        if answer.status != http.client.OK:
            said = {"host": place.host, "status": f"{answer.status} {answer.reason}".strip()[:80]}
            raise _failed(_("%(host)s answered %(status)s; check the address.") % said)
        _save(answer, path, most_bytes, until, place.host)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise  # ours, not theirs
        if time.monotonic() >= until or isinstance(error, TimeoutError):
            raise _slow(place.host) from None
        raise _failed(_("%(host)s could not be read to the end; try again.") % {"host": place.host}) from None
    finally:
        alarm.cancel()
        connection.close()
    return None


def _save(answer: http.client.HTTPResponse, path: Path, most_bytes: int, until: float, host: str) -> None:
    said = answer.getheader("Content-Length", "")
    length = int(said) if said.isdecimal() else None
    if length is not None and length > most_bytes:
        raise too_large(most_bytes)
    got = 0
    with path.open("wb") as file:
        while chunk := answer.read1(_CHUNK):
            got += file.write(chunk)
            if got > most_bytes:
                raise too_large(most_bytes)
            if time.monotonic() >= until:
                raise _slow(host)
    if length is not None and got < length:
        raise OSError("broke off")


def _connection(place: Place) -> http.client.HTTPConnection:
    """To the address that was checked, whatever the name means by now."""
    if place.parts.scheme == "https":
        context = ssl.create_default_context()
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            place.host, place.port, timeout=_SILENCE_SECONDS, context=context
        )
    else:
        connection = http.client.HTTPConnection(place.host, place.port, timeout=_SILENCE_SECONDS)
    dial = lambda _named, *rest: socket.create_connection((place.address, place.port), *rest)  # noqa: E731
    connection._create_connection = dial  # type: ignore[attr-defined]
    return connection


def _hang_up(connection: http.client.HTTPConnection) -> None:
    if connection.sock:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def too_large(most_bytes: int) -> DomainError:
    """Of an upload as well."""
    sentence = _("The file is larger than %(megabytes)s MB; bring a part of it.")
    return DomainError("file_too_large", sentence % {"megabytes": f"{most_bytes >> 20:,}"}, status=413)


def _slow(host: str) -> DomainError:
    sentence = _("%(host)s did not send the file within %(seconds)s seconds; fetch it yourself and upload it.")
    return DomainError("too_slow", sentence % {"host": host, "seconds": settings.FETCH_SECONDS}, status=504)


def _failed(sentence: str) -> DomainError:
    return DomainError("not_fetched", sentence, status=502)
