"""What the panels beside the genome browser show: the signal of a gene by track, and profiles around features."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import BeforeValidator, Field

from predictor.api import DomainError, Interval, format_locus
from webapp.api import schemas
from webapp.api.lasting import is_known, lasting, numbers
from webapp.loci.genome import gene_id
from webapp.loci.models import Gene
from webapp.loci.services import get_assembly
from webapp.predictions.gene_signal import choose_gene, read_gene_signal
from webapp.predictions.models import Prediction
from webapp.predictions.profiles import Flank, Profile, read_mean_profile, read_profile
from webapp.predictions.windows import tracks_of
from webapp.sharing.access import readable_prediction

router = Router(tags=["values"])
_REFUSALS = {404: schemas.Error, 409: schemas.Error, 422: schemas.Error}
_Keys = Annotated[str | None, Query(max_length=20_000)]
_Flank = Annotated[
    Flank, BeforeValidator(lambda said: int(said) if str(said).isdecimal() else said)
]  # an address is text
_Base = Annotated[int | None, Field(ge=-(2**40), le=2**40)]


class NearGene(Schema):
    """0-based half-open; `id` is its systematic name where it has one."""

    id: str
    name: str
    strand: str
    start: int
    end: int


class SignalMask(Schema):
    """`where`: “exons”, or `width` bp around the gene's “start” or “end”; `how`: “mean” or “max” of the bases."""

    where: str
    width: int
    how: str


class TrackSignal(Schema):
    """`sense`: on the gene's strand, null without a strand. `value` is null where nothing was predicted; `reference` is the one without
    edits. `covered_bp` of the mask's `mask_bp` bases have a value."""

    key: str
    unit: str
    mask: SignalMask
    sense: bool | None
    value: float | None
    reference: float | None
    covered_bp: int
    mask_bp: int


class GeneSignal(Schema):
    """`near`: genes around it, by place."""

    gene: NearGene
    locus: str
    exons: list[tuple[int, int]]
    near: list[NearGene]
    tracks: list[TrackSignal]


class TrackProfile(Schema):
    """Upstream to downstream, null where there is no value; of a mean, `counts` says over how many genes."""

    key: str
    unit: str
    sense: bool | None
    values: list[float | None]
    reference: list[float | None] | None
    counts: list[int] | None


class Profiles(Schema):
    """The first bin begins `flank` bp upstream; `genes`: over how many the mean goes, null of one feature."""

    flank: int
    bin_bp: int
    genes: int | None
    tracks: list[TrackProfile]


class Around(Schema):
    """`position`: 0-based, before this base; `strand` “+”, “-” (read from right to left) or “.”."""

    position: Annotated[int, Field(ge=0, le=2**40)]
    strand: Literal["+", "-", "."] = "."
    flank: _Flank = 2000


@router.get(
    "/predictions/{prediction_id}/gene-signal",
    response={200: GeneSignal, **_REFUSALS},
    summary="Signal of a gene by track",
)
def gene_signal(
    request: HttpRequest,
    prediction_id: str,
    gene: Annotated[str, Query(max_length=200)] = "",
    position: _Base = None,
    tracks: _Keys = None,
) -> HttpResponse:
    """Of the gene of this name, or of the one nearest to `position` (0-based): for each track the mean over what of a gene its output is
    about. `tracks`: keys separated by commas, by default all that have values along the sequence; at most 200."""
    prediction, keys = _asked(request, prediction_id, tracks)
    found, near = choose_gene(prediction, gene.strip() or None, position)
    headers = _checked(prediction, "gene-signal", gene_id(found), len(near), position, keys)
    if is_known(request, headers):
        return HttpResponse(status=304, headers=headers)
    units = {track.key: track.unit for track in prediction.tracks.all()}
    said = {
        "gene": _gene(found),
        "locus": format_locus(Interval(found.chromosome.name, found.start, found.end)),
        "exons": found.exons or [(found.start, found.end)],
        "near": [_gene(one) for one in near],
        "tracks": [
            {
                "key": one.key,
                "unit": units[one.key],
                "mask": {"where": one.mask.where, "width": one.mask.width, "how": one.mask.how},
                "sense": one.sense,
                "value": _number(one.value),
                "reference": _number(one.reference),
                "covered_bp": one.covered_bp,
                "mask_bp": one.mask_bp,
            }
            for one in read_gene_signal(prediction, found, keys)
        ],
    }
    return HttpResponse(json.dumps(said), content_type="application/json", headers=headers)


