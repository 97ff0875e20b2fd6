"""Files of Debian packages: fetched by apt-get, which knows this machine's mirror and proxy, and unpacked without being installed."""

from __future__ import annotations

import lzma
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from predictor.api import DomainError

FETCH_SECONDS = 1800
_MAGIC = b"!<arch>\n"
_HEADER = 60


def fetch_package(name: str, work: Path, say: Callable[[str], None], given: Path | None = None) -> Path:
    """The newest `name`_*.deb in the folder `given`, which is only read, or in `work`, fetched into it where there is none.

    Raises DomainError `not_fetched` (502).
    """
    for folder in filter(None, (given, work)):
        if found := sorted(folder.glob(f"{name}_*.deb")):
            return found[-1]
    if not shutil.which("apt-get"):
        raise _not_fetched(name, "this system has no apt-get")
    say(f"fetching the package {name} from Debian's archive")
    with tempfile.TemporaryDirectory(prefix="apt-", dir=work) as begun:  # a package that broke off is no package
        try:
            done = subprocess.run(
                ["apt-get", "download", "--quiet", name],  # noqa: S607
                cwd=begun, capture_output=True, text=True, timeout=FETCH_SECONDS, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise _not_fetched(name, f"no answer for {FETCH_SECONDS} seconds") from None
        fetched = sorted(Path(begun).glob(f"{name}_*.deb"))
        if done.returncode or not fetched:
            errors = [line for line in done.stderr.splitlines() if line.startswith("E:")]
            raise _not_fetched(name, (errors or ["apt-get gave no reason"])[-1].removeprefix("E:").strip())
        return fetched[-1].replace(work / fetched[-1].name)


def unpack_member(package: Path, member: str, target: Path) -> Path:
    """One file of a package, as `usr/share/…`, into `target`. Raises DomainError `bad_package`."""
    try:
        with _data(package) as data, tarfile.open(fileobj=data, mode="r|*") as archive:
            for entry in archive:
                if entry.name.removeprefix("./") == member and entry.isfile():
                    content = archive.extractfile(entry)
                    assert content is not None  # a regular file
                    with target.open("wb") as file:
                        shutil.copyfileobj(content, file, 1 << 20)
                    return target
    except (tarfile.TarError, lzma.LZMAError, EOFError, ValueError) as error:
        raise DomainError("bad_package", f"{package.name} cannot be unpacked ({error}); fetch it again.") from None
    raise DomainError("bad_package", f"{package.name} does not hold {member}; another version of the package may.")


@contextmanager
def _data(package: Path) -> Iterator[IO[bytes]]:
    """data.tar of the ar archive that a .deb is, at its beginning."""
    with package.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise ValueError("it is no Debian package")
        while len(header := file.read(_HEADER)) == _HEADER:
            name, size = header[:16].decode("ascii", "replace").strip().rstrip("/"), int(header[48:58])
            if name.startswith("data.tar"):
                yield file
                return
            file.seek(size + size % 2, 1)
    raise ValueError("it has no data.tar")


def _not_fetched(name: str, why: str) -> DomainError:
    return DomainError(
        "not_fetched",
        f"The Debian package {name} cannot be fetched ({why}); run “apt-get update” and this again, or fetch it elsewhere with "
        f"“apt-get download {name}” and name its folder with --from.",
        status=502,
    )
