"""Tables: a job, the rows that were given, and the slices in which they are scored."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models.functions import Now

from predictor.api import Variant
from webapp.predictions.models import WAITING, Request, Standing, State, Work

_LATELY = timedelta(minutes=10)  # what a visitor had until then counts in whose turn it is


class Kind(models.TextChoices):
    """Where a job's variants came from."""

    VARIANTS = "variants"  # a text, a table or a file
    SATURATION = "saturation"  # every SNV of an interval
    SCAN = "scan"  # the promoter of a gene: every SNV and deletions of five


class ScoreJob(Request, Standing):
    """Variants to be scored by `scorers` for `tracks`; `columns` says what each value of a row is (see columns.py).

    `total` rows were given, of which `bad` cannot be scored; `done` were scored and `failed` could not be, in the order of
    their places: the first that nobody has tried yet is row `done + failed`. `chromosome`, `start`, `end` (0-based half-open) of
    a saturation or a scan, `gene` and `gene_id` (predictor.api.Gene's) of a scan. Rows up to `careful_until` are scored one by
    one, since a worker died there. `request` names what was asked as it was written, before any row is read.
    """

    request = models.CharField(max_length=64, blank=True, default="")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    source = models.CharField(max_length=200, blank=True, default="")  # of an upload: its file's name
    upload = models.BinaryField(default=b"")  # a VCF as it came, compressed: it is given back with the scores
    chromosome = models.CharField(max_length=100, blank=True, default="")
    start = models.BigIntegerField(null=True)
    end = models.BigIntegerField(null=True)
    gene = models.CharField(max_length=100, blank=True, default="")
    gene_id = models.CharField(max_length=100, blank=True, default="")
    scorers = models.JSONField(default=list)
    tracks = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    total = models.PositiveIntegerField()
    bad = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    careful_until = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    busy_seconds = models.FloatField(default=0.0)  # that workers spent on it

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["digest"],
                condition=models.Q(state__in=["QUEUED", "RUNNING", "DONE"]),
                name="one_live_job_per_digest",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["state", "created"],
                condition=models.Q(state__in=["QUEUED", "RUNNING"]),
                name="scoring_waiting_jobs",
            ),
            models.Index(fields=["request"], name="scoring_requests"),
        ]

    @property
    def good(self) -> int:
        """Rows that can be scored; they come first in the order of places."""
        return self.total - self.bad

    @property
    def tried(self) -> int:
        """Good rows that are over with."""
        return self.done + self.failed


class ScoreRow(models.Model):
    """One variant as given: line `number` of the input and, of a line with several alternatives, the `allele`-th.

    `order`: its rank by place; bad rows, which have no variant but a sentence, come last. `text` is the variant as a person
    reads it. 0-based start; normal form, as predictor.variants makes it. `failed`: it was tried, and `error` says why not.
    """

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(ScoreJob, on_delete=models.CASCADE, related_name="rows", db_index=False)
    order = models.PositiveIntegerField()
    number = models.PositiveIntegerField()
    allele = models.PositiveSmallIntegerField(default=0)
    given = models.CharField(max_length=200)
    name = models.CharField(max_length=200, blank=True, default="")
    text = models.CharField(max_length=160, blank=True, default="")
    chromosome = models.CharField(max_length=100, blank=True, default="")
    start = models.BigIntegerField(null=True)
    ref = models.TextField(blank=True, default="")
    alt = models.TextField(blank=True, default="")
    notes = models.TextField(blank=True, default="")
    error = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["job", "order"], name="one_row_per_order")]

    def __str__(self) -> str:
        return f"{self.job_id} {self.order}: {self.given}"

    @property
    def variant(self) -> Variant:
        """Of a good row."""
        assert self.start is not None
        return Variant(self.chromosome, self.start, self.ref, self.alt)


class ScoreSlice(Work):
    """Rows [start, start + count) by order, scored at one go and stored together (see packing.py).

    Only the slice that comes next exists beside the finished ones, and it is sent when it is its turn (see turns.py); `count` of
    a slice that waits is the most it will take.
    """

    TASK = "scoring.slice"
    GOES_ON = True

    job = models.ForeignKey(ScoreJob, on_delete=models.CASCADE, related_name="slices", db_index=False)
    start = models.PositiveIntegerField()
    count = models.PositiveIntegerField()
    table = models.BinaryField(default=b"")
    details = models.BinaryField(default=b"")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["job", "start"], name="one_slice_per_start")]
        indexes: ClassVar = [
            models.Index(
                fields=["state", "created"],
                condition=models.Q(state__in=["QUEUED", "RUNNING"]),
                name="scoring_waiting_slices",
            ),
            models.Index(fields=["sent_at"], name="scoring_sent"),
        ]

    @classmethod
    def in_order(cls) -> list[Self]:
        """The slices that wait, in the order of their turns, with their jobs: first the one that has been sent, then those of the
        visitors who had the fewest slices lately, then those that have waited longest, which makes jobs alternate.
        """
        waiting = super().in_turn().filter(job__state__in=WAITING).select_related("job")
        found = waiting.only("id", "start", "created", "sent_at", "job__visitor", "job__state")
        lately = cls.objects.filter(sent_at__gt=Now() - _LATELY, job__visitor__in={part.job.visitor for part in found})
        had = dict(lately.values_list("job__visitor").annotate(models.Count("id")))
        return sorted(
            found, key=lambda part: (part.sent_at is None, had.get(part.job.visitor, 0), part.created, part.id)
        )

    @classmethod
    def in_turn(cls) -> models.QuerySet[Self]:
        """The first of `in_order`, unless a worker has one."""
        turn = [] if cls.objects.filter(state=State.RUNNING).exists() else cls.in_order()[:1]
        return cls.objects.filter(state=State.QUEUED, id__in=[part.id for part in turn])
