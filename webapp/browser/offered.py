"""The models that a page offers, and the one that is chosen first."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from predictor.api import DomainError, ModelInfo
from webapp.lib.sentences import said
from webapp.loci.models import Assembly
from webapp.predictions.catalogue import catalogue_of
from webapp.predictions.choice import choose_model, fits, models_for, no_model
from webapp.predictions.models import Prediction


def model_choice(prediction: Prediction | None, genome: str, wanted: str) -> dict[str, Any]:
    """`models` that are installed; `usualModel`: the name of the prediction's, else of one for the page's `genome`, "" without;
    `model`: of the one that is chosen first, `wanted` if it fits what is shown, else the usual one; `notice` where what was wanted cannot
    be had; `noModel`: what to say where none fits the genome."""
    models = {model.name: model for model in models_for(None)}
    shown = prediction.genome if prediction else genome
    chosen, notice = "", ""
    if wanted:
        try:
            model = choose_model(wanted, None)
            chosen = model.name if not shown or fits(model, shown) else ""
            notice = (
                "" if chosen else _("%(title)s was not made for %(genome)s.") % {"title": model.title, "genome": shown}
            )
        except DomainError as error:
            notice = said(str(error))
    own = prediction.model_name if prediction and prediction.model_name in models else ""
    fitting = [model.name for model in models_for(genome)]
    known = {*Assembly.objects.values_list("name", flat=True), genome, shown} - {""}
    usual = own or (fitting[0] if fitting else "")
    return {
        "models": [_described(model, known) for model in models.values()],
        "model": chosen or usual,
        "usualModel": usual,
        "notice": notice,
        "noModel": said(str(no_model(genome))),
    }


def _described(model: ModelInfo, known: set[str]) -> dict[str, Any]:
    return {
        "name": model.name,
        "title": model.title,
        "version": model.version,
        "licence": said(model.licence),
        "genomes": [*model.genomes, *sorted(name for name in known.difference(model.genomes) if fits(model, name))],
        "heldOut": list(model.held_out),
        "catalogue": f"{reverse('api:api-root')}models/{model.name}/catalogue?digest={catalogue_of(model.name).digest}",
    }
