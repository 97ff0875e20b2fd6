"""The report of a scoring job: the rows that a table shows first, each with its surroundings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from igv_reports.datauri import get_data_uri

from predictor.api import DomainError, Interval, format_locus
from webapp.exports.report import fasta, gene_tracks, genes_in, moment, reference, render
from webapp.loci.models import Chromosome
from webapp.loci.services import fetch_sequence, get_assembly
from webapp.scoring.models import ScoreJob
from webapp.scoring.services import Wish, describe, read_page

MOST_ROWS = 100
_AROUND_BP = 1000  # on either side of a variant
_MOST_COLUMNS = 12  # of the table; and as many tracks


def score_report(job: ScoreJob, wish: Wish) -> bytes:
    """The first MOST_ROWS rows of what `wish` asks for, with genes, bases and the scores of these rows as tracks.

    Raises DomainError as read_page, `unknown_genome` (404), or `no_rows` (422).
    """
    page = read_page(job, replace(wish, offset=0, limit=min(wish.limit, MOST_ROWS)))
    if not page["rows"]:
        raise DomainError("no_rows", "No row matches this choice, so that there is nothing to report.")
    columns = _columns(job, page["rows"], wish.sort)
    lengths = dict(Chromosome.objects.filter(assembly__name=job.genome).values_list("name", "length"))
    sessions: dict[str, Any] = {}
    rows = []
    for row in page["rows"]:
        said = [_shown(row, column) for column in columns]
        about = " · ".join(part for part in (row["id"], row["notes"], row["error"]) if part)
        cells = [row["variant"] or row["given"], row["number"], *said, about]
        if row["start"] is None:
            rows.append({"session": "", "locus": "", "cells": cells})
            continue
        around = _around(row, lengths[row["chromosome"]])
        name = format_locus(around).replace(",", "")
        if name not in sessions:
            sessions[name] = _session(job, around, page["rows"], columns, lengths[row["chromosome"]])
        rows.append({"session": name, "locus": name, "cells": cells})
    described = describe(job)
    counts = described["counts"]
    head = (_("Variant"), _("Row"), *(f"{column['name']}: {column['scorer']}" for column in columns), _("Notes"))
    facts = [
        (_("Genome"), job.genome),
        (_("Rows"), _("%(total)s given, %(done)s scored, %(bad)s could not be") % {
            "total": f"{counts['total']:,}", "done": f"{counts['done']:,}", "bad": f"{counts['bad'] + counts['failed']:,}"}),
        (_("Scorers"), ", ".join(described["scorers"])),
        (_("Computed"), _("in %(seconds)s s") % {"seconds": f"{job.busy_seconds:.1f}"}),
        (_("When"), moment(job.finished_at) if job.finished_at else _("not finished")),
    ]  # fmt: skip
    warnings = [] if not described["waiting"] else [_("This job was not done when the report was made.")]
    left = len(job.columns) - len(columns)
    shown = {"some": f"{len(rows):,}", "all": f"{page['total']:,}", "left": left}
    note = _("%(some)s of %(all)s rows that match, in the order of the table.") % shown
    if left:
        note += " " + _("%(left)s more columns are in the files for download.") % shown
    return render(job, described["title"], head, rows, sessions, facts, warnings, described["url"], head_note=note)


def _columns(job: ScoreJob, rows: list[dict[str, Any]], sort: str) -> list[dict[str, Any]]:
    """The one sorted by, then those in which these rows are strongest, then the others."""
    first = [int(sort)] if sort.isdigit() else []
    strongest = [row["strongest"] for row in rows if row["strongest"] is not None]
    order = dict.fromkeys([*first, *strongest, *range(len(job.columns))])
    return [job.columns[index] for index in order][:_MOST_COLUMNS]


def _shown(row: dict[str, Any], column: dict[str, Any]) -> str:
    index = column["index"]
    value = row["values"][index] if row["values"] else None
    if value is None:
        return ""
    level = row["quantiles"][index] if row["quantiles"] else None
    gene = f" {row['genes'][index]}" if row["genes"][index] else ""
    return f"{value:+.4g}{gene}" + (_(" (quantile %(level)s)") % {"level": f"{level:.3f}"} if level is not None else "")


def _around(row: dict[str, Any], length: int) -> Interval:
    end = row["start"] + len(row["ref"])
    return Interval(row["chromosome"], max(0, row["start"] - _AROUND_BP), min(length, end + _AROUND_BP))


def _session(
    job: ScoreJob, around: Interval, rows: list[dict[str, Any]], columns: list[dict[str, Any]], length: int
) -> dict[str, Any]:
    assembly = get_assembly(job.genome)
    inside = [
        row for row in rows
        if row["chromosome"] == around.chromosome and row["start"] is not None and around.start <= row["start"] < around.end
    ]  # fmt: skip
    inside.sort(key=lambda row: row["start"])
    marks = "".join(
        f"{around.chromosome}\t{row['start']}\t{row['start'] + len(row['ref'])}\t{row['variant'].replace(' ', '_')}\n"
        for row in inside
    )
    tracks = [{"type": "annotation", "format": "bed", "name": _("Variants"), "url": get_data_uri(marks),
               "color": "#8b3fa0", "order": 2, "displayMode": "EXPANDED"}]  # fmt: skip
    for number, column in enumerate(columns):
        best: dict[int, float] = {}  # several alternatives of one base: the strongest is drawn
        for row in inside:
            value = row["values"][column["index"]] if row["values"] else None
            if value is not None and abs(value) >= abs(best.get(row["start"], 0.0)):
                best[row["start"]] = value
        lines = "".join(f"{around.chromosome}\t{at}\t{at + 1}\t{value:.6g}\n" for at, value in best.items())
        if lines:
            tracks.append(
                {"type": "wig", "format": "bedgraph", "name": f"{column['name']}: {column['scorer']}", "url": get_data_uri(lines),
                 "autoscale": True, "order": 10 + number, "height": 40, "color": "#1d62a8", "altColor": "#b3302a"}
            )  # fmt: skip
    text = fasta(around.chromosome, around.start, fetch_sequence(around, assembly), length)
    genes = gene_tracks(genes_in(job.genome, around), around.chromosome)
    return {"reference": reference(job.genome, text), "tracks": [*genes, *tracks]}
