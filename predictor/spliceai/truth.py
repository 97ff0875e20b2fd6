"""Predicted splice sites beside the annotated ones of whole genes: what SpliceAI's authors report, on genes of one's own choice.

Top-k accuracy: of the k best positions, where k is the number of true sites, the share that is true. Both measures are over all
bases of the chosen genes' transcripts together, donors and acceptors apart, each on its gene's strand, with the real sequence on
either side. Intervals are of resamples of genes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from predictor.codes import encode_bases
from predictor.errors import DomainError
from predictor.evaluation.metrics import RESAMPLES, average_precision, interval
from predictor.genes import Gene
from predictor.genome import Interval
from predictor.scoring.inputs import Genome
from predictor.spliceai.architecture import FLANK_BP
from predictor.spliceai.predictor import CHUNK_BP, SpliceAI

KINDS = ("acceptor", "donor")
FEWEST_EXONS = 3
CANDIDATE = 1e-4  # resamples leave out untrue bases below it: they rank behind what matters
LEAKED = frozenset((*map(str, (2, 4, 6, 8, *range(10, 23))), "X", "Y"))  # SpliceAI was trained on these chromosomes

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Figure:
    """Of one kind of site; intervals hold 95 % of the resamples."""

    kind: str
    sites: int
    bases: int
    top_k: float
    top_k_interval: tuple[float, float]
    auprc: float
    auprc_interval: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Truth:
    """What was judged, and how well."""

    model: str
    chromosome: str
    trained_on: bool
    choice: str
    genes: tuple[str, ...]
    figures: tuple[Figure, ...]

    def markdown(self) -> str:
        """For people."""
        lines = [
            f"{self.model} on {len(self.genes)} genes of chromosome {self.chromosome}: {self.choice}.",
            "The model was trained on this chromosome: the figures say that it is run rightly, not how well it generalises."
            if self.trained_on
            else "The model was not trained on this chromosome.",
            "",
            "| sites | true sites | bases | top-k accuracy | AUPRC |",
            "|---|---:|---:|---:|---:|",
        ]
        for one in self.figures:
            low, high = one.top_k_interval
            least, most = one.auprc_interval
            lines.append(
                f"| {one.kind}s | {one.sites:,} | {one.bases:,} | {one.top_k:.3f} ({low:.3f} to {high:.3f}) "
                f"| {one.auprc:.3f} ({least:.3f} to {most:.3f}) |"
            )
        lines += ["", f"Genes: {', '.join(self.genes)}."]
        return "\n".join(lines) + "\n"

    def write(self, folder: Path) -> None:
        """`splicing.json` and `splicing.md`."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "splicing.json").write_text(json.dumps(asdict(self), indent=1) + "\n")
        (folder / "splicing.md").write_text(self.markdown())


def choose(genes: Sequence[Gene], count: int, longest_bp: int) -> tuple[Gene, ...]:
    """`count` genes evenly spaced in the order of their places, of those with enough exons that are not longer.

    Raises DomainError `too_few_genes`.
    """
    fit = sorted(
        (gene for gene in genes if len(gene.exons) >= FEWEST_EXONS and gene.end - gene.start <= longest_bp),
        key=lambda gene: (gene.start, gene.end, gene.name),
    )
    if len(fit) < count:
        raise DomainError(
            "too_few_genes",
            f"There are {len(fit)} genes of {FEWEST_EXONS} exons or more and at most {longest_bp:,} bp there, not {count}; "
            "ask for fewer or for longer ones.",
        )
    return tuple(fit[number * len(fit) // count] for number in range(count))


def judge(
    model: SpliceAI, genome: Genome, genes: Sequence[Gene], choice: str, said: Callable[[str], None] = lambda line: None
) -> Truth:
    """Of genes of one chromosome."""
    scores, labels = [], []
    for number, gene in enumerate(genes, start=1):
        scores.append(predicted(model, genome, gene))
        labels.append(annotated(gene))
        said(f"{number} of {len(genes)}: {gene.name}, {gene.end - gene.start:,} bp")
    figures = tuple(
        _figure(kind, [one[row] for one in scores], [one[row] for one in labels]) for row, kind in enumerate(KINDS)
    )
    name = genes[0].chromosome
    return Truth(
        f"{model.info.title} {model.info.version}", name, name.removeprefix("chr") in LEAKED, choice,
        tuple(gene.name for gene in genes), figures,
    )  # fmt: skip


def predicted(model: SpliceAI, genome: Genome, gene: Gene) -> Values:
    """[2, n]: acceptors and donors of the gene's bases on its strand, mean of the networks; N beyond the chromosome's ends."""
    strand = "-" if gene.strand == "-" else "+"
    parts = []
    for start in range(gene.start, gene.end, CHUNK_BP):
        end = min(start + CHUNK_BP, gene.end)
        members = [part[1:].double() for part in model.members(_codes(genome, gene.chromosome, start, end), strand)]
        parts.append((sum(members[1:], members[0]) / len(members)).cpu().numpy())
    return np.concatenate(parts, axis=1)


def annotated(gene: Gene) -> NDArray[np.bool_]:
    """[2, n]: where its introns end and begin."""
    labels = np.zeros((len(KINDS), gene.end - gene.start), bool)
    for donor, acceptor in gene.sites:
        labels[0, acceptor - gene.start] = labels[1, donor - gene.start] = True
    return labels


def top_k(score: Values, label: NDArray[np.bool_], weights: Values) -> Values:
    """[R], as predictor.evaluation.metrics has it."""
    order = np.argsort(-score, kind="stable")
    ordered = weights[:, order]
    wanted = (weights @ label.astype(np.float64))[:, None]
    taken = ordered * (np.cumsum(ordered, axis=1) <= wanted)
    return np.asarray((taken @ label[order].astype(np.float64)) / np.maximum(wanted[:, 0], 1e-12))


def _codes(genome: Genome, chromosome: str, start: int, end: int) -> NDArray[np.uint8]:
    first, last = start - FLANK_BP, end + FLANK_BP
    length = genome.lengths[chromosome]
    bases = genome.fetch(Interval(chromosome, max(0, first), min(length, last)))
    return encode_bases("N" * max(0, -first) + bases + "N" * max(0, last - length))


def _figure(kind: str, scores: Sequence[Values], labels: Sequence[NDArray[np.bool_]]) -> Figure:
    score, label = np.concatenate(scores), np.concatenate(labels)
    owner = np.repeat(np.arange(len(scores)), [len(one) for one in scores])
    all_of_it = np.ones((1, len(score)))
    kept = label | (score >= CANDIDATE)
    drawn = np.random.default_rng(0).multinomial(len(scores), np.full(len(scores), 1 / len(scores)), size=RESAMPLES)
    weights = np.concatenate((np.ones((1, int(kept.sum()))), drawn[:, owner[kept]].astype(np.float64)))
    return Figure(
        kind, int(label.sum()), len(label),
        float(top_k(score, label, all_of_it)[0]), interval(top_k(score[kept], label[kept], weights)),
        float(average_precision(score, label, all_of_it)[0]), interval(average_precision(score[kept], label[kept], weights)),
    )  # fmt: skip
