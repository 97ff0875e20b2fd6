"""What the browser page is told: plain data that its scripts read from one JSON block."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from predictor.api import MAX_ALLELE_BP, MAX_BP, MAX_WINDOW_BP, DomainError, model_info
from webapp.browser.genomes import GENOME, genome_data, open_genome
from webapp.browser.offered import model_choice
from webapp.hosted.services import is_offered, key_state
from webapp.loci.models import Assembly
from webapp.loci.services import get_assembly, reference_config
from webapp.measured.services import has_measurements
from webapp.predictions.fasta import EDITED_NAME
from webapp.predictions.models import SEQUENCE_NAME, Prediction
from webapp.predictions.services import describe
from webapp.scoring.given import MAX_ROWS
from webapp.scoring.models import ScoreJob
from webapp.scoring.services import describe as describe_job


def _key(visitor: str) -> dict[str, Any] | None:
    """Of Google's service: whether it is offered, and the visitor's key, which can be forgotten also where it is not any more."""
    state = {"offered": is_offered(), **key_state(visitor)}
    return state if any(state.values()) else None


def page_data(
    prediction: Prediction | None,
    locus: str = "",
    *,
    own: bool = False,
    genome: str = "",
    wanted: str = "",
    visitor: str = "",
) -> dict[str, Any]:
    """For one prediction, or for none (the bare `genome`); `locus` is where to look, if not at what was asked for; `own`: an edited
    sequence as a genome of its own, at its own places; `wanted`: the model that the address names; `visitor`: who
    reads it. Raises DomainError
    `unknown_genome` (404)."""
    assembly = _genome_of(prediction) if prediction else open_genome(genome)
    own = own and prediction is not None and prediction.edited_bp is not None
    return {
        "prediction": describe(prediction) if prediction else None,
        "reference": _edited(prediction) if own and prediction else _reference(prediction, assembly),
        "own": {"name": EDITED_NAME, "length": prediction.edited_bp} if own and prediction else None,
        "locus": locus,
        **genome_data(assembly),
        "measured": assembly is not None and has_measurements(assembly.name),
        **model_choice(prediction, assembly.name if assembly else GENOME, wanted, visitor),
        "hosted": _key(visitor),
        "maxBp": MAX_BP,
        "maxAlleleBp": MAX_ALLELE_BP,
        "maxMutateBp": MAX_WINDOW_BP,
        "maxRows": MAX_ROWS,
        "files": {"maxMb": settings.USER_FILE_MB, "days": settings.USER_FILE_DAYS},
        "plotly": static(f"vendor/plotly-{settings.PLOTLY}/plotly.min.js"),
    }


def scores_data(job: ScoreJob) -> dict[str, Any]:
    """For the page of a scoring job; `drawn`: tracks that a prediction of one of its variants can show."""
    try:
        drawable = {track.key for track in model_info(job.model_name).tracks}
    except DomainError:  # it is no longer installed
        drawable = set()
    return {
        "job": {**describe_job(job), "report": f"{reverse('api:api-root')}scores/{job.id}/report.html?sort=strongest"},
        "reference": reference_config(get_assembly(job.genome)),
        "drawn": [track for track in dict.fromkeys(column["track"] for column in job.columns) if track in drawable],
    }


def _genome_of(prediction: Prediction) -> Assembly | None:
    try:
        return open_genome(prediction.genome)
    except DomainError:
        return None  # it was removed


def _reference(prediction: Prediction | None, assembly: Assembly | None) -> dict[str, Any] | None:
    """For igv.js: the assembly, or the pasted sequence as a genome of its own; None where nothing is loaded, which the page says."""
    if prediction is None or prediction.on_genome:
        return reference_config(assembly) if assembly else None
    return {
        "id": f"sequence-{prediction.id}",
        "name": prediction.name or _("pasted sequence"),
        "fastaURL": f"{reverse('api:api-root')}predictions/{prediction.id}/sequence.fa",
        "indexed": False,
        "wholeGenomeView": False,
        "annotations": [],
        "pasted": {"name": SEQUENCE_NAME, "length": prediction.end - prediction.start},
    }


def _edited(prediction: Prediction) -> dict[str, Any]:
    return {
        "id": f"edited-{prediction.id}",
        "name": _("edited sequence"),
        "fastaURL": f"{reverse('api:api-root')}predictions/{prediction.id}/sequence.fa?edited=true",
        "indexed": False,
        "wholeGenomeView": False,
        "annotations": [],
        "pasted": {"name": EDITED_NAME, "length": prediction.edited_bp},
    }
