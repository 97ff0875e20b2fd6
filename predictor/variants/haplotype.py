"""Several edits of one copy of a sequence: the edited input, and its values drawn at the reference's places."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from predictor.errors import DomainError
from predictor.inputs import ModelInput
from predictor.variants.edit import Edit
from predictor.variants.variant import Variant, variant_text

MOST_EDITS = 50
DELETED = -1

Values = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Haplotype:
    """Edits of one chromosome in the order of their places, none touching another's bases."""

    variants: tuple[Variant, ...]

    @classmethod
    def of(cls, variants: Iterable[Variant]) -> Haplotype:
        """Sorted, each once. Raises DomainError `too_many_edits`, `several_chromosomes` or `edits_overlap`."""
        ordered = tuple(sorted(set(variants), key=lambda one: (one.chromosome, one.trimmed().start, one.trimmed().end)))
        if len(ordered) > MOST_EDITS:
            raise DomainError("too_many_edits", f"{len(ordered)} edits; at most {MOST_EDITS} fit on one haplotype.")
        if len({one.chromosome for one in ordered}) > 1:
            names = ", ".join(sorted({one.chromosome for one in ordered}))
            raise DomainError(
                "several_chromosomes", f"The edits lie on {names}; one haplotype is of one chromosome, so ask for each."
            )
        for before, after in pairwise(ordered):
            first, second = before.trimmed(), after.trimmed()
            if second.start < first.end or (second.start == first.start and not first.ref and not second.ref):
                raise DomainError(
                    "edits_overlap",
                    f"{variant_text(before)} and {variant_text(after)} change the same bases; keep one of them.",
                )
        return cls(ordered)

    @property
    def start(self) -> int:
        """Of the first replaced base."""
        return self.variants[0].trimmed().start

    @property
    def end(self) -> int:
        """One past the last replaced base."""
        return max(one.trimmed().end for one in self.variants)

    @property
    def shift(self) -> int:
        """How far bases behind all of them move to the right."""
        return sum(one.shift for one in self.variants)

    @property
    def has_indel(self) -> bool:
        """Whether places behind an edit move."""
        return any(one.shift for one in self.variants)

    def edit(self, given: ModelInput, origin: int, tail: str = "") -> Edit:
        """All of them as one replacement of the input, which begins at `origin`. Tokens between two edits are found again by the
        engine, since it looks at the bases. `tail`: see Edit.
        """
        first, last = self.start - origin, self.end - origin
        bases, at = [], first
        for one in (variant.trimmed() for variant in self.variants):
            start = one.start - origin
            bases += [given.sequence[at:start], one.alt]
            at = start + len(one.ref)
        return Edit(first, last, "".join(bases), tail)

    def source(self, origin: int, reference_bp: int, edited_bp: int) -> NDArray[np.int64]:
        """[reference_bp]: for each base of the reference the base of the edited input in its place, DELETED where there is none.

        Of a replacement by another length the first bases stand for each other, as in VCF.
        """
        at = np.arange(reference_bp)
        source = at.copy()
        for one in (variant.trimmed() for variant in self.variants):
            start, end = one.start - origin, one.start - origin + len(one.ref)
            kept = min(len(one.ref), len(one.alt))
            source[at >= end] += one.shift
            source[start + kept : end] = DELETED
        source[source >= edited_bp] = DELETED
        return source

    def at_reference(self, values: Values, resolution: int, origin: int, reference_bp: int, edited_bp: int) -> Values:
        """Values of the edited input [bins] at the reference's bins: the mean over each bin's bases.

        As the reference code aligns scores, a deleted base has the value 0, and at 1 bp the base before an insertion the
        greatest value of itself and the inserted ones, so that what happens inside one is not lost.
        """
        per_base = values if resolution == 1 else np.repeat(values, resolution)[:edited_bp]
        source = self.source(origin, reference_bp, edited_bp)
        aligned = np.where(source == DELETED, np.float32(0), per_base[np.maximum(source, 0)])
        if resolution == 1:
            for start, end, anchor in self._insertions(origin):
                if 0 <= anchor < reference_bp and start < edited_bp:
                    aligned[anchor] = max(aligned[anchor], per_base[start : min(end, edited_bp)].max())
            return aligned
        edges = np.arange(0, reference_bp, resolution)
        widths = np.minimum(resolution, reference_bp - edges)
        return np.asarray(np.add.reduceat(aligned.astype(np.float64), edges) / widths, np.float32)

    def pairs_at_reference(
        self, values: Values, resolution: int, origin: int, reference_bp: int, edited_bp: int
    ) -> Values:
        """A map [P, P] of pairs of the edited input's bins at pairs of the reference's bins: the mean over all pairs of their bases.

        Deleted bases have no value and inserted ones no place: both are left out. A bin with none but deleted bases is NaN.
        """
        source = self.source(origin, reference_bp, edited_bp)
        placed = np.flatnonzero(source != DELETED)
        rows, columns = -(-reference_bp // resolution), len(values)
        bins = (placed // resolution) * columns + source[placed] // resolution
        shares = np.bincount(bins, minlength=rows * columns).reshape(rows, columns).astype(np.float64)
        bases = shares.sum(1, keepdims=True)
        shares = np.divide(shares, bases, out=np.full_like(shares, np.nan), where=bases > 0)
        return np.asarray(shares @ values.astype(np.float64) @ shares.T, np.float32)

    def sites_at_reference(
        self, sites: NDArray[np.int64], origin: int, reference_bp: int, edited_bp: int
    ) -> NDArray[np.int64]:
        """Bases of the edited input as bases of the reference; of an inserted one the base before the insertion."""
        source = self.source(origin, reference_bp, edited_bp)
        placed = np.flatnonzero(source != DELETED)
        places = np.zeros(edited_bp, np.int64)
        places[source[placed]] = placed
        return np.asarray(np.maximum.accumulate(places)[sites], np.int64)

    def _insertions(self, origin: int) -> list[tuple[int, int, int]]:
        """[start, end) of inserted bases in the edited input, and the reference base before them."""
        found, moved = [], 0
        for one in (variant.trimmed() for variant in self.variants):
            if one.shift > 0:
                start = one.start - origin + moved + len(one.ref)
                found.append((start, start + one.shift, one.start - origin + len(one.ref) - 1))
            moved += one.shift
        return found
