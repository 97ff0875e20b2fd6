"""The evaluation: every track on held-out chromosomes, beside GC content, 6-mers, motifs and distance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from predictor.evaluation import contacts, splicing
from predictor.evaluation.genome_bins import BIN_BP, Predicted, judged_bins, predict_chromosome, whole_bins
from predictor.evaluation.kmers import KmerRegression, gc_content
from predictor.evaluation.labels import Judged, Labels
from predictor.evaluation.metrics import auroc, average_precision, block_weights, pearson
from predictor.evaluation.motifs import Motif, best_match, motifs
from predictor.evaluation.rows import Figure, figure
from predictor.reference import Reference
from predictor.results import Predictor
from predictor.strands import strandless
from predictor.tracks import Track
from predictor.training.objective import log_unit
from predictor.training.store import Store
from predictor.training.yeast_drawn import read_table
from predictor.training.yeast_tracks import EXPRESSION

RIVAL = "convolutions"
Values = NDArray[np.float64]


@dataclass(frozen=True)
class Evaluation:
    """`chromosomes` judged; `junctions`: see splicing.junctions."""

    chromosomes: tuple[str, ...]
    figures: list[Figure]
    junctions: dict[str, float]


def groups(data: Path) -> dict[str, str]:
    """The pack's group of each of its targets."""
    return {row["target"]: row["group"] for row in read_table(data / "sanity_results.tsv")}


def evaluate(
    predictor: Predictor,
    reference: Reference,
    data: Path,
    store: Store,
    chromosomes: tuple[str, ...],
    rival: Predictor | None = None,
) -> Evaluation:
    """Everything there is to say about `chromosomes`, which the model must not have seen; `rival`: another model whose figures
    are said beside each track that it has."""
    predicted = {name: predict_chromosome(predictor, reference, name) for name in chromosomes}
    judge = Judge(data, store, chromosomes)
    tracks = [track for track in predictor.info.tracks if track.output in store.run_outputs]
    known = {track.key for track in store.tracks}
    tracks = [track for track in tracks if track.key in known]
    rivals = {}
    if rival is not None:
        ours = {track.key for track in tracks}
        common = [track for track in rival.info.tracks if track.key in ours or track.output == "SPLICE_SITES"]
        rivals = {name: predict_chromosome(rival, reference, name, common) for name in chromosomes}
    rows = judge.tracks(tracks, predicted, rivals)
    training = store.splits["train"]
    found: dict[str, float] = {}
    outputs = {track.output for track in predictor.info.tracks}
    if "SPLICE_SITES" in outputs:
        rows += splicing.figures(store, training, predicted, judge.weights, rivals)
        found = splicing.junctions(store, predicted)
    if "CONTACT_MAPS" in outputs:
        rows += contacts.figures(store, training, predicted, judge.weights)
    return Evaluation(chromosomes, rows, found)


