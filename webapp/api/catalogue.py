"""What there is to ask for: genomes, places on them, genes, models."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from predictor.api import MAX_BP, OUTPUTS, Interval, ModelInfo, format_locus, other_strands
from webapp.api import schemas
from webapp.hosted.services import models_of
from webapp.loci.models import Assembly, Gene
from webapp.loci.services import get_assembly, resolve_locus, search_genes
from webapp.predictions.catalogue import catalogue_of
from webapp.predictions.choice import models_for
from webapp.sharing.access import visitor_of

router = Router(tags=["catalogue"])
DEFAULT_GENOME = "sacCer3"


@router.get("/genomes", response=list[schemas.Genome], summary="Genomes")
def genomes(request: HttpRequest) -> list[dict[str, Any]]:
    """Assemblies that are installed, with their chromosomes."""
    return [
        {
            "name": assembly.name,
            "title": assembly.title,
            "organism": assembly.organism,
            "chromosomes": [
                {"name": chromosome.name, "length": chromosome.length, "aliases": list(chromosome.aliases)}
                for chromosome in assembly.chromosomes.order_by("order").only(
                    "name", "length", "aliases", "assembly_id"
                )
            ],
        }
        for assembly in Assembly.objects.order_by("name")
    ]


@router.get("/genes", response=list[schemas.Gene], summary="Genes by name or description")
def genes(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=200)] = "",
    genome: Annotated[str, Query(max_length=100)] = DEFAULT_GENOME,
    limit: Annotated[int, Query(ge=1, le=100)] = 12,
) -> list[dict[str, Any]]:
    """Exact names first, then beginnings of names, then words of descriptions."""
    assembly = get_assembly(genome)
    if not q.strip():
        return []
    return [_gene(gene, assembly) for gene in search_genes(assembly, q, limit=limit)]


@router.get("/models", response=list[schemas.Model], summary="Models with their outputs, tracks and licence")
def models(request: HttpRequest) -> list[dict[str, Any]]:
    """Models that are installed, and with a key of yours to Google's service those that run there."""
    return [_model(model) for model in (*models_for(None), *models_of(visitor_of(request)))]


@router.get(
    "/models/{name}/catalogue", response={200: schemas.Catalogue, 404: schemas.Error}, summary="A model's tracks"
)
def catalogue(request: HttpRequest, name: str, digest: Annotated[str, Query(max_length=64)] = "") -> HttpResponse:
    """All tracks of a model in columns, as the page's track finder reads them; `coded` columns say each text once.

    With the current `digest` the answer never changes and may be kept; without it, ask again with the ETag.
    """
    found = catalogue_of(name)
    kept = "public, max-age=31536000, immutable" if digest == found.digest else "no-cache"
    headers = {"ETag": f'W/"{found.digest}"', "Cache-Control": kept, "Vary": "Accept-Encoding"}
    if headers["ETag"] in [tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")]:
        return HttpResponse(status=304, headers=headers)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(
            found.body, content_type="application/json", headers={**headers, "Content-Encoding": "gzip"}
        )
    return HttpResponse(found.text, content_type="application/json", headers=headers)


@router.get(
    "/place",
    response={200: schemas.Place, 400: schemas.Error, 404: schemas.Error, 422: schemas.Error},
    summary="A locus, position or gene name as an interval",
)
def place(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=200)] = "",
    genome: Annotated[str, Query(max_length=100)] = DEFAULT_GENOME,
) -> dict[str, Any]:
    """What the locus box understands: `chrII:278,000-281,000`, a position, a chromosome, a gene (2,000 bp more around), an rsID."""
    found = resolve_locus(get_assembly(genome), q)
    interval = found.interval
    return {
        "name": found.label,
        "chromosome": interval.chromosome,
        "start": interval.start,
        "end": interval.end,
        "locus": format_locus(interval),
    }


def _gene(gene: Gene, assembly: Assembly) -> dict[str, Any]:
    interval = Interval(gene.chromosome.name, gene.start, gene.end)
    return {
        "name": gene.name,
        "systematic": gene.systematic,
        "kind": gene.kind,
        "description": gene.description,
        "genome": assembly.name,
        "chromosome": interval.chromosome,
        "start": interval.start,
        "end": interval.end,
        "strand": gene.strand,
        "locus": format_locus(interval),
    }


def _model(model: ModelInfo) -> dict[str, Any]:
    others = other_strands(model.tracks)
    kept = ("name", "title", "version", "licence", "citation", "summary", "sha256", "context_bp")
    return {
        **{key: getattr(model, key) for key in kept},
        "genomes": list(model.genomes),
        "held_out": list(model.held_out),
        "limits": list(model.limits),
        "max_bp": MAX_BP,
        "default": model.name == settings.MODEL,
        "outputs": [{**asdict(OUTPUTS[key]), "unit": model.unit(key)} for key in model.outputs],
        "judged_on": list(model.judged_on),
        "tracks": [
            {
                **asdict(track),
                "resolution": track.resolution,
                "pair": others.get(track.key),
                "skill": asdict(model.skill[track.key]) if track.key in model.skill else None,
            }
            for track in model.tracks
        ],
    }
