"""Where this installation keeps models that are not packaged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings


class PredictionsConfig(AppConfig):
    """Models that `manage.py install_model` wrote into the home are found beside the packaged ones."""

    name = "webapp.predictions"

    def ready(self) -> None:
        from predictor.api import look_in
        from webapp.predictions.sweep import round_done

        look_in(Path(settings.HOME) / "models")
        round_done.connect(_forget_keys, dispatch_uid="predictions: keys")


def _forget_keys(**_: Any) -> None:
    """On the installation's one sweep, which the app of the keys, below this one, does not know."""
    from webapp.hosted.services import forget_unused

    forget_unused()
