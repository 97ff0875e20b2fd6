"""Child processes that never outlive us: own process group, killed with their parent, stopped as a whole."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

MAX_LOG_BYTES = 10 * 1024 * 1024
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)
_HELD = {signal.SIGTERM, signal.SIGINT}


@contextlib.contextmanager
def _held_signals() -> Iterator[None]:
    """Signals wait for the end of a fork, whose callbacks would swallow what their handlers raise."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin_child() -> None:
    # Bound to the thread that forks: children are started from the main thread only.
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HELD)


def service_user() -> pwd.struct_passwd | None:
    """Who runs PostgreSQL when we are root, which it refuses to be; None when we are somebody else already."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


@dataclass
class Child:
    """One supervised program. `ready` is asked after a start until it answers True."""

    name: str
    argv: Sequence[str]
    log: Path
    ready: Callable[[], bool]
    env: Mapping[str, str] | None = None
    user: pwd.struct_passwd | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 8.0
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it, killing first whatever an earlier run of it left behind in its group."""
        self.kill_group()
        self._rotate()
        identity: dict[str, object] = {}
        if self.user is not None:
            identity = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        with self.log.open("ab") as log, _held_signals():
            self.process = subprocess.Popen(  # type: ignore[call-overload]
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/" if self.user is not None else None,
                env=self.env,
                start_new_session=True,
                preexec_fn=_begin_child,
                **identity,
            )

    def alive(self) -> bool:
        """Whether the program itself (the leader of its group) is running."""
        return self.process is not None and self.process.poll() is None

    def wait_ready(self, seconds: float) -> bool:
        """Wait until `ready`; False when it died or time is up."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if not self.alive():
                return False
            if self.ready():
                return True
            time.sleep(0.05)
        return False

    def ask_to_stop(self) -> None:
        """Send the stop signal to the leader."""
        if self.alive():
            assert self.process is not None
            self.process.send_signal(self.stop_signal)

    def stop(self) -> None:
        """Ask, wait for the grace time, then kill the whole group."""
        self.ask_to_stop()
        if self.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(self.grace_seconds)
        self.kill_group()

    def kill_group(self) -> None:
        """SIGKILL for every process of the group, orphans of a killed leader included."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def last_words(self, lines: int = 3) -> str:
        """The end of its log, for the sentence that says it failed."""
        try:
            text = self.log.read_text(errors="replace")
        except OSError:
            return ""
        return " | ".join(line.strip() for line in text.splitlines()[-lines:] if line.strip())

    def _rotate(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > MAX_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
