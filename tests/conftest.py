"""The whole installation, running, for tests at the level its users meet."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


class Site:
    """`manage.py up` on a port and a home of its own, with embedded servers. `lines` is what it printed."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.lines: list[str] = []
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.hosted_port = probe.getsockname()[1]  # where a test may stand in for Google's service

    def start(self, seconds: float = 180) -> None:
        env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "BROKER_URL", "LOCUSCOPE_HOME"}}
        env |= {"LOCUSCOPE_HOME": str(self.home), "PORT": str(self.port), "HOST": "127.0.0.1"}
        env["HOSTED_ADDRESS"] = f"http://127.0.0.1:{self.hosted_port}"
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=ROOT,
            env=env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        ready = threading.Event()

        def read() -> None:
            assert self.process.stdout
            for line in self.process.stdout:
                self.lines.append(line.rstrip())
                if "is ready" in line:
                    ready.set()
            ready.set()

        self._reader = threading.Thread(target=read, daemon=True)
        self._reader.start()
        if not ready.wait(seconds) or self.process.poll() is not None:
            self.stop()
            raise RuntimeError("manage.py up did not become ready:\n" + "\n".join(self.lines))

    def pid(self, role: str) -> int:
        """Process id of postgres, valkey, web, worker or sweeper."""
        return int((self.home / "run" / f"{role}.pid").read_text())

    def kill(self, role: str) -> int:
        """kill -9; returns the pid that died."""
        pid = self.pid(role)
        os.kill(pid, signal.SIGKILL)
        return pid

    def wait_restarted(self, role: str, old: int, seconds: float = 30) -> int:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if (pid := self.pid(role)) != old:
                return pid
            time.sleep(0.05)
        raise AssertionError(f"{role} was not started again within {seconds} s")

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self._reader.join(10)
            if self.process.stdout:
                self.process.stdout.close()

    def log(self, role: str) -> str:
        path = self.home / "log" / f"{role}.log"
        return path.read_text(errors="replace") if path.exists() else ""


def make_home() -> Path:
    home = Path(tempfile.mkdtemp(prefix="locuscope-site-"))
    home.chmod(0o755)  # PostgreSQL's user has to pass when we are root
    return home


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """One running installation for the whole session; tests must not stop it for good."""
    site = Site(make_home())
    site.start()
    yield site
    site.stop()
    shutil.rmtree(site.home, ignore_errors=True)
