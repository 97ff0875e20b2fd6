"""Coding sequences, along which HGVS c. counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from predictor.errors import DomainError
from predictor.genbank import Feature
from predictor.genome import one_based, opposite, zero_based
from predictor.variants.written import CodingPosition, CodingSpan


@dataclass(frozen=True, slots=True)
class Transcript:
    """The coding sequence of a gene: `exons` are its coding parts, [start, end) ascending, `strand` + or -.

    c.1 is the first base of the start codon. Untranslated exons are not known, so that c.-N and c.*N are counted straight
    on along the chromosome.
    """

    name: str
    chromosome: str
    strand: str
    exons: tuple[tuple[int, int], ...]

    @property
    def coding_bp(self) -> int:
        """Bases of the coding sequence, the stop codon included."""
        return sum(end - start for start, end in self.exons)

    def span(self, span: CodingSpan) -> tuple[int, int]:
        """(start, end) on the chromosome, half-open, introns between the two included. Raises DomainError as `locate`."""
        first, last = self.locate(span.first), self.locate(span.last)
        if (first > last) if self.strand == "+" else (first < last):
            raise DomainError(
                "bad_hgvs", "its positions stand in the wrong order: the smaller comes first.", status=400
            )
        return min(first, last), one_based(max(first, last))

    def intron_bp(self, start: int, end: int) -> int:
        """How much of [start, end) lies in introns."""
        introns = zip((end for _, end in self.exons), (start for start, _ in self.exons[1:]), strict=False)
        return sum(max(0, min(end, last) - max(start, first)) for first, last in introns)

    def locate(self, position: CodingPosition) -> int:
        """The base on the chromosome. Raises DomainError `no_such_base` (422) where the gene has none."""
        # Along the transcript: a minus strand's axis runs the other way, on which [start, end) is [-end, -start).
        exons = self.exons if self.strand == "+" else tuple((-end, -start) for start, end in reversed(self.exons))
        if position.from_stop or position.index < 0:
            base = (exons[-1][1] if position.from_stop else exons[0][0]) + position.index
            if position.offset:
                raise self._none("has no intron outside its coding sequence that is known")
        else:
            base = self._coding_base(exons, position)
        return base if self.strand == "+" else opposite(base)

    def _coding_base(self, exons: tuple[tuple[int, int], ...], position: CodingPosition) -> int:
        left = position.index
        for number, (start, end) in enumerate(exons):
            if left < end - start:
                return self._beside(exons, number, start + left, position.offset)
            left -= end - start
        raise self._none(f"has {self.coding_bp:,} coding bases; bases behind them are written c.*1, c.*2")

    def _beside(self, exons: tuple[tuple[int, int], ...], number: int, base: int, offset: int) -> int:
        """`offset` bases from a base of an exon; only from its edge into the intron there."""
        start, end = exons[number]
        if offset > 0:
            room = exons[number + 1][0] - end if exons[number + 1 :] and base == zero_based(end) else 0
            if offset > room:
                raise self._none(f"has no base {offset:+} there: + leads from the last base of an exon into its intron")
        elif offset < 0:
            room = start - exons[number - 1][1] if number and base == start else 0
            if -offset > room:
                raise self._none(
                    f"has no base {offset:+} there: - leads from the first base of an exon into its intron"
                )
        return base + offset

    def _none(self, why: str) -> DomainError:
        return DomainError("no_such_base", f"{self.name} {why}.")


def transcripts_of(features: Iterable[Feature]) -> dict[str, Transcript]:
    """The coding sequences among features, as `by_name`."""
    return by_name(
        (
            Transcript(feature.name, feature.place.chromosome, feature.strand, feature.exons),
            (feature.name, feature.systematic),
            feature.aliases,
        )
        for feature in features
        if feature.kind == "protein-coding"
    )


def by_name(entries: Iterable[tuple[Transcript, Iterable[str], Iterable[str]]]) -> dict[str, Transcript]:
    """Transcripts with their names and synonyms, under each case-folded: own names first; a synonym of several names none."""
    own: dict[str, Transcript] = {}
    shared: dict[str, list[Transcript]] = {}
    for transcript, names, synonyms in entries:
        own |= {name.casefold(): transcript for name in names if name}
        for synonym in synonyms:
            shared.setdefault(synonym.casefold(), []).append(transcript)
    return {name: found[0] for name, found in shared.items() if len(found) == 1} | own
