"""What a server process makes once, made before it answers: else its first visitor waits for it, half a second and more."""

from __future__ import annotations

from contextlib import suppress

from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import gettext, override

from predictor.api import DomainError
from webapp.lib.bundles import SHEETS, script, sheet
from webapp.predictions.catalogue import catalogue_of
from webapp.predictions.choice import models_for

SCRIPTS = ("main", "help", "scores")
FOLDERS = ("", "browser/", "scoring/")  # of templates/


def prepare() -> None:
    """Scripts and style sheets put together and packed, addresses, models with their tracks, words and templates read. No database."""
    if not settings.DEBUG:  # there the files themselves are read
        for made in (*map(script, SCRIPTS), *map(sheet, SHEETS)):
            _ = made.packed, made.digest
    reverse("api:api-root")
    for model in models_for(None):
        with suppress(DomainError):  # one that is being installed; a page that needs it will say so
            _ = catalogue_of(model.name).digest
    for folder in FOLDERS:
        for file in (settings.BASE_DIR / "templates" / folder).glob("*.html"):
            get_template(f"{folder}{file.name}")
    for language, _name in settings.LANGUAGES:
        with override(language):
            gettext("Models")
