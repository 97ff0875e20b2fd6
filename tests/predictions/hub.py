"""A server that speaks as much of Hugging Face's protocol as an installer hears, and can be made to misbehave."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

TOKEN = "hf_secretsecret"


class Hub:
    """Repositories are folders below `folder`. `drops`: file name to the byte at which the connection breaks, once each. `spoilt`: files
    whose first byte is another one. `seen`: (host, path, Authorization, Range) of each request. Large files are redirected to `storage`, a
    host that must not hear the token; so are further pages of listings where `pages_elsewhere`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.drops: dict[str, int] = {}
        self.spoilt: set[str] = set()
        self.accepted = True
        self.page_size = 2
        self.pages_elsewhere = False
        self.seen: list[tuple[str, str, str, str]] = []
        self.sent: Counter[str] = Counter()
        self._rows: dict[Path, list[dict[str, Any]]] = {}
        self._servers = [self._serve("hub"), self._serve("storage")]
        self.url, self.storage = (f"http://127.0.0.1:{server.server_port}" for server in self._servers)

    def close(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def _serve(self, host: str) -> ThreadingHTTPServer:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hub.seen.append((host, self.path, self.headers.get("Authorization", ""), self.headers.get("Range", "")))
                hub.answer(self, host)

            def log_message(self, *_: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    def answer(self, request: BaseHTTPRequestHandler, host: str) -> None:
        path, _, query = request.path.partition("?")
        if host == "storage" and not path.startswith("/api/"):
            return self._file(request, self.folder / unquote(path.lstrip("/")))
        if request.headers.get("Authorization", "") not in ("", f"Bearer {TOKEN}"):
            return self._refuse(request, 401)
        if match := re.fullmatch(r"/api/models/([^/]+/[^/]+)/tree/main", path):
            return self._tree(request, self.folder / match[1], int(re.sub(r".*from=|\D", "", query) or 0))
        if match := re.fullmatch(r"/([^/]+/[^/]+)/resolve/main/(.+)", path):
            if not request.headers.get("Authorization"):
                return self._refuse(request, 401)
            if not self.accepted:
                return self._refuse(request, 403)
            file = self.folder / match[1] / unquote(match[2])
            if file.is_file() and _is_large(file):
                request.send_response(302)
                request.send_header("Location", f"{self.storage}/{match[1]}/{match[2]}")
                request.send_header("Content-Length", "0")
                return request.end_headers()
            return self._file(request, file)
        return self._file(request, self.folder / unquote(urlsplit(path).path.lstrip("/")))  # any other server's file

    def _tree(self, request: BaseHTTPRequestHandler, folder: Path, first: int) -> None:
        if not folder.is_dir():
            return self._refuse(request, 404)
        rows = self._rows[folder] = self._rows.get(folder) or _rows_of(folder)
        last = first + self.page_size
        body = json.dumps(rows[first:last]).encode()
        request.send_response(200)
        request.send_header("Content-Length", str(len(body)))
        if last < len(rows):
            host = self.storage if self.pages_elsewhere else self.url
            request.send_header("Link", f'<{host}{urlsplit(request.path).path}?from={last}>; rel="next"')
        request.end_headers()
        request.wfile.write(body)

    def _file(self, request: BaseHTTPRequestHandler, path: Path) -> None:
        if not path.is_file():
            return self._refuse(request, 404)
        content = path.read_bytes()
        if path.name in self.spoilt:
            content = bytes([content[0] ^ 1]) + content[1:]
        start = int(re.sub(r"\D", "", request.headers.get("Range", "")) or 0)
        if start >= len(content) > 0:
            return self._refuse(request, 416)
        request.send_response(206 if start else 200)
        request.send_header("Content-Length", str(len(content) - start))
        request.end_headers()
        stop = self.drops.pop(path.name, len(content))
        request.wfile.write(content[start:stop])
        self.sent[path.name] += stop - start
        return None

    def _refuse(self, request: BaseHTTPRequestHandler, status: int) -> None:
        request.send_response(status)
        request.send_header("Content-Length", "0")
        request.end_headers()


def _rows_of(folder: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir():
            rows.append({"type": "directory", "path": name, "oid": "0" * 40, "size": 0})
            continue
        content = path.read_bytes()
        row: dict[str, Any] = {"type": "file", "path": name, "size": len(content)}
        row["oid"] = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
        if _is_large(path):
            row["lfs"] = {"oid": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 130}
        rows.append(row)
    return rows


def _is_large(path: Path) -> bool:
    return path.stat().st_size > 2000  # kept by LFS
