"""AlphaGenome: weights of any known format from Hugging Face, an address or a path, folded and written with all of their tracks."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
import zlib
from dataclasses import dataclass
from gzip import BadGzipFile
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings

from predictor.api import DomainError, alphagenome, folder_digest, machine
from webapp.lib.download import NotFetchedError, Remote, Say, fetch
from webapp.lib.room import check_room
from webapp.predictions.installation.hub import Repository
from webapp.predictions.installation.place import models_folder, put, work_folder, writing

HUGGING_FACE = "huggingface"
CONVERSION_BYTES = (
    5_000_000_000  # of memory while the published weights are converted: 4.0 GB were measured in bfloat16
)
_ARCHIVES = (".tar.gz", ".tgz", ".tar", ".zip")
_FILES = (".safetensors", ".pt", ".pth")
_METADATA = "metadata"


@dataclass(frozen=True, slots=True)
class Wish:
    """`source`: “huggingface”, “huggingface:OWNER/REPOSITORY” with “/FILE” if it is one of several, an address or a path; `metadata`: a
    path or an address of the files that say what the tracks are, None for the published ones; `sha256` of an address's file."""

    version: str = alphagenome.VERSIONS[0]
    source: str = HUGGING_FACE
    metadata: str | None = None
    sha256: str = ""
    dtype: alphagenome.Dtype = "bfloat16"


def install_alphagenome(wish: Wish, say: Say) -> bool:
    """Into the home; whether anything had to be done. An installed one of another version or dtype is replaced.

    Raises DomainError `not_fetched`, `terms_not_accepted`, `wrong_file`, `wrong_sha256`, `bad_checkpoint`, `bad_metadata`,
    `too_little_memory`, `disk_full`.
    """
    target = models_folder() / alphagenome.NAME
    if _is_there(target, wish):
        return False
    here = machine.this_machine()
    for sentence in machine.describe(here, "float32" if settings.DTYPE == "auto" else settings.DTYPE):
        say(sentence)
    if here.free < CONVERSION_BYTES:
        raise DomainError(
            "too_little_memory",
            f"Converting AlphaGenome takes {CONVERSION_BYTES / 1e9:.0f} GB of memory, and {here.free / 1e9:.1f} GB are free; stop what "
            "else runs, or convert on another machine with “python -m predictor convert” and copy the folder to "
            f"{target}.",
            status=507,
        )
    written = alphagenome.WEIGHTS_BYTES[wish.dtype]
    check_room(models_folder(), written)
    with writing(target):
        work = work_folder(alphagenome.NAME)
        source = _checkpoint(_source(wish, work, written, say), wish.version)
        metadata = _metadata(wish, source, work, say)
        check_room(models_folder(), written)
        made = work / "converted"
        shutil.rmtree(made, ignore_errors=True)
        say(f"converting {wish.version} to {wish.dtype}")
        try:
            alphagenome.convert(source, metadata, made, wish.version, wish.dtype)
        except MemoryError:
            raise DomainError(
                "too_little_memory",
                "The memory was not enough to convert; stop what else runs and run this again.",
                status=507,
            ) from None
        put(made, alphagenome.NAME)
    return True


def _is_there(target: Path, wish: Wish) -> bool:
    """This version in this dtype, undamaged."""
    return alphagenome.written_as(target) == (wish.version, wish.dtype) and bool(folder_digest(target))


def _source(wish: Wish, work: Path, written: int, say: Say) -> Path:
    """The checkpoint, on this machine."""
    if wish.source == HUGGING_FACE or wish.source.startswith(f"{HUGGING_FACE}:"):
        return _from_hub(wish, work, written, say)
    if urlsplit(wish.source).scheme in ("http", "https"):
        name = Path(unquote(urlsplit(wish.source).path)).name or "checkpoint"
        found = _fetched(Remote(wish.source, name, sha256=wish.sha256), work / "source" / name, say)
    else:
        found = Path(wish.source).expanduser().resolve()
        if not found.exists():
            raise DomainError("wrong_file", f"There is no checkpoint at {found}; check the path.", status=400)
    return _unpacked(found, work / "unpacked", say) if found.name.endswith(_ARCHIVES) else found


