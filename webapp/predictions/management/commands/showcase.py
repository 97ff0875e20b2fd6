"""`manage.py showcase`: compute and store what the home page shows; instant where it is stored."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from predictor.api import DomainError
from webapp.predictions.access import get_prediction
from webapp.predictions.models import WAITING, State
from webapp.predictions.showcase import submit_showcase


class Command(BaseCommand):
    """Waits for the worker and says how far it is."""

    help = "Store the home page's prediction (GAL7-GAL10-GAL1) and wait until it is there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--timeout", type=float, default=600.0, help="seconds to wait (600)")

    def handle(self, *args: Any, timeout: float, **options: Any) -> None:
        try:
            prediction = submit_showcase()
        except DomainError as error:
            raise CommandError(str(error)) from error
        give_up = time.monotonic() + timeout
        said = ""
        while prediction.state in WAITING:
            if time.monotonic() > give_up:
                raise CommandError(
                    f"The home page's prediction is not there after {timeout:.0f} s; is a worker running? It waits on."
                )
            line = f"showcase: {prediction.stage or prediction.state.lower()} {prediction.progress:.0%}"
            if line != said:
                self.stdout.write(line)
                self.stdout.flush()
                said = line
            time.sleep(0.2)
            prediction = get_prediction(prediction.id)
        if prediction.state != State.DONE:
            raise CommandError(f"The home page's prediction ended {prediction.state}: {prediction.error_message}")
        self.stdout.write(f"showcase: stored, /p/{prediction.id}")
