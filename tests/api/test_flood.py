"""A flood of readers against the real server: gunicorn with the threads it runs with."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np
import pytest
from django.conf import settings

from tests.predictions.making import done, key_of
from tests.predictions.test_worker import _test_database_url

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def port() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "DATABASE_URL": _test_database_url(), "LOCUSCOPE_HOME": str(settings.HOME)}
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "webapp.wsgi", "-k", "gthread", "-w", "2", "--threads", "8", "-b", f"127.0.0.1:{port}"],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(300):
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(10)


def _ask(port: int, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        client.request(method, path, body, {"Content-Type": "application/json"})
        answer = client.getresponse()
        return answer.status, answer.read()
    finally:
        client.close()


def test_four_hundred_readers_are_all_answered(port: int) -> None:
    prediction = done(4096, [np.arange(4096, dtype=np.float32)], [key_of(1)])
    paths = [
        f"/api/v1/predictions/{prediction.id}",
        f"/api/v1/predictions/{prediction.id}/windows?bins=512&format=f4",
        "/api/v1/models",
        "/api/v1/genomes",
    ]
    _ask(port, "GET", paths[0])
    begun = time.monotonic()
    with ThreadPoolExecutor(40) as pool:
        statuses = Counter(pool.map(lambda n: _ask(port, "GET", paths[n % 4])[0], range(400)))
    print(f"400 GETs in {time.monotonic() - begun:.1f} s")
    assert statuses == {200: 400}


def test_a_body_over_the_limit_hears_why(port: int) -> None:
    status, said = _ask(port, "POST", "/api/v1/predictions", b'{"sequence": "' + b"A" * 20_000_000 + b'"}')
    assert status == 413
    assert json.loads(said)["error"]["code"] == "body_too_large"


def test_the_web_process_never_loads_torch(port: int) -> None:
    assert _ask(port, "POST", "/api/v1/predictions", b'{"sequence": "ACGTACGT"}')[0] == 202
    script = (
        "import sys, django; django.setup(); import webapp.wsgi, webapp.urls, webapp.predictions.tasks; "
        "sys.exit('torch' in sys.modules)"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "webapp.settings", "LOCUSCOPE_HOME": str(settings.HOME)}
    assert subprocess.run([sys.executable, "-c", script], env=environment, check=False).returncode == 0
