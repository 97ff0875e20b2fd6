"""How well the change of an exon's two sites tells the measured change of its inclusion: correlation, AUROC, average precision.

The score of a variant is the mean change of the logit of SpliceAI's probability at the exon's acceptor and donor; beside it the mean
change of the probability itself. Each construct is read between N, as it stands in the table, and where a genome is given and has the
place, also within it. Baselines: the change of a site matrix made of the natural exons of the same table, the distance from the
exon's border, and whether the exon itself is left alone. Every score is the lower, the more inclusion it expects to be lost.
Intervals are of resamples of exons.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from predictor.codes import encode_bases, reverse_complement
from predictor.errors import DomainError
from predictor.evaluation.metrics import RESAMPLES, auroc, average_precision, interval, pearson
from predictor.genome import Interval
from predictor.scoring.inputs import Genome
from predictor.spliceai.architecture import FLANK_BP
from predictor.spliceai.borders import border_probabilities, logit
from predictor.spliceai.measured_exons import Assay, Exon, Measured
from predictor.spliceai.predictor import SpliceAI
from predictor.spliceai.site_matrix import SiteMatrices
from predictor.spliceai.truth import LEAKED

Values = NDArray[np.float64]
Estimate = tuple[float, float, float]  # a figure, and what 95 % of the resamples lie between

FEWEST_OF_A_KIND = 2  # strong losses, and others, of a group that has figures


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one way to score one group of variants; AUROC and average precision are of strong losses among all."""

    group: str
    variants: int
    exons: int
    losses: int
    score: str
    spearman: Estimate
    pearson: Estimate
    auroc: Estimate
    average_precision: Estimate


@dataclass(frozen=True, slots=True)
class Inclusion:
    """What was judged, and how well. `outside`: variants that the genome has not, or not with this REF."""

    model: str
    assay: str
    unit: str
    loss: float
    unmeasured: int
    left_out: int
    outside: int
    figures: tuple[Figures, ...]
    variants: tuple[dict[str, object], ...]  # each with its scores; NaN where the genome has not its place

    def markdown(self) -> str:
        """For people."""
        lines = [
            f"{self.model} on {self.assay}: a strong loss is a change of at most {self.loss:g} {self.unit}. "
            f"{self.unmeasured:,} rows have no measurement, {self.left_out:,} were left out to keep to --most.",
            "SpliceAI was trained on all chromosomes but 1, 3, 5, 7 and 9.",
            "",
            "| variants | n (exons; strong losses) | score | Spearman | Pearson | AUROC | AP |",
            "|---|---|---|---:|---:|---:|---:|",
        ]
        for one in self.figures:
            numbers = (one.spearman, one.pearson, one.auroc, one.average_precision)
            shown = " | ".join(f"{value:.2f} ({low:.2f} to {high:.2f})" for value, low, high in numbers)
            lines.append(f"| {one.group} | {one.variants:,} ({one.exons:,}; {one.losses:,}) | {one.score} | {shown} |")
        return "\n".join(lines) + "\n"

    def write(self, folder: Path) -> None:
        """`inclusion.json`, `inclusion.md`, and `inclusion.tsv` with every variant's scores."""
        folder.mkdir(parents=True, exist_ok=True)
        said = {name: value for name, value in asdict(self).items() if name != "variants"}
        (folder / "inclusion.json").write_text(json.dumps(said, indent=1) + "\n")
        with (folder / "inclusion.tsv").open("w", encoding="utf-8", newline="") as out:
            table = csv.DictWriter(out, list(self.variants[0]), delimiter="\t", lineterminator="\n")
            table.writeheader()
            table.writerows(self.variants)
        (folder / "inclusion.md").write_text(self.markdown())


