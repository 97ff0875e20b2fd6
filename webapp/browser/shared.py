"""The page of a link: what it is told beside its result, and what other sites' previews read of it."""

from __future__ import annotations

from typing import Any

from predictor.api import Interval, format_locus
from webapp.predictions.describe import NOTICE
from webapp.sharing.access import FIELD
from webapp.sharing.describe import page_url
from webapp.sharing.models import View

EXPIRIES = (
    ("", "never"),
    ("1", "in a day"),
    ("7", "in a week"),
    ("30", "in a month"),
    ("180", "in half a year"),
    ("365", "in a year"),
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
    where = ""
    if locus:
        interval = Interval(locus["chromosome"], locus["start"], locus["end"])
        where = f" at {format_locus(interval)}"
    what = "Predicted tracks" if view.prediction_id else "Variant scores"
    return {
        "title": view.name or title,
        "description": f"{what}{where}, by {card['title']}, version {card['version']}; {NOTICE}.",
        "url": f"{address}{page_url(view)}",
        "image": f"{address}{page_url(view)}/preview.png",
    }
