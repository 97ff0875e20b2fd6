"""The shapes of what is said about scores."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Schema

from webapp.api.schemas import ErrorBody


class ScorerInfo(Schema):
    """`scorer` is the public SDK's name for the settings; `genes`: it has a value per gene."""

    name: str
    scorer: str
    output: str
    description: str
    signed: bool
    genes: bool
    tracks: int


class Submitted(Schema):
    """`reused`: the same request was there already; `url`: its page."""

    id: str
    state: str
    url: str
    reused: bool
    total: int
    bad: int


class Counts(Schema):
    """`total` rows were given, of which `bad` cannot be scored; of the `good` ones so many are `done`, `failed` or `waiting`."""

    total: int
    bad: int
    good: int
    done: int
    failed: int
    waiting: int


class Column(Schema):
    """What a row's value at `index` is; `scorer_name` is the SDK's; `effect`: it says what the change does, rather than how strong the
    stronger allele is."""

    index: int
    scorer: str
    scorer_name: str
    output: str
    track: str
    name: str
    strand: str
    unit: str
    description: str
    signed: bool
    effect: bool
    genes: bool


class Job(Schema):
    """0-based half-open `interval` of a saturation or a scan; `locus` is the same as a person reads it."""

    id: str
    state: str
    waiting: bool
    url: str
    kind: Literal["variants", "saturation", "scan"]
    name: str
    title: str
    source: str | None
    gene: str | None
    genome: str
    locus: str | None
    interval: dict[str, Any] | None
    queue_position: int | None
    stage: str
    counts: Counts
    progress: float
    rows_per_second: float | None
    seconds_left: int | None
    seconds: float
    error: ErrorBody | None
    model: dict[str, Any]
    scorers: list[str]
    columns: list[Column]
    downloads: dict[str, str]
    created: str
    started: str | None
    finished: str | None
    notice: str


class Row(Schema):
    """0-based `start`. `values`, `quantiles` and `genes` by column: of several genes that of the largest size; null where there is
    none. `strongest`: the column of the highest quantile, or of the greatest size for its column."""

    number: int
    allele: int
    given: str
    id: str
    variant: str | None
    chromosome: str | None
    start: int | None
    ref: str | None
    alt: str | None
    locus: str | None
    notes: str
    error: str | None
    status: Literal["ok", "bad", "waiting"]
    values: list[float | None]
    quantiles: list[float | None] | None
    genes: list[str | None]
    strongest: int | None


class Rows(Schema):
    """`total` rows match; `largest`: per column the largest size of a value in the whole job, null without a value."""

    total: int
    offset: int
    rows: list[Row]
    largest: list[float | None]


class Points(Schema):
    """By place; `chromosome` counts in `chromosomes`, `position` is 0-based, `number` and `variant` are the row's."""

    column: int
    points: int
    left_out: int
    chromosome: list[int]
    position: list[int]
    value: list[float]
    number: list[int]
    variant: list[str]
    chromosomes: list[str]


class Matrix(Schema):
    """`matrix` [positions][bases]: ALT minus REF, 0 for the reference base, null while it waits; `contributions` [positions] of the
    reference base: minus the mean of its alternatives."""

    column: int
    chromosome: str
    start: int
    end: int
    reference: str
    bases: str
    matrix: list[list[float | None]]
    contributions: list[float | None]
