"""Hangs the throwing away on the installation's one sweep."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class UserFiles(AppConfig):
    name = "webapp.userfiles"

    def ready(self) -> None:
        from webapp.predictions.sweep import round_done

        round_done.connect(_sweep, dispatch_uid="userfiles")


def _sweep(**_: Any) -> None:
    from webapp.userfiles.cleaning import sweep_now_and_then

    sweep_now_and_then()
