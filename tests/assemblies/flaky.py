"""A server of files that drops connections, knows no Range, or answers with an error, as told."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Flaky:
    """`files` by path. `cuts`: after how many bytes the next answers break off, one after the other; `ranges`: what was asked for;
    `chunked`: in chunks, without a length."""

    files: dict[str, bytes]
    cuts: list[int] = field(default_factory=list)
    knows_ranges: bool = True
    chunked: bool = False
    ranges: list[str] = field(default_factory=list)
    address: str = ""


@contextmanager
def serving(flaky: Flaky) -> Iterator[Flaky]:
    """It answers at `address`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1" if flaky.chunked else "HTTP/1.0"

        def do_GET(self) -> None:
            body = flaky.files.get(self.path)
            if body is None:
                return self.send_error(404)
            asked = self.headers.get("Range", "")
            flaky.ranges.append(asked)
            same = self.headers.get("If-Range", self._tag(body)) == self._tag(body)
            partial = bool(asked) and flaky.knows_ranges and same
            first = int(asked.removeprefix("bytes=").rstrip("-")) if partial else 0
            self.send_response(206 if partial else 200)
            if flaky.chunked:
                self.send_header("Transfer-Encoding", "chunked")
            else:
                self.send_header("Content-Length", str(len(body) - first))
            self.send_header("ETag", self._tag(body))
            self.end_headers()
            if flaky.chunked:
                part = body[first:][: flaky.cuts[0] if flaky.cuts else None]
                self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
                if flaky.cuts:
                    flaky.cuts.pop(0)
                    self.close_connection = True
                else:
                    self.wfile.write(b"0\r\n\r\n")
                return None
            if flaky.cuts:
                self.wfile.write(body[first : first + flaky.cuts.pop(0)])
                self.close_connection = True
                return None
            self.wfile.write(body[first:])
            return None

        @staticmethod
        def _tag(body: bytes) -> str:
            return f'"{hash(body)}"'

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    flaky.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield flaky
    finally:
        server.shutdown()
        server.server_close()
