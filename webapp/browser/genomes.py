"""Genomes in the page: which there are, where one opens, and what is worth a look there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from predictor.api import DomainError, Interval, format_locus
from webapp.loci.models import Assembly, Gene
from webapp.loci.services import FLANK_BP, build_of, get_assembly
from webapp.predictions.showcase import SHOWCASE

GENOME = "sacCer3"
_EXAMPLES: dict[
    str, Sequence[tuple[str, str | Promise]]
] = {  # text for the locus box, and why it is worth a look; by build
    GENOME: (
        ("GAL1", gettext_lazy("switched on a thousandfold by galactose")),
        ("RPL33A", gettext_lazy("an intron that the model finds on a chromosome it never saw; ACT1’s it misses")),
        ("HIS4", gettext_lazy("Gcn4, Bas1 and Rap1 meet here; chrIII was held out")),
        ("PHO5", gettext_lazy("positioned nucleosomes over its promoter")),
        ("chrIV:460,001-476,384", gettext_lazy("a stretch of sixteen kilobases")),
    ),
    "hg19": (
        ("SNAP25", gettext_lazy("two exons of which a neuron takes one or the other, on chr20")),
        ("DMD", gettext_lazy("the longest gene, 79 exons over 2.2 Mb of chrX")),
        ("HNF4A", gettext_lazy("a gene of diabetes with two promoters")),
        ("GATA1", gettext_lazy("short exons of a gene of blood")),
    ),
}
_EXAMPLES["hg38"] = _EXAMPLES["hg19"]
_FIRST_BP = 100_000  # shown of a genome without genes


def open_genome(name: str) -> Assembly | None:
    """The one asked for, else the default; None where that is not loaded. Raises DomainError `unknown_genome` for another."""
    try:
        return get_assembly(name or GENOME)
    except DomainError:
        if name and name != GENOME:
            raise
        return None


def genome_data(genome: Assembly | None) -> dict[str, Any]:
    """For the page: `genomes` to choose from, the one shown, its `home`, `examples`, whether its genes are there; `showcase`: whether a
    prediction of the home page belongs to it."""
    known = [
        {"name": name, "title": title}
        for name, title in Assembly.objects.order_by("title").values_list("name", "title")
    ]
    if genome is None or genome.name == GENOME:
        examples = [_example(GENOME, *one) for one in _EXAMPLES[GENOME]]
        return {
            "genome": GENOME, "genomes": known, "genomeTitle": genome.title if genome else "", "home": SHOWCASE.locus,
            "examples": examples, "annotated": True, "showcase": True,
        }  # fmt: skip
    told = _EXAMPLES.get(build_of(genome.name), ())
    there = set(
        Gene.objects.filter(assembly=genome, name__in=[text for text, _ in told]).values_list("name", flat=True)
    )
    examples = [_example(genome.name, text, why) for text, why in told if text in there]
    return {
        "genome": genome.name,
        "genomes": known,
        "genomeTitle": genome.title,
        "home": _home(genome, examples[0]["text"] if examples else ""),
        "examples": examples,
        "annotated": bool(genome.annotation),
        "showcase": False,
    }


def _example(genome: str, text: str, why: str | Promise) -> dict[str, Any]:
    said = {"locus": text} if genome == GENOME else {"genome": genome, "locus": text}
    return {"text": text, "why": why, "address": f"/?{urlencode(said)}"}


def _home(genome: Assembly, name: str) -> str:
    """The first example, else a coding gene on the first chromosome, else the beginning."""
    genes = Gene.objects.filter(assembly=genome).select_related("chromosome")
    chosen = genes.filter(name=name) if name else genes.filter(kind="protein-coding")
    gene = chosen.order_by("chromosome__order", "start").first()
    if gene:
        start, end = max(0, gene.start - FLANK_BP), min(gene.end + FLANK_BP, gene.chromosome.length)
        return format_locus(Interval(gene.chromosome.name, start, end))
    first = genome.chromosomes.order_by("order").first()
    return format_locus(Interval(first.name, 0, min(first.length, _FIRST_BP))) if first else ""
