"""Delta scores as the tool SpliceAI defines them: how much a variant adds to or takes from the sites near it.

For each gene whose transcript holds the variant's first base: donors and acceptors on the gene's strand within `distance` of it,
reading N instead of what lies outside the transcript. An insertion is summarised by its maximum, a deletion leaves zeros. The
greatest gain and loss of each kind is the score, its place relative to the variant's first base the position.

Masked scores drop what is seldom harmful: gains at the border of an annotated exon, losses elsewhere. The tool looks at one border,
the nearest to the variant, and so does this.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from predictor.codes import encode_bases
from predictor.errors import DomainError
from predictor.genes import Gene, Genes
from predictor.genome import Interval
from predictor.scoring.inputs import Genome
from predictor.spliceai.architecture import FLANK_BP
from predictor.spliceai.local import Replacement
from predictor.spliceai.predictor import SpliceAI
from predictor.variants.genome_access import GenomeAccess
from predictor.variants.variant import Variant, check_reference, variant_text
from predictor.variants.written import VariantText

MIN_DISTANCE_BP, MAX_DISTANCE_BP = 50, 5_000
KINDS = ("AG", "AL", "DG", "DL")  # acceptor gain and loss, donor gain and loss

SHARED_BP = 1 << 14  # between variants that share the reading of their reference; what is kept of it is 57 MB

Sites = NDArray[np.float32]  # [2, n]: acceptor, donor


@dataclass(frozen=True, slots=True)
class Delta:
    """Of one variant in one gene, by KINDS: `scores` in 0..1, `positions` in bp from the variant's first base."""

    gene: str
    scores: tuple[float, float, float, float]
    positions: tuple[int, int, int, int]

    def text(self, alt: str) -> str:
        """As the tool writes it into INFO: ALLELE|SYMBOL|DS_AG|DS_AL|DS_DG|DS_DL|DP_AG|DP_AL|DP_DG|DP_DL."""
        return "|".join((alt, self.gene, *(f"{score:.2f}" for score in self.scores), *map(str, self.positions)))


@dataclass(frozen=True, slots=True)
class _Question:
    """A variant in one of its genes; `number` and `place` say where the answer belongs."""

    number: int
    place: int
    variant: Variant
    gene: Gene


class DeltaScorer:
    """A loaded model, a genome and its genes. `distance` bp to either side; `masked` or raw. Not for concurrent use."""

    def __init__(
        self, predictor: SpliceAI, genome: Genome, genes: Genes, *, distance: int = 50, masked: bool = False
    ) -> None:
        if not MIN_DISTANCE_BP <= distance <= MAX_DISTANCE_BP:
            raise DomainError(
                "bad_distance",
                f"A distance of {distance:,} bp is not possible; choose one from {MIN_DISTANCE_BP} to {MAX_DISTANCE_BP:,} bp.",
            )
        self._predictor, self._genome, self._genes = predictor, genome, genes
        self._distance, self._masked = distance, masked

    def score(self, variant: Variant) -> tuple[Delta, ...]:
        """In every gene, as written: REF and ALT begin with the same base in an indel. Raises DomainError where the tool gives
        nothing: `no_gene`, `complex_variant`, `near_end`, `too_long`, `wrong_reference`, `past_end`, `unknown_chromosome`."""
        (found,) = self.scores([variant])
        if isinstance(found, DomainError):
            raise found
        return found

    def scores(self, variants: Sequence[Variant]) -> list[tuple[Delta, ...] | DomainError]:
        """Of each variant what `score` gives or raises. The reference is read once for variants that lie near each other in a gene."""
        found: list[tuple[Delta, ...] | DomainError] = []
        questions = []
        for number, variant in enumerate(variants):
            try:
                genes = self._genes_of(variant)
                questions += [_Question(number, place, variant, gene) for place, gene in enumerate(genes)]
                found.append(())
            except DomainError as error:
                found.append(error)
        answers: dict[int, dict[int, Delta]] = {}
        for together in _clusters(questions):
            for question, delta in zip(together, self._in_gene(together), strict=True):
                answers.setdefault(question.number, {})[question.place] = delta
        for number, by_place in answers.items():
            found[number] = tuple(by_place[place] for place in sorted(by_place))
        return found

    def _genes_of(self, variant: Variant) -> Sequence[Gene]:
        if variant.chromosome not in self._genome.lengths:
            raise DomainError(
                "unknown_chromosome", f"This genome has no chromosome “{variant.chromosome[:40]}”.", status=404
            )
        check_reference(variant, self._genome.fetch, self._genome.lengths[variant.chromosome])
        shown = variant_text(variant)
        if not variant.ref or not variant.alt or min(len(variant.ref), len(variant.alt)) > 1:
            raise DomainError(
                "complex_variant", f"{shown}: REF or ALT must be a single base, as in a VCF's SNVs and simple indels."
            )
        if len(variant.ref) > 2 * self._distance:
            raise DomainError(
                "too_long",
                f"{shown}: the REF is longer than {2 * self._distance} bp, twice the distance; choose a greater one.",
            )
        reach = FLANK_BP + self._distance
        if variant.start - reach < 0 or variant.start + reach + 1 > self._genome.lengths[variant.chromosome]:
            raise DomainError("near_end", f"{shown} lies within {reach:,} bp of the chromosome's end.")
        genes = self._genes(Interval(variant.chromosome, variant.start, variant.start + 1))
        if not genes:
            raise DomainError("no_gene", f"{shown} lies in no annotated gene.")
        return genes

    def _in_gene(self, questions: Sequence[_Question]) -> Iterator[Delta]:
        """Of variants in ascending order in one gene."""
        gene = questions[0].gene
        reach = FLANK_BP + self._distance
        start, end = questions[0].variant.start - reach, questions[-1].variant.start + reach + 1
        bases = self._genome.fetch(Interval(questions[0].variant.chromosome, start, end))
        left, right = max(0, gene.start - start), max(0, end - gene.end)
        read = encode_bases("N" * left + bases[left : len(bases) - right] + "N" * right)
        edits = [self._edit(question.variant, start) for question in questions]
        before: torch.Tensor | None = None
        after: list[torch.Tensor] = []
        for reference, edited in self._predictor.with_edits(read, "-" if gene.strand == "-" else "+", edits):
            parts = [part[1:].double() for part in (reference, *edited)]
            before = parts[0] if before is None else before + parts[0]
            after = [one + other for one, other in zip(after, parts[1:], strict=True)] if after else parts[1:]
        assert before is not None
        members = self._predictor.info.settings["members"]
        sites = [(total / members).float().cpu().numpy() for total in (before, *after)]
        for question, (_, (first, _)), changed in zip(questions, edits, sites[1:], strict=True):
            unchanged = sites[0][:, first - FLANK_BP : first - FLANK_BP + 2 * self._distance + 1]
            yield self._delta(question, unchanged, changed)

    def _edit(self, variant: Variant, start: int) -> tuple[Replacement, tuple[int, int]]:
        """With its window, both from `start` on."""
        at = variant.start - start
        edit = Replacement(at, at + len(variant.ref), torch.from_numpy(encode_bases(variant.alt)))
        return edit, (at - self._distance, at + self._distance + 1 + variant.shift)

    def _delta(self, question: _Question, before: Sites, edited: Sites) -> Delta:
        gene, variant = question.gene, question.variant
        after = _aligned(edited, variant, self._distance)
        changes = np.stack((after[0] - before[0], before[0] - after[0], after[1] - before[1], before[1] - after[1]))
        places = changes.argmax(1)
        scores = changes[np.arange(len(KINDS)), places]
        positions = places - self._distance
        delta = Delta(gene.name, tuple(scores.tolist()), tuple(positions.tolist()))
        return masked(delta, gene, variant.start) if self._masked else delta


