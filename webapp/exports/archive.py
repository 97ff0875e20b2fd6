"""A zip made while it is sent: memory holds one piece of one file."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator

Member = tuple[str, Iterable[bytes]]


class _Pipe:
    """What was written since it was last emptied; zipfile sees that it cannot go back."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def empty(self) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def zipped(members: Iterable[Member]) -> Iterator[bytes]:
    """The archive in pieces. Members are stored as they are: theirs are compressed formats already, or small."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
        for name, parts in members:
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))  # the same bytes each time
            entry.external_attr = 0o644 << 16
            with archive.open(entry, "w", force_zip64=True) as file:
                for part in parts:
                    file.write(part)
                    yield pipe.empty()
            yield pipe.empty()
    yield pipe.empty()
