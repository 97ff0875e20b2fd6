"""A job's scores as files. What is there so far where it is not done, and every file says so, and of which model it is.

Details are read slice by slice; csv is streamed and parquet written to a temporary file, so that memory holds a slice of them at a
time. A VCF needs its text and the table of all columns, but its lines are made one by one. AnnData needs its whole matrix, so that
there is none above MOST_H5AD_VALUES.
"""

from __future__ import annotations

import csv
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from predictor.api import (
    TIDY_COLUMNS,
    DomainError,
    InfoField,
    Scored,
    VcfText,
    arrow_schema,
    arrow_table,
    read_upload,
    stacked,
    tidy_rows,
)
from webapp.loci.genome import AssemblyGenome
from webapp.loci.services import get_assembly
from webapp.predictions.describe import NOTICE
from webapp.predictions.models import State
from webapp.scoring.columns import read_scorers, read_tracks
from webapp.scoring.models import ScoreJob, ScoreRow, ScoreSlice
from webapp.scoring.packing import NO_GENE, unpack_details, unpack_upload
from webapp.scoring.table import ScoreTable, read_table

_OURS = {"row": "int32", "allele": "int32", "id": "string"}  # of the input, after the SDK's columns
_SCORES = tuple(TIDY_COLUMNS.index(name) for name in ("raw_score", "quantile_score"))
# Four million, with quantiles, took 220 MB at ten tracks a scorer and 1.6 GB at one: of a million that is a quarter.
MOST_H5AD_VALUES = 1_000_000
_LINES = 20_000  # of a table written at once


def download(job: ScoreJob, form: str) -> HttpResponseBase:
    """The response with the file. Raises DomainError `unknown_format` (404), or for an h5ad `no_scores` (422) and
    `too_many_values` (413).
    """
    if form not in _FORMS:
        raise DomainError(
            "unknown_format", f"There is no format “{form[:20]}”; there are {', '.join(_FORMS)}.", status=404
        )
    kind, make = _FORMS[form]
    response = make(job)
    response.headers["Content-Type"] = kind
    partial = "" if job.state == State.DONE else "-partial"
    response.headers["Content-Disposition"] = f'attachment; filename="locuscope-{str(job.id)[:8]}{partial}.{form}"'
    response.headers["Cache-Control"] = "no-store" if partial else "private, max-age=3600"
    return response


def about(job: ScoreJob) -> dict[str, str]:
    """What every file carries."""
    card = job.model_card
    missing = job.good - job.tried
    return {
        "source": f"Locuscope scores, /s/{job.id}",
        "genome": job.genome,
        "model": f"{card['title']} ({job.model_name})",
        "model_version": card["version"],
        "model_sha256": job.model_sha256,
        "licence": card["licence"],
        "citation": card["citation"],
        "rows": f"{job.total:,} given, {job.done:,} scored, {job.bad + job.failed:,} could not be scored",
        "complete": f"no: {missing:,} rows are not scored yet ({job.state.lower()})" if missing else "yes",
        "notice": NOTICE,
    }


def details(job: ScoreJob) -> Iterator[tuple[ScoreRow, Scored]]:
    """Every row that was tried, by place, with all that its scorers said."""
    scorers, tracks = tuple(read_scorers(job.scorers).values()), read_tracks(job.tracks)
    done = ScoreSlice.objects.filter(job=job, state=State.DONE).order_by("start")
    for start, count in list(done.values_list("start", "count")):
        packed = ScoreSlice.objects.values_list("details", flat=True).get(job=job, start=start)
        rows = list(ScoreRow.objects.filter(job=job, order__gte=start, order__lt=start + count).order_by("order"))
        yield from zip(rows, unpack_details(packed, [row.variant for row in rows], scorers, tracks), strict=True)


def _tidy(rows: Iterable[tuple[ScoreRow, Scored]]) -> Iterator[tuple[Any, ...]]:
    for row, scored in rows:
        for line in tidy_rows([scored]):
            yield *line, row.number, row.allele, row.name


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _csv(job: ScoreJob) -> HttpResponseBase:
    def lines() -> Iterator[str]:
        yield "".join(f"# {key}: {' '.join(text.split())}\n" for key, text in about(job).items())
        writer = csv.writer(_Echo(), lineterminator="\n")
        yield writer.writerow((*TIDY_COLUMNS, *_OURS))
        for row, scored in details(job):
            yield "".join(writer.writerow(_readable(line)) for line in _tidy([(row, scored)]))

    return StreamingHttpResponse(lines())


def _readable(line: tuple[Any, ...]) -> list[Any]:
    """Scores with the digits that float32 has."""
    cells = list(line)
    for place in _SCORES:
        cells[place] = None if line[place] is None else f"{line[place]:.6g}"
    return cells


