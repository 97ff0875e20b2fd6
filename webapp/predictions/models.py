"""Tables: what was asked and how it went (Request, Work, Prediction), its tracks, their value tiles, and the living workers."""

from __future__ import annotations

import uuid
from typing import ClassVar, Literal, Self

from django.apps import apps
from django.db import models

from predictor.api import OUTPUTS, Haplotype, Variant

SEQUENCE_NAME = "sequence"  # the one "chromosome" of a pasted sequence
EDGES = ("low", "high")  # of the band of what a model's members say
CHANGE_EDGES = ("less", "more")  # of what they say of a change: the edited sequence's values minus the reference's
# Of a prediction with edits, whose values are those of the edited sequence at the reference's places: the reference's own, and
# where places move, the edited sequence's own from its first base on.
REFERENCE, OWN = "ref", "own"


class State(models.TextChoices):
    """Where a piece of work stands. WAITING states can change by themselves, the others are final."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


# Queues, named by what their workers can do: whatever fits everywhere; what needs a GPU; asking a service of somebody else's, which
# is waiting, and would keep a worker from what it can compute.
ANY, GPU, HOSTED = "predictor", "predictor.gpu", "predictor.hosted"
QUEUES = (ANY, GPU, HOSTED)
WAITING = (State.QUEUED, State.RUNNING)
LIVE = (State.QUEUED, State.RUNNING, State.DONE)  # a request of the same digest is answered by these


class Standing(models.Model):
    """How something that takes a while stands, and why it failed where it did."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=9, choices=State.choices, default=State.QUEUED)
    created = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    error_code = models.CharField(max_length=60, blank=True, default="")
    error_message = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.id} {self.state}"


class Work(Standing):
    """A row that waits for a worker, and its way through the queue; each kind of work is a table of its own.

    TASK names the Celery task that takes the row's id. A row that GOES_ON returns to the queue after a lost worker however often
    that happens: its run leaves out the part that kills workers.
    """

    TASK: ClassVar[str]
    GOES_ON: ClassVar[bool] = False

    sent_at = models.DateTimeField(null=True)  # when a message last went to the broker; NULL: none has yet
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True)  # fencing token of the attempt that may write the result
    worker = models.CharField(max_length=200, blank=True, default="")
    stage = models.CharField(max_length=60, blank=True, default="")
    progress = models.FloatField(default=0.0)

    class Meta:
        abstract = True

    @classmethod
    def in_turn(cls) -> models.QuerySet[Self]:
        """The rows that wait and may have a message in the queue."""
        return cls._default_manager.filter(state=State.QUEUED)

    @classmethod
    def may_begin_again(cls) -> models.Q:
        """Which RUNNING rows an attempt that broke off leaves to another one."""
        return models.Q()

    @classmethod
    def of_queue(cls, queue: str) -> models.Q:
        """Which rows a queue's messages stand for; all are ANY's where nothing else is said."""
        return models.Q() if queue == ANY else models.Q(pk__in=[])


class Request(models.Model):
    """Who asked, of which model; `digest` names the answer, so that nothing is computed twice."""

    digest = models.CharField(max_length=64)
    visitor = models.CharField(max_length=32, blank=True, default="")
    name = models.CharField(max_length=200, blank=True, default="")
    genome = models.CharField(max_length=100, blank=True, default="")
    model_name = models.CharField(max_length=100)
    model_sha256 = models.CharField(max_length=64)
    model_card = models.JSONField(default=dict)

    class Meta:
        abstract = True


def tables_of_work() -> list[type[Work]]:
    """Every table whose rows wait for workers, of whichever app."""
    return [table for table in apps.get_models() if issubclass(table, Work)]


