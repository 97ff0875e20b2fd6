"""Delta scores of variants that break splicing beside harmless ones of the same genes, at like distances from an exon.

The broken: ClinVar's pathogenic SNVs, by where they lie in the gene table's transcript: at one of an intron's two bases beside an
exon (splice donor and acceptor variants), or 3 to 50 bp into it, the harder set. The harmless: ClinVar's benign SNVs, and those of a
file in which all are common, but none that is pathogenic. Each broken variant has one harmless beside it: in the same gene, not
taken yet, in an intron as well, and as nearly as possible as far from an exon; where there is none, it is left out and counted. The
score is the greatest delta score in that gene, raw and masked. Baselines: what a site matrix of the table's introns loses at the
borders near the variant, and the distance. Intervals are of resamples of genes.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from predictor.codes import encode_bases, reverse_complement
from predictor.errors import DomainError
from predictor.evaluation.metrics import RESAMPLES, auroc, average_precision, interval
from predictor.genes import Gene, Genes
from predictor.genome import Interval
from predictor.scoring.inputs import Genome
from predictor.spliceai.clinvar import is_benign, is_pathogenic, snvs
from predictor.spliceai.delta import Delta, DeltaScorer, masked
from predictor.spliceai.predictor import SpliceAI
from predictor.spliceai.site_matrix import ACCEPTOR, DONOR, SiteMatrices
from predictor.spliceai.truth import LEAKED
from predictor.variants.variant import Variant

SETS = {"at the intron's two bases": (1, 2), "3 to 50 bp into the intron": (3, 50)}  # bp from the exon's border
SCORES = ("raw delta", "masked delta", "site matrix", "distance")

Pair = tuple[Gene, Variant, Variant]  # broken, harmless
Values = NDArray[np.float64]
Estimate = tuple[float, float, float]  # a figure, and what 95 % of the resamples lie between


@dataclass(frozen=True, slots=True)
class Told:
    """How well one score tells one set of pairs apart; medians of the score and of the distance, broken and harmless."""

    broken: str
    harmless: str
    pairs: int
    genes: int
    distances: tuple[float, float]
    score: str
    auroc: Estimate
    average_precision: Estimate
    medians: tuple[float, float]


@dataclass(frozen=True, slots=True)
class VariantTruth:
    """What was judged. `unmatched`: broken variants without a harmless one to stand beside, `unscored`: pairs without delta scores;
    of all comparisons together."""

    model: str
    trained_on: bool
    found: Mapping[str, int]
    unmatched: int
    unscored: int
    told: tuple[Told, ...]

    def markdown(self) -> str:
        """For people."""
        leak = "are among them" if self.trained_on else "are not among them"
        found = ", ".join(f"{count:,} {name}" for name, count in self.found.items())
        lines = [
            f"{self.model}. SNVs in the genes: {found}. {self.unmatched:,} times a pathogenic one has no harmless one in an intron of "
            f"its gene to stand beside, {self.unscored:,} pairs have no score. Training chromosomes of the model {leak}; ClinVar's "
            "judgements may have used such predictions.",
            "",
            "| pathogenic | beside | pairs (genes) | median bp from an exon | score | AUROC | AP | medians |",
            "|---|---|---:|---|---|---:|---:|---|",
        ]
        for one in self.told:
            numbers = " | ".join(
                f"{v:.3f} ({low:.3f} to {high:.3f})" for v, low, high in (one.auroc, one.average_precision)
            )
            lines.append(
                f"| {one.broken} | {one.harmless} | {one.pairs:,} ({one.genes:,}) | {one.distances[0]:g}, {one.distances[1]:g} "
                f"| {one.score} | {numbers} | {one.medians[0]:.2f}, {one.medians[1]:.2f} |"
            )
        return "\n".join(lines) + "\n"

    def write(self, folder: Path) -> None:
        """`variants.json` and `variants.md`."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "variants.json").write_text(json.dumps(asdict(self), indent=1) + "\n")
        (folder / "variants.md").write_text(self.markdown())