def masked(delta: Delta, gene: Gene, start: int) -> Delta:
    """Of a variant's raw scores in the gene: 0 for gains at the nearest annotated border, and for losses elsewhere."""
    at_border = np.array(delta.positions) == _nearest_border(gene, start)
    gains = np.array([kind.endswith("G") for kind in KINDS])
    return replace(delta, scores=tuple(np.where(at_border == gains, 0, delta.scores).tolist()))


def _clusters(questions: Sequence[_Question]) -> Iterator[list[_Question]]:
    """Those of one gene within SHARED_BP."""
    by_gene: dict[tuple[str, Gene], list[_Question]] = {}
    for question in questions:
        by_gene.setdefault((question.variant.chromosome, question.gene), []).append(question)
    for some in by_gene.values():
        some.sort(key=lambda question: question.variant.start)
        together: list[_Question] = []
        for question in some:
            if together and question.variant.start - together[0].variant.start > SHARED_BP:
                yield together
                together = []
            together.append(question)
        yield together


def _aligned(after: Sites, variant: Variant, distance: int) -> Sites:
    """ALT's values on REF's positions."""
    if variant.shift < 0:
        kept = distance + 1
        return np.concatenate((after[:, :kept], np.zeros((2, -variant.shift), np.float32), after[:, kept:]), axis=1)
    last = distance + len(variant.alt)
    return np.concatenate((after[:, :distance], after[:, distance:last].max(1, keepdims=True), after[:, last:]), axis=1)


def _nearest_border(gene: Gene, position: int) -> int:
    """From a base to the nearest first or last base of an exon; of two as near, the one on the left."""
    borders = np.unique([base for start, end in gene.exons for base in (start, end - 1)]) - position
    return int(min(borders, key=abs))


def as_written(text: VariantText, genome: GenomeAccess) -> Variant:
    """A VCF's row as it stands: the tool neither trims alleles nor moves indels. Raises DomainError `complex_variant` for what no
    VCF says so, `unknown_chromosome`."""
    if not isinstance(text.place, tuple) or text.ref is None or text.ref == text.alt:
        raise DomainError("complex_variant", f"“{text.given}” is no SNV or simple indel with its REF.")
    return Variant(genome.canonical(text.sequence), text.place[0], text.ref, text.alt)
