"""Makes the hosted models known by name."""

from __future__ import annotations

from functools import partial

from django.apps import AppConfig


class HostedConfig(AppConfig):
    """A hosted model answers to its name once somebody's key has brought its list of tracks."""

    name = "webapp.hosted"

    def ready(self) -> None:
        from predictor.api import hosted, look_up
        from webapp.hosted.listing import stored

        for name in hosted.MODELS:
            look_up(name, partial(stored, name))
