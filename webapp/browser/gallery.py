"""The gallery's pages: all places, and one that opens."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from predictor.api import DomainError
from webapp.browser.views import problem
from webapp.gallery.entries import ENTRIES, get_entry
from webapp.gallery.entry import Entry
from webapp.gallery.offers import missing, offer
from webapp.gallery.opening import open_entry
from webapp.lib.visitor import sent_by_another_site
from webapp.predictions.services import page_url
from webapp.sharing.access import visitor_of


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Every place with its story; those that can be opened here, and what the others need."""
    visitor = visitor_of(request)
    groups = [
        (_("Baker’s yeast"), [_card(entry, visitor) for entry in ENTRIES if entry.organism == "yeast"]),
        (_("Human"), [_card(entry, visitor) for entry in ENTRIES if entry.organism == "human"]),
    ]
    return render(request, "browser/gallery.html", {"title": _("Gallery"), "groups": groups})


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, slug: str) -> HttpResponse:
    """One place, for a link of its own; a POST opens its view."""
    try:
        entry = get_entry(slug)
        if request.method == "POST":
            if sent_by_another_site(request):
                return problem(request, _("Open the place from this site’s own gallery."), 403)
            return HttpResponseRedirect(page_url(open_entry(request, entry)))
    except DomainError as error:
        return problem(request, str(error), error.status)
    groups = [("", [_card(entry, visitor_of(request))])]
    return render(request, "browser/gallery.html", {"title": str(entry.title), "one": True, "groups": groups})


def _card(entry: Entry, visitor: str) -> dict[str, object]:
    found = offer(entry, visitor)
    place = found.place if found else next(iter(entry.places.values()))
    licence = found.model.licence.partition(";")[0] if found else ""  # its own page has all of it
    return {
        "entry": entry,
        "offer": found,
        "licence": licence,
        "variants": place.variants,
        "missing": None if found else missing(entry),
    }
