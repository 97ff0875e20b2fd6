"""Scoring variants with a loaded model: what each one needs, predicted once for REF and by the exact local path for ALT."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice

import numpy as np

from predictor.errors import DomainError
from predictor.genes import Gene
from predictor.genome import Interval
from predictor.inputs import ModelInput
from predictor.results import PredictionResult, Predictor
from predictor.scoring.alignment import Alignment, Span
from predictor.scoring.arithmetic import Floats
from predictor.scoring.background import Background
from predictor.scoring.inputs import Genome, check_variant, edit_of, input_interval, reference_input
from predictor.scoring.junctions import junction_scores, places, union_sites
from predictor.scoring.masks import hull
from predictor.scoring.parts import Part, part_of
from predictor.scoring.reads import Reads, Values
from predictor.scoring.results import Scored, ScorerResult
from predictor.scoring.scorers import Scorer
from predictor.tracks import Track
from predictor.variants.variant import Variant

EDITS_AT_ONCE = 64  # variants that are handed to the engine together, if they share input and window

Tracks = dict[str, tuple[Track, ...]]  # by output


@dataclass(frozen=True, slots=True)
class _Plan:
    """A variant in its input: `window` [start, end) that has to be predicted, `outputs` of which something is needed there."""

    variant: Variant
    interval: Interval
    parts: tuple[Part, ...]
    window: Span
    outputs: frozenset[str]

    @property
    def key(self) -> tuple[Interval, Span, frozenset[str]]:
        """Variants with the same are predicted together."""
        return self.interval, self.window, self.outputs


class VariantScorer:
    """A loaded model, a genome and its genes. Not for concurrent use.

    `genes` gives those that overlap an interval, in ascending order. `context_bp` of the input, the model's own by default. The
    input depends on a variant's position alone (see scoring.inputs), so that neighbours share one and its order of asking does not
    matter. Quantiles come from `background`, by default the one beside the weights.
    """

    def __init__(
        self,
        predictor: Predictor,
        genome: Genome,
        genes: Callable[[Interval], Sequence[Gene]],
        *,
        context_bp: int | None = None,
        background: Background | None = None,
    ) -> None:
        self.predictor, self.genome, self.genes = predictor, genome, genes
        self.context_bp = context_bp or predictor.info.context_bp
        self._background = background or Background.beside(predictor.info)
        self._known: tuple[object, PredictionResult] | None = None  # the last reference

    def among(self, wanted: Callable[[Gene], bool]) -> VariantScorer:
        """The same with values for these genes only, and nothing predicted for the others: a gene's scan decodes that gene."""
        return VariantScorer(
            self.predictor,
            self.genome,
            lambda interval: [gene for gene in self.genes(interval) if wanted(gene)],
            context_bp=self.context_bp,
            background=self._background,
        )

    def score(
        self, variants: Iterable[Variant], scorers: Sequence[Scorer], tracks: Sequence[Track] | None = None
    ) -> Iterator[Scored]:
        """In the order given, each as soon as it is there. One that cannot be scored has an `error` and stops no other.

        Every scorer reads the `tracks` (all of the model's by default) of its output. Raises DomainError `no_tracks` (422) if
        there is none.
        """
        by_output = self._tracks(scorers, tracks)
        return self._scored(variants, tuple(scorers), by_output)

    def _tracks(self, scorers: Sequence[Scorer], tracks: Sequence[Track] | None) -> Tracks:
        model = self.predictor.info
        found: Tracks = {}
        for scorer in scorers:
            of_output = [
                track for track in (model.tracks if tracks is None else tracks) if track.output == scorer.output
            ]
            if not of_output or scorer.kind == "GENE_MASK":
                raise DomainError("no_tracks", f"{scorer} has no track to score; choose one of {scorer.output}.")
            found[scorer.output] = tuple(of_output)
        return found

    def _scored(self, variants: Iterable[Variant], scorers: tuple[Scorer, ...], tracks: Tracks) -> Iterator[Scored]:
        plans = (self._plan(variant, scorers) for variant in variants)
        for key, group in groupby(plans, lambda plan: plan.key if isinstance(plan, _Plan) else None):
            if key is None:
                yield from (plan for plan in group if isinstance(plan, Scored))
                continue
            while some := [plan for plan in islice(group, EDITS_AT_ONCE) if isinstance(plan, _Plan)]:
                yield from self._together(some, tracks)

    def _plan(self, variant: Variant, scorers: tuple[Scorer, ...]) -> _Plan | Scored:
        try:
            check_variant(variant, self.genome)
        except DomainError as error:
            return Scored(variant, (), error=error)
        length = self.genome.lengths[variant.chromosome]
        interval = input_interval(variant.chromosome, variant.start, length, self.context_bp)
        alignment = Alignment.of(variant, interval.start)
        genes = self.genes(interval) if any(scorer.genes != "none" for scorer in scorers) else ()
        parts = tuple(part_of(scorer, variant, interval, genes) for scorer in scorers)
        read = [span for part in parts for span in (*part.as_it_lies, *part.aligned)]
        read += [alignment.needed(span) for part in parts for span in part.aligned]
        position = min(variant.start - interval.start, interval.width - 1)
        start, end = hull(read) or (position, position + 1)
        start = max(0, min(start, interval.width - 1))
        window = start, max(start + 1, min(end, self.context_bp))
        outputs = frozenset(part.scorer.output for part in parts if not part.is_empty)
        return _Plan(variant, interval, parts, window, outputs)

    def _together(self, plans: Sequence[_Plan], tracks: Tracks) -> Iterator[Scored]:
        """Variants that share input and window."""
        first = plans[0]
        if not first.outputs:
            for plan in plans:
                yield self._finish(plan, None, tracks)
            return
        wanted = tuple(track for output, some in tracks.items() if output in first.outputs for track in some)
        wanted = tuple(track for track in wanted if track.output != "SPLICE_JUNCTIONS")
        if "SPLICE_JUNCTIONS" in first.outputs:
            known = {track.key for track in wanted}
            wanted += tuple(track for track in self._site_classes if track.key not in known)
        given = reference_input(first.interval, self.genome, self.context_bp)
        start, end = first.window
        # A part is decoded from skips that are made again, the whole from those of its one pass through the encoder.
        mostly = 2 * (end - start) > self.context_bp
        ref = Values(self._reference(given, wanted, (0, self.context_bp) if mostly else first.window))
        edits = [edit_of(plan.variant, plan.interval, self.genome) for plan in plans]
        changed = self.predictor.alternatives(given, edits, wanted, window=first.window)
        for plan, alt in zip(plans, changed, strict=True):
            reads = Reads(ref, Values(alt), Alignment.of(plan.variant, plan.interval.start))
            yield self._finish(plan, reads, tracks)

    def _reference(self, given: ModelInput, tracks: Sequence[Track], window: Span) -> PredictionResult:
        """Remembered for the next group: a run of neighbours may have been cut into several."""
        key = given.sha256, given.interval, window, tuple(track.key for track in tracks)
        if self._known is None or self._known[0] != key:
            self._known = None  # its memory is not held beside the new one
            self._known = key, self.predictor.predict(given, tracks, window=window)
        return self._known[1]

    def _finish(self, plan: _Plan, reads: Reads | None, tracks: Tracks) -> Scored:
        results = []
        for part in plan.parts:
            some = tracks[part.scorer.output]
            genes: tuple[Gene, ...] = part.genes
            introns: tuple[Span, ...] = ()
            if reads is None or part.is_empty:
                values = np.zeros((0, len(some)))
            elif part.scorer.kind == "SPLICE_JUNCTION":
                genes, introns, values = self._junctions(plan, part, reads, some)
            else:
                values = part.score(reads, some)
            result = ScorerResult(part.scorer, some, genes, introns, values.astype(np.float32))
            if self._background is not None:
                result = replace(result, quantiles=self._background.quantiles(result))
            results.append(result)
        return Scored(plan.variant, tuple(results), plan.interval)

    @property
    def _site_classes(self) -> tuple[Track, ...]:
        """Donors and acceptors of the plus strand, then of the minus strand: the order of the network's classes."""
        return tuple(track for track in self.predictor.info.tracks if track.output == "SPLICE_SITES")

    def _junctions(
        self, plan: _Plan, part: Part, reads: Reads, tracks: tuple[Track, ...]
    ) -> tuple[tuple[Gene, ...], tuple[Span, ...], Floats]:
        """A second look, at the sites that either allele has."""
        sites = union_sites(reads, self._site_classes, part.aligned, part.genes, plan.interval.start)
        nothing = (), (), np.zeros((0, len(tracks)))
        if not any(len(sites[k]) and len(sites[k + 1]) for k in (0, 2)):
            return nothing
        own, moved = places(sites, Alignment(0, 0)), places(sites, reads.alignment)
        read = [(place.start, place.end) for some in (*own, *moved) for place in some if place.start < place.end]
        start, end = hull(read) or plan.window
        start = max(0, min(start, plan.interval.width - 1))
        window = start, max(start + 1, min(end, self.context_bp))
        given = reference_input(plan.interval, self.genome, self.context_bp)
        edit = edit_of(plan.variant, plan.interval, self.genome)
        ref = self.predictor.predict(given, tracks, window=window, sites=own)
        (alt,) = self.predictor.alternatives(given, [edit], tracks, window=window, sites=[moved])
        scores = junction_scores(ref.junctions, alt.junctions, part.genes, tracks, plan.interval)
        return scores.genes, scores.introns, scores.values