def judge_inclusion(
    model: SpliceAI,
    assay: Assay,
    genome: Genome | None,
    *,
    most: int,
    seed: int,
    said: Callable[[str], None] = lambda line: None,
) -> Inclusion:
    """Of at most `most` variants, of exons drawn whole by `seed`. Raises DomainError `too_few_variants`."""
    rows = drawn(assay.rows, most, seed)
    _check_enough(rows, assay, most)
    exons = list(dict.fromkeys(row.exon for row in rows))
    scores = {name: np.full(len(rows), np.nan) for name in _NAMES}
    outside = 0
    for number, exon in enumerate(exons, start=1):
        places = [place for place, row in enumerate(rows) if row.exon == exon]
        variants = [rows[place] for place in places]
        _fill(scores, "construct", places, _changes(model, _alone(exon), exon, variants))
        within = _within(genome, exon) if genome is not None else None
        if within is not None:
            _fill(scores, "genome", places, _changes(model, within, exon, variants))
        else:
            outside += len(places)
        said(f"{number} of {len(exons)}: {exon.name}, {len(places)} variants")
    scores |= baselines(rows)
    figures = tuple(
        one
        for group, taken in _groups(rows, ~np.isnan(scores["genome, logit"]))
        for one in _figures(group, [row for row, kept in zip(rows, taken, strict=True) if kept],
                            {name: values[taken] for name, values in scores.items()}, assay.loss)
    )  # fmt: skip
    table = tuple(
        {"id": row.id, "exon": row.exon.name, "chromosome": row.exon.chromosome, "change": row.change}
        | {name: float(values[place]) for name, values in scores.items()}
        for place, row in enumerate(rows)
    )
    return Inclusion(
        f"{model.info.title} {model.info.version}", assay.name, assay.unit, assay.loss, assay.unmeasured,
        len(assay.rows) - len(rows), outside, figures, table,
    )  # fmt: skip


_NAMES = ("construct, logit", "construct, probability", "genome, logit", "genome, probability")


def _check_enough(rows: Sequence[Measured], assay: Assay, most: int) -> None:
    """Before hours are spent on them. Raises DomainError `too_few_variants`."""
    if not assay.rows:
        raise DomainError(
            "too_few_variants", f"This table of {assay.name} has no variant with a measurement that counts."
        )
    lost = sum(row.change <= assay.loss for row in rows)
    if min(lost, len(rows) - lost) < FEWEST_OF_A_KIND:
        raise DomainError(
            "too_few_variants",
            f"--most {most:,} leaves {len(rows):,} of {len(assay.rows):,} variants, {lost:,} of them with a strong loss; exons are drawn "
            f"whole, and {FEWEST_OF_A_KIND} variants with a strong loss and {FEWEST_OF_A_KIND} without are the least.",
        )


def baselines(rows: Sequence[Measured]) -> dict[str, Values]:
    """By name, of each row: the lower, the more inclusion is expected to be lost."""
    exons = list(dict.fromkeys(row.exon for row in rows))
    matrices = SiteMatrices.of(_sense(exon) for exon in exons)
    before = {exon: matrices.score(*_sense(exon)) for exon in exons}
    return {
        "site matrix": np.array([matrices.score(*edited(row)) - before[row.exon] for row in rows]),
        "distance": np.array([np.log2(1 + row.distance) for row in rows]),
        "exon untouched": np.array([float(not row.is_exonic) for row in rows]),
    }


def drawn(rows: Sequence[Measured], most: int, seed: int) -> list[Measured]:
    """All, or those of exons drawn one after another as long as `most` are not passed; in the order of the table."""
    counts: dict[Exon, int] = {}
    for row in rows:
        counts[row.exon] = counts.get(row.exon, 0) + 1
    names = list(counts)
    kept, total = set(), 0
    for number in np.random.default_rng(seed).permutation(len(names)):
        exon = names[number]
        if total + counts[exon] <= most:
            kept.add(exon)
            total += counts[exon]
    return [row for row in rows if row.exon in kept]


def _alone(exon: Exon) -> str:
    return "N" * FLANK_BP + exon.bases + "N" * FLANK_BP


def _within(genome: Genome, exon: Exon) -> str | None:
    """With 5,000 bp of the chromosome on either side; None where it has not all of that, or other bases than the construct."""
    name = next((name for name in genome.lengths if name.removeprefix("chr") == exon.chromosome), None)
    start, end = exon.start - FLANK_BP, exon.start + len(exon.bases) + FLANK_BP
    if name is None or start < 0 or end > genome.lengths[name]:
        return None
    bases = genome.fetch(Interval(name, start, end)).upper()
    return bases if bases[FLANK_BP:-FLANK_BP] == exon.bases else None


