"""What a disk says to an installer, told to whoever ran it."""

from __future__ import annotations

import errno
import gzip
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

from predictor.api import DomainError
from webapp.predictions.installation.alphagenome import _unpacked
from webapp.predictions.installation.place import writing

WRITTEN = "cannot be written: .*; make room or set LOCUSCOPE_HOME"
READ = "cannot be read: .*; check the path"


@pytest.mark.parametrize(
    ("number", "place", "code", "sentence"),
    [
        (errno.ENOSPC, None, "disk_full", rf"home/models/x {WRITTEN}"),
        (errno.EDQUOT, "home/models/y", "disk_full", rf"home/models/y {WRITTEN}"),
        (errno.EROFS, "home", "disk_full", rf"home {WRITTEN}"),
        (errno.EACCES, "home/models/y", "disk_full", rf"home/models/y {WRITTEN}"),
        (errno.EACCES, "given/weights.pt", "wrong_file", rf"given/weights\.pt {READ}"),
        (errno.EISDIR, "given", "wrong_file", rf"given {READ}"),
    ],
)
def test_what_cannot_be_written_and_what_cannot_be_read_have_sentences_of_their_own(
    tmp_path: Path, settings: Any, number: int, place: str | None, code: str, sentence: str
) -> None:
    settings.HOME = tmp_path / "home"
    with pytest.raises(DomainError, match=sentence) as refused, writing(tmp_path / "home/models/x"):
        raise OSError(number, os.strerror(number), *([str(tmp_path / place)] if place else []))
    assert refused.value.code == code


@pytest.mark.parametrize("error", [OSError("the server hung up"), ConnectionResetError(errno.ECONNRESET, "reset")])
def test_what_is_not_of_the_disk_is_not_called_so(tmp_path: Path, error: OSError) -> None:
    with pytest.raises(type(error)) as raised, writing(tmp_path):
        raise error
    assert raised.value is error


def test_a_damaged_archive_is_said_to_be_that(tmp_path: Path) -> None:
    (tmp_path / "weights").write_bytes(os.urandom(50_000))
    with tarfile.open(tmp_path / "whole.tar", "w") as whole:
        whole.add(tmp_path / "weights", "weights")
    packed = gzip.compress((tmp_path / "whole.tar").read_bytes()[:30_000])
    (tmp_path / "archive.tar.gz").write_bytes(packed + b"something else")
    with pytest.raises(DomainError, match=r"archive\.tar\.gz cannot be unpacked: .*; fetch it again"):
        _unpacked(tmp_path / "archive.tar.gz", tmp_path / "unpacked", lambda words: None)