class Judge:
    """Baselines fitted on the training chromosomes, choices made on the validation chromosomes, figures on `chromosomes`."""

    def __init__(self, data: Path, store: Store, chromosomes: tuple[str, ...]) -> None:
        self.store, self.chromosomes = store, chromosomes
        self.labels = Labels(data, store)
        self.group_of = groups(data)
        self.weights = block_weights([whole_bins(store.lengths[name]) for name in chromosomes])
        self.judged = {name: judged_bins(data, store.lengths[name], name) for name in chromosomes}
        self.codes = {name: store.codes(name, 0, length) for name, length in store.lengths.items()}

    def tracks(
        self, tracks: list[Track], predicted: dict[str, Predicted], rivals: dict[str, Predicted]
    ) -> list[Figure]:
        """Up to four figures per track: AP and AUROC of its label, Pearson of the logarithm of its signal in bins and at bases."""
        words = self._words(tracks)
        gc = {name: gc_content(self.codes[name]) for name in (*self.chromosomes, *self.store.splits["train"])}
        rows: list[Figure] = []
        for column, track in enumerate(tracks):
            judged = {name: self.labels.of(track, name) for name in self.chromosomes}
            keep = np.concatenate([judged[name].called & self.judged[name] for name in self.chromosomes])
            weights = self.weights[:, keep]
            scores = {
                "model": self._join({name: predicted[name].coarse[track.key] for name in self.chromosomes}, keep),
                "GC": self._join(gc, keep) * self._gc_sign(track, gc),
                "6-mers": self._join({name: words[name][column] for name in self.chromosomes}, keep),
            }
            if (motif := self._motif(track)) is not None:
                scores["motif"] = self._join({n: best_match(self.codes[n], motif) for n in self.chromosomes}, keep)
            if _has(rivals, track):
                scores[RIVAL] = self._join({name: rivals[name].coarse[track.key] for name in self.chromosomes}, keep)
            rows += self._label_rows(track, judged, keep, scores, weights)
            rows += self._signal_rows(track, judged, keep, scores, weights)
            rows += self._fine_row(track, predicted, rivals, words, column)
        return rows + self._genes(tracks, predicted, rivals, words)

    def _join(self, by_chromosome: dict[str, NDArray[np.floating]], keep: NDArray[np.bool_]) -> Values:
        return np.concatenate([by_chromosome[name] for name in self.chromosomes])[keep].astype(np.float64)

    def _group(self, track: Track) -> str:
        if track.output.startswith("CHIP"):
            return self.group_of.get(f"chip:{track.name}", track.output_type.name)
        return {"RNA_SEQ": "transcribed strand", "CAGE": "CAGE/STRIPE", "POLYA": "polyA"}.get(
            track.output, "nucleosome"
        )

    def _label_rows(
        self,
        track: Track,
        judged: dict[str, Judged],
        keep: NDArray[np.bool_],
        scores: dict[str, Values],
        weights: Values,
    ) -> list[Figure]:
        if any(one.label is None for one in judged.values()):
            return []
        label = np.concatenate([one.label for one in judged.values() if one.label is not None])[keep]
        rows = []
        for measure, of in (("AP", average_precision), ("AUROC", auroc)):
            values = {name: of(score, label, weights) for name, score in scores.items()}
            ours, rival = values.pop("model"), values.pop(RIVAL, None)
            rows.append(figure(track.key, self._group(track), measure, float(label.mean()), ours, values, rival))
        return rows

    def _signal_rows(
        self,
        track: Track,
        judged: dict[str, Judged],
        keep: NDArray[np.bool_],
        scores: dict[str, Values],
        weights: Values,
    ) -> list[Figure]:
        if any(one.signal is None for one in judged.values()):
            return []
        signal = np.concatenate([one.signal for one in judged.values() if one.signal is not None])[keep]
        target = np.log1p(signal.astype(np.float64))
        per = log_unit(track.output)
        values = {"GC": pearson(scores["GC"], target, weights), "6-mers": pearson(scores["6-mers"], target, weights)}
        fits = {
            which: pearson(np.log1p(scores[which] / per), target, weights)
            for which in ("model", RIVAL)
            if which in scores
        }
        group = self._group(track)
        return [figure(track.key, group, "Pearson, 128 bp", math.nan, fits["model"], values, fits.get(RIVAL))]

    def _fine_row(
        self,
        track: Track,
        predicted: dict[str, Predicted],
        rivals: dict[str, Predicted],
        words: dict[str, NDArray[np.float32]],
        column: int,
    ) -> list[Figure]:
        """Pearson of the logarithm at single bases, where the track has them; the 6-mers' value of its bin beside it."""
        if track.resolution != 1 or track.output == "POLYA":
            return []
        row = self.store.of(track.output).index(next(t for t in self.store.of(track.output) if t.key == track.key))
        networks = {"model": predicted, RIVAL: rivals} if _has(rivals, track) else {"model": predicted}
        moments = {which: np.zeros((len(self.weights), 6)) for which in (*networks, "6-mers")}
        first = 0
        for name in self.chromosomes:
            bins = whole_bins(self.store.lengths[name])
            target = np.log1p(self.store.draw(track.output, name, 0, bins * BIN_BP, 1)[row].astype(np.float64))
            judged = self.judged[name].astype(np.float64)
            logs = {which: np.log1p(by[name].fine[track.key].astype(np.float64)) for which, by in networks.items()}
            logs["6-mers"] = np.repeat(words[name][column].astype(np.float64), BIN_BP)
            for which, values in logs.items():
                parts = (np.ones_like(values), values, target, values * target, values**2, target**2)
                sums = np.stack([part.reshape(bins, BIN_BP).sum(1) * judged for part in parts])
                moments[which] += self.weights[:, first : first + bins] @ sums.T
            first += bins
        fits = {which: _correlation(some) for which, some in moments.items()}
        baseline = {"6-mers": fits["6-mers"]}
        group = self._group(track)
        return [figure(track.key, group, "Pearson, 1 bp", math.nan, fits["model"], baseline, fits.get(RIVAL))]

    def _genes(
        self,
        tracks: list[Track],
        predicted: dict[str, Predicted],
        rivals: dict[str, Predicted],
        words: dict[str, NDArray[np.float32]],
    ) -> list[Figure]:
        """Expression of ORF transcripts: mean over the unit against what was measured for it, Pearson of the logarithm; beside it
        the mean of what the 6-mers say of the unit's bins."""
        rows = []
        columns = {track.key: column for column, track in enumerate(tracks)}
        for base in EXPRESSION:
            strands = {track.strand: track for track in tracks if strandless(track) == base}
            if not strands:
                continue
            common = all(_has(rivals, track) for track in strands.values())
            networks = {"model": predicted, RIVAL: rivals} if common else {"model": predicted}
            means: dict[str, list[float]] = {which: [] for which in networks}
            measured, simple, bins, first = [], [], [], 0
            for name in self.chromosomes:
                for strand, track in strands.items():
                    values = {which: by[name].fine[track.key] for which, by in networks.items()}
                    length = len(values["model"])
                    logs = words[name][columns[track.key]]
                    for unit in self.labels.units(name, strand):
                        start, end = int(unit["start"]), min(int(unit["end"]), length)
                        middle = (start + end) // 2 // BIN_BP
                        if (
                            unit[EXPRESSION[base]]
                            and end > start
                            and self.judged[name][min(middle, len(self.judged[name]) - 1)]
                        ):
                            for which, some in values.items():
                                means[which].append(float(some[start:end].mean()))
                            measured.append(float(unit[EXPRESSION[base]]))
                            simple.append(float(logs[start // BIN_BP : end // BIN_BP + 1].mean()))
                            bins.append(first + middle)
                first += whole_bins(self.store.lengths[name])
            weights = self.weights[:, bins]
            target = np.log1p(np.array(measured))
            fits = {which: pearson(np.log1p(np.array(some)), target, weights) for which, some in means.items()}
            baseline = {"6-mers": pearson(np.array(simple), target, weights)}
            rows.append(figure(base, "genes", "Pearson, gene", math.nan, fits["model"], baseline, fits.get(RIVAL)))
        return rows

    def _words(self, tracks: list[Track]) -> dict[str, NDArray[np.float32]]:
        """By chromosome [T, bins]: 6-mer regression, each track with the penalty that does best on the validation chromosomes."""
        train, valid = self.store.splits["train"], self.store.splits["valid"]
        targets = {name: np.stack([self._fitted(track, name) for track in tracks]) for name in train}
        model = KmerRegression({name: self.codes[name] for name in train}, targets)
        columns = list(range(len(tracks)))
        by_penalty = [model.predict(self.codes[name], columns) for name in valid]
        wanted = np.concatenate([np.stack([self._fitted(track, name) for track in tracks]) for name in valid], axis=1)
        fits = []
        for penalty in range(len(by_penalty[0])):
            values = np.concatenate([of_chromosome[penalty] for of_chromosome in by_penalty], axis=1)
            fits.append([_plain_correlation(a, b) for a, b in zip(values, wanted, strict=True)])
        best = np.argmax(np.nan_to_num(np.array(fits), nan=-1), axis=0)
        out = {}
        for name in self.chromosomes:
            every = model.predict(self.codes[name], columns)
            out[name] = np.stack([every[best[column]][column] for column in columns])
        return out

    def _fitted(self, track: Track, chromosome: str) -> NDArray[np.float32]:
        judged = self.labels.of(track, chromosome)
        if judged.signal is not None:
            return np.log1p(judged.signal).astype(np.float32)
        assert judged.label is not None
        return judged.label.astype(np.float32)

    def _gc_sign(self, track: Track, gc: dict[str, NDArray[np.float32]]) -> float:
        """Whether more or less GC goes with the track, as the training chromosomes tell."""
        train = self.store.splits["train"]
        fit = _plain_correlation(
            np.concatenate([gc[name] for name in train]), np.concatenate([self._fitted(track, name) for name in train])
        )
        return -1.0 if fit < 0 else 1.0

    def _motif(self, track: Track) -> Motif | None:
        """The matrix of a factor that does best on the validation chromosomes, or None."""
        candidates = motifs().get(track.name, ()) if track.output == "CHIP_TF" else ()
        if len(candidates) < 2:
            return candidates[0] if candidates else None
        valid = self.store.splits["valid"]
        label = np.concatenate([self._fitted(track, name) for name in valid]) > 0
        one = np.ones((1, len(label)))

        def skill(motif: Motif) -> float:
            score = np.concatenate([best_match(self.codes[name], motif) for name in valid])
            return float(average_precision(score, label, one)[0])

        return max(candidates, key=skill)


def _has(rivals: dict[str, Predicted], track: Track) -> bool:
    return bool(rivals) and track.key in next(iter(rivals.values())).coarse


def _plain_correlation(a: NDArray[np.floating], b: NDArray[np.floating]) -> float:
    one = np.ones((1, len(a)))
    return float(pearson(a.astype(np.float64), b.astype(np.float64), one)[0])


def _correlation(moments: Values) -> Values:
    """Pearson of sums of 1, a, b, ab, a², b² by resample."""
    n, a, b, ab, aa, bb = moments.T
    spread = (aa / n - (a / n) ** 2) * (bb / n - (b / n) ** 2)
    return np.asarray((ab / n - a * b / n**2) / np.sqrt(np.maximum(spread, 1e-300)))
