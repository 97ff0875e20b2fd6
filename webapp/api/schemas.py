"""The shapes of the answers, for the OpenAPI page and for the types of clients made from it."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Schema


class ErrorBody(Schema):
    code: str
    message: str
    suggestions: list[str]


class Error(Schema):
    """Any refusal."""

    error: ErrorBody


class Chromosome(Schema):
    name: str
    length: int
    aliases: list[str]


class Genome(Schema):
    name: str
    title: str
    organism: str
    chromosomes: list[Chromosome]


class Gene(Schema):
    """0-based half-open; `locus` is the same as a person reads it."""

    name: str
    systematic: str
    kind: str
    description: str
    genome: str
    chromosome: str
    start: int
    end: int
    strand: str
    locus: str


class Skill(Schema):
    """On held-out chromosomes: `value` of `measure` with its 95 % interval, beside the best simpler method; `prevalence` is
    what chance would reach of an average precision (AP)."""

    measure: str
    value: float
    low: float
    high: float
    prevalence: float | None
    baseline: str
    baseline_value: float
    skilful: Literal["yes", "unsure", "no"]


class Track(Schema):
    """`pair`: the key of the same assay's other strand; `ontology` a CURIE; `factor` the protein or mark of a ChIP track."""

    key: str
    name: str
    output: str
    strand: str
    biosample: str
    assay: str
    description: str
    source: str
    licence: str
    default: bool
    resolution: int
    unit: str
    skill: Skill | None
    biosample_type: str
    ontology: str
    factor: str
    pair: str | None


class Output(Schema):
    key: str
    name: str
    resolution: int
    shape: Literal["bins", "pairs", "junctions"]
    unit: str
    summary: Literal["mean", "max"]
    colour: str
    description: str


class Model(Schema):
    name: str
    title: str
    version: str
    licence: str
    citation: str
    summary: str
    sha256: str
    genomes: list[str]
    context_bp: int
    max_bp: int
    held_out: list[str]
    limits: list[str]
    judged_on: list[str]
    default: bool
    outputs: list[Output]
    tracks: list[Track]


class Coded(Schema):
    """A column with few different texts: track i has values[codes[i]]."""

    values: list[str]
    codes: list[int]


class Preset(Schema):
    """Tracks for a question, by their numbers."""

    key: str
    name: str
    description: str
    tracks: list[int]


class Catalogue(Schema):
    """A model's tracks, numbered from 0: `keys`, `names` and each column of `coded` in that order; the others name numbers."""

    model: str
    outputs: list[Output]
    keys: list[str]
    names: list[str]
    coded: dict[str, Coded]
    defaults: list[int]
    pairs: list[list[int]]
    skill: dict[str, Skill]
    presets: list[Preset]


class Submitted(Schema):
    """`reused`: the same request was there already; `url`: its page."""

    id: str
    state: str
    url: str
    reused: bool
    warnings: list[str]


class PredictedTrack(Schema):
    """`shape` says where its values are read: "bins" at windows, "pairs" at contacts, "junctions" at junctions; `scale`: where the
    colours of a contact map end, on either side of zero; `pair`: the key of the other strand, if it was predicted too; `least`: an
    axis from 0 should end no lower."""

    key: str
    name: str
    output: str
    output_name: str
    strand: str
    unit: str
    resolution: int
    shape: Literal["bins", "pairs", "junctions"]
    colour: str
    summary: str
    minimum: float | None
    maximum: float | None
    has_band: bool
    scale: float | None
    pair: str | None
    least: float


class Edit(Schema):
    """`text` names it; [start, end) is what it replaces, 0-based, `inserted` how many bases are new there."""

    text: str
    label: str
    start: int
    end: int
    ref: str
    alt: str
    inserted: int


class PredictionState(Schema):
    """0-based half-open coordinates; `interval` has values, `asked` was asked for, `locus` is 1-based text."""

    id: str
    state: str
    url: str
    name: str
    title: str
    queue_position: int | None
    stage: str
    progress: float
    attempts: int
    error: ErrorBody | None
    genome: str | None
    locus: str | None
    interval: dict[str, Any]
    asked: dict[str, int]
    padding: list[dict[str, Any]]
    edits: list[Edit]
    edited_bp: int | None
    warnings: list[str]
    model: dict[str, Any]
    device: str | None
    dtype: str | None
    seconds: dict[str, float]
    tracks: list[PredictedTrack]
    created: str
    finished: str | None
    waiting: bool
    notice: str


class Window(Schema):
    """Values of one track; null where the prediction has none."""

    start: int
    end: int
    bins: int
    resolution: int
    unit: str
    values: list[float | None]


class Windows(Schema):
    """Values of several tracks by key; null where the prediction has none."""

    start: int
    end: int
    bins: int
    values: dict[str, list[float | None]]


class Contacts(Schema):
    """`bins` by `bins` values of bins of `bin_bp` bp from `start` on; null where there is none."""

    track: str
    start: int
    bin_bp: int
    bins: int
    unit: str
    scale: float | None
    values: list[list[float | None]]


class Junction(Schema):
    """An intron [start, end), 0-based, and the reads across it that the model expects, in the track's unit."""

    track: str
    strand: str
    start: int
    end: int
    value: float


class StoredJunctions(Schema):
    """Those of at least `least`, of each track at most the `most` strongest."""

    least: float
    most: int
    junctions: list[Junction]


class Place(Schema):
    """0-based half-open; `locus` is the same as a person reads it."""

    name: str
    chromosome: str
    start: int
    end: int
    locus: str
