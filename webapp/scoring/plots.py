"""Values for a plot over the region, and a saturation as a matrix of positions and bases."""

from __future__ import annotations

from typing import Any

import numpy as np

from predictor.api import BASES, DomainError, Interval, contributions
from webapp.loci.services import fetch_sequence, get_assembly
from webapp.scoring.models import Kind, ScoreJob, ScoreRow
from webapp.scoring.table import number, read_table

MOST_POINTS = 4_000


def read_points(job: ScoreJob, column: int) -> dict[str, Any]:
    """Points by place: the strongest MOST_POINTS of those that have a value. `chromosome` counts in `chromosomes`."""
    values = read_table(job).values[:, column]
    known = np.flatnonzero(~np.isnan(values))
    kept = np.sort(known[np.argsort(-np.abs(values[known]), kind="stable")[:MOST_POINTS]])
    rows = ScoreRow.objects.filter(job=job, order__lt=job.good).order_by("order")
    places = list(rows.values_list("chromosome", "start", "number", "text"))
    chromosomes: dict[str, int] = {}
    points = [places[order] for order in kept.tolist()]
    return {
        "column": column,
        "points": len(points),
        "left_out": len(known) - len(points),
        "chromosome": [chromosomes.setdefault(name, len(chromosomes)) for name, *_ in points],
        "position": [start for _, start, *_ in points],
        "value": [number(value) for value in values[kept]],
        "number": [line for _, _, line, _ in points],
        "variant": [text for *_, text in points],
        "chromosomes": list(chromosomes),
    }


def read_matrix(job: ScoreJob, column: int) -> dict[str, Any]:
    """`matrix` [positions][ACGT] of a saturation: the score of each alternative, 0 for the reference base, null while it waits.
    `contributions` [positions]: of the reference base, minus the mean of its three alternatives, as the SDK's ism_matrix has it.

    Raises DomainError `no_matrix` (422) for other jobs.
    """
    if job.kind != Kind.SATURATION or job.start is None or job.end is None:
        raise DomainError("no_matrix", "Only a saturation has a matrix of positions and bases.")
    place = Interval(job.chromosome, job.start, job.end)
    reference = fetch_sequence(place, get_assembly(job.genome))
    matrix = np.full((place.width, len(BASES)), np.nan, np.float32)
    for position, base in enumerate(reference):
        if base in BASES:
            matrix[position, BASES.index(base)] = 0.0
    values = read_table(job).values[:, column]
    rows = ScoreRow.objects.filter(job=job, order__lt=job.good).values_list("order", "start", "alt")
    for order, start, alt in rows:
        assert start is not None  # a good row has a place
        matrix[start - place.start, BASES.index(alt)] = values[order]
    worth = contributions(matrix, reference).sum(1)  # which is 0 but at the reference base
    return {
        "column": column,
        "chromosome": place.chromosome,
        "start": place.start,
        "end": place.end,
        "reference": reference,
        "bases": BASES,
        "matrix": [[number(value) for value in row] for row in matrix],
        "contributions": [number(value) for value in worth],
    }
