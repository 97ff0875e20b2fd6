"""`manage.py up`: it starts, says what is wrong in one sentence, mends what dies and leaves nothing behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Site, make_home
from webapp.lib.environment import socket_directory

NAME = "locuscope.example.org"  # the one name that the site of this module answers to, as behind a proxy
SEQUENCE = "ACGTTGCATTAGCCGATCAA" * 40
_started: list[subprocess.Popen[str]] = []


@pytest.fixture(scope="module")
def own() -> Iterator[Site]:
    """An installation that tests may stop; `_running` starts it again."""
    site = Site(make_home())
    yield site
    if _is_up(site):
        site.stop()
    shutil.rmtree(site.home, ignore_errors=True)
    for process in _started:  # their last lines were read long ago
        assert process.stdout
        process.stdout.close()


def _is_up(site: Site) -> bool:
    return hasattr(site, "process") and site.process.poll() is None


def _running(site: Site) -> float:
    """Start it unless it runs; how many seconds that took."""
    if _is_up(site):
        return 0.0
    begun = time.monotonic()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ALLOWED_HOSTS", NAME)
        site.start()
    _started.append(site.process)
    return time.monotonic() - begun


def _ask(site: Site, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
    headers = {"Host": NAME, "Content-Type": "application/json"}
    request = urllib.request.Request(
        site.url + path, headers=headers, data=None if body is None else json.dumps(body).encode()
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read() or b"{}")


def _until_well(site: Site, seconds: float = 60) -> None:
    said: object = None
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            status, said = _ask(site, "/healthz")
            if status == 200:
                return
        except OSError as error:
            said = error
        time.sleep(0.2)
    raise AssertionError(f"not well within {seconds} s: {said}\n" + "\n".join(site.lines[-10:]))


def _predicted(site: Site, asked: dict[str, str], seconds: float = 90) -> dict[str, Any]:
    """Ask for it and wait until it is stored."""
    status, said = _ask(site, "/api/v1/predictions", asked)
    assert status in {200, 202}, said
    until = time.monotonic() + seconds
    while (stored := _ask(site, f"/api/v1/predictions/{said['id']}")[1])["waiting"]:
        assert time.monotonic() < until, stored
        time.sleep(0.1)
    assert stored["state"] == "DONE", stored
    return stored


def _processes_of(home: Path) -> dict[int, str]:
    """Everything that names the home or its sockets in its command, environment or working folder."""
    marks = [str(home).encode(), str(socket_directory(home)).encode()]
    found = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit() or int(folder.name) == os.getpid():
            continue
        try:
            command = (folder / "cmdline").read_bytes()
            text = command + (folder / "environ").read_bytes() + os.fsencode((folder / "cwd").readlink())
        except OSError:  # it ended meanwhile, is a kernel's thread, or another user's and so none of ours
            continue
        if any(mark in text for mark in marks):
            found[int(folder.name)] = command.replace(b"\0", b" ").decode(errors="replace")
    return found


def _refused(home: Path, seconds: float = 20, **variables: str) -> subprocess.CompletedProcess[str]:
    """`manage.py up` that cannot start: exit code, what it said, nothing left behind."""
    clean = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "BROKER_URL"}}
    done = subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=ROOT,
        env={**clean, "LOCUSCOPE_HOME": str(home), **variables},
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    assert done.returncode == 1, done
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return done


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_it_starts_and_says_where_it_is(own: Site) -> None:
    _running(own)
    status, said = _ask(own, "/healthz")
    assert (status, {said[part] for part in ("web", "database", "broker", "worker")}) == (200, {"ok"})
    ready = next(line for line in own.lines if "is ready" in line)
    assert f"http://127.0.0.1:{own.port}" in ready
    assert {"postgres", "valkey", "web", "worker", "hosted", "sweeper"} == {
        path.stem for path in (own.home / "run").glob("*.pid")
    }
    assert "Control socket" not in own.log("web")  # gunicorn's lies outside the home, one for all installations


@pytest.mark.parametrize("role", ["sweeper", "web", "worker", "hosted", "valkey", "postgres"])
def test_what_is_killed_is_started_again_and_all_is_well(own: Site, role: str) -> None:
    _running(own)
    _until_well(own)
    old = own.kill(role)
    assert own.wait_restarted(role, old) != old
    _until_well(own)
    assert any(f"{role} ended by signal 9; starting it again" in line for line in own.lines)
    assert _predicted(own, {"sequence": SEQUENCE, "name": f"after {role}"})["attempts"] == 1


def test_a_port_in_use_is_named(own: Site) -> None:
    _running(own)
    home = make_home()
    begun = time.monotonic()
    done = _refused(home, PORT=str(own.port))
    assert time.monotonic() - begun < 10
    assert f"Port {own.port} is in use" in done.stderr
    assert not _processes_of(home)
    shutil.rmtree(home)


def test_the_same_home_is_not_used_twice(own: Site) -> None:
    _running(own)
    done = _refused(own.home, PORT=str(_free_port()))
    assert f"Another Locuscope runs on {own.home}" in done.stderr
    _until_well(own)


def test_sigterm_leaves_nothing_and_the_next_start_is_quick_and_keeps_predictions(own: Site) -> None:
    _running(own)
    _until_well(own)
    asked = {"sequence": SEQUENCE, "name": "kept"}
    stored = _predicted(own, asked)
    url = f"/api/v1/predictions/{stored['id']}"
    window = _ask(own, f"{url}/windows?bins=50")
    assert window[0] == 200

    assert _processes_of(own.home)
    assert own.stop() == 0
    assert _processes_of(own.home) == {}
    assert "stopped" in own.lines[-1]

    assert _running(own) < 30
    assert _ask(own, url)[1] == stored
    assert _ask(own, f"{url}/windows?bins=50") == window
    again = _ask(own, "/api/v1/predictions", asked)
    assert (again[0], again[1]["id"], again[1]["reused"]) == (200, stored["id"], True)


def test_ctrl_c_leaves_nothing(own: Site) -> None:
    _running(own)
    own.process.send_signal(signal.SIGINT)
    assert own.process.wait(40) == 0
    assert _processes_of(own.home) == {}
    assert not any("Traceback" in line for line in own.lines)


def test_sigterm_in_the_middle_of_the_first_start_leaves_nothing() -> None:
    home = make_home()
    clean = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "BROKER_URL"}}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "up"],
        cwd=ROOT,
        env={**clean, "LOCUSCOPE_HOME": str(home), "PORT": str(_free_port())},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    with process:
        assert process.stdout
        try:
            for line in process.stdout:
                if "Valkey" in line:
                    process.terminate()
                    break
            code = process.wait(40)
        finally:
            process.kill()
        rest = process.stdout.read()
    assert code == 0, rest
    assert "Traceback" not in rest
    assert "is ready" not in rest
    assert _processes_of(home) == {}
    shutil.rmtree(home)


def test_a_signal_is_not_lost_where_python_drops_what_is_raised() -> None:
    program = """
        import os, signal, time
        from webapp.services.supervisor import Stop, raise_on_signals

        class Deaf:
            def __del__(self):
                os.kill(os.getpid(), signal.SIGTERM)

        raise_on_signals()
        try:
            Deaf()
            time.sleep(20)
        except Stop:
            print("stopped")
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], cwd=ROOT, capture_output=True, text=True, timeout=10
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "stopped\n", "")


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "file"
    home.touch()
    assert str(home) in _refused(home, PORT=str(_free_port())).stderr


