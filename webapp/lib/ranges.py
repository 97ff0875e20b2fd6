"""Byte ranges (RFC 9110): what a genome browser needs to read a little of a large file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

_CHUNK = 1 << 16


class Made(Protocol):
    """Content that is made as it is asked for: `size` bytes."""

    size: int

    def part(self, first: int, stop: int, /) -> Iterator[bytes]:
        """Bytes [first, stop), in pieces."""


def range_response(
    request: HttpRequest, content: bytes | Path | Made, content_type: str, headers: dict[str, str] | None = None
) -> HttpResponseBase:
    """The whole content, or the one range asked for (206), or 416 where it lies past the end. With an ETag in `headers`, a range of
    another version (If-Range) is answered by the whole of this one.

    Raises FileNotFoundError for a path that does not exist.
    """
    length = _length(content)
    said = {"Accept-Ranges": "bytes", "Content-Type": content_type, **(headers or {})}
    same = request.headers.get("If-Range", said.get("ETag", "")) == said.get("ETag", "")
    wanted = _range(request.headers.get("Range", ""), length) if same else None
    first, stop = wanted or (0, length)
    if wanted and first >= stop:
        return HttpResponse(status=416, headers={**said, "Content-Range": f"bytes */{length}"})
    status = 206 if wanted else 200
    said["Content-Length"] = str(stop - first)
    if wanted:
        said["Content-Range"] = f"bytes {first}-{stop - 1}/{length}"
    if isinstance(content, bytes):
        return HttpResponse(content[first:stop], status=status, headers=said)
    part = _Part(content, first, stop) if isinstance(content, Path) else content.part(first, stop)
    return StreamingHttpResponse(part, status=status, headers=said)


def _length(content: bytes | Path | Made) -> int:
    if isinstance(content, bytes):
        return len(content)
    return content.stat().st_size if isinstance(content, Path) else content.size


class _Part:
    """Bytes [first, stop) of a file in chunks. Its response closes the file, even where nobody read a byte (HEAD)."""

    def __init__(self, path: Path, first: int, stop: int) -> None:
        self._file = path.open("rb")
        self._file.seek(first)
        self._left = stop - first

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        chunk = self._file.read(min(_CHUNK, self._left))
        if not chunk:
            raise StopIteration
        self._left -= len(chunk)
        return chunk

    def close(self) -> None:
        self._file.close()


def _range(header: str, length: int) -> tuple[int, int] | None:
    """[first, stop) of a single byte range; None for none, or for what may be ignored."""
    match = re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", header.strip())
    if not match or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        return max(0, length - int(last)), length
    if last and int(last) < int(first):
        return None
    return int(first), min(length, int(last) + 1 if last else length)
