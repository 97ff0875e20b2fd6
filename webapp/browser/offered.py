"""The models that a page offers, and the one that is chosen first."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from predictor.api import DomainError
from webapp.hosted.services import check_asker, models_of
from webapp.lib.sentences import said
from webapp.predictions.catalogue import offered
from webapp.predictions.choice import choose_model, fits, models_for, no_model
from webapp.predictions.models import Prediction


def model_choice(prediction: Prediction | None, genome: str, wanted: str, visitor: str) -> dict[str, Any]:
    """`models` that are installed, and those that `visitor` has a key to;
    `usualModel`: the name of the prediction's, else of one for the page's `genome`, "" without;
    `model`: of the one that is chosen first, `wanted` if it fits what is shown, else the usual one; `notice` where what was wanted cannot
    be had; `noModel`: what to say where none fits the genome."""
    models = {model.name: model for model in (*models_for(None), *models_of(visitor))}
    shown = prediction.genome if prediction else genome
    chosen, notice = "", ""
    if wanted:
        try:
            model = choose_model(wanted, None)
            check_asker(model, visitor)
            chosen = model.name if not shown or fits(model, shown) else ""
            notice = (
                "" if chosen else _("%(title)s was not made for %(genome)s.") % {"title": model.title, "genome": shown}
            )
        except DomainError as error:
            notice = said(str(error))
    own = prediction.model_name if prediction and prediction.model_name in models else ""
    fitting = [model.name for model in models_for(genome)]
    usual = own or (fitting[0] if fitting else "")
    return {
        "models": [offered(model, {genome, shown} - {""}) for model in models.values()],
        "model": chosen or usual,
        "usualModel": usual,
        "notice": notice,
        "noModel": said(str(no_model(genome))),
    }
