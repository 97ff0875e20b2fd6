"""Table: one row a file; its bytes are in a folder of that id (storage.py)."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

UNDO = timedelta(hours=1)  # after a file was removed


class UserFile(models.Model):
    """A visitor's file for an assembly, prepared. `kind`: of kinds.KINDS; `size`: bytes on the disk, the index included; `aliases`:
    the file's own name of each chromosome that it calls otherwise; `skipped`: lines on chromosomes that the assembly does not have;
    `source`: where it was fetched from, "" for an upload."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    visitor = models.CharField(max_length=32, db_index=True)
    genome = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)  # of the content as it is served
    aliases = models.JSONField(default=dict)
    skipped = models.PositiveIntegerField(default=0)
    source = models.CharField(max_length=2000, blank=True, default="")
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField(db_index=True)
    removed = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["created"]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def here(cls) -> models.QuerySet[UserFile]:
        """Neither removed nor over."""
        return cls.objects.filter(removed=None, expires__gt=Now())

    @classmethod
    def over(cls) -> models.QuerySet[UserFile]:
        """Whose bytes may go: nobody can take the removal back any more."""
        return cls.objects.filter(models.Q(removed__lt=timezone.now() - UNDO) | models.Q(expires__lte=Now()))
