"""One process that starts everything in order, restarts what dies and leaves nothing behind."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from webapp.services.errors import ServiceError
from webapp.services.process import Child

LEAST_FREE_BYTES = 1 << 30
GIVE_UP_DEATHS = 5
GIVE_UP_SECONDS = 60.0
_STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGALRM)  # the last one repeats the others


class Stop(BaseException):
    """SIGTERM or Ctrl-C, raised in the main thread wherever it is."""


class Supervisor:
    """Children in order of start. `say` prints one line for the operator."""

    def __init__(self, home: Path, out: TextIO) -> None:
        self.home, self.out = home, out
        self.children: list[Child] = []
        self._deaths: dict[str, deque[float]] = {}
        self._again: dict[str, float] = {}  # when a dead child may be started again
        self._began = time.monotonic()
        self._lock: TextIO | None = None

    def say(self, line: str) -> None:
        """One line with the seconds since the start."""
        self.out.write(f"[{time.monotonic() - self._began:5.1f} s] {line}\n")
        self.out.flush()

    def check_home(self) -> None:
        """A writable home with room in it, and nobody else's. Raises ServiceError."""
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            (self.home / "log").mkdir(exist_ok=True)
            self._lock = (self.home / "lock").open("a")
        except OSError as error:
            raise ServiceError(
                f"Cannot write to {self.home}: {error.strerror}. Set LOCUSCOPE_HOME to a folder you own."
            ) from None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ServiceError(
                f"Another Locuscope runs on {self.home}; stop it, or set LOCUSCOPE_HOME and PORT for a second one."
            ) from None
        free = shutil.disk_usage(self.home).free
        if free < LEAST_FREE_BYTES:
            raise ServiceError(
                f"Only {free / 1e6:,.0f} MB are free on the disk of {self.home}; at least 1,074 MB are needed. "
                "Make room or set LOCUSCOPE_HOME."
            )

    def start(self, child: Child, seconds: float) -> None:
        """Start it and wait until it is ready. Raises ServiceError with the end of its log."""
        self.children.append(child)
        child.start()
        self._note_pid(child)
        if not child.wait_ready(seconds):
            words = child.last_words()
            raise ServiceError(f"{child.name} did not become ready: {words or 'it said nothing'} (log: {child.log}).")

    def watch(self, every: float = 0.25) -> None:
        """Restart what dies until stopped. Raises ServiceError when something keeps dying."""
        while True:
            for child in self.children:
                if not child.alive():
                    self._revive(child)
            time.sleep(every)

    def _revive(self, child: Child) -> None:
        now = time.monotonic()
        if child.name not in self._again:
            deaths = self._deaths.setdefault(child.name, deque(maxlen=GIVE_UP_DEATHS))
            deaths.append(now)
            if len(deaths) == GIVE_UP_DEATHS and now - deaths[0] < GIVE_UP_SECONDS:
                raise ServiceError(
                    f"{child.name} died {GIVE_UP_DEATHS} times within a minute: {child.last_words()} (log: {child.log})."
                )
            assert child.process is not None
            wait = 0.0 if len(deaths) == 1 else min(2.0 ** (len(deaths) - 2), 8.0)
            self._again[child.name] = now + wait
            code = child.process.returncode
            how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
            self.say(f"{child.name} ended {how}; starting it again{f' in {wait:.0f} s' if wait else ''}")
        if now >= self._again[child.name]:
            del self._again[child.name]
            child.start()
            self._note_pid(child)

    def stop(self) -> None:
        """In reverse order of start; SIGTERM and Ctrl-C are ignored meanwhile."""
        for number in _STOPPING:
            signal.signal(number, signal.SIG_IGN)
        if self.children:
            self.say("stopping")
        # Those that serve people and work stop side by side, then the servers they lean on.
        servers = [child for child in self.children if child.name in {"postgres", "valkey"}]
        others = [child for child in self.children if child not in servers]
        for child in others:
            child.ask_to_stop()
        for child in [*others, *reversed(servers)]:
            child.stop()
            (self.home / "run" / f"{child.name}.pid").unlink(missing_ok=True)
        if self.children:
            self.say("stopped")

    def _note_pid(self, child: Child) -> None:
        """For people and tests that want to know who is who."""
        assert child.process is not None
        folder = self.home / "run"
        folder.mkdir(exist_ok=True)
        fresh = folder / f"{child.name}.pid.new"
        fresh.write_text(f"{child.process.pid}\n")
        fresh.replace(folder / f"{child.name}.pid")  # a reader finds the old number or the new one


def raise_on_signals() -> None:
    """Turn SIGTERM and SIGINT into Stop, again every half second until Supervisor.stop() ignores them.

    Python drops what is raised within some callbacks (redis-py's finalizers, for one), so once might be never.
    """
    usual = sys.unraisablehook
    sys.unraisablehook = lambda dropped: None if dropped.exc_type is Stop else usual(dropped)

    def stop(*_: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        raise Stop

    for number in _STOPPING:
        signal.signal(number, stop)


def check_port(host: str, port: int) -> None:
    """Raise ServiceError where the web server could not listen."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror:
        raise ServiceError(
            f"HOST is {host!r}, which is not an address of this machine; use 127.0.0.1 or 0.0.0.0."
        ) from None
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise ServiceError(f"Port {port} is in use; choose another one: PORT={port + 1} make run") from None
            raise ServiceError(f"Cannot listen on {host}:{port}: {os.strerror(error.errno or 0)}.") from None


def url_answers(url: str, host: str = "") -> Callable[[], bool]:
    """A check that a URL of ours, asked under the name `host`, answers with 200."""
    request = urllib.request.Request(url, headers={"Host": host} if host else {})  # noqa: S310
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # never through a proxy of the user's

    def check() -> bool:
        try:
            with opener.open(request, timeout=3) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    return check


def python() -> str:
    """The interpreter that children run in: ours."""
    return sys.executable
