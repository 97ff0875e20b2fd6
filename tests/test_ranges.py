"""Byte ranges over bytes in memory and over files: the same answers, whatever is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import RequestFactory
from hypothesis import example, given, settings
from hypothesis import strategies as st

from webapp.lib.ranges import range_response

CONTENT = bytes(range(200))
pytestmark = pytest.mark.django_db  # a response that is closed ends a request, and that looks after the connection


def ask(content: bytes | Path, header: str | None, method: str = "GET") -> tuple[int, bytes, dict[str, str]]:
    """Status, body and headers."""
    request = RequestFactory().generic(method, "/x", headers={} if header is None else {"range": header})
    response = range_response(request, content, "text/plain", {"Cache-Control": "no-store"})
    body = read(response)
    response.close()
    return response.status_code, body, dict(response.headers)


def read(response: HttpResponseBase) -> bytes:
    return b"".join(response.streaming_content) if isinstance(response, StreamingHttpResponse) else response.content


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ranges") / "content"
    path.write_bytes(CONTENT)
    return path


@settings(deadline=None)
@given(
    st.builds("bytes={}-{}".format, st.integers(0, 250) | st.just(""), st.integers(0, 250) | st.just(""))
    | st.text(max_size=30).map("bytes={}".format)
    | st.none()
)
@example("bytes=0-")
@example("bytes=-0")
@example("bytes=199-199")
@example("bytes=200-200")
def test_a_file_answers_as_the_same_bytes_in_memory(path: Path, header: str | None) -> None:
    status, body, headers = ask(CONTENT, header)
    assert ask(path, header) == (status, body, headers)
    assert headers["Cache-Control"] == "no-store"
    assert headers["Accept-Ranges"] == "bytes"
    if status == 206:
        first, last = (int(number) for number in headers["Content-Range"].split()[1].split("/")[0].split("-"))
        assert body == CONTENT[first : last + 1] != b""
    else:
        assert (status, body) in {(200, CONTENT), (416, b"")}
    assert headers.get("Content-Length", "0") == str(len(body))


@pytest.mark.parametrize(
    ("header", "status"), [(None, 200), ("bytes=0-", 416), ("bytes=0-0", 416), ("bytes=-5", 416), ("bytes=x", 200)]
)
def test_nothing_has_no_ranges(tmp_path: Path, header: str | None, status: int) -> None:
    (tmp_path / "empty").write_bytes(b"")
    for content in (b"", tmp_path / "empty"):
        assert ask(content, header)[:2] == (status, b"")


def test_a_file_that_is_not_there_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ask(tmp_path / "none", None)


def test_a_large_file_comes_in_pieces(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * 1_000_000)
    request = RequestFactory().get("/x", headers={"range": "bytes=1-900000"})
    response = range_response(request, tmp_path / "large", "text/plain")
    assert isinstance(response, StreamingHttpResponse)
    pieces = [len(piece) for piece in response.streaming_content]
    response.close()
    assert sum(pieces) == 900_000
    assert max(pieces) <= 65_536


def test_a_file_cut_short_while_it_is_read_ends_there(tmp_path: Path) -> None:
    path = tmp_path / "shrinking"
    path.write_bytes(b"x" * 1_000_000)
    response = range_response(RequestFactory().get("/x"), path, "text/plain")
    path.write_bytes(b"x" * 10)
    assert read(response) == b"x" * 10
    response.close()
