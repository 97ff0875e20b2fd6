"""Making scoring jobs, and predictors that end as told, for tests."""

from __future__ import annotations

from predictor.api import Interval
from webapp.loci.models import Assembly, Gene
from webapp.loci.services import fetch_sequence
from webapp.predictions import worker
from webapp.predictions.models import State
from webapp.scoring.access import get_job
from webapp.scoring.models import ScoreJob, ScoreSlice
from webapp.scoring.run import run
from webapp.scoring.specs import parse_score_spec
from webapp.scoring.submit import Upload, submit

TRACK = "chip_reb1"
SCORERS = ["CHIP_TF", "CHIP_TF_ACTIVE"]  # one column each, of 128-bp bins: quick


def notation(genome: Assembly, number: int, alt: str = "", chromosome: str = "chrI") -> str:
    """An SNV of the base that people call `number`, as chrI:10001:A>G; the next base of ACGT by default."""
    ref = fetch_sequence(Interval(chromosome, number - 1, number), genome)
    return f"{chromosome}:{number}:{ref}>{alt or 'ACGT'['ACGT'.index(ref) - 3]}"


def gene(genome: Assembly, name: str, start: int, end: int, strand: str, systematic: str = "") -> Gene:
    """A protein-coding gene of one exon on chrI, found under both names."""
    keys = [one.casefold() for one in (name, systematic) if one]
    return Gene.objects.create(
        assembly=genome, chromosome=genome.chromosomes.get(name="chrI"), start=start, end=end, strand=strand, name=name,
        systematic=systematic, kind="protein-coding", exons=[[start, end]], keys=keys, words=f" {' '.join(keys)}",
    )  # fmt: skip


def asked(visitor: str = "", upload: Upload | None = None, **fields: object) -> ScoreJob:
    """A job that waits, of one track and two scorers."""
    given = {"scorers": SCORERS, "tracks": [TRACK], **fields}
    return submit(parse_score_spec(given, with_file=upload is not None), visitor, upload)[0]


def turn(job: ScoreJob) -> ScoreSlice:
    """The slice whose turn it is."""
    return ScoreSlice.objects.get(job=job, state=State.QUEUED)


def finished(job: ScoreJob) -> ScoreJob:
    """The job after a worker has done all of it."""
    while (row := get_job(job.id)).state in {State.QUEUED, State.RUNNING}:
        run(turn(row).id, load=worker.loaded)
    return row
