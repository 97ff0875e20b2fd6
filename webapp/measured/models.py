"""What is known of a measured track; its values are in a file named by their digest."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class MeasuredTrack(models.Model):
    """One installed track. `places`: {chromosome: [first, stop]} of its steps in the file; `splits`: {"train", "valid",
    "test"}: chromosomes, by what the model of `model_track` saw; `bundle` what it was installed from."""

    genome = models.CharField(max_length=100)
    key = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    order = models.PositiveIntegerField()
    output = models.CharField(max_length=40, blank=True, default="")
    model_track = models.CharField(max_length=100, blank=True, default="")
    unit = models.CharField(max_length=200)
    colour = models.CharField(max_length=7)
    strand = models.CharField(max_length=1)
    summary = models.CharField(max_length=4)
    resolution = models.PositiveIntegerField(default=1)
    biosample = models.CharField(max_length=500, blank=True, default="")
    assay = models.CharField(max_length=500, blank=True, default="")
    description = models.TextField(blank=True, default="")
    publication = models.TextField(blank=True, default="")
    licence = models.TextField(blank=True, default="")
    provenance = models.TextField(blank=True, default="")
    splits = models.JSONField(default=dict)
    bundle = models.CharField(max_length=500)
    digest = models.CharField(max_length=64)
    places = models.JSONField(default=dict)
    maximum = models.FloatField()
    installed = models.DateTimeField(auto_now=True)

    class Meta:
        ordering: ClassVar = ["genome", "order", "key"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["genome", "key"], name="one_measurement_per_key")]

    def __str__(self) -> str:
        return f"{self.genome} {self.key}"
