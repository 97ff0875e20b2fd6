"""From a spec to a row: resolve, check, reuse or queue."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from predictor.api import (
    DomainError,
    Interval,
    ModelInfo,
    ModelInput,
    Track,
    clean_sequence,
    from_interval,
    from_sequence,
    hosted,
    select_tracks,
)
from webapp.hosted.services import check_asker
from webapp.loci.genome import AssemblyGenome
from webapp.loci.models import Chromosome
from webapp.loci.services import fetch_sequence, resolve_locus
from webapp.predictions import dispatch
from webapp.predictions.capability import check_worker, needs_gpu
from webapp.predictions.choice import assembly_for, choose_model
from webapp.predictions.edits import Edits, pasted
from webapp.predictions.models import LIVE, WAITING, PredictedTrack, Prediction, State
from webapp.predictions.packing import pack
from webapp.predictions.specs import Spec, check_one

_SUBMIT_LOCK = 0x10C05C0B  # any constant: one submission at a time counts the budget and looks for its twin


@dataclass(frozen=True, slots=True)
class _Asked:
    """A spec that was understood; `warnings` without the notes of its edits; `owner` of a hosted model's answer, which is one person's,
    since it was made with their key."""

    model: ModelInfo
    input: ModelInput
    tracks: tuple[Track, ...]
    genome: str
    name: str
    warnings: tuple[str, ...]
    edits: Edits | None = None
    tail: str = ""
    owner: str = ""

    def digest(self) -> str:
        """Names the result: equal digests mean equal bytes and, but for how edits were written, an equal page."""
        canonical = {
            "model": self.model.sha256,
            "sequence": self.input.sha256,
            "real_bp": self.input.real_bp,
            "asked": self.input.asked,
            "genome": self.genome,
            "interval": asdict(self.input.interval) if self.input.interval else None,
            "tracks": [track.key for track in self.tracks],
            "name": self.name,
            "warnings": self.warnings,
        }
        if self.owner:
            canonical["owner"] = self.owner
        if self.edits:
            canonical["edits"] = [asdict(variant) for variant in self.edits.haplotype.variants]
        return hashlib.sha256(json.dumps(canonical, sort_keys=True).encode()).hexdigest()


def submit(spec: Spec, visitor: str) -> tuple[Prediction, bool]:
    """The prediction that answers `spec`, and whether it was there already (waiting, running or done).

    A new row is QUEUED and its message is sent after commit; with the broker away the sweeper sends it later.
    Raises DomainError for whatever cannot be predicted, and for a full queue (429, 503).
    """
    asked = _understand(spec)
    if hosted.is_hosted(asked.model):
        check_asker(asked.model, visitor)
        hosted.check_size(asked.model, asked.tracks, len(asked.input.sequence), 2 if asked.edits else 1)
        asked = replace(asked, owner=visitor)
    digest = asked.digest()
    if twin := _live(digest):
        return twin, True
    check_worker(asked.model, len(asked.input.sequence))
    with transaction.atomic():
        one_at_a_time()
        if twin := _live(digest):
            return twin, True
        check_budget(
            Prediction.objects.filter(state__in=WAITING),
            visitor,
            settings.MAX_WAITING_PER_VISITOR,
            settings.MAX_WAITING,
            "predictions",
        )
        prediction = _insert(asked, digest, visitor)
        transaction.on_commit(lambda: dispatch.send(Prediction, [prediction.id]))
    return prediction, False


def digest_of(spec: Spec) -> str:
    """Names the result that `spec` would have. Raises DomainError as `submit` does."""
    return _understand(spec).digest()


def _live(digest: str) -> Prediction | None:
    return Prediction.objects.defer("sequence").filter(digest=digest, state__in=LIVE).first()


def _understand(spec: Spec) -> _Asked:
    check_one(spec)
    model = choose_model(spec.model, spec.genome if spec.sequence is None else None)
    tracks = select_tracks(model, spec.outputs, spec.tracks)
    name = " ".join((spec.name or "").split())
    if spec.sequence is not None:
        clean = clean_sequence(spec.sequence)
        model_input = from_sequence(clean.bases, model.lengths)
        edits = Edits.read(spec.variants, pasted(clean.bases)) if spec.variants else None
        notes = (*clean.notes, *_padding_notes(model_input))
        return _with_edits(_Asked(model, model_input, tracks, "", name or clean.name[:200], notes), edits)
    assembly = assembly_for(model, spec.genome)
    # A genome of names, genes and whole chromosomes is for edits; a locus needs its own bases alone.
    genome = AssemblyGenome(assembly) if spec.variants else None
    edits = Edits.read(spec.variants, genome) if spec.variants and genome else None
    if spec.locus is not None:
        interval = resolve_locus(assembly, spec.locus).interval
    else:
        assert edits is not None and genome is not None  # check_one
        interval = edits.around(genome.lengths[edits.haplotype.variants[0].chromosome])
    chromosome_bp = Chromosome.objects.values_list("length", flat=True).get(assembly=assembly, name=interval.chromosome)
    model_input = from_interval(
        interval,
        chromosome_bp,
        lambda part: fetch_sequence(part, assembly),
        context_bp=model.context_bp,
        lengths=model.lengths,
    )
    asked = _Asked(model, model_input, tracks, assembly.name, name, _padding_notes(model_input))
    return _with_edits(asked, edits, genome)


def _with_edits(asked: _Asked, edits: Edits | None, genome: AssemblyGenome | None = None) -> _Asked:
    """With the bases behind the input that deletions draw in, where a genome has them."""
    if edits is None:
        return asked
    edits.check_inside(asked.input)
    tail, place = "", asked.input.interval
    if genome is not None and place is not None and edits.tail_bp:
        end = min(place.end + edits.tail_bp, genome.lengths[place.chromosome])
        tail = genome.fetch(Interval(place.chromosome, place.end, end)) if end > place.end else ""
    return replace(asked, edits=edits, tail=tail)


def _padding_notes(model_input: ModelInput) -> tuple[str, ...]:
    missing = len(model_input.sequence) - model_input.real_bp
    if not missing:
        return ()
    return (
        f"The model read {missing:,} N after the last base, to a length that it takes; values near the end know less.",
    )


def one_at_a_time() -> None:
    """Until the end of this transaction no other submission counts budgets or looks for its twin."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SUBMIT_LOCK])


