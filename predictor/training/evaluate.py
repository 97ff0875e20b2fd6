"""Held-out skill of a model beside the pack's baselines (GC content, 6-mer regression, a small CNN; `sanity_results.tsv`).

Everything is judged on 128-bp bins of chromosomes the model never saw, with the labels of the pack's own sanity models:
a factor's bin holds an event; a start bin holds at least 10 YPD reads; a transcribed bin lies for at least 30 % under an
ORF transcript above 10 TPM (the pack does not state its share; this one gives its prevalence to within 0.002).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from predictor.genome import Interval
from predictor.inputs import from_interval
from predictor.reference import Reference
from predictor.results import Predictor
from predictor.training.targets import BIN_BP, Array, Targets, bins_of, build_targets, read_table

WINDOW_BP = 32_768
EDGE_BP = 8_192  # predicted but not judged, so that every judged bin has context on both sides


@dataclass(frozen=True, slots=True)
class Score:
    """One target's skill, reached by the model's `track`.

    `auroc` and `average_precision` for labels, `pearson` of log(1 + value) for signals; NaN where not defined.
    The `cnn_`, `kmer_` and `gc_` figures are the pack's; `own_gc_auroc` is GC content judged here, on our labels: where it
    agrees with the pack's, the labels are the same.
    """

    target: str
    track: str
    group: str
    prevalence: float
    auroc: float
    average_precision: float
    pearson: float
    own_gc_auroc: float
    cnn_auroc: float
    cnn_ap: float
    kmer_auroc: float
    kmer_ap: float
    gc_auroc: float


def predict_chromosome(predictor: Predictor, reference: Reference, chromosome: str) -> dict[str, Array]:
    """Every track over a whole chromosome on 128-bp bins (1-bp tracks summed), from overlapping windows."""
    length = reference.lengths[chromosome]
    tracks = predictor.info.tracks
    values = {track.key: np.zeros(bins_of(length, BIN_BP), np.float32) for track in tracks}
    step = WINDOW_BP - 2 * EDGE_BP
    for start in range(0, length, step):
        outer = Interval(chromosome, max(0, start - EDGE_BP), min(length, start + step + EDGE_BP))
        window = from_interval(outer, length, reference.fetch, WINDOW_BP)
        assert window.interval is not None
        end = min(length, start + step)
        first, last = start // BIN_BP, bins_of(end, BIN_BP)
        offset = first - window.interval.start // BIN_BP
        for predicted in predictor.predict(window, tracks).tracks:
            bins = predicted.values
            if predicted.track.resolution == 1:
                bins = np.add.reduceat(bins, np.arange(0, len(bins), BIN_BP))
            values[predicted.track.key][first:last] = bins[offset : offset + last - first]
    return values


def evaluate(predictor: Predictor, reference: Reference, data: Path, chromosomes: tuple[str, ...]) -> list[Score]:
    """Score every target on `chromosomes`; needs scikit-learn."""
    lengths = {chromosome: reference.lengths[chromosome] for chromosome in chromosomes}
    targets = build_targets(data, lengths, predictor.info.tracks)
    predicted = [predict_chromosome(predictor, reference, chromosome) for chromosome in chromosomes]
    joined = {track.key: np.concatenate([values[track.key] for values in predicted]) for track in targets.tracks}
    gc = np.concatenate([_gc(reference, chromosome) for chromosome in chromosomes])
    baselines = {row["target"]: row for row in read_table(data / "sanity_results.tsv")}
    expressed = _expressed(data, lengths)
    return [
        _score(target, key, baselines.get(target, {}), joined[key], label, signal, gc)
        for target, key, label, signal in _labels(targets, chromosomes, expressed)
    ]


def _expressed(data: Path, lengths: dict[str, int]) -> dict[str, NDArray[np.bool_]]:
    """By strand: 128-bp bins of all chromosomes, joined, that lie under an ORF transcript above 10 TPM."""
    covered = {
        strand: {chromosome: np.zeros(bins_of(length, BIN_BP) * BIN_BP) for chromosome, length in lengths.items()}
        for strand in "+-"
    }
    for unit in read_table(data / "transcripts.tsv.gz"):
        if unit["class"] == "ORF-T" and unit["chrom"] in lengths and float(unit["profDGE48_WT_tpm_mean"] or 0) > 10:
            covered[unit["strand"]][unit["chrom"]][int(unit["start"]) : int(unit["end"])] = 1
    return {
        strand: np.concatenate([bases.reshape(-1, BIN_BP).mean(1) >= 0.3 for bases in by_chromosome.values()])
        for strand, by_chromosome in covered.items()
    }


def _gc(reference: Reference, chromosome: str) -> NDArray[np.float64]:
    bases = np.frombuffer(reference.sequence(chromosome).encode("ascii"), np.uint8)
    counts = np.isin(bases, np.frombuffer(b"GC", np.uint8)).astype(np.float64)
    return np.add.reduceat(counts, np.arange(0, len(counts), BIN_BP))


Labelled = tuple[str, str, NDArray[np.bool_], Array | None]


def _labels(
    targets: Targets, chromosomes: tuple[str, ...], expressed: dict[str, NDArray[np.bool_]]
) -> Iterator[Labelled]:
    """(target's name in the pack, track key, label, signal or None)."""

    def column(key: str) -> Array:
        track = next(track for track in targets.tracks if track.key == key)
        row = targets.of(track.output).index(track)
        parts = [targets.values[chromosome][track.output][row] for chromosome in chromosomes]
        if track.resolution == 1:
            parts = [np.add.reduceat(part, np.arange(0, len(part), BIN_BP)) for part in parts]
        return np.concatenate(parts)

    for word, sense, strand in (("fwd", "plus", "+"), ("rev", "minus", "-")):
        coverage, starts = column(f"rna_wt_{sense}"), column(f"tss_ypd_{sense}")
        yield f"rna:{word}_cov", f"rna_wt_{sense}", expressed[strand], coverage
        yield f"cage:{word}", f"tss_ypd_{sense}", starts >= 10, starts
    occupancy = column("nucleosome_occupancy")
    yield "nuc:brogaard_occ", "nucleosome_occupancy", occupancy > np.median(occupancy), occupancy
    for track in targets.tracks:
        if track.output.startswith("CHIP"):
            yield f"chip:{track.name}", track.key, column(track.key) > 0, None


def _score(
    target: str,
    track: str,
    baseline: dict[str, str],
    predicted: Array,
    label: NDArray[np.bool_],
    signal: Array | None,
    gc: NDArray[np.float64],
) -> Score:
    from sklearn.metrics import average_precision_score, roc_auc_score

    judged = 0 < label.sum() < len(label)
    pearson = float("nan")
    if signal is not None and signal.std() > 0 and predicted.std() > 0:
        pearson = float(np.corrcoef(np.log1p(predicted), np.log1p(signal))[0, 1])
    gc_auroc = float(roc_auc_score(label, gc)) if judged else float("nan")
    return Score(
        target,
        track,
        baseline.get("group", "not in the pack"),
        float(label.mean()),
        float(roc_auc_score(label, predicted)) if judged else float("nan"),
        float(average_precision_score(label, predicted)) if judged else float("nan"),
        pearson,
        max(gc_auroc, 1 - gc_auroc),  # the pack's is a fitted model, which finds the sign
        *(float(baseline.get(name, "nan")) for name in ("cnn_auroc", "cnn_ap", "kmer_auroc", "kmer_ap", "gc_auroc")),
    )


def table(scores: list[Score]) -> str:
    """Markdown: one row per group, the mean over its targets, ours beside each baseline."""
    lines = [
        "| group | targets | prevalence | AUROC / AP | CNN AUROC / AP | 6-mer AUROC / AP | GC AUROC (pack / here) | AP above 6-mer |",
        "|---|---|---|---|---|---|---|---|",
    ]
    groups = sorted({score.group for score in scores})
    for name, rows in [(g, [s for s in scores if s.group == g]) for g in groups] + [("all", scores)]:

        def mean(field: str, rows: list[Score] = rows) -> float:
            known = [value for row in rows if not math.isnan(value := getattr(row, field))]
            return sum(known) / len(known) if known else math.nan

        better = sum(row.average_precision > row.kmer_ap for row in rows)
        lines.append(
            f"| {name} | {len(rows)} | {mean('prevalence'):.3f} | {mean('auroc'):.3f} / {mean('average_precision'):.3f} "
            f"| {mean('cnn_auroc'):.3f} / {mean('cnn_ap'):.3f} | {mean('kmer_auroc'):.3f} / {mean('kmer_ap'):.3f} "
            f"| {mean('gc_auroc'):.3f} / {mean('own_gc_auroc'):.3f} | {better} of {len(rows)} |"
        )
    lines += ["", "| signal | Pearson of log(1 + value), 128-bp bins |", "|---|---|"]
    lines += [f"| {s.target} | {s.pearson:.3f} |" for s in scores if not np.isnan(s.pearson)]
    return "\n".join(lines) + "\n"


def write(scores: list[Score], folder: Path, chromosomes: tuple[str, ...]) -> None:
    """`metrics.json` (every target) and `metrics.md` (the table)."""
    rows = [{k: (round(v, 4) if isinstance(v, float) else v) for k, v in asdict(score).items()} for score in scores]
    rows = [{k: (None if v != v else v) for k, v in row.items()} for row in rows]  # NaN is not JSON
    (folder / "metrics.json").write_text(json.dumps({"chromosomes": chromosomes, "targets": rows}, indent=1) + "\n")
    (folder / "metrics.md").write_text(f"Held-out chromosomes: {', '.join(chromosomes)}\n\n{table(scores)}")
