"""What the browser page is told: plain data that its scripts read from one JSON block."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from predictor.api import MAX_ALLELE_BP, MAX_BP, MAX_WINDOW_BP, DomainError, model_info
from webapp.browser.offered import model_choice
from webapp.loci.services import get_assembly, reference_config
from webapp.measured.services import has_measurements
from webapp.predictions.fasta import EDITED_NAME
from webapp.predictions.models import SEQUENCE_NAME, Prediction
from webapp.predictions.services import describe
from webapp.predictions.showcase import SHOWCASE
from webapp.scoring.given import MAX_ROWS
from webapp.scoring.models import ScoreJob
from webapp.scoring.services import describe as describe_job

GENOME = "sacCer3"
EXAMPLES = (  # text for the locus box, and why it is worth a look
    ("GAL1", gettext_lazy("switched on a thousandfold by galactose")),
    ("RPL33A", gettext_lazy("an intron that the model finds on a chromosome it never saw; ACT1’s it misses")),
    ("HIS4", gettext_lazy("Gcn4, Bas1 and Rap1 meet here; chrIII was held out")),
    ("PHO5", gettext_lazy("positioned nucleosomes over its promoter")),
    ("chrIV:460,001-476,384", gettext_lazy("a stretch of sixteen kilobases")),
)


def page_data(prediction: Prediction | None, locus: str = "", *, own: bool = False, wanted: str = "") -> dict[str, Any]:
    """For one prediction, or for none (the bare genome); `locus` is where to look, if not at what was asked for; `own`: an edited
    sequence as a genome of its own, at its own places; `wanted`: the model that the address names."""
    own = own and prediction is not None and prediction.edited_bp is not None
    return {
        "prediction": describe(prediction) if prediction else None,
        "reference": _edited(prediction) if own and prediction else _reference(prediction),
        "own": {"name": EDITED_NAME, "length": prediction.edited_bp} if own and prediction else None,
        "locus": locus,
        "home": SHOWCASE.locus,
        "genome": GENOME,
        "measured": has_measurements(prediction.genome if prediction else GENOME),
        **model_choice(prediction, GENOME, wanted),
        "examples": [{"text": text, "why": why} for text, why in EXAMPLES],
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


def _reference(prediction: Prediction | None) -> dict[str, Any] | None:
    """For igv.js: the prediction's assembly, or the pasted sequence as a genome of its own."""
    if prediction is None or prediction.on_genome:
        try:
            return reference_config(get_assembly(prediction.genome if prediction else GENOME))
        except DomainError:
            return None  # nothing is loaded; the page says so
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
