"""Tables: who else asked for a result than its first asker, and the links that show one to anybody."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from webapp.predictions.models import Prediction
from webapp.scoring.models import ScoreJob

_ONE = models.Q(prediction__isnull=False, job__isnull=True) | models.Q(prediction__isnull=True, job__isnull=False)


class Asked(models.Model):
    """`visitor` may read a result although another asked for it first: the same request was answered by it, or a link to it was
    made theirs, with the view's `state`. `link`: the one it was made theirs by, which goes on lending its owner's files while it is
    open.

    Who asked first stands in the result's own row. `visitor` "" is a client without our cookie; what one of these asked for is
    readable by whoever knows its id, which cannot be guessed.
    """

    prediction = models.ForeignKey(Prediction, on_delete=models.CASCADE, null=True, related_name="asked")
    job = models.ForeignKey(ScoreJob, on_delete=models.CASCADE, null=True, related_name="asked")
    visitor = models.CharField(max_length=32, blank=True)
    state = models.JSONField(null=True)
    link = models.ForeignKey("View", on_delete=models.SET_NULL, null=True, related_name="copies")
    since = models.DateTimeField(auto_now_add=True)
    waits = models.BooleanField(default=True)  # False: cancelled it, while others waited for it

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=_ONE, name="asked_for_one_thing"),
            models.UniqueConstraint(fields=["prediction", "visitor"], name="asked_once_per_prediction"),
            models.UniqueConstraint(fields=["job", "visitor"], name="asked_once_per_job"),
        ]

    def __str__(self) -> str:
        return f"{self.visitor or 'anybody'}: {self.prediction_id or self.job_id}"


class View(models.Model):
    """A link: whoever knows `token` sees one result as `state` says (see states.py), and nothing else: of a prediction also the
    `saturation` that is open in the panel beside it.

    The token is kept as it is: its owner must be able to see the link again, and a stolen database holds the results themselves,
    so that a hash would hide nothing. The result keeps its model's name, version and hash, and cannot be deleted while a link
    to it is there; whatever evicts results has to leave those of links that are not over.
    """

    token = models.CharField(max_length=64, unique=True)
    visitor = models.CharField(max_length=32, db_index=True)  # its owner
    prediction = models.ForeignKey(Prediction, on_delete=models.PROTECT, null=True, related_name="views")
    job = models.ForeignKey(ScoreJob, on_delete=models.PROTECT, null=True, related_name="views")
    saturation = models.ForeignKey(ScoreJob, on_delete=models.PROTECT, null=True, related_name="beside")
    state = models.JSONField(default=dict)
    name = models.CharField(max_length=200, blank=True, default="")
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)
    last_opened = models.DateTimeField(null=True)  # by somebody else
    opened = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=_ONE, name="view_of_one_thing")]

    def __str__(self) -> str:
        return self.name or f"view of {self.prediction_id or self.job_id}"

    @classmethod
    def live(cls) -> models.QuerySet[View]:
        """Neither revoked nor expired."""
        open_end = models.Q(expires=None) | models.Q(expires__gt=Now())
        return cls.objects.filter(open_end, revoked=None)

    @staticmethod
    def over() -> models.Q:
        """The others."""
        return models.Q(revoked__isnull=False) | models.Q(expires__lte=Now())

    @property
    def subject(self) -> Prediction | ScoreJob:
        """What it shows."""
        found = self.prediction or self.job
        assert found is not None  # view_of_one_thing
        return found
