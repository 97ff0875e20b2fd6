"""From a spec to a job: read every row, find its variant, sort by place, make the first slice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from predictor.api import (
    DomainError,
    Interval,
    ModelInfo,
    Scorer,
    Track,
    format_locus,
    read_upload,
    variant_text,
)
from webapp.hosted.services import check_scores
from webapp.loci.genome import AssemblyGenome, gene_id
from webapp.loci.models import Assembly, Gene, RsidTable
from webapp.loci.services import resolve_exactly, resolve_locus
from webapp.predictions.choice import assembly_for, choose_model
from webapp.predictions.models import LIVE, WAITING
from webapp.predictions.submit import check_budget, model_card, one_at_a_time
from webapp.scoring import given
from webapp.scoring.columns import choose, columns_of, written
from webapp.scoring.given import Given
from webapp.scoring.models import Kind, ScoreJob, ScoreRow, ScoreSlice
from webapp.scoring.packing import pack_upload
from webapp.scoring.specs import MAX_FILE_BYTES, ScoreSpec
from webapp.scoring.turns import send_next

MAX_VALUES = 4_000_000  # of a job's table: a page of it is sorted in memory
MAX_ALLELES_BP = 2_000_000  # of a job's REFs and ALTs: its files hold all of them
_SHOWN = 3  # bad rows in a refusal


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class _Asked:
    """A spec that was understood; `rows` good ones first, by place."""

    request: str
    model: ModelInfo
    assembly: Assembly
    scorers: dict[str, Scorer]
    tracks: tuple[Track, ...]
    kind: Kind
    rows: list[Given]
    name: str
    source: str = ""
    vcf: bytes = b""
    place: Interval | None = None
    gene: Gene | None = None
    columns: list[dict[str, Any]] = field(default_factory=list)

    def digest(self) -> str:
        """Names the answer: equal digests mean an equal table and an equal page."""
        canonical = [
            self.model.sha256, self.assembly.name, self.assembly.digest, self.assembly.annotation, self.kind, self.name, self.source,
            self.place and asdict(self.place), self.gene and (self.gene.name, gene_id(self.gene)),
            list(self.scorers), [track.key for track in self.tracks],
            [(row.number, row.allele, row.given, row.name, row.error, row.variant and asdict(row.variant)) for row in self.rows],
            hashlib.sha256(self.vcf).hexdigest(),  # it is given back, with what else its owner has in it
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(canonical).encode()).hexdigest()


def submit(spec: ScoreSpec, visitor: str, upload: Upload | None = None) -> tuple[ScoreJob, bool]:
    """The job that answers `spec`, and whether it was there already (waiting, running or done).

    Raises DomainError for whatever cannot be scored, `no_good_row` (422) if that is every row, and for a full queue (429, 503).
    """
    model = choose_model(spec.model, spec.genome)
    check_scores(model)
    assembly = assembly_for(model, spec.genome)
    request = _request(spec, upload, model, assembly)
    try:
        _check_budget(visitor)  # reading thousands of rows takes seconds, which whoever waits already is not given
    except DomainError:
        if twin := _live(request=request):
            return twin, True
        raise
    asked = _understand(spec, upload, request, model, assembly)
    digest = asked.digest()
    with transaction.atomic():
        one_at_a_time()
        if twin := _live(digest=digest):
            return twin, True
        _check_budget(visitor)
        job = _insert(asked, digest, visitor)
        ScoreSlice.objects.create(job=job, start=0, count=settings.SLICE_ROWS)
        transaction.on_commit(send_next)
    return job, False


def _request(spec: ScoreSpec, upload: Upload | None, model: ModelInfo, assembly: Assembly) -> str:
    """Names what is asked as it is written: equal ones have equal answers, which may also be written otherwise (_Asked.digest)."""
    file = upload and (upload.filename, hashlib.sha256(upload.content).hexdigest())
    rsids = RsidTable.objects.filter(assembly=assembly).values_list("digest", flat=True).first()
    written = [model.sha256, assembly.pk, assembly.digest, assembly.annotation, rsids, spec.model_dump(), file]
    return hashlib.sha256(json.dumps(written).encode()).hexdigest()


def _live(**named: str) -> ScoreJob | None:
    return ScoreJob.objects.defer("upload").filter(state__in=LIVE, **named).first()


def _check_budget(visitor: str) -> None:
    waiting = ScoreJob.objects.filter(state__in=WAITING)
    check_budget(waiting, visitor, settings.MAX_JOBS_PER_VISITOR, settings.MAX_JOBS, "scoring jobs")


def _understand(spec: ScoreSpec, upload: Upload | None, request: str, model: ModelInfo, assembly: Assembly) -> _Asked:
    scorers, tracks = choose(model, spec.kind, spec.scorers, spec.tracks)
    columns = columns_of(scorers, tracks)
    genome = AssemblyGenome(assembly)
    source, vcf, place, gene = "", b"", None, None
    if upload is not None:
        if len(upload.content) > MAX_FILE_BYTES:
            raise DomainError(
                "file_too_large", f"{upload.filename} is larger than {MAX_FILE_BYTES >> 20} MB; split it.", status=413
            )
        source = upload.filename
        lines = read_upload(upload.content, source)
        rows, vcf = given.from_file(lines, genome), pack_upload(upload.content) if lines.kind != "table" else b""
    elif spec.saturation is not None:
        place = resolve_exactly(assembly, spec.saturation)
        rows = given.saturation(place, genome)
    elif spec.scan is not None:
        gene, place = _promoter(assembly, spec.scan, genome)
        rows = given.promoter(place, genome)
    elif spec.text is not None:
        rows = given.from_file(read_upload(spec.text.encode(), "The text"), genome)
    else:
        rows = given.from_list(spec.variants or [], genome)
    _check(rows, len(columns))
    name = " ".join((spec.name or "").split())
    rows = _by_place(rows, genome)
    return _Asked(request, model, assembly, scorers, tracks, spec.kind, rows, name, source, vcf, place, gene, columns)


def _promoter(assembly: Assembly, text: str, genome: AssemblyGenome) -> tuple[Gene, Interval]:
    gene: Gene | None = resolve_locus(assembly, text).gene
    if gene is None:
        raise DomainError("no_gene", f"“{text[:40]}” is a place; a scan takes a gene, as in GAL1.", status=400)
    chromosome = gene.chromosome.name
    place = given.promoter_of(chromosome, gene.start, gene.end, gene.strand, genome.lengths[chromosome])
    if place is None:
        raise DomainError("no_promoter", f"{gene.name} begins where {chromosome} ends; there is nothing before it.")
    return gene, place


def _check(rows: Sequence[Given], columns: int) -> None:
    good = sum(row.variant is not None for row in rows)
    if not rows:
        raise DomainError("no_rows", "There is no variant in what was given; write one a line.", status=400)
    if not good:
        shown = " ".join(map(_why, rows[:_SHOWN]))
        if len(rows) == 1:
            raise DomainError("no_good_row", f"The one row cannot be scored. {shown}")
        raise DomainError("no_good_row", f"None of the {len(rows):,} rows can be scored. {shown}")
    bases = sum(len(row.variant.ref) + len(row.variant.alt) for row in rows if row.variant)
    if bases > MAX_ALLELES_BP:
        raise DomainError(
            "too_many_bases",
            f"The alleles have {bases:,} bp in all, and those of a job have at most {MAX_ALLELES_BP:,}; split them into several jobs.",
            status=413,
        )
    if good * columns > MAX_VALUES:
        raise DomainError(
            "too_many_values",
            f"{good:,} variants times {columns:,} columns are {good * columns:,} values, and a job has at most "
            f"{MAX_VALUES:,}; choose fewer tracks or scorers.",
            status=413,
        )


def _by_place(rows: Sequence[Given], genome: AssemblyGenome) -> list[Given]:
    rank = {name: number for number, name in enumerate(genome.lengths)}

    def key(row: Given) -> tuple[Any, ...]:
        if row.variant is None:
            return 1, row.number, row.allele
        place = rank[row.variant.chromosome], row.variant.start, row.variant.end, row.variant.alt
        return 0, *place, row.number, row.allele

    return sorted(rows, key=key)


def _insert(asked: _Asked, digest: str, visitor: str) -> ScoreJob:
    place = asked.place
    job = ScoreJob.objects.create(
        digest=digest,
        request=asked.request,
        visitor=visitor,
        name=asked.name,
        genome=asked.assembly.name,
        model_name=asked.model.name,
        model_sha256=asked.model.sha256,
        model_card=model_card(asked.model),
        kind=asked.kind,
        source=asked.source,
        upload=asked.vcf,
        chromosome=place.chromosome if place else "",
        start=place.start if place else None,
        end=place.end if place else None,
        gene=asked.gene.name if asked.gene else "",
        gene_id=gene_id(asked.gene) if asked.gene else "",
        scorers=written(asked.scorers),
        tracks=[asdict(track) for track in asked.tracks],
        columns=asked.columns,
        total=len(asked.rows),
        bad=sum(row.variant is None for row in asked.rows),
    )
    _copy(job, asked.rows)
    return job


def _copy(job: ScoreJob, rows: Sequence[Given]) -> None:
    """By COPY, which takes a fifth of the time of INSERTs: whoever asked waits for it."""
    columns = (
        "job_id", "order", "number", "allele", "given", "name", "text", "chromosome", "start", "ref", "alt", "notes", "error",
    )  # fmt: skip
    names = ", ".join(f'"{column}"' for column in columns)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {ScoreRow._meta.db_table} ({names}) FROM STDIN") as copy,
    ):
        for order, row in enumerate(rows):
            variant = row.variant
            place = (
                (variant_text(variant), variant.chromosome, variant.start, variant.ref, variant.alt)
                if variant
                else ("", "", None, "", "")
            )
            copy.write_row(
                (job.id, order, row.number, row.allele, row.given, row.name, *place, row.notes, row.error[:1000])
            )


def _why(row: Given) -> str:
    return f"Row {row.number:,}: {row.error}"


def title_of(job: ScoreJob) -> str:
    """A job's name, or what it is."""
    if job.name:
        return job.name
    if job.kind == Kind.SCAN:
        return _("Promoter of %(gene)s") % {"gene": job.gene}
    if job.kind == Kind.SATURATION and job.start is not None and job.end is not None:
        place = format_locus(Interval(job.chromosome, job.start, job.end))
        return _("Every base of %(place)s") % {"place": place}
    count = ngettext("%(count)s variant", "%(count)s variants", job.total) % {"count": f"{job.total:,}"}
    return _("%(name)s: %(place)s") % {"name": job.source, "place": count} if job.source else count
