"""Text and bytes of files that may be gzipped; what is wrong with one is a sentence."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from predictor.errors import DomainError

_GZIP = b"\x1f\x8b"


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked. Raises DomainError `no_file` (404), `truncated` or `bad_gzip` (400), also while it is read."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == _GZIP
            raw.seek(0)
            if packed:
                with gzip.GzipFile(fileobj=raw) as file:
                    yield file  # type: ignore[misc]
            else:
                yield raw
    except EOFError:
        raise DomainError(
            "truncated", f"{path.name} ends in the middle of its compressed data; fetch it again.", status=400
        ) from None
    except (zlib.error, gzip.BadGzipFile) as error:
        raise DomainError("bad_gzip", f"{path.name} is damaged ({error}); fetch it again.", status=400) from None
    except (FileNotFoundError, IsADirectoryError):
        raise DomainError("no_file", f"There is no file {path}.", status=404) from None


def text_lines(path: Path) -> Iterator[tuple[int, str]]:
    """(number from 1, line without its end) of every line that is neither empty nor a comment. Raises as `opened`."""
    with opened(path) as file:
        for number, line in enumerate(file, start=1):
            if line.startswith(b"#") or not line.strip():
                continue
            yield number, line.decode("utf-8", "replace").rstrip("\r\n")
