"""The same request again, of the model that is installed now."""

from __future__ import annotations

from predictor.api import Interval, format_locus, model_info, scorers_for, variant_id
from webapp.predictions.models import Prediction
from webapp.predictions.run import model_input
from webapp.predictions.specs import Spec
from webapp.scoring.models import Kind, ScoreJob
from webapp.scoring.packing import unpack_upload
from webapp.scoring.services import ScoreSpec, Upload


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


def again_job(job: ScoreJob) -> tuple[ScoreSpec, Upload | None]:
    """The same of a scoring job: its region, its VCF as it came, or its variants in the order in which they were given, each as it
    was understood. Raises DomainError where the model is not installed."""
    model = model_info(job.model_name)
    known = {track.key for track in model.tracks}
    scorers = [row["name"] for row in job.scorers if row["name"] in scorers_for(model)]
    tracks = [row["key"] for row in job.tracks if row["key"] in known]
    spec = ScoreSpec(
        genome=job.genome,
        model=job.model_name,
        scorers=scorers or None,
        tracks=tracks or None,
        name=job.name or None,
    )
    if job.kind == Kind.SCAN:
        return spec.model_copy(update={"scan": job.gene}), None
    if job.kind == Kind.SATURATION:
        assert job.start is not None and job.end is not None  # it is of a place
        place = Interval(job.chromosome, job.start, job.end)
        return spec.model_copy(update={"saturation": format_locus(place)}), None
    if content := unpack_upload(job.upload) if job.upload else b"":
        return spec, Upload(job.source, content)
    rows = job.rows.order_by("number", "allele")
    given = [(variant_id(row.variant) if row.start is not None else row.given, row.name) for row in rows]
    if any(name for _, name in given):
        table = "".join(f"{variant}\t{name}\n" for variant, name in given)
        return spec.model_copy(update={"text": f"variant\tid\n{table}"}), None
    return spec.model_copy(update={"variants": [variant for variant, _ in given]}), None