class Prediction(Request, Work):
    """One request and its result.

    Coordinates are 0-based half-open: on the chromosome for a locus, from the first base for a pasted sequence.
    [start, end) has values, [asked_start, asked_end) is what was asked for. `sequence` is the model's whole input,
    packed, so that a worker needs no reference and the result can be computed again to the same bytes. `edits`: {start, ref,
    alt} in normal form by place, on one haplotype; `tail`: the bases behind the input that deletions draw in.
    """

    TASK = "predictions.predict"

    chromosome = models.CharField(max_length=100, blank=True, default="")
    start = models.BigIntegerField()
    end = models.BigIntegerField()
    asked_start = models.BigIntegerField()
    asked_end = models.BigIntegerField()
    padding = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    sequence = models.BinaryField()
    edits = models.JSONField(default=list)
    tail = models.TextField(blank=True, default="")
    edited_bp = models.BigIntegerField(null=True)  # real bases of the edited input; NULL without edits
    needs_gpu = models.BooleanField(default=False)  # too large for a worker without one (see capability.py)
    hosted = models.BooleanField(default=False)  # computed by Google's service, with its visitor's key

    device = models.CharField(max_length=100, blank=True, default="")
    dtype = models.CharField(max_length=30, blank=True, default="")
    seconds = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["digest"],
                condition=models.Q(state__in=["QUEUED", "RUNNING", "DONE"]),
                name="one_live_per_digest",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["state", "created"],
                condition=models.Q(state__in=["QUEUED", "RUNNING"]),
                name="predictions_waiting",
            ),
            models.Index(fields=["sent_at"], name="predictions_sent"),
        ]

    @classmethod
    def may_begin_again(cls) -> models.Q:
        """All but a service's: its request may have been sent, and a second one would count against somebody's quota."""
        return models.Q(hosted=False)

    @classmethod
    def of_queue(cls, queue: str) -> models.Q:
        """By what they need."""
        return models.Q(needs_gpu=queue == GPU, hosted=queue == HOSTED)

    @property
    def haplotype(self) -> Haplotype | None:
        """The edits, or None."""
        name = self.chromosome or SEQUENCE_NAME
        edits = [Variant(name, edit["start"], edit["ref"], edit["alt"]) for edit in self.edits]
        return Haplotype.of(edits) if edits else None

    @property
    def on_genome(self) -> bool:
        """Whether the coordinates are a chromosome's; otherwise they count a pasted sequence."""
        return bool(self.chromosome)


class PredictedTrack(models.Model):
    """One track of a prediction; what it means is written down here, since a model's catalogue may change."""

    prediction = models.ForeignKey(Prediction, on_delete=models.CASCADE, related_name="tracks")
    order = models.PositiveIntegerField()
    key = models.CharField(max_length=200)
    name = models.CharField(max_length=300)
    output = models.CharField(max_length=40)
    strand = models.CharField(max_length=1)
    unit = models.CharField(max_length=100)
    resolution = models.PositiveIntegerField()
    colour = models.CharField(max_length=20)
    summary = models.CharField(max_length=4)
    minimum = models.FloatField(null=True)
    maximum = models.FloatField(null=True)
    has_band = models.BooleanField(default=False)  # tiles of EDGES or, with edits, of CHANGE_EDGES are there
    scale = models.FloatField(null=True)  # of a contact map: where its colours end, see pairs.py

    class Meta:
        ordering: ClassVar = ["order"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["prediction", "key"], name="one_track_per_key")]

    def __str__(self) -> str:
        return self.key

    @property
    def shape(self) -> Literal["bins", "pairs", "junctions"]:
        """What its values are of: bins along the sequence, pairs of bins, or pairs of splice sites."""
        return OUTPUTS[self.output].shape


class Tile(models.Model):
    """A piece of a track's values, compressed: up to 65,536 neighbouring bins at one level (see tiles.py), a whole contact map
    (pairs.py) or all junctions (junctions.py)."""

    track = models.ForeignKey(PredictedTrack, on_delete=models.CASCADE, related_name="tiles", db_index=False)
    edge = models.CharField(
        max_length=4, blank=True, default=""
    )  # "" of the values, of the band's EDGES or CHANGE_EDGES, REFERENCE or OWN
    level = models.PositiveSmallIntegerField()
    summary = models.CharField(max_length=4, blank=True)  # "" at level 0, else "mean" or "max"
    index = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["track", "edge", "level", "summary", "index"], name="one_tile_per_place")
        ]

    def __str__(self) -> str:
        return f"{self.track_id}{self.edge and ':'}{self.edge}/{self.level}{self.summary}/{self.index}"


class WorkerStatus(models.Model):
    """A worker process as it last reported itself; /healthz reads it."""

    name = models.CharField(max_length=200, primary_key=True)
    seen_at = models.DateTimeField()
    ready = models.BooleanField(default=False)
    device = models.CharField(max_length=100, blank=True, default="")
    gpu = models.BooleanField(default=False)  # it takes what needs one
    hosted = models.BooleanField(default=False)  # it asks a service, and takes nothing else
    model = models.CharField(max_length=100, blank=True, default="")
    error = models.CharField(max_length=1000, blank=True, default="")
    busy_with = models.UUIDField(null=True)

    def __str__(self) -> str:
        return self.name
