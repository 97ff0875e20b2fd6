"""Tables: people's keys, sealed, and the hosted models' cards."""

from __future__ import annotations

from django.db import models


class HostedKey(models.Model):
    """One visitor's key to Google's service. `sealed` can be opened with this installation's secret alone, which is not in the
    database; `last_four` characters are all that is shown of it again; `since` when it was entered or last used."""

    visitor = models.CharField(max_length=32, unique=True)
    sealed = models.TextField()
    last_four = models.CharField(max_length=4)
    since = models.DateTimeField(auto_now=True)  # few rows: the sweeper looks through all of them

    def __str__(self) -> str:
        return f"key of {self.visitor}"


class HostedModel(models.Model):
    """What the service said of a model when somebody last entered a key: its card and its tracks."""

    name = models.CharField(max_length=100, primary_key=True)
    sha256 = models.CharField(max_length=64)
    card = models.JSONField()
    since = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name
