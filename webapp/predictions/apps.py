"""Where this installation keeps models that are not packaged."""

from __future__ import annotations

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings


class PredictionsConfig(AppConfig):
    """Models that `manage.py install_model` wrote into the home are found beside the packaged ones."""

    name = "webapp.predictions"

    def ready(self) -> None:
        from predictor.api import look_in

        look_in(Path(settings.HOME) / "models")