def _changes(model: SpliceAI, flanked: str, exon: Exon, rows: Sequence[Measured]) -> tuple[Values, Values]:
    """Mean change of the logit and of the probability at the two borders, by variant."""
    edits = [(row.variant.start - exon.start, row.variant.ref, row.variant.alt) for row in rows]
    before, after = border_probabilities(model, flanked, exon.strand, (exon.first, exon.last), edits)
    return (logit(after) - logit(before)).mean(1), (after - before).mean(1)


def _fill(scores: Mapping[str, Values], where: str, places: Sequence[int], changes: tuple[Values, Values]) -> None:
    for kind, values in zip(("logit", "probability"), changes, strict=True):
        scores[f"{where}, {kind}"][list(places)] = values


def _sense(exon: Exon) -> tuple[NDArray[np.uint8], int, int]:
    """Codes in the direction of transcription and the exon in them."""
    return _turned(exon.bases, exon.strand, exon.first, exon.last)


def edited(row: Measured) -> tuple[NDArray[np.uint8], int, int]:
    """Codes in the direction of transcription and the exon [first, last) in them, after the variant.

    One before the exon moves it, one inside makes it longer or shorter; what is inserted at a border is intron. Of a variant across a
    border the bases put in count as the first of those taken out, so that the exon begins or ends no further than they do."""
    exon, variant = row.exon, row.variant
    at, end = variant.start - exon.start, variant.start - exon.start + len(variant.ref)
    bases = exon.bases[:at] + variant.alt + exon.bases[end:]
    first = exon.first + variant.shift if end <= exon.first else min(exon.first, at + len(variant.alt))
    last = exon.last + variant.shift if at < exon.last >= end else min(exon.last, at + len(variant.alt))
    return _turned(bases, exon.strand, first, last)


def _turned(bases: str, strand: str, first: int, last: int) -> tuple[NDArray[np.uint8], int, int]:
    codes = encode_bases(bases)
    return (codes, first, last) if strand == "+" else (reverse_complement(codes), len(codes) - last, len(codes) - first)


def _groups(rows: Sequence[Measured], within: NDArray[np.bool_]) -> list[tuple[str, NDArray[np.bool_]]]:
    exonic = np.array([row.is_exonic for row in rows], bool)
    essential = np.array([row.is_essential for row in rows], bool)
    trained = np.array([row.exon.chromosome in LEAKED for row in rows], bool)
    return [
        ("all", np.ones(len(rows), bool)),
        ("exonic", exonic),
        ("intronic", ~exonic),
        ("not at the intron's two bases", ~essential),
        ("test chromosomes of the model", ~trained),
        ("its training chromosomes", trained),
        ("in the genome given", within),
    ]


def _figures(group: str, rows: Sequence[Measured], scores: Mapping[str, Values], loss: float) -> list[Figures]:
    change = np.array([row.change for row in rows])
    lost = change <= loss
    if min(lost.sum(), (~lost).sum()) < FEWEST_OF_A_KIND:
        return []
    exons = list(dict.fromkeys(row.exon for row in rows))
    number = {exon: place for place, exon in enumerate(exons)}
    owner = np.array([number[row.exon] for row in rows])
    draws = np.random.default_rng(0).multinomial(len(exons), np.full(len(exons), 1 / len(exons)), size=RESAMPLES)
    weights = np.concatenate((np.ones((1, len(rows))), draws[:, owner].astype(np.float64)))

    def estimate(values: Values) -> Estimate:
        return (float(values[0]), *interval(values))

    return [
        Figures(
            group, len(rows), len(exons), int(lost.sum()), name,
            estimate(pearson(_ranks(score), _ranks(change), weights)), estimate(pearson(score, change, weights)),
            estimate(auroc(-score, lost, weights)), estimate(average_precision(-score, lost, weights)),
        )
        for name, score in scores.items()
        if not np.isnan(score).any() and np.ptp(score) > 0  # whether the exon is touched says nothing of exonic ones
    ]  # fmt: skip


def _ranks(values: Values) -> Values:
    """From 0; equal values share the mean of theirs. Spearman's correlation is Pearson's of these (of all, in resamples too)."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray(((ends - counts + ends - 1) / 2)[place])
