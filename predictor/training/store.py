"""Targets of one genome on disk, written once and mapped into memory: runs per output, contact maps, splice junctions, bases."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from predictor.tracks import Track
from predictor.training.runs import Runs, draw, longest

INDEX = "index.json"
EXCLUDED = "excluded"  # runs where protein binding was not called
FORMAT = 1
PAIR_BP = 2048

Array = NDArray[np.float32]
INTRON = np.dtype([("donor", "<i4"), ("acceptor", "<i4"), ("minus", "?")])


@dataclass(frozen=True)
class Tables:
    """Everything that is written, by chromosome.

    `runs[output][chromosome]` with the row of the track among those of its output; `excluded[chromosome]`; `contacts`: float32
    [P, P] in 2,048-bp bins, NaN where not measured; `introns`: the last base of the exon before and the first of the one after.
    `splits` by name; `kinds` of tracks, by key, that a config may weigh.
    """

    tracks: tuple[Track, ...]
    codes: dict[str, NDArray[np.uint8]]
    runs: dict[str, dict[str, Runs]]
    excluded: dict[str, Runs]
    contacts: dict[str, Array]
    introns: dict[str, NDArray[np.void]]
    splits: dict[str, tuple[str, ...]]
    kinds: dict[str, str]


def write_store(folder: Path, tables: Tables, digest: str) -> None:
    """Into a new folder that appears whole or not at all. `digest` says what it was made from."""
    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    where: dict[str, Any] = {}
    for name, by_chromosome in {**tables.runs, EXCLUDED: tables.excluded}.items():
        np.save(part / f"{name}.npy", np.concatenate(list(by_chromosome.values())))
        where[name] = _places({c: (len(runs), longest(runs)) for c, runs in by_chromosome.items()})
    np.save(part / "codes.npy", np.concatenate(list(tables.codes.values())))
    np.save(part / "introns.npy", np.concatenate(list(tables.introns.values())))
    where["introns"] = _places({c: (len(introns), 0) for c, introns in tables.introns.items()})
    for chromosome, contacts in tables.contacts.items():
        np.save(part / f"contacts_{chromosome}.npy", contacts.astype(np.float16))
    index = {
        "format": FORMAT,
        "digest": digest,
        "lengths": {chromosome: len(codes) for chromosome, codes in tables.codes.items()},
        "tracks": [asdict(track) for track in tables.tracks],
        "kinds": tables.kinds,
        "splits": tables.splits,
        "where": where,
    }
    (part / INDEX).write_text(json.dumps(index))
    shutil.rmtree(folder, ignore_errors=True)
    part.replace(folder)


def _places(counts: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int, int]]:
    """First, end and longest by chromosome, of rows that lie one chromosome after another."""
    places, first = {}, 0
    for chromosome, (count, most) in counts.items():
        places[chromosome] = (first, first + count, most)
        first += count
    return places


def digest_of(folder: Path, *facts: object) -> str:
    """Of the tables in a folder (names, sizes, contents) and of what else decides the store."""
    digest = hashlib.sha256(repr((FORMAT, facts)).encode())
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        digest.update(path.name.encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def is_store(folder: Path, digest: str) -> bool:
    """Whether a folder holds a store made from the same."""
    try:
        index = json.loads((folder / INDEX).read_text())
    except (OSError, ValueError):
        return False
    return bool(index.get("format") == FORMAT and index.get("digest") == digest)


class Store:
    """A store that was written. Windows are [start, end) of a chromosome; all arrays are new ones."""

    def __init__(self, folder: Path) -> None:
        index = json.loads((folder / INDEX).read_text())
        self.folder = folder
        self.tracks = tuple(Track(**row) for row in index["tracks"])
        self.kinds: dict[str, str] = index["kinds"]
        self.splits = {name: tuple(chromosomes) for name, chromosomes in index["splits"].items()}
        self.lengths: dict[str, int] = index["lengths"]
        self._where: dict[str, dict[str, list[int]]] = index["where"]
        self.offsets = dict(zip(self.lengths, np.cumsum([0, *self.lengths.values()]).tolist(), strict=False))
        self._mapped = cache(lambda name: np.load(folder / f"{name}.npy", mmap_mode="r"))

    @property
    def run_outputs(self) -> tuple[str, ...]:
        """Outputs that are drawn from runs."""
        return tuple(dict.fromkeys(t.output for t in self.tracks if t.output in self._where))

    def of(self, output: str) -> tuple[Track, ...]:
        """The tracks of one output, in order."""
        return tuple(track for track in self.tracks if track.output == output)

    def codes(self, chromosome: str, start: int, end: int) -> NDArray[np.uint8]:
        """Base codes; the window lies inside the chromosome."""
        first = self.offsets[chromosome]
        return np.array(self._mapped("codes")[first + start : first + end])

    def draw(self, output: str, chromosome: str, start: int, end: int, resolution: int, *, core_bp: int = 0) -> Array:
        """[tracks, bins]: sums over bins of `resolution` bp; `core_bp`: see runs.draw. Raises ValueError for a part of a bin."""
        first, last, most = self._where[output][chromosome]
        runs = self._mapped(output)[first:last]
        return draw(runs, most, len(self.of(output)), start, end, resolution, core_bp=core_bp)

    def called(self, chromosome: str, start: int, end: int, resolution: int) -> NDArray[np.bool_]:
        """[bins]: False where a bin touches a region in which no binding was called; there, no event means nothing."""
        first, last, most = self._where[EXCLUDED][chromosome]
        covered: NDArray[np.bool_] = draw(self._mapped(EXCLUDED)[first:last], most, 1, start, end, resolution)[0] > 0
        return ~covered

    def contacts(self, chromosome: str, start: int, end: int) -> Array:
        """[P, P] in 2,048-bp bins from `start` on, which need not lie on the map's own grid: between its bins, linearly."""
        measured = self._mapped(f"contacts_{chromosome}")
        pairs = (end - start) // PAIR_BP
        first, share = start // PAIR_BP, start % PAIR_BP / PAIR_BP
        window = np.full((pairs + 1, pairs + 1), np.nan, np.float32)
        found = measured[first : first + pairs + 1, first : first + pairs + 1]
        window[: len(found), : len(found)] = found
        if share == 0:
            return window[:-1, :-1]
        rows = (1 - share) * window[:-1] + share * window[1:]
        return np.asarray((1 - share) * rows[:, :-1] + share * rows[:, 1:], np.float32)

    def introns(self, chromosome: str, start: int, end: int) -> NDArray[np.void]:
        """Introns whose two sites both lie in the window, sites counted from `start`."""
        first, last, _ = self._where["introns"][chromosome]
        introns = np.array(self._mapped("introns")[first:last])
        low = np.minimum(introns["donor"], introns["acceptor"])
        high = np.maximum(introns["donor"], introns["acceptor"])
        introns = introns[(low >= start) & (high < end)]
        introns["donor"] -= start
        introns["acceptor"] -= start
        return np.asarray(introns)