def _parquet(job: ScoreJob) -> HttpResponseBase:
    import pyarrow.parquet as pq

    schema = arrow_schema(**_OURS).with_metadata(about(job))

    def write(file: IO[bytes]) -> None:
        with pq.ParquetWriter(file, schema, compression="zstd") as writer:
            for part in _parts(_tidy(details(job)), _LINES):
                writer.write_table(arrow_table(part, schema))

    return _file(write)


def _parts(rows: Iterable[tuple[Any, ...]], size: int) -> Iterator[list[tuple[Any, ...]]]:
    part: list[tuple[Any, ...]] = []
    for row in rows:
        part.append(row)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


def _h5ad(job: ScoreJob) -> HttpResponseBase:
    made = stacked((scored for _, scored in details(job)), MOST_H5AD_VALUES)
    made.uns = about(job)

    def write(file: IO[bytes]) -> None:
        made.write_h5ad(file.name)

    return _file(write, ".h5ad")


def _file(write: Callable[[IO[bytes]], None], suffix: str = "") -> HttpResponseBase:
    """A temporary file that is gone when it was sent."""
    file = tempfile.NamedTemporaryFile(suffix=suffix)  # noqa: SIM115  # the response closes it
    try:
        write(file)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return FileResponse(file)


def _vcf(job: ScoreJob) -> HttpResponseBase:
    table = read_table(job)
    ids = [re.sub(r"[^0-9A-Za-z_.]", "_", f"LS_{column['scorer']}_{column['track']}") for column in job.columns]
    fields = []
    for name, column in zip(ids, job.columns, strict=True):
        said = f"{column['scorer']}, {column['name']}: {column['description']}"
        fields.append(
            InfoField(name, "A", "Float", f"{said}; of the gene with the largest" if column["genes"] else said)
        )
        if column["genes"]:
            fields.append(InfoField(f"{name}_GENE", "A", "String", f"The gene of {name}"))
    fields.append(InfoField("LS_ERROR", "A", "String", "Why there are no scores"))
    text, values = _annotations(job, table, ids)
    meta = [f"##locuscope_{key}={json.dumps(said, ensure_ascii=False)}" for key, said in about(job).items()]
    first = 1 if text.meta and text.meta[0].startswith("##fileformat=") else 0
    whole = VcfText((*text.meta[:first], *meta, *text.meta[first:]), text.columns, text.body)
    return StreamingHttpResponse(f"{line}\n" for line in whole.annotated(fields, values))


_Fields = dict[str, list[float | str | None]]


def _annotations(job: ScoreJob, table: ScoreTable, ids: list[str]) -> tuple[VcfText, Callable[[int], _Fields]]:
    """The file to annotate, and what to write in one of its lines for each ALT: what was uploaded if it was a VCF, else a new one
    of the variants."""
    packed = bytes(ScoreJob.objects.values_list("upload", flat=True).get(id=job.id))
    rows = ScoreRow.objects.filter(job=job).order_by("number", "allele")
    alleles: dict[int, list[tuple[int, str]]] = {}
    for number, order, error in rows.values_list("number", "order", "error"):
        alleles.setdefault(number if packed else order, []).append((order, error))

    def values(line: int) -> _Fields:
        said: _Fields = {}
        for order, error in alleles.get(line, ()):
            for name, value in _fields(order, error, table, ids, job):
                said.setdefault(name, []).append(value)
        return said

    if packed:
        return VcfText.of_upload(read_upload(unpack_upload(packed), job.source)), values
    lengths = AssemblyGenome(get_assembly(job.genome)).lengths
    good = ((row.order, row.name, row.variant) for row in rows if row.start is not None)
    return VcfText.of_variants(good, lengths, job.genome), values


def _fields(
    order: int, error: str, table: ScoreTable, ids: list[str], job: ScoreJob
) -> Iterator[tuple[str, float | str | None]]:
    good = order < job.good  # bad rows come last
    for number, (name, column) in enumerate(zip(ids, job.columns, strict=True)):
        yield name, float(table.values[order, number]) if good else None
        if column["genes"]:
            gene = table.genes[order, number] if good else NO_GENE
            yield f"{name}_GENE", table.names[gene] if gene != NO_GENE else None
    yield "LS_ERROR", error or None


_FORMS: dict[str, tuple[str, Callable[[ScoreJob], HttpResponseBase]]] = {
    "csv": ("text/csv; charset=utf-8", _csv),
    "parquet": ("application/vnd.apache.parquet", _parquet),
    "h5ad": ("application/x-hdf5", _h5ad),
    "vcf": ("text/x-vcf; charset=utf-8", _vcf),
}
FORMATS = tuple(_FORMS)
