"""An upload, streamed into a path: never in memory, whatever its size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _

from predictor.api import DomainError
from webapp.userfiles.fetching import too_large

FILE = "file"  # the field
MULTIPART = "multipart/form-data"
ROOM_BYTES = 1 << 20  # of a form, beside its file


def receive(request: HttpRequest, path: Path, most_bytes: int) -> str:
    """The form's one file into `path`; its name. Raises DomainError 400 or 413."""
    saver = _Saver(path, most_bytes)
    request.upload_handlers = [saver]
    try:
        request.POST  # noqa: B018  # reads the body
    except (MultiPartParserError, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent, UnreadablePostError):
        raise DomainError("bad_body", _("The upload broke off, or is no form; send it again."), status=400) from None
    finally:
        saver.close()
    if saver.over:
        raise too_large(most_bytes)
    if not saver.name:
        raise DomainError("no_file", _("Give a file in the field “file”, or an address in “url”."), status=400)
    return saver.name


class _Saver(FileUploadHandler):
    """Writes the first file of the field; other files are refused."""

    def __init__(self, path: Path, most_bytes: int) -> None:
        super().__init__()
        self.name = ""
        self.over = False
        self._left = most_bytes
        self._path = path
        self._file: Any = None

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        super().new_file(field_name, *args, **kwargs)
        if field_name != FILE or self._file:
            raise SkipFile
        self._file = self._path.open("wb")
        self.name = str(self.file_name or "file")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._left -= len(raw_data)
        if self._left < 0:
            self.over = True
            raise StopUpload
        self._file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        self.close()
        return None

    def close(self) -> None:
        if self._file:
            self._file.close()
