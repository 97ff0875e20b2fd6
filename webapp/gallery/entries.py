"""All places of the gallery, in the order of its page."""

from __future__ import annotations

from predictor.api import DomainError
from webapp.gallery.entry import Entry
from webapp.gallery.human import HUMAN
from webapp.gallery.yeast import YEAST

ENTRIES: tuple[Entry, ...] = (*YEAST, *HUMAN)
_BY_SLUG = {entry.slug: entry for entry in ENTRIES}


def get_entry(slug: str) -> Entry:
    """Raises DomainError `unknown_place` (404)."""
    if slug not in _BY_SLUG:
        raise DomainError("unknown_place", "The gallery has no such place; see /gallery for all.", status=404)
    return _BY_SLUG[slug]
