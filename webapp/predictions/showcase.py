"""The home page's prediction: the galactose genes, which yeast turns on a thousandfold from a shared promoter."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from predictor.api import DomainError, model_info
from webapp.predictions.describe import SHOWCASE_NAME
from webapp.predictions.models import Prediction, State
from webapp.predictions.specs import Spec
from webapp.predictions.submit import digest_of, submit

# GAL7 starts at 274,427, GAL1 ends at 280,607, GAL10 lies between: 16,384 bp centred on the three, on the 128-bp grid.
SHOWCASE = Spec(genome="sacCer3", locus="chrII:269,313-285,696", name=SHOWCASE_NAME)


def submit_showcase() -> Prediction:
    """Ask for it; the stored one if it is there."""
    return submit(SHOWCASE, "")[0]


@cache
def _digest(weights: str) -> str:
    """With the weights of this hash; by the digest nobody can put another prediction in its place."""
    return digest_of(SHOWCASE)


def showcase_prediction() -> Prediction | None:
    """The finished one of the installed weights, else the first of older ones, or None. Never starts anything."""
    done = Prediction.objects.defer("sequence").filter(state=State.DONE)
    try:
        current = done.filter(digest=_digest(model_info(settings.MODEL).sha256)).first()
    except DomainError:  # no genome is loaded yet
        return None
    return current or done.filter(visitor="", name=SHOWCASE.name, chromosome="chrII").order_by("created").first()
