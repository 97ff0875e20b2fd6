"""Delta scores as the tool SpliceAI defines them: how much a variant adds to or takes from the sites near it.

For each gene whose transcript holds the variant's first base: donors and acceptors on the gene's strand within `distance` of it,
reading N instead of what lies outside the transcript. An insertion is summarised by its maximum, a deletion leaves zeros. The
greatest gain and loss of each kind is the score, its place relative to the variant's first base the position.

Masked scores drop what is seldom harmful: gains at the border of an annotated exon, losses elsewhere. The tool looks at one border,
the nearest to the variant, and so does this.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from predictor.codes import encode_bases
from predictor.errors import DomainError
from predictor.genes import Gene, Genes
from predictor.genome import Interval
from predictor.scoring.inputs import Genome
from predictor.spliceai.architecture import FLANK_BP
from predictor.spliceai.predictor import SpliceAI
from predictor.variants.genome_access import GenomeAccess
from predictor.variants.variant import Variant, check_reference, variant_text
from predictor.variants.written import VariantText

MIN_DISTANCE_BP, MAX_DISTANCE_BP = 50, 5_000
KINDS = ("AG", "AL", "DG", "DL")  # acceptor gain and loss, donor gain and loss

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
        self._known: tuple[tuple[str, str], Sites] | None = (
            None  # the last reference: the next ALT of a line has the same
        )

    def score(self, variant: Variant) -> tuple[Delta, ...]:
        """In every gene, as written: REF and ALT begin with the same base in an indel. Raises DomainError where the tool gives
        nothing: `no_gene`, `complex_variant`, `near_end`, `too_long`, `wrong_reference`, `past_end`, `unknown_chromosome`."""
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
        start, end = variant.start - reach, variant.start + reach + 1
        if start < 0 or end > self._genome.lengths[variant.chromosome]:
            raise DomainError("near_end", f"{shown} lies within {reach:,} bp of the chromosome's end.")
        genes = self._genes(Interval(variant.chromosome, variant.start, variant.start + 1))
        if not genes:
            raise DomainError("no_gene", f"{shown} lies in no annotated gene.")
        bases = self._genome.fetch(Interval(variant.chromosome, start, end))
        return tuple(self._in_gene(variant, gene, bases, start) for gene in genes)

    def _in_gene(self, variant: Variant, gene: Gene, bases: str, start: int) -> Delta:
        left, right = max(0, gene.start - start), max(0, start + len(bases) - gene.end)
        ref = "N" * left + bases[left : len(bases) - right] + "N" * right
        at = variant.start - start
        alt = ref[:at] + variant.alt + ref[at + len(variant.ref) :]
        strand: Literal["+", "-"] = "-" if gene.strand == "-" else "+"
        if self._known is None or self._known[0] != (ref, strand):
            self._known = (ref, strand), self._sites(ref, strand)
        before = self._known[1]
        after = _aligned(self._sites(alt, strand), variant, self._distance)
        changes = np.stack((after[0] - before[0], before[0] - after[0], after[1] - before[1], before[1] - after[1]))
        places = changes.argmax(1)
        scores = changes[np.arange(len(KINDS)), places]
        positions = places - self._distance
        if self._masked:
            at_border = positions == _nearest_border(gene, variant.start)
            gains = np.array([True, False, True, False])
            scores = np.where(at_border == gains, 0, scores)
        return Delta(gene.name, tuple(scores.tolist()), tuple(positions.tolist()))

    def _sites(self, bases: str, strand: Literal["+", "-"]) -> Sites:
        """[2, n - 10,000]: acceptors and donors, mean of the networks."""
        members = [part[1:].double() for part in self._predictor.members(encode_bases(bases), strand)]
        mean: Sites = (sum(members[1:], members[0]) / len(members)).float().cpu().numpy()
        return mean


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