def test_a_home_that_cannot_be_made_is_refused() -> None:
    home = Path("/sys/locuscope")  # even root makes no folder there
    said = _refused(home, PORT=str(_free_port())).stderr
    assert str(home) in said
    assert "LOCUSCOPE_HOME" in said


def test_a_home_without_room_for_logs_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log").touch()
    said = _refused(tmp_path, PORT=str(_free_port()), SECRET_KEY="given").stderr
    assert f"Cannot write to {tmp_path}" in said


def test_a_database_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql://me:hunter2@127.0.0.1:{_free_port()}/x"
    done = _refused(tmp_path, PORT=str(_free_port()), DATABASE_URL=url)
    assert "DATABASE_URL cannot be reached" in done.stderr
    assert "refused" in done.stderr
    assert "hunter2" not in done.stdout + done.stderr


def test_a_broker_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    url = f"redis://:hunter2@127.0.0.1:{_free_port()}/0"
    ours = os.environ["DATABASE_URL"]  # of this test run; nothing is written to it before the broker answers
    done = _refused(tmp_path, PORT=str(_free_port()), DATABASE_URL=ours, BROKER_URL=url)
    assert "BROKER_URL cannot be reached" in done.stderr
    assert "refused" in done.stderr
    assert "hunter2" not in done.stdout + done.stderr