def _checkpoint(found: Path, version: str) -> Path:
    """In a folder of files of tensors the one, or the one of this version; anything else is what it is."""
    files = [path for path in found.iterdir() if path.suffix in _FILES] if found.is_dir() else []
    named = [path for path in files if path.stem.endswith(version)]
    for choice in (named, files):
        if len(choice) == 1 and not (found / "model.json").exists():
            return choice[0]
    return found


def _from_hub(wish: Wish, work: Path, written: int, say: Say) -> Path:
    name = wish.source.partition(":")[2] or f"google/alphagenome-{wish.version.replace('_', '-')}"
    owner, _, rest = name.partition("/")
    repository, _, file = rest.partition("/")
    if not (owner and repository):
        raise DomainError("wrong_file", f"“{name}” is no repository; write huggingface:OWNER/REPOSITORY.", status=400)
    hub = Repository(f"{owner}/{repository}")
    say(f"asking {hub.page}")
    remotes = hub.files()
    if file:
        remotes = [remote for remote in remotes if remote.name == file]
        if not remotes:
            raise DomainError("wrong_file", f"{hub.page} has no file {file}; check the name.", status=404)
    folder = work / "source" / f"{owner}+{repository}"
    size = sum(remote.size or 0 for remote in remotes)
    say(f"{len(remotes):,} files, {size / 1e6:,.1f} MB")
    check_room(models_folder(), size - _bytes_below(folder) + written)
    hub.fetch(remotes, folder, say)
    return folder / file if file else folder


def _bytes_below(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder.exists() else 0


def _fetched(remote: Remote, path: Path, say: Say) -> Path:
    try:
        return fetch(remote, path, say)
    except NotFetchedError as error:
        hint = (
            "it wants a login; fetch it by hand and name it with --from"
            if error.status in (401, 403)
            else "check the address"
        )
        raise DomainError("not_fetched", f"{remote.name}: the server answered {error}; {hint}.", status=502) from None


def _unpacked(archive: Path, folder: Path, say: Say) -> Path:
    """What an archive, as Kaggle gives it, holds."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    say(f"unpacking {archive.name}")
    try:
        if archive.name.endswith(".zip"):
            with zipfile.ZipFile(archive) as packed:
                check_room(folder, sum(entry.file_size for entry in packed.infolist()))
                packed.extractall(folder)  # it drops “..” and roots by itself  # noqa: S202
        else:
            with tarfile.open(archive) as packed_tar:
                check_room(folder, sum(entry.size for entry in packed_tar))
                packed_tar.extractall(folder, filter="data")
    except (tarfile.TarError, zipfile.BadZipFile, BadGzipFile, zlib.error, EOFError) as error:
        raise DomainError("wrong_file", f"{archive.name} cannot be unpacked: {error}; fetch it again.") from None
    inside = list(folder.iterdir())
    return inside[0] if len(inside) == 1 else folder


def _metadata(wish: Wish, source: Path, work: Path, say: Say) -> Path | None:
    """Given, beside the weights, or the published ones."""
    if wish.metadata and urlsplit(wish.metadata).scheme not in ("http", "https"):
        given = Path(wish.metadata).expanduser().resolve()
        if not given.exists():
            raise DomainError("bad_metadata", f"There is no metadata at {given}; check the path.", status=400)
        return given
    if not wish.metadata and alphagenome.has_metadata(source):
        return None
    folder, address = work / _METADATA, (wish.metadata or alphagenome.METADATA_FOLDER).rstrip("/")
    if address.endswith((".json", ".textproto", ".textproto.gz")):
        name = Path(urlsplit(address).path).name
        return _fetched(Remote(address, name), folder / name, say)
    for name, digest in alphagenome.METADATA.items():
        sha256 = "" if wish.metadata else digest
        try:
            _fetched(Remote(f"{address}/{name}", name, sha256=sha256), folder / name, say)
        except DomainError as error:
            raise DomainError(
                "bad_metadata",
                f"What the tracks are could not be fetched: {error} Or fetch the two files of {address} elsewhere and name their folder "
                "with --metadata.",
                status=502,
            ) from None
    return folder
