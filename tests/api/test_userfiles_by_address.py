"""Files from an address: what the server asks on a visitor's behalf, and what it never does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from tests.api.people import alice
from tests.api.test_userfiles import BED, nothing_left, read
from webapp.loci.models import Assembly
from webapp.userfiles import hosts

__all__ = ["alice"]

API = "/api/v1"


class Elsewhere(BaseHTTPRequestHandler):
    """Somebody's server: good files, detours, silence, too much."""

    stop = threading.Event()
    asked: list[str]

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        getattr(self, self.path.strip("/").split("/")[0].split(".")[0], self.missing)()

    def good(self) -> None:
        self._send(200, BED)

    def page(self) -> None:
        self._send(200, b"<!doctype html><html>")

    def missing(self) -> None:
        self._send(404, b"no")

    def detour(self) -> None:
        self._send(302, b"", Location="/good.bed")

    def circle(self) -> None:
        self._send(302, b"", Location="/circle")

    def inside(self) -> None:  # by another name of the same machine
        self._send(302, b"", Location=f"http://127.0.0.1:{self.server.server_address[1]}/good.bed")

    def file(self) -> None:
        self._send(302, b"", Location="file:///etc/passwd")

    def large(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(1 << 40))
        self.end_headers()

    def endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while not self.stop.is_set():
                self.wfile.write(b"#" * 65536)
        except OSError:
            return

    def silent(self) -> None:
        self.stop.wait(30)

    def drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while not self.stop.wait(0.05):
                self.wfile.write(b"#")
                self.wfile.flush()
        except OSError:
            return

    def short(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(BED)

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def elsewhere(genome: Assembly, tmp_path: Path, settings: Settings) -> Iterator[str]:
    """Its address; `localhost` is a host of the operator's list."""
    settings.HOME = tmp_path / "home"
    settings.FETCH_PRIVATE_HOSTS = ["localhost"]
    Elsewhere.stop.clear()
    Elsewhere.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://localhost:{server.server_address[1]}"
    Elsewhere.stop.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def _only_ipv4(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server above listens there."""
    real = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, port, *a, **k: real("127.0.0.1" if host == "localhost" else host, port, *a, **k),
    )


def fetch(client: Client, url: str, status: int = 201) -> dict[str, Any]:
    answer = client.post(f"{API}/files", {"url": url}, content_type="application/json")
    assert answer.status_code == status, answer.content
    return dict(answer.json())


def test_a_file_is_fetched_and_served_from_here(alice: Client, elsewhere: str) -> None:
    file = fetch(alice, f"{elsewhere}/good.bed")
    assert (file["name"], file["kind"], file["source"]) == ("good.bed", "BED", f"{elsewhere}/good.bed")
    assert read(alice, file["url"])
    assert fetch(alice, f"{elsewhere}/detour")["name"] == "good.bed"


@pytest.mark.parametrize(
    ("path", "status", "code", "words"),
    [
        ("/missing.bed", 502, "not_fetched", "localhost answered 404 Not Found"),
        ("/page", 422, "is_page", "web page"),
        ("/circle", 502, "not_fetched", "leads on and on"),
        ("/inside", 422, "refused_host", "127.0.0.1 is inside this server's network"),
        ("/file", 422, "bad_url", "https://"),
        ("/large", 413, "file_too_large", "larger than 1 MB"),
        ("/endless", 413, "file_too_large", "larger than 1 MB"),
        ("/silent", 504, "too_slow", "within 1 seconds"),
        ("/drip", 504, "too_slow", "within 1 seconds"),
        ("/short", 502, "not_fetched", "could not be read to the end"),
    ],
)
def test_what_goes_wrong_elsewhere_is_said(
    alice: Client, elsewhere: str, settings: Settings, path: str, status: int, code: str, words: str
) -> None:
    settings.USER_FILE_MB, settings.FETCH_SECONDS = 1, 1
    if code in {"not_fetched", "is_page", "refused_host"}:
        settings.FETCH_SECONDS = 30
    error = fetch(alice, elsewhere + path, status)["error"]
    assert error["code"] == code
    assert words in error["message"]
    assert nothing_left()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x.bed", "http://127.1/x", "http://2130706433/x", "http://0x7f000001/x", "http://[::1]/x", "http://0.0.0.0/x",
        "http://10.0.0.1/x", "http://192.168.1.1/x", "http://172.16.0.1/x", "http://169.254.169.254/latest/meta-data",
        "http://[fd00:ec2::254]/x", "http://[fe80::1]/x", "http://[::ffff:127.0.0.1]/x", "http://[::ffff:169.254.169.254]/x",
        "http://[64:ff9b::7f00:1]/x", "http://[2002:7f00:1::]/x", "http://224.0.0.1/x", "http://100.64.0.1/x", "http://255.255.255.255/x",
    ],
)  # fmt: skip
def test_addresses_inside_are_never_asked(alice: Client, elsewhere: str, url: str) -> None:
    assert fetch(alice, url, 422)["error"]["code"] == "refused_host"


@pytest.mark.parametrize(
    "url",
    ["ftp://example.org/x", "file:///etc/passwd", "gopher://x", "javascript:alert(1)", "//x", "x.bed", "http://", "http://a@b/x",
     "http://localhost:99999/x", "http://ex ample.org/", "http://a\r\nX: b/", "http://a\\@b/", "http://é.org/x"],
)  # fmt: skip
def test_only_plain_web_addresses_are_fetched(alice: Client, elsewhere: str, url: str) -> None:
    assert fetch(alice, url, 422)["error"]["code"] == "bad_url"


def test_a_name_that_leads_inside_is_refused_and_one_that_changes_too(
    alice: Client, elsewhere: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = elsewhere.rpartition(":")[2]
    asked: list[str] = []

    def rebinding(host: str, port: int, *rest: Any, **more: Any) -> list[Any]:
        asked.append(host)
        address = "203.0.113.7" if len(asked) > 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    assert fetch(alice, f"http://evil.example:{port}/good.bed", 422)["error"]["code"] == "refused_host"

    # Public when it is checked; what it means afterwards is not looked up again.
    dialled: list[Any] = []
    asked.clear()
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, port, *a, **k: asked.append(host) or [(2, 1, 6, "", ("93.184.216.34", port))],
    )

    def dial(address: Any, *_: Any) -> Any:
        dialled.append(address)
        raise OSError("not in a test")

    monkeypatch.setattr(socket, "create_connection", dial)
    fetch(alice, f"http://evil.example:{port}/good.bed", 502)
    assert (asked, dialled) == (["evil.example"], [("93.184.216.34", int(port))])
    assert Elsewhere.asked == []


def test_several_addresses_must_all_be_public(monkeypatch: pytest.MonkeyPatch, alice: Client, elsewhere: str) -> None:
    both = [(2, 1, 6, "", ("93.184.216.34", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    assert fetch(alice, "http://both.example/x", 422)["error"]["code"] == "refused_host"


def test_other_services_ports_are_not_asked(alice: Client, elsewhere: str) -> None:
    assert "port 25" in fetch(alice, "http://93.184.216.34:25/x", 422)["error"]["message"]


def test_unknown_machines_are_named(alice: Client, elsewhere: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> Any:
        raise socket.gaierror("no")

    monkeypatch.setattr(hosts.socket, "getaddrinfo", away)
    error = fetch(alice, "https://nowhere.example/x.bw", 422)["error"]
    assert error["message"] == "There is no machine called nowhere.example; check the address."
