"""The page of a link: what it is told beside its result, and what other sites' previews read of it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from predictor.api import Interval, format_locus
from webapp.predictions.describe import NOTICE
from webapp.sharing.access import FIELD
from webapp.sharing.describe import page_url
from webapp.sharing.models import View

EXPIRIES = (
    ("", gettext_lazy("never")),
    ("1", gettext_lazy("in a day")),
    ("7", gettext_lazy("in a week")),
    ("30", gettext_lazy("in a month")),
    ("180", gettext_lazy("in half a year")),
    ("365", gettext_lazy("in a year")),
)


def by_link(data: dict[str, Any], view: View) -> dict[str, Any]:
    """Page data whose addresses carry the link's token, to be read alone."""
    key = f"{FIELD}={view.token}"
    if said := data.get("prediction"):
        said["url"] = page_url(view)
        reference = data["reference"]
        if reference and "pasted" in reference:
            address = reference["fastaURL"]
            reference["fastaURL"] = f"{address}{'&' if '?' in address else '?'}{key}"
    if job := data.get("job"):
        job["downloads"] = {name: f"{address}?{key}" for name, address in job["downloads"].items()}
        job["report"] += f"&{key}"
    data["view"] = {"token": view.token, "name": view.name, "url": page_url(view)}
    return data


def social(view: View, title: str, address: str) -> dict[str, str]:
    """Title, description and image of the link in a chat or a forum; `address` of the site."""
    found = view.subject
    card, locus = found.model_card, view.state.get("locus")
    said = {"model": card["title"], "version": card["version"], "notice": _(NOTICE)}
    if locus:
        said["place"] = format_locus(Interval(locus["chromosome"], locus["start"], locus["end"]))
    if view.prediction_id:
        template = (
            _("Predicted tracks at %(place)s, by %(model)s, version %(version)s; %(notice)s.")
            if locus
            else _("Predicted tracks, by %(model)s, version %(version)s; %(notice)s.")
        )
    else:
        template = (
            _("Variant scores at %(place)s, by %(model)s, version %(version)s; %(notice)s.")
            if locus
            else _("Variant scores, by %(model)s, version %(version)s; %(notice)s.")
        )
    return {
        "title": view.name or title,
        "description": template % said,
        "url": f"{address}{page_url(view)}",
        "image": f"{address}{page_url(view)}/preview.png",
    }
