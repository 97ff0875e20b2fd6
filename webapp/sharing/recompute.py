"""The same request again, of the model that is installed now."""

from __future__ import annotations

from predictor.api import Interval, format_locus, model_info, variant_id
from webapp.predictions.models import Prediction
from webapp.predictions.run import model_input
from webapp.predictions.specs import Spec


def again(prediction: Prediction) -> Spec:
    """What was asked for, as it would be asked today; of its tracks those that the model still has, the usual ones where it has
    none. Raises DomainError where the model is not installed."""
    known = {track.key for track in model_info(prediction.model_name).tracks}
    tracks = [track.key for track in prediction.tracks.all() if track.key in known]
    haplotype = prediction.haplotype
    asked = (
        Interval(prediction.chromosome, prediction.asked_start, prediction.asked_end) if prediction.on_genome else None
    )
    bases = None
    if asked is None:
        given = model_input(prediction)
        bases = given.sequence[: given.real_bp]
    return Spec(
        genome=prediction.genome or None,
        locus=format_locus(asked) if asked else None,
        sequence=bases,
        model=prediction.model_name,
        tracks=tracks or None,
        name=prediction.name or None,
        variants=[variant_id(variant) for variant in haplotype.variants] if haplotype else None,
    )
