"""Delta scores of variants that are known to break splicing beside common ones of the same genes: AUROC.

The broken: ClinVar's SNVs whose MC names a splice donor or acceptor and whose CLNSIG begins with Pathogenic or Likely_pathogenic.
Each has a common SNV beside it, of a file in which all are common: of those in the same gene that are not taken yet, the one nearest
to the border of an exon. The score of a variant is its greatest delta score in that gene. Intervals are of resamples of genes.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from predictor.errors import DomainError
from predictor.evaluation.metrics import RESAMPLES, auroc, interval
from predictor.genes import Gene, Genes
from predictor.genome import Interval
from predictor.scoring.inputs import Genome
from predictor.spliceai.delta import DeltaScorer
from predictor.spliceai.predictor import SpliceAI
from predictor.spliceai.truth import LEAKED
from predictor.variants.variant import Variant

CONSEQUENCES = ("splice_donor_variant", "splice_acceptor_variant")
_BASES = frozenset("ACGT")

Pair = tuple[Gene, Variant, Variant]  # broken, common


@dataclass(frozen=True, slots=True)
class VariantTruth:
    """How well the two kinds are told apart; the interval holds 95 % of the resamples."""

    model: str
    pairs: int
    genes: int
    trained_on: bool
    auroc: float
    auroc_interval: tuple[float, float]
    median_broken: float
    median_common: float
    unscored: int

    def markdown(self) -> str:
        """For people."""
        low, high = self.auroc_interval
        leak = (
            "Training chromosomes of the model are among them"
            if self.trained_on
            else "No training chromosome is among them"
        )
        return (
            f"{self.model}: {self.pairs:,} pathogenic splice-site SNVs, each beside a common SNV of its gene, in {self.genes:,} genes "
            f"({self.unscored:,} pairs have no score). {leak}; ClinVar's judgements may have used such predictions.\n\n"
            "| AUROC | median score, pathogenic | median score, common |\n|---:|---:|---:|\n"
            f"| {self.auroc:.3f} ({low:.3f} to {high:.3f}) | {self.median_broken:.3f} | {self.median_common:.3f} |\n"
        )

    def write(self, folder: Path) -> None:
        """`variants.json` and `variants.md`."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "variants.json").write_text(json.dumps(asdict(self), indent=1) + "\n")
        (folder / "variants.md").write_text(self.markdown())


def judge_variants(
    model: SpliceAI,
    genome: Genome,
    genes: Genes,
    broken: Path,
    common: Path,
    *,
    most: int,
    said: Callable[[str], None] = lambda line: None,
) -> VariantTruth:
    """`most` pairs, evenly spaced in the order of their places, of the genome's chromosomes. Raises DomainError `no_variants`."""
    pairs = matched(
        genes, list(_snvs(broken, genome.lengths, _is_broken)), list(_snvs(common, genome.lengths, lambda info: True))
    )
    if not pairs:
        raise DomainError(
            "no_variants",
            f"{broken.name} has no pathogenic splice-site SNV in these genes with a common SNV of {common.name} beside it.",
        )
    count = min(most, len(pairs))
    pairs = [pairs[number * len(pairs) // count] for number in range(count)]
    said(f"{len(pairs):,} pairs")
    found = DeltaScorer(model, genome, genes).scores([variant for _, *both in pairs for variant in both])
    scores, owners = [], []
    for (gene, *_), *both in zip(pairs, found[::2], found[1::2], strict=True):
        of_pair = [_greatest(one, gene) for one in both]
        if None not in of_pair:
            scores.append(of_pair)
            owners.append((gene.chromosome, gene.start, gene.name))
    if not scores:
        raise DomainError("no_variants", "None of the pairs has a score; is this the genome that the files are of?")
    values = np.asarray(scores, np.float64)
    blocks = sorted(set(owners))
    owner = np.array([blocks.index(one) for one in owners])
    drawn = np.random.default_rng(0).multinomial(len(blocks), np.full(len(blocks), 1 / len(blocks)), size=RESAMPLES)
    weights = np.concatenate((np.ones((1, len(owner))), drawn[:, owner].astype(np.float64)))
    figure = auroc(values.T.ravel(), np.repeat([True, False], len(values)), np.concatenate((weights, weights), axis=1))
    middle = np.median(values, axis=0)
    return VariantTruth(
        f"{model.info.title} {model.info.version}", len(values), len(blocks),
        any(chromosome.removeprefix("chr") in LEAKED for chromosome, *_ in owners),
        float(figure[0]), interval(figure), float(middle[0]), float(middle[1]), len(pairs) - len(values),
    )  # fmt: skip


def matched(genes: Genes, broken: Sequence[Variant], common: Sequence[Variant]) -> list[Pair]:
    """In the order of the broken ones' places, each in the first of its genes that has a common one left."""
    left: dict[Gene, list[Variant]] = {}
    for variant in common:
        for gene in _at(genes, variant):
            left.setdefault(gene, []).append(variant)
    for gene, some in left.items():
        some.sort(key=lambda variant: (_from_border(gene, variant), variant.start, variant.alt), reverse=True)
    taken, pairs = set(broken), []
    for variant in sorted(set(broken), key=lambda one: (one.chromosome, one.start, one.alt)):
        for gene in _at(genes, variant):
            some = left.get(gene, [])
            while some and some[-1] in taken:
                some.pop()
            if some:
                taken.add(some[-1])
                pairs.append((gene, variant, some.pop()))
                break
    return pairs


def _at(genes: Genes, variant: Variant) -> tuple[Gene, ...]:
    return genes(Interval(variant.chromosome, variant.start, variant.start + 1))


def _from_border(gene: Gene, variant: Variant) -> int:
    return min(abs(border - variant.start) for start, end in gene.exons for border in (start, end - 1))


def _greatest(found: object, gene: Gene) -> float | None:
    """Of a variant's delta scores in the gene."""
    if isinstance(found, DomainError):
        return None
    assert isinstance(found, tuple)
    return max((score for delta in found if delta.gene == gene.name for score in delta.scores), default=None)


def _is_broken(info: Mapping[str, str]) -> bool:
    pathogenic = info.get("CLNSIG", "").startswith(("Pathogenic", "Likely_pathogenic"))
    return pathogenic and any(name in info.get("MC", "") for name in CONSEQUENCES)


def _snvs(path: Path, lengths: Mapping[str, int], wanted: Callable[[Mapping[str, str]], bool]) -> Iterator[Variant]:
    """Of a VCF, .vcf or .vcf.gz, on the chromosomes known, with or without “chr”. Raises DomainError `bad_vcf`."""
    names = {name.removeprefix("chr"): name for name in lengths}
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, start=1):
            if line.startswith("#") or not line.strip():
                continue
            try:
                chromosome, position, _, ref, alts, _, _, text = line.rstrip("\n").split("\t")[:8]
                start = int(position) - 1
            except ValueError:
                raise DomainError("bad_vcf", f"Line {number:,} of {path.name} is no line of a VCF.") from None
            name = names.get(chromosome.removeprefix("chr"))
            if name is None or ref not in _BASES:
                continue
            if wanted(dict(part.partition("=")[::2] for part in text.split(";"))):
                yield from (Variant(name, start, ref, alt) for alt in alts.split(",") if alt in _BASES)
