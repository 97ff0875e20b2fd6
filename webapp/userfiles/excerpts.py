"""A stretch of a visitor's file as text, for what carries its data within."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict

from django.conf import settings

from predictor.api import Interval
from webapp.userfiles.excerpt import Asked, Excerpt
from webapp.userfiles.kinds import KINDS
from webapp.userfiles.models import UserFile
from webapp.userfiles.storage import content_of, index_of

_SECONDS = 20


def excerpt_of(file: UserFile, place: Interval, step: int) -> Excerpt | None:
    """What it has at `place`, signals and reads as means of `step` bp; None where it cannot be read, or not in time."""
    asked = Asked(
        path=str(content_of(file.id)),
        index=str(index_of(file.id)),
        form=KINDS[file.kind].served,
        chromosome=place.chromosome,
        own=file.aliases.get(place.chromosome, place.chromosome),
        start=place.start,
        end=place.end,
        step=step,
    )
    try:
        done = subprocess.run(
            [sys.executable, "-m", "webapp.userfiles.excerpt"],
            input=json.dumps(asdict(asked)).encode(),
            capture_output=True,
            timeout=_SECONDS,
            cwd=settings.BASE_DIR,
            env={"PATH": os.environ.get("PATH", "")},
            check=True,
        )
        return Excerpt(**json.loads(done.stdout))
    except (subprocess.SubprocessError, ValueError):
        return None
