"""The Celery application; its settings are `settings.CELERY`."""

from __future__ import annotations

import os

import django
from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
django.setup()

app = Celery("locuscope")
app.conf.update(settings.CELERY)
app.autodiscover_tasks(["webapp.predictions", "webapp.scoring"])
