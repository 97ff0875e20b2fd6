"""The reference files over HTTP, read by range as igv.js reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import Client
from pytest_django import DjangoDbBlocker, Settings

from predictor.api import Interval
from tests.loci.conftest import Loaded
from webapp.loci.fasta import AssemblyFasta
from webapp.loci.models import Assembly
from webapp.loci.services import fetch_sequence

SECRET = b"b8d2c1e0"
FASTA = "/reference/sacCer3/sequence.fa"


def body(response: HttpResponseBase) -> bytes:
    """All of it; the test client closes what was read."""
    return b"".join(response.streaming_content) if isinstance(response, StreamingHttpResponse) else response.content


def ask(client: Client, address: str = FASTA, range_: str | None = None, method: str = "get") -> Any:
    return getattr(client, method)(address, headers={} if range_ is None else {"range": range_})


@pytest.fixture(scope="module")
def fasta(loaded: Loaded, django_db_blocker: DjangoDbBlocker) -> bytes:
    lines = []
    with django_db_blocker.unblock():
        for name, length in loaded.assembly.chromosomes.order_by("order").values_list("name", "length"):
            bases = fetch_sequence(Interval(name, 0, length), loaded.assembly)
            lines += [f">{name}", *(bases[at : at + 60] for at in range(0, length, 60))]
    return "\n".join([*lines, ""]).encode()


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("sequence.fa", "text/x-fasta; charset=us-ascii"),
        ("sequence.fa.fai", "text/plain; charset=us-ascii"),
        ("genes.gff3.gz", "application/gzip"),
        ("other.gff3.gz", "application/gzip"),
    ],
)
def test_each_file_is_served_whole(client: Client, loaded: Loaded, fasta: bytes, name: str, content_type: str) -> None:
    response = ask(client, f"/reference/sacCer3/{name}")
    if name.startswith("sequence"):  # of which there is no file
        expected = fasta if name == "sequence.fa" else AssemblyFasta(loaded.assembly).index
    else:
        expected = (loaded.files / name).read_bytes()
    assert response.status_code == 200
    assert body(response) == expected
    assert response.headers["Content-Type"] == content_type
    assert response.headers["Content-Length"] == str(len(expected))
    assert response.headers["Accept-Ranges"] == "bytes"
    assert "Content-Encoding" not in response.headers  # the browser must get the gzip file itself
    assert "Content-Range" not in response.headers
    assert response.headers["Cache-Control"] == "public, max-age=86400"
    assert loaded.assembly.digest[:32] in response.headers["ETag"]


# (header, [first, stop) of a file of n bytes)
RANGES = {
    "first-byte": ("bytes=0-0", lambda n: (0, 1)),
    "first-bytes": ("bytes=0-99", lambda n: (0, 100)),
    "middle": ("bytes=5000000-5000099", lambda n: (5_000_000, 5_000_100)),
    "over-several-chunks": ("bytes=65530-200000", lambda n: (65_530, 200_001)),
    "suffix": ("bytes=-100", lambda n: (n - 100, n)),
    "suffix-longer-than-the-file": ("bytes=-999999999", lambda n: (0, n)),
    "open": ("bytes=12200000-", lambda n: (12_200_000, n)),
    "open-from-the-start": ("bytes=0-", lambda n: (0, n)),
    "end-past-the-file": ("bytes=12200000-99999999", lambda n: (12_200_000, n)),
    "white-space-around": ("  bytes=0-99  ", lambda n: (0, 100)),
}


@pytest.mark.parametrize(("header", "bounds"), RANGES.values(), ids=RANGES)
def test_a_range_is_those_bytes(
    client: Client, fasta: bytes, header: str, bounds: Callable[[int], tuple[int, int]]
) -> None:
    first, stop = bounds(len(fasta))
    response = ask(client, range_=header)
    assert response.status_code == 206
    assert body(response) == fasta[first:stop]
    assert response.headers["Content-Range"] == f"bytes {first}-{stop - 1}/{len(fasta)}"
    assert response.headers["Content-Length"] == str(stop - first)
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.headers["Content-Type"] == "text/x-fasta; charset=us-ascii"


def test_the_last_byte_can_be_asked_for_and_the_one_behind_it_not(client: Client, fasta: bytes) -> None:
    last = ask(client, range_=f"bytes={len(fasta) - 1}-{len(fasta) - 1}")
    assert (last.status_code, body(last)) == (206, fasta[-1:])
    behind = ask(client, range_=f"bytes={len(fasta)}-")
    assert behind.status_code == 416


@pytest.mark.parametrize("header", ["bytes=99999999-", "bytes=99999999-999999999", "bytes=-0"])
def test_a_range_past_the_end_is_416_with_the_length(client: Client, fasta: bytes, header: str) -> None:
    response = ask(client, range_=header)
    assert (response.status_code, body(response)) == (416, b"")
    assert response.headers["Content-Range"] == f"bytes */{len(fasta)}"


@pytest.mark.parametrize(
    "header",
    ["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=10-5", "bytes=-5-10", "bytes=0-1,5-6", "lines=0-5", "bytes 0-5",
     "bytes=0-0x10", "bytes=" + "9" * 500 + "-", "bytes=1.5-2"],
)  # fmt: skip
def test_a_range_that_makes_no_sense_or_is_several_is_ignored(client: Client, fasta: bytes, header: str) -> None:
    response = ask(client, "/reference/sacCer3/sequence.fa.fai", range_=header)
    assert response.status_code == 200
    assert body(response).startswith(b"chrI\t230218\t6\t60\t61\n")


@pytest.mark.parametrize(
    ("header", "status", "length"),
    [(None, 200, None), ("bytes=10-19", 206, 10), ("bytes=99999999-", 416, None)],
    ids=["whole", "range", "past-the-end"],
)
def test_head_says_the_same_without_the_bytes(
    client: Client, fasta: bytes, header: str | None, status: int, length: int | None
) -> None:
    response = ask(client, range_=header, method="head")
    full = ask(client, range_=header)
    assert (response.status_code, body(response)) == (status, b"")
    assert dict(response.headers) == dict(full.headers)
    body(full)
    if status != 416:
        assert response.headers["Content-Length"] == str(length or len(fasta))


def test_files_of_an_answer_that_nobody_read_are_closed(client: Client, loaded: Loaded) -> None:
    address = "/reference/sacCer3/genes.gff3.gz"
    responses = [ask(client, address, method=method) for method in ("get", "head")]
    while responses:
        responses.pop().close()  # a file left open would be a ResourceWarning, and here a warning is an error


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_files_can_only_be_read(client: Client, loaded: Loaded, method: str) -> None:
    assert ask(client, method=method).status_code == 405


@pytest.fixture(scope="module")
def secrets(loaded: Loaded) -> Iterator[None]:
    """Files beside those that are served."""
    paths = [loaded.home / "secret_key", loaded.home / "reference" / "sequence.fa"]
    for path in paths:
        path.write_bytes(SECRET)
    yield
    for path in paths:
        path.unlink()


@pytest.mark.parametrize(
    "address",
    [
        "/reference/sacCer3/none.fa",
        "/reference/sacCer3/digest",  # there, but none of the four
        "/reference/sacCer3/",
        "/reference/sacCer3",
        "/reference/hg38/sequence.fa",
        "/reference/SACCER3/sequence.fa",
        f"/reference/{'a' * 300}/sequence.fa",  # longer than any file name may be
        "/reference/é²/sequence.fa",
        "/reference//sequence.fa",
        "/reference/../sequence.fa",
        "/reference/sacCer3/../../secret_key",
        "/reference/sacCer3/../sacCer3/sequence.fa",
        "/reference/sacCer3/..%2F..%2Fsecret_key",
        "/reference/sacCer3/%2e%2e/%2e%2e/secret_key",
        "/reference/..%2Fsecret_key/sequence.fa",
        "/reference/%2e%2e/sequence.fa",
        "/reference/..%2Freference%2FsacCer3/sequence.fa",
        "/reference/sacCer3/%2Fetc%2Fpasswd",
        "/reference/%2Fetc/passwd",
        "/reference/sacCer3%00/sequence.fa",
        "/reference/sacCer3/sequence.fa%00",
        "/reference/sacCer3/sequence.fa/",
        "/reference/sacCer3/SEQUENCE.FA",
        "/reference/sacCer3/sequence.fa%0a",
    ],
)
def test_nothing_else_on_the_disk_can_be_named(client: Client, secrets: None, address: str) -> None:
    response = ask(client, address)
    assert response.status_code == 404
    assert SECRET not in body(response)


def test_before_anything_is_loaded_there_are_no_files(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.HOME = tmp_path
    assert ask(client, "/reference/sacCer3/genes.gff3.gz").status_code == 404
    Assembly.objects.all().delete()
    assert ask(client).status_code == 404
