"""How large a score is: its rank among random common-like variants of the same genome, scored once per model.

As the SDK describes quantile scores: the share of background scores below, from 0 to 1; of signed scorers stretched to -1 to 1,
so that 0 is the middle and the sign that of the score. A table per scorer and track; the file lies beside the weights and
says whose it is: for other weights there are no quantiles rather than wrong ones.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from predictor.catalogue import ModelInfo
from predictor.genome import Interval
from predictor.scoring.inputs import Genome
from predictor.scoring.results import Scored, ScorerResult
from predictor.scoring.scorers import Scorer
from predictor.variants.variant import Variant, normalised

FILE = "background.npz"
INDEL_SHARE = 0.1
TRANSITION_SHARE = 2 / 3  # of SNVs: of each base's three changes the one that is a transition is four times as frequent
MEAN_INDEL_BP = 3
_TRANSITIONS = {"A": "G", "G": "A", "C": "T", "T": "C"}
_POINTS = 257  # of a table, evenly spaced in probability, beside those in the tails
_TAIL_POINTS = 24

Key = tuple[str, str]  # scorer's name, track's key


class Background:
    """`tables` by scorer and track: the values [P] at `probabilities` [P], both ascending."""

    def __init__(
        self, sha256: str, probabilities: NDArray[np.float64], tables: Mapping[Key, NDArray[np.float32]]
    ) -> None:
        self.sha256, self.probabilities, self.tables = sha256, probabilities, dict(tables)

    @classmethod
    def beside(cls, info: ModelInfo) -> Background | None:
        """That of a model, if it has one and it was made with these weights."""
        path = info.folder / FILE
        if not path.exists():
            return None
        found = cls.read(path)
        return found if found.sha256 == info.sha256 else None

    @classmethod
    def read(cls, path: Path) -> Background:
        """A file that `write` wrote."""
        with np.load(path, allow_pickle=False) as file:
            about = json.loads(str(file["about"]))
            keys = [(scorer, track) for scorer, track in about["tables"]]
            return cls(about["sha256"], file["probabilities"], dict(zip(keys, file["values"], strict=True)))

    def write(self, path: Path) -> None:
        """Whole or not at all."""
        about = json.dumps({"sha256": self.sha256, "tables": list(self.tables)})
        fresh = path.with_name(f"{path.name}.part")
        try:
            with fresh.open("wb") as file:
                values = np.stack(list(self.tables.values()))
                np.savez_compressed(file, about=np.array(about), probabilities=self.probabilities, values=values)
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)

    @classmethod
    def of(cls, sha256: str, scored: Iterable[Scored]) -> Background:
        """The tables of what was scored; genes are rows of their own, NaN is nothing. ValueError if all of it failed."""
        found: dict[tuple[Scorer, str], list[NDArray[np.float32]]] = defaultdict(list)
        most = 0
        for one in scored:
            most += not one.error
            for result in one.results:
                for track, column in zip(result.tracks, result.values.T, strict=True):
                    found[result.scorer, track.key].append(column[~np.isnan(column)])
        if not most:
            raise ValueError("no variant was scored")
        probabilities = _probabilities(most)
        tables = {}
        for (scorer, key), columns in found.items():
            values = np.concatenate(columns)
            if len(values):
                tables[scorer.name, key] = np.quantile(values.astype(np.float64), probabilities).astype(np.float32)
        return cls(sha256, probabilities, tables)

    def quantiles(self, result: ScorerResult) -> NDArray[np.float32]:
        """Of a result's values [rows, T]; NaN for NaN and for what the background has no table of."""
        ranks = np.full(result.values.shape, np.nan, np.float32)
        for column, track in enumerate(result.tracks):
            table = self.tables.get((result.scorer.name, track.key))
            if table is not None:
                values = result.values[:, column]
                ranks[:, column] = np.where(np.isnan(values), np.nan, self._rank(values, table))
        return 2 * ranks - 1 if result.scorer.is_signed else ranks

    def _rank(self, values: NDArray[np.float32], table: NDArray[np.float32]) -> NDArray[np.float64]:
        """The probability at a value; in the middle of a run of equal ones. It never passes the table's ends."""
        left, right = (np.searchsorted(table, values, side) for side in ("left", "right"))
        last = len(table) - 1
        low, high = np.clip(left, 0, last), np.clip(right - 1, 0, last)
        tied = (self.probabilities[low] + self.probabilities[high]) / 2
        before, after = np.clip(left - 1, 0, last), np.clip(left, 0, last)
        width = table[after].astype(np.float64) - table[before]
        share = np.divide(values - table[before], width, out=np.zeros(len(values)), where=width > 0)
        between = self.probabilities[before] + share * (self.probabilities[after] - self.probabilities[before])
        ranks: NDArray[np.float64] = np.where(right > left, tied, between)
        return ranks


def _probabilities(count: int) -> NDArray[np.float64]:
    """From half a variant of `count` to all but half of one, closer in the tails."""
    least = 0.5 / count
    even = np.linspace(0, 1, _POINTS)[1:-1]
    tail = np.geomspace(least, max(least, even[0]), _TAIL_POINTS)
    inner = even[(even >= least) & (even <= 1 - least)]
    return np.unique(np.concatenate((tail, inner, 1 - tail)))


def random_variants(genome: Genome, count: int, seed: int = 0) -> Iterator[Variant]:
    """Variants as populations have them, most often: SNVs, transitions before transversions, and short indels; each base of the
    chromosomes is as likely as any other. Normalised; places with N are left out.
    """
    rng = random.Random(seed)  # noqa: S311
    names, lengths = list(genome.lengths), list(genome.lengths.values())
    made = 0
    while made < count:
        name = rng.choices(names, lengths)[0]
        variant = _random_variant(rng, genome, name, rng.randrange(genome.lengths[name]))
        if variant is not None:
            made += 1
            yield variant


def _random_variant(rng: random.Random, genome: Genome, name: str, start: int) -> Variant | None:
    length = genome.lengths[name]
    if rng.random() >= INDEL_SHARE:
        ref = genome.fetch(Interval(name, start, start + 1))
        if ref not in _TRANSITIONS:
            return None
        others = [base for base in "ACGT" if base not in (ref, _TRANSITIONS[ref])]
        return Variant(name, start, ref, _TRANSITIONS[ref] if rng.random() < TRANSITION_SHARE else rng.choice(others))
    size = 1
    while rng.random() > 1 / MEAN_INDEL_BP:
        size += 1
    if rng.random() < 0.5:
        variant = Variant(name, start, "", "".join(rng.choices("ACGT", k=size)))
    elif start + size < length:
        variant = Variant(name, start, genome.fetch(Interval(name, start, start + size)), "")
    else:
        return None
    variant = normalised(variant, genome.fetch)
    return None if "N" in variant.ref else variant
