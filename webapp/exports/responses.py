"""Files as responses: streamed, from a temporary file, or several in a zip."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.http import FileResponse, HttpResponse, HttpResponseBase, StreamingHttpResponse

from predictor.api import chrom_sizes
from webapp.exports.archive import Member, zipped
from webapp.exports.choice import Choice, about, lengths_of

_PIECE = 1 << 18
_README = "README.txt"


@contextmanager
def written(write: Callable[[Path], None], suffix: str) -> Iterator[Path]:
    """A temporary file, gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file{suffix}"
        write(path)
        yield path


def file_response(write: Callable[[Path], None], name: str, kind: str) -> HttpResponseBase:
    """A temporary file that is gone when it was sent."""
    with written(write, Path(name).suffix) as path:
        file = path.open("rb")  # the response closes it; the open file outlives its name
    return FileResponse(file, as_attachment=True, filename=name, content_type=kind)


def zip_of(choice: Choice, form: str, members: Iterable[Member]) -> HttpResponseBase:
    """With a file that says what it is, and the lengths of the chromosomes."""

    def all_of_them() -> Iterator[Member]:
        said = "".join(f"{key}: {text}\n" for key, text in about(choice.prediction).items())
        rows = "".join(
            f"{track.file_key}\t{track.name}\t{track.row.strand}\t{track.row.unit}\n" for track in choice.tracks
        )
        yield _README, [f"{said}\nfile\ttrack\tstrand\tunit\n{rows}".encode()]
        yield "chrom.sizes", [chrom_sizes(lengths_of(choice.prediction)).encode()]
        yield from members

    return streamed(zipped(all_of_them()), f"{choice.name()}.{form}.zip", "application/zip")


def pieces(path: Path) -> Iterator[bytes]:
    """A file's bytes."""
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def streamed(parts: Iterable[bytes], name: str, kind: str) -> HttpResponseBase:
    """A download that is sent while it is made."""
    headers = {"Content-Disposition": attachment(name), "Cache-Control": "private, no-store"}
    return StreamingHttpResponse(parts, content_type=kind, headers=headers)


def attachment(name: str) -> str:
    """Of Content-Disposition."""
    return f'attachment; filename="{name}"'


def report_response(content: bytes, name: str) -> HttpResponseBase:
    """A report to be kept: opened from here it would run its scripts against this site's policy, so that it is always a download."""
    headers = {"Content-Disposition": attachment(f"locuscope-{name}.html"), "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type="text/html; charset=utf-8", headers=headers)
