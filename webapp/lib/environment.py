"""Reading environment variables: one function per kind, each refusing nonsense with one sentence."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path
from urllib.parse import quote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str) -> str:
    """The variable, or `default` where it is unset or blank."""
    return os.environ.get(name, "").strip() or default


def integer(name: str, default: int, *, at_least: int, at_most: int) -> int:
    """A whole number in [at_least, at_most]."""
    given = text(name, str(default))
    try:
        value = int(given)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {given!r}; it must be a whole number.") from None
    if not at_least <= value <= at_most:
        raise ImproperlyConfigured(f"{name} is {value}; it must lie between {at_least} and {at_most}.")
    return value


def boolean(name: str, default: bool) -> bool:
    """1/true/yes/on or 0/false/no/off."""
    given = text(name, "1" if default else "0").lower()
    if given in {"1", "true", "yes", "on"}:
        return True
    if given in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {given!r}; it must be 1 or 0.")


def choice(name: str, default: str, allowed: Collection[str]) -> str:
    """One of `allowed`."""
    given = text(name, default)
    if given not in allowed:
        raise ImproperlyConfigured(f"{name} is {given!r}; it must be one of {', '.join(sorted(allowed))}.")
    return given


def words(name: str, default: list[str]) -> list[str]:
    """A comma-separated list."""
    given = text(name, "")
    return [word.strip() for word in given.split(",") if word.strip()] if given else default


def url(name: str, default: str, *, schemes: Collection[str]) -> str:
    """An address with one of `schemes`; the value itself is never printed, since it may hold a password."""
    given = text(name, default)
    try:
        parts = urlsplit(given)
        if parts.scheme not in schemes:
            starts = ", ".join(s + "://" for s in sorted(schemes))
            raise ImproperlyConfigured(f"{name} must start with one of {starts}.")
        _ = parts.port  # what follows a / # or ? within a password ends up here
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} is no complete address; in its password write %2F for /, %23 for #, %3F for ? and %40 for @."
        ) from None
    return given


def check_encrypted(name: str, address: str) -> None:
    """Keys go there: in the clear to a server on this machine alone."""
    parts = urlsplit(address)
    if parts.scheme == "http" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise ImproperlyConfigured(f"{name} must start with https://, except for a server on this machine.")


def secret(name: str, path: Path, *, make: Callable[[], str]) -> str:
    """The variable, else the secret kept in `path`, made once with mode 0600."""
    if given := text(name, ""):
        return given
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise ImproperlyConfigured(
            f"Cannot read {path}: {error.strerror}. Set LOCUSCOPE_HOME to a folder you own."
        ) from None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, fresh = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")  # mode 0600
        try:
            with os.fdopen(handle, "w") as file:
                file.write(make())
            os.link(fresh, path)  # whole or not at all; of several processes the first wins
        except FileExistsError:
            pass
        finally:
            Path(fresh).unlink()
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"Cannot write {path}: {error.strerror}. Set LOCUSCOPE_HOME to a folder you own."
        ) from None


def state_directory() -> Path:
    """LOCUSCOPE_HOME, else /var/lib/locuscope as root, else the XDG data folder."""
    if given := text("LOCUSCOPE_HOME", ""):
        return Path(given).expanduser().resolve()
    if os.geteuid() == 0:
        return Path("/var/lib/locuscope")
    return Path(text("XDG_DATA_HOME", str(Path.home() / ".local/share"))) / "locuscope"


def socket_directory(home: Path) -> Path:
    """Where the embedded servers' sockets live: under `home`, or a short path when a socket name would not fit.

    A unix socket path holds 107 bytes; PostgreSQL's adds `/.s.PGSQL.5432`.
    """
    inside = home / "run"
    if len(str(inside)) <= 80:
        return inside
    import hashlib

    return Path("/tmp") / f"locuscope-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"


def embedded_database_url(home: Path) -> str:
    """URL of the PostgreSQL that `manage.py up` starts for this home."""
    return f"postgresql://postgres@/locuscope?host={quote(str(socket_directory(home)))}&port=5432"


def embedded_broker_url(home: Path) -> str:
    """URL of the Valkey that `manage.py up` starts for this home."""
    return f"redis+socket://{socket_directory(home)}/valkey.sock"