@router.get(
    "/predictions/{prediction_id}/profile", response={200: Profiles, **_REFUSALS}, summary="Values around a feature"
)
def profile(request: HttpRequest, prediction_id: str, around: Query[Around], tracks: _Keys = None) -> HttpResponse:
    """200 bins over `flank` bp on either side in the feature's own direction, each the mean of its bases."""
    prediction, keys = _asked(request, prediction_id, tracks)
    headers = lasting(prediction.id, "profile", around.position, around.strand, around.flank, keys)
    if is_known(request, headers):
        return HttpResponse(status=304, headers=headers)
    found = read_profile(prediction, keys, around.position, around.strand, around.flank)
    return _profiles(prediction, found, around.flank, None, headers)


@router.get(
    "/predictions/{prediction_id}/mean-profile",
    response={200: Profiles, **_REFUSALS},
    summary="Mean profile of the genes",
)
def mean_profile(
    request: HttpRequest,
    prediction_id: str,
    at: Literal["start", "end"] = "start",
    flank: _Flank = 2000,
    tracks: _Keys = None,
) -> HttpResponse:
    """The mean over all genes whose start (or end) lies in the prediction, each read in its own direction. Of two strands' tracks: one
    profile on the genes' strand and one on the other, under the key that was asked for first."""
    prediction, keys = _asked(request, prediction_id, tracks)
    headers = _checked(prediction, "mean-profile", at, flank, keys)
    if is_known(request, headers):
        return HttpResponse(status=304, headers=headers)
    found, genes = read_mean_profile(prediction, keys, at, flank)
    return _profiles(prediction, found, flank, genes, headers)


def _asked(request: HttpRequest, prediction_id: str, tracks: str | None) -> tuple[Prediction, list[str]]:
    """A prediction and those of its tracks that are named, by default all that have values along the sequence."""
    prediction = readable_prediction(request, prediction_id)
    keys = [key.strip() for key in tracks.split(",")] if tracks is not None else []
    if tracks is None:
        keys = [row.key for row in prediction.tracks.all() if row.shape == "bins"]
    keys = list(dict.fromkeys(key for key in keys if key))
    if not keys:
        sentence = _(
            "There is no track to read; give keys of tracks with values along the sequence, separated by commas."
        )
        raise DomainError("no_tracks", sentence, status=422)
    tracks_of(prediction, keys)  # refuses what it does not have
    return prediction, keys


def _checked(prediction: Prediction, *asked: object) -> dict[str, str]:
    """Headers of an answer that stays until the genes of the genome are loaded anew: to be kept, and asked for again."""
    genes: tuple[str, ...] = ()
    if prediction.on_genome:
        assembly = get_assembly(prediction.genome)
        genes = assembly.digest, assembly.annotation
    return {**lasting(prediction.id, *genes, *asked), "Cache-Control": "private, no-cache"}


def _gene(gene: Gene) -> dict[str, Any]:
    return {"id": gene_id(gene), "name": gene.name, "strand": gene.strand, "start": gene.start, "end": gene.end}


def _number(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.7g}")


def _profiles(
    prediction: Prediction, found: list[Profile], flank: int, genes: int | None, headers: dict[str, str]
) -> HttpResponse:
    units = {track.key: track.unit for track in prediction.tracks.all()}
    tracks = [
        {
            "key": one.key,
            "unit": units[one.key],
            "sense": one.sense,
            "values": numbers(one.values),
            "reference": None if one.reference is None else numbers(one.reference),
            "counts": None if one.counts is None else one.counts.tolist(),
        }
        for one in found
    ]
    said = {"flank": flank, "bin_bp": flank // 100, "genes": genes, "tracks": tracks}
    return HttpResponse(json.dumps(said), content_type="application/json", headers=headers)
