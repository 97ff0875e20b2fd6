"""A prediction as the API and the pages show it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from predictor.api import OUTPUTS, Interval, format_locus, least_axis, other_strands, variant_id, variant_text
from webapp.lib.sentences import all_said, said
from webapp.predictions.models import SEQUENCE_NAME, WAITING, Prediction, State

NOTICE = gettext_noop("research use only, not for diagnosis")


SHOWCASE_GENES = ("GAL7", "GAL10", "GAL1")
SHOWCASE_NAME = "GAL7, GAL10 and GAL1"  # as it is stored; what people read is made of the genes


def card_said(card: dict[str, Any]) -> dict[str, Any]:
    """What a result keeps of its model, its sentences in the reader's language."""
    return {**card, **{name: said(card[name]) for name in ("licence", "citation") if name in card}}


def page_url(prediction: Prediction) -> str:
    """The permalink."""
    return f"/p/{prediction.id}"


def queue_position(prediction: Prediction) -> int | None:
    """1 for the one whose turn is next; None unless it is QUEUED."""
    if prediction.state != State.QUEUED:
        return None
    before = Q(state=State.QUEUED, created__lt=prediction.created) | Q(state=State.RUNNING)
    return (
        Prediction.objects.filter(before, needs_gpu=prediction.needs_gpu, hosted=prediction.hosted)
        .exclude(id=prediction.id)
        .count()
        + 1
    )


def describe(prediction: Prediction) -> dict[str, Any]:
    """Everything but the values. Intervals are 0-based half-open; `locus` is the text a person reads."""
    tracks = list(prediction.tracks.all())
    others = other_strands(tracks)
    place = _place(prediction)
    error = {"code": prediction.error_code, "message": said(prediction.error_message), "suggestions": []}
    return {
        "id": str(prediction.id),
        "state": prediction.state,
        "url": page_url(prediction),
        "name": prediction.name,
        "title": title_of(prediction),
        "queue_position": queue_position(prediction),
        "stage": prediction.stage,
        "progress": prediction.progress,
        "attempts": prediction.attempts,
        "error": error if prediction.state == State.FAILED else None,
        "genome": prediction.genome or None,
        "locus": place if prediction.on_genome else None,
        "interval": {
            "chromosome": prediction.chromosome or SEQUENCE_NAME,
            "start": prediction.start,
            "end": prediction.end,
        },
        "asked": {"start": prediction.asked_start, "end": prediction.asked_end},
        "padding": prediction.padding,
        "edits": _edits(prediction),
        "edited_bp": prediction.edited_bp,
        "warnings": all_said(prediction.warnings),
        "model": card_said(prediction.model_card),
        "device": prediction.device or None,
        "dtype": prediction.dtype or None,
        "seconds": prediction.seconds,
        "tracks": [
            {
                "key": track.key,
                "name": track.name,
                "output": track.output,
                "output_name": OUTPUTS[track.output].name,
                "strand": track.strand,
                "unit": track.unit,
                "resolution": track.resolution,
                "shape": track.shape,
                "colour": track.colour,
                "summary": track.summary,
                "minimum": track.minimum,
                "maximum": track.maximum,
                "has_band": track.has_band,
                "scale": track.scale,
                "pair": others.get(track.key),
                "least": least_axis(track.unit),
            }
            for track in tracks
        ],
        "created": prediction.created.isoformat(),
        "finished": prediction.finished_at.isoformat() if prediction.finished_at else None,
        "waiting": prediction.state in WAITING,
        "notice": _(NOTICE),
    }


def _place(prediction: Prediction) -> str:
    asked = Interval(prediction.chromosome or SEQUENCE_NAME, prediction.asked_start, prediction.asked_end)
    return format_locus(asked) if prediction.on_genome else _("%(count)s bp pasted") % {"count": f"{asked.width:,}"}


def title_of(prediction: Prediction) -> str:
    """What people call it; read off its row alone, not its tracks."""
    haplotype, place = prediction.haplotype, _place(prediction)
    if prediction.name:
        return _("%(name)s: %(place)s") % {"name": _name(prediction.name), "place": place}
    if haplotype is None:
        return place
    first, *more = haplotype.variants
    if more:
        return _("%(edit)s and %(count)s more") % {"edit": variant_text(first), "count": len(more)}
    return variant_text(first)


def _name(name: str) -> str:
    if name != SHOWCASE_NAME:
        return name  # people's own words
    first, second, third = SHOWCASE_GENES
    return _("%(first)s, %(second)s and %(third)s") % {"first": first, "second": second, "third": third}


def _edits(prediction: Prediction) -> list[dict[str, Any]]:
    """`text` names an edit to the API; `start` to `end` is what it replaces (0-based), anchors aside; `inserted` how many bases are
    new there."""
    haplotype = prediction.haplotype
    said = []
    for variant in haplotype.variants if haplotype else ():
        bare = variant.trimmed()
        said.append(
            {
                "text": variant_id(variant),
                "label": variant_text(variant),
                "start": bare.start,
                "end": bare.end,
                "ref": bare.ref,
                "alt": bare.alt,
                "inserted": max(0, bare.shift),
            }
        )
    return said