def check_budget(waiting: QuerySet[Any], visitor: str, per_visitor: int, most: int, noun: str) -> None:
    """Raises DomainError `too_many_waiting` (429) or `queue_full` (503) when the rows that wait leave no room for one more."""
    if visitor and waiting.filter(visitor=visitor).count() >= per_visitor:
        raise DomainError(
            "too_many_waiting",
            f"You have {per_visitor:,} {noun} waiting; wait for one to finish or cancel one.",
            status=429,
        )
    if waiting.count() >= most:
        raise DomainError("queue_full", f"{most:,} {noun} are waiting already; try again in a while.", status=503)


def model_card(model: ModelInfo) -> dict[str, Any]:
    """What a row keeps of its model, which may be replaced."""
    return {key: getattr(model, key) for key in ("name", "title", "version", "licence", "citation", "sha256")}


def _edited(asked: _Asked, origin: int) -> dict[str, Any]:
    if asked.edits is None:
        return {}
    haplotype = asked.edits.haplotype
    return {
        "edits": [{"start": one.start, "ref": one.ref, "alt": one.alt} for one in haplotype.variants],
        "tail": asked.tail,
        "edited_bp": haplotype.edit(asked.input, origin, asked.tail).apply(asked.input).real_bp,
    }


def _insert(asked: _Asked, digest: str, visitor: str) -> Prediction:
    model, given = asked.model, asked.input
    origin = given.interval.start if given.interval else 0
    prediction = Prediction.objects.create(
        digest=digest,
        state=State.QUEUED,
        visitor=visitor,
        name=asked.name,
        genome=asked.genome,
        chromosome=given.interval.chromosome if given.interval else "",
        start=origin,
        end=origin + given.real_bp,
        asked_start=origin + given.asked[0],
        asked_end=origin + given.asked[1],
        padding=[{"start": origin + p.start, "end": origin + p.end, "kind": p.kind} for p in given.padding],
        warnings=[*asked.warnings, *(asked.edits.notes if asked.edits else ())],
        sequence=pack(given.sequence),
        **_edited(asked, origin),
        needs_gpu=needs_gpu(model, len(given.sequence)),
        hosted=hosted.is_hosted(model),
        model_name=model.name,
        model_sha256=model.sha256,
        model_card=model_card(model),
    )
    PredictedTrack.objects.bulk_create(
        PredictedTrack(
            prediction=prediction,
            order=order,
            key=track.key,
            name=track.name,
            output=track.output,
            strand=track.strand,
            unit=track.unit,
            resolution=track.resolution,
            colour=track.output_type.colour,
            summary=track.output_type.summary,
        )
        for order, track in enumerate(asked.tracks)
    )
    return prediction
