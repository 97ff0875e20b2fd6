"""Reading signal files of other programs: bigWig, bedGraph and BED, plain or gzipped."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from pathlib import Path

from predictor.api import DomainError, canonical_chromosome

Run = tuple[int, int, float]
_CHUNK_BP = 5_000_000


def read_signal(path: Path, lengths: Mapping[str, int], value: str = "count") -> dict[str, list[Run]]:
    """Runs by our chromosome names; `value` of a BED row: "count" (1) or "score" (its fifth column). Chromosomes that the genome
    does not have are left out. Raises DomainError `bad_signal` with the file's name and what is wrong with it."""
    if not path.is_file():
        raise DomainError("bad_signal", f"There is no file {path.name} in {path.parent}.", status=404)
    kind = path.name.removesuffix(".gz").rpartition(".")[2].lower()
    if kind in {"bw", "bigwig"}:
        found = _bigwig(path, lengths)
    elif kind in {"bedgraph", "bdg", "bg", "bed"}:
        found = _rows(path, lengths, "bed" if kind == "bed" else "bedgraph", value)
    else:
        raise DomainError("bad_signal", f"{path.name} is none of bigWig (.bw), bedGraph (.bedgraph) and BED (.bed).")
    if not any(found.values()):
        raise DomainError(
            "bad_signal",
            f"{path.name} has no values on the chromosomes of this genome: {', '.join(list(lengths)[:4])} …",
        )
    return found


def _bigwig(path: Path, lengths: Mapping[str, int]) -> dict[str, list[Run]]:
    import pyBigWig

    try:
        file = pyBigWig.open(str(path))
    except RuntimeError:
        file = None
    if file is None or not file.isBigWig():
        raise DomainError("bad_signal", f"{path.name} is not a bigWig file, or was cut off.")
    found: dict[str, list[Run]] = {}
    with file:
        for theirs, length in file.chroms().items():
            name = _ours(theirs, lengths)
            if name is None:
                continue
            if length > lengths[name]:
                raise DomainError(
                    "bad_signal", f"{path.name} has {theirs} with {length:,} bp, this genome {lengths[name]:,}."
                )
            found[name] = [
                (max(start, low), min(end, low + _CHUNK_BP), float(value))
                for low in range(0, length, _CHUNK_BP)
                for start, end, value in file.intervals(theirs, low, min(length, low + _CHUNK_BP)) or ()
            ]
    return found


def _rows(path: Path, lengths: Mapping[str, int], kind: str, value: str) -> dict[str, list[Run]]:
    found: dict[str, list[Run]] = {}
    for number, line in _lines(path):
        columns = line.split()
        if not columns or columns[0] in {"track", "browser"} or line.startswith("#"):
            continue
        try:
            start, end = int(columns[1]), int(columns[2])
            said = 1.0
            if kind == "bedgraph":
                said = float(columns[3])
            elif value == "score":
                said = float(columns[4])
        except (ValueError, IndexError):
            raise DomainError(
                "bad_signal", f"{path.name}, line {number}: “{line[:60].strip()}” is no row of {kind}."
            ) from None
        name = _ours(columns[0], lengths)
        if name is None:
            continue
        if not 0 <= start < end <= lengths[name]:
            raise DomainError(
                "bad_signal",
                f"{path.name}, line {number}: {start}-{end} does not lie on {name} ({lengths[name]:,} bp).",
            )
        found.setdefault(name, []).append((start, end, said))
    return found


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
            yield from enumerate(file, 1)
    except (OSError, EOFError, UnicodeDecodeError):
        raise DomainError("bad_signal", f"{path.name} cannot be read as text; it may be damaged or cut off.") from None


def _ours(theirs: str, lengths: Mapping[str, int]) -> str | None:
    try:
        return canonical_chromosome(theirs, lengths)
    except DomainError:
        return None