def judge_variants(
    model: SpliceAI,
    genome: Genome,
    genes: Genes,
    clinvar: Path,
    common: Path | None,
    *,
    most: int,
    said: Callable[[str], None] = lambda line: None,
) -> VariantTruth:
    """`most` broken variants of each set, evenly spaced in the order of their places. Raises DomainError `no_variants`."""
    broken = set(snvs(clinvar, genome.lengths, is_pathogenic))
    harmless = {"benign in ClinVar": set(snvs(clinvar, genome.lengths, is_benign)) - broken}
    if common is not None:
        harmless["common"] = set(snvs(common, genome.lengths, lambda info: True)) - broken
    found, compared, unmatched = {}, [], 0
    for name, bp in SETS.items():
        some = [one for one in sorted(broken) if genes_near(genes, one, bp)]
        found[f"pathogenic {name}"] = len(some)
        count = min(most, len(some))
        chosen = [some[number * len(some) // count] for number in range(count)]
        for kind, others in harmless.items():
            pairs = matched(genes, chosen, others, bp)
            unmatched += count - len(pairs)
            compared.append((name, kind, pairs))
    found |= {kind: sum(bool(_at(genes, one)) for one in others) for kind, others in harmless.items()}
    asked = sorted({one for *_, pairs in compared for _, *both in pairs for one in both})
    if not asked:
        raise DomainError(
            "no_variants",
            f"{clinvar.name} has no pathogenic SNV beside an exon of these genes with a harmless one in an intron of its gene.",
        )
    said(f"{len(asked):,} variants")
    deltas = dict(zip(asked, DeltaScorer(model, genome, genes).scores(asked), strict=True))
    matrices = SiteMatrices.of(intron_borders(genome, genes))
    told, unscored, leaked = [], 0, False
    for name, kind, pairs in compared:
        scored = [pair for pair in pairs if all(_of(deltas[one], pair[0]) for one in pair[1:])]
        unscored += len(pairs) - len(scored)
        leaked |= any(gene.chromosome.removeprefix("chr") in LEAKED for gene, *_ in scored)
        if scored:
            told += _told(name, kind, scored, lambda gene, one: _scores(deltas[one], gene, one, matrices, genome))
    if not told:
        raise DomainError("no_variants", "None of the pairs has a score; is this the genome that the files are of?")
    return VariantTruth(f"{model.info.title} {model.info.version}", leaked, found, unmatched, unscored, tuple(told))


def matched(genes: Genes, broken: Iterable[Variant], harmless: Iterable[Variant], bp: tuple[int, int]) -> list[Pair]:
    """In the order of the broken ones' places, each in the first of its genes that has a harmless one left in an intron, of those
    genes where it lies `bp` from an exon: where genes overlap it may lie anywhere in the other."""
    left: dict[Gene, list[Variant]] = {}
    for variant in sorted(set(harmless) - set(broken)):
        for gene in _at(genes, variant):
            if from_exon(gene, variant) > 0:
                left.setdefault(gene, []).append(variant)
    taken: set[Variant] = set()
    pairs = []
    for variant in sorted(set(broken)):
        for gene in genes_near(genes, variant, bp):
            some = [one for one in left.get(gene, []) if one not in taken]
            if some:
                best = min(some, key=lambda one: _unlike(from_exon(gene, variant), from_exon(gene, one)))
                taken.add(best)
                pairs.append((gene, variant, best))
                break
    return pairs


def genes_near(genes: Genes, variant: Variant, bp: tuple[int, int]) -> list[Gene]:
    """Genes in which a variant lies at least and at most so far from an exon."""
    return [gene for gene in _at(genes, variant) if bp[0] <= from_exon(gene, variant) <= bp[1]]


def from_exon(gene: Gene, variant: Variant) -> int:
    """Bp from the nearest border of an exon and an intron: 1 is the intron's first base, 0 the exon's last, -1 the one before it.
    As far inside as the gene is long where it has one exon."""
    introns = [sorted(pair) for pair in gene.sites]
    signed = [bp for left, right in introns for bp in (variant.start - left, right - variant.start)]
    return min(signed, key=abs, default=gene.start - gene.end)


def _unlike(bp: int, other: int) -> float:
    """The ratio of distances."""
    return abs(math.log2((1 + bp) / (1 + other)))


def _at(genes: Genes, variant: Variant) -> tuple[Gene, ...]:
    return genes(Interval(variant.chromosome, variant.start, variant.start + 1))


def _of(found: tuple[Delta, ...] | DomainError, gene: Gene) -> list[Delta]:
    return [] if isinstance(found, DomainError) else [delta for delta in found if delta.gene == gene.name]


def _scores(
    found: tuple[Delta, ...] | DomainError, gene: Gene, variant: Variant, matrices: SiteMatrices, genome: Genome
) -> tuple[float, ...]:
    """By SCORES: the higher, the more is broken."""
    deltas = _of(found, gene)
    return (
        max(max(delta.scores) for delta in deltas),
        max(max(masked(delta, gene, variant.start).scores) for delta in deltas),
        lost(gene, variant, matrices, genome),
        -math.log2(1 + abs(from_exon(gene, variant))),
    )


def lost(gene: Gene, variant: Variant, matrices: SiteMatrices, genome: Genome) -> float:
    """What the borders of introns lose of the matrix's score by an SNV."""
    total = 0.0
    for place, before, borders in _borders(gene, genome, (variant.start - _MARGIN, variant.start + _MARGIN)):
        after = before.copy()
        code, bp = int(encode_bases(variant.alt)[0]), variant.start - place
        after[_MARGIN + (-bp if gene.strand == "-" else bp)] = 3 - code if gene.strand == "-" else code
        total += matrices.score(before, *borders) - matrices.score(after, *borders)
    return total


_MARGIN = max(*ACCEPTOR, *DONOR)

Codes = NDArray[np.uint8]


def intron_borders(genome: Genome, genes: Genes) -> Iterator[tuple[Codes, int | None, int | None]]:
    """Of all genes, as SiteMatrices counts them."""
    for name, length in genome.lengths.items():
        for gene in genes(Interval(name, 0, length)):
            for _, codes, borders in _borders(gene, genome, (0, length)):
                yield codes, *borders


def _borders(
    gene: Gene, genome: Genome, between: tuple[int, int]
) -> Iterator[tuple[int, Codes, tuple[int | None, int | None]]]:
    """Of each border of an exon and an intron: the exon's base beside it, which must lie between two places, both included; the
    codes around it in the direction of transcription, that base at _MARGIN; the border in them as an acceptor or as a donor.

    Without those of which the chromosome has not all these bases."""
    for donor, acceptor in gene.sites:
        for place, borders in ((donor, (None, _MARGIN + 1)), (acceptor, (_MARGIN, None))):
            start, end = place - _MARGIN, place + _MARGIN + 1
            if between[0] <= place <= between[1] and start >= 0 and end <= genome.lengths[gene.chromosome]:
                codes = encode_bases(genome.fetch(Interval(gene.chromosome, start, end)))
                yield place, reverse_complement(codes) if gene.strand == "-" else codes, borders


def _told(
    name: str, kind: str, pairs: Sequence[Pair], scores: Callable[[Gene, Variant], tuple[float, ...]]
) -> list[Told]:
    blocks = list(dict.fromkeys(gene for gene, *_ in pairs))
    owner = np.array([blocks.index(gene) for gene, *_ in pairs])
    drawn = np.random.default_rng(0).multinomial(len(blocks), np.full(len(blocks), 1 / len(blocks)), size=RESAMPLES)
    weights = np.concatenate((np.ones((1, len(owner))), drawn[:, owner].astype(np.float64)))
    both = np.concatenate((weights, weights), axis=1)
    is_broken = np.repeat([True, False], len(pairs))
    values = np.array([[scores(gene, one) for one in some] for gene, *some in pairs])  # [pairs, 2, SCORES]
    bp = np.median([[abs(from_exon(gene, one)) for one in some] for gene, *some in pairs], axis=0)

    def estimate(found: Values) -> Estimate:
        return (float(found[0]), *interval(found))

    return [
        Told(
            name, kind, len(pairs), len(blocks), (float(bp[0]), float(bp[1])), score,
            estimate(auroc(values[:, :, number].T.ravel(), is_broken, both)),
            estimate(average_precision(values[:, :, number].T.ravel(), is_broken, both)),
            (float(np.median(values[:, 0, number])), float(np.median(values[:, 1, number]))),
        )
        for number, score in enumerate(SCORES)
    ]  # fmt: skip
