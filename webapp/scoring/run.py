"""One attempt at one slice, from the claim to the stored values. The Celery task calls it, and tests do."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError
from django.db.models.functions import Coalesce, Now

from predictor.api import Cancelled, DomainError, Interval, Predictor, Scored, Variant, VariantScorer
from webapp.loci.genome import AssemblyGenome
from webapp.loci.services import get_assembly
from webapp.predictions import worker
from webapp.predictions.claims import Claim, Heartbeat, give_back, patiently, take
from webapp.predictions.models import WAITING, State
from webapp.predictions.run import OUT_OF_MEMORY, check_model, out_of_memory
from webapp.scoring.columns import read_scorers, read_tracks
from webapp.scoring.models import ScoreJob, ScoreRow, ScoreSlice
from webapp.scoring.store import fail_job, store
from webapp.scoring.turns import send_next

logger = logging.getLogger(__name__)

MOST_LEFT_OUT = 3  # rows in sequence
_DIED = "The worker died"  # the sentence of a row that was left out begins with it


def run(slice_id: uuid.UUID, load: Callable[[str], Predictor] = worker.loaded) -> None:
    """Claim the slice and score it, or as much of it as SLICE_SECONDS allow; then send whose turn it is. Does nothing if another
    attempt has it.
    """
    claim = patiently(lambda: take(slice_id, worker.worker_name(), ScoreSlice))
    if claim is None:
        logger.info("slice %s is not waiting any more", slice_id)
        return
    worker.set_busy(slice_id)
    try:
        _attempt(claim, load)
        patiently(send_next)
    finally:
        worker.set_busy(None)


def _attempt(claim: Claim, load: Callable[[str], Predictor]) -> None:
    part = patiently(lambda: ScoreSlice.objects.select_related("job").defer("job__upload").get(id=claim.row_id))
    job = part.job
    try:
        with Heartbeat(claim) as heartbeat:
            patiently(lambda: _begin(claim, part))
            heartbeat.progress("loading the model", job.tried / job.good)
            begun = time.monotonic()
            if part.attempts > settings.MAX_ATTEMPTS:
                scored = _left_out(part)
            else:
                predictor = load(job.model_name)
                check_model(job, predictor)
                begun = time.monotonic()  # what is left is told from the scoring alone
                scored = list(_score(part, predictor, heartbeat))
            store(claim, job, scored, time.monotonic() - begun)
    except Cancelled:
        logger.info("%s was cancelled, or another attempt has it", claim.row_id)
    except DomainError as error:
        code, sentence = error.code, str(error)
        patiently(lambda: fail_job(claim, job.id, code, sentence))
    except Exception:
        logger.exception("%s: attempt failed", claim.row_id)
        if part.attempts < settings.MAX_ATTEMPTS:
            patiently(lambda: give_back(claim))
            return
        sentence = f"The scoring failed for a reason that is ours; the server's log has it under {claim.row_id}."
        patiently(lambda: fail_job(claim, job.id, "internal", sentence))


def _begin(claim: Claim, part: ScoreSlice) -> None:
    """The job runs; if it has ended, the slice ends too (it may have been made while its job was being cancelled).

    Where an attempt was lost before, its rows are scored and stored one by one, so that the one at fault is alone when it is
    left out.
    """
    job = ScoreJob.objects.filter(id=part.job_id, state__in=WAITING)
    if not job.update(state=State.RUNNING, started_at=Coalesce("started_at", Now())):
        claim.rows().update(state=State.CANCELLED, claim=None, finished_at=Now(), stage="")
        raise Cancelled
    if part.attempts > 1:
        job.update(careful_until=part.start + settings.SLICE_ROWS)


def _rows(part: ScoreSlice) -> list[ScoreRow]:
    careful = part.attempts > 1 or part.start < part.job.careful_until
    stop = min(part.start + (1 if careful else part.count), part.job.good)
    found = ScoreRow.objects.filter(job_id=part.job_id, order__gte=part.start, order__lt=stop).order_by("order")
    return list(found)


def _left_out(part: ScoreSlice) -> list[Scored]:
    """The row that no attempt survived. Raises DomainError `worker_lost` for the last of MOST_LEFT_OUT in sequence: then it is not the
    row, and each would take minutes."""
    sentence = f"{_DIED} {settings.MAX_ATTEMPTS} times while scoring this row, most often for lack of memory; the others go on."
    (row,) = patiently(lambda: _rows(part))
    before = ScoreRow.objects.filter(
        job_id=part.job_id, order__lt=part.start, order__gt=part.start - MOST_LEFT_OUT, error__startswith=_DIED
    )
    if patiently(before.count) == MOST_LEFT_OUT - 1:
        raise DomainError(
            "worker_lost",
            f"{_DIED} at each of {MOST_LEFT_OUT} rows in sequence, most often for lack of memory; ask for fewer tracks or scorers.",
            status=500,
        )
    return [Scored(row.variant, (), error=DomainError("worker_lost", sentence, status=500))]


def _score(part: ScoreSlice, predictor: Predictor, heartbeat: Heartbeat) -> Iterator[Scored]:
    """Row by row until the slice or its time is over. A fault that a row has also when it is alone becomes its error."""
    rows, job = patiently(lambda: _rows(part)), part.job
    scorers, tracks = tuple(read_scorers(job.scorers).values()), read_tracks(job.tracks)
    scorer = _scorer(job.genome, predictor)
    if job.gene_id:
        scorer = scorer.among(lambda gene: gene.id == job.gene_id)
    variants = [row.variant for row in rows]
    until, count = time.monotonic() + settings.SLICE_SECONDS, 0
    try:
        for scored in scorer.score(variants, scorers, tracks):
            yield scored
            count += 1
            heartbeat.progress("scoring", (part.start + count) / job.good)
            if time.monotonic() > until:
                return
    except (Cancelled, DatabaseError):
        raise
    except Exception:
        logger.exception("%s: row %d", part.job_id, rows[count].number)
        yield _alone(rows[count], lambda variant: next(iter(scorer.score([variant], scorers, tracks))))


def _alone(row: ScoreRow, score: Callable[[Variant], Scored]) -> Scored:
    variant = row.variant
    try:
        return score(variant)
    except (Cancelled, DatabaseError):
        raise
    except DomainError as error:
        return Scored(variant, (), error=error)
    except Exception as error:
        if out_of_memory(error):
            return Scored(variant, (), error=DomainError("out_of_memory", OUT_OF_MEMORY))
        sentence = f"It could not be scored for a reason that is ours; the server's log has it under {row.job_id}."
        return Scored(variant, (), error=DomainError("internal", sentence, status=500))


@dataclass(frozen=True, slots=True)
class _Patient:
    """A genome whose database may go away for a while."""

    genome: AssemblyGenome

    @property
    def lengths(self) -> Mapping[str, int]:
        return self.genome.lengths

    def fetch(self, interval: Interval, /) -> str:
        return patiently(lambda: self.genome.fetch(interval))


_kept: VariantScorer | None = None  # from slice to slice, for its last reference and its genes
_kept_for = 0, ""  # the id of its assembly, the digest of its genes


def _scorer(name: str, predictor: Predictor) -> VariantScorer:
    """Of this genome as it is loaded now (another loading has another id), its genes, and this predictor."""
    global _kept, _kept_for
    assembly = patiently(lambda: get_assembly(name))
    loaded = assembly.pk, assembly.annotation
    if _kept is None or _kept.predictor is not predictor or _kept_for != loaded:
        genome = patiently(lambda: AssemblyGenome(assembly))
        _kept = VariantScorer(predictor, _Patient(genome), lambda interval: patiently(lambda: genome.genes(interval)))
        _kept_for = loaded
    return _kept


def _forget() -> None:
    global _kept
    _kept = None


worker.when_unloaded(_forget)
