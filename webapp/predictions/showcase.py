"""The home page's prediction: the galactose genes, which yeast turns on a thousandfold from a shared promoter."""

from __future__ import annotations

from django.conf import settings

from predictor.api import model_info
from webapp.predictions.models import Prediction, State
from webapp.predictions.specs import Spec
from webapp.predictions.submit import submit

# GAL7 starts at 274,427, GAL1 ends at 280,607, GAL10 lies between: 16,384 bp centred on the three, on the 128-bp grid.
SHOWCASE = Spec(genome="sacCer3", locus="chrII:269,313-285,696", name="GAL7, GAL10 and GAL1")


def submit_showcase() -> Prediction:
    """Ask for it; the stored one if it is there."""
    return submit(SHOWCASE, "")[0]


def showcase_prediction() -> Prediction | None:
    """The newest finished one, that of the installed weights if there is one, or None. Never starts anything."""
    done = Prediction.objects.defer("sequence").filter(
        state=State.DONE, visitor="", name=SHOWCASE.name, genome=SHOWCASE.genome
    )
    current = done.filter(model_sha256=model_info(settings.MODEL).sha256)
    return current.order_by("-created").first() or done.order_by("-created").first()
