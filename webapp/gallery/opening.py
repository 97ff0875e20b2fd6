"""From a place to its view: a prediction, shown as the entry wants it."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from predictor.api import DomainError, parse_locus
from webapp.gallery.entry import Entry
from webapp.gallery.offers import Offer, offer
from webapp.lib.visitor import remember
from webapp.predictions.models import Prediction
from webapp.predictions.services import submit
from webapp.predictions.specs import Spec
from webapp.sharing.access import record
from webapp.sharing.links import take
from webapp.sharing.states import PredictionView, parse_state


def open_entry(request: HttpRequest, entry: Entry) -> Prediction:
    """Ask for the place's prediction, which is there at once when anybody opened it before, and keep the entry's view for this visitor.

    Raises DomainError `not_installed` (409) where nothing here can show it, and whatever `submit` raises.
    """
    visitor = remember(request)
    found = offer(entry, visitor)
    if found is None:
        raise DomainError(
            "not_installed",
            _("Nothing that is installed here can show this; the gallery says what it needs."),
            status=409,
        )
    prediction, _reused = submit(spec_of(entry, found), visitor)
    record(request, prediction)
    take(prediction, visitor, _view(found))
    return prediction


def spec_of(entry: Entry, found: Offer) -> Spec:
    """The request, as anybody could send it to the API. Its name is the gene's, which is the same in all languages."""
    place = found.place
    return Spec(
        genome=found.genome,
        locus=place.locus,
        variants=list(place.variants) or None,
        model=found.model.name,
        tracks=[track.key for track in found.tracks],
        name=entry.gene,
    )


def _view(found: Offer) -> dict[str, object]:
    if not found.place.look:
        return parse_state({}, PredictionView)
    look = parse_locus(found.place.look)
    return parse_state({"locus": {"chromosome": look.chromosome, "start": look.start, "end": look.end}}, PredictionView)
