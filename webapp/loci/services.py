"""What the other apps use of this one: assemblies, places, genes, bases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from predictor.api import (
    RSID,
    DomainError,
    Interval,
    check_end,
    format_locus,
    format_position,
    known_rsid,
    looks_like_locus,
    parse_locus,
)
from webapp.loci.bases import read_bases
from webapp.loci.models import Assembly, Gene
from webapp.loci.naming import ChromosomeNames, build_of
from webapp.loci.rsids import find_rsids
from webapp.loci.search import exact_gene, near_names, search_genes

__all__ = [
    "FLANK_BP", "ResolvedLocus", "build_of", "fetch_sequence", "get_assembly", "reference_config", "resolve_exactly",
    "resolve_locus", "search_genes",
]  # fmt: skip

POSITION_BP = 10_000  # shown around a single position
FLANK_BP = 2_000  # shown on either side of a gene


@dataclass(frozen=True, slots=True)
class ResolvedLocus:
    """A place, the text that names it, and the gene it came from if it came from one; `exact`: the bases of an rsID."""

    interval: Interval
    label: str
    gene: Gene | None = None
    exact: Interval | None = None


def get_assembly(name: str) -> Assembly:
    """The assembly of this name, in whatever case. Raises DomainError `unknown_genome` (404)."""
    asked, known_as = name.strip(), Assembly.objects.filter
    found = None
    if "\0" not in asked:  # PostgreSQL takes no such text
        found = known_as(name=asked).first() or known_as(name__iexact=asked).first()
    if found:
        return found
    known = tuple(Assembly.objects.order_by("name").values_list("name", flat=True))
    there = f"this installation has {', '.join(known)}." if known else "none is loaded; run manage.py load_reference."
    raise DomainError("unknown_genome", f"There is no genome “{_short(name)}”; {there}", status=404, suggestions=known)


def resolve_locus(assembly: Assembly, text: str) -> ResolvedLocus:
    """What a person typed: `chrII:278,000-281,000`, a position (10,000 bp around it), a chromosome, a gene (2,000 bp
    more on either side), an rsID (as a position).

    Raises DomainError `bad_locus` (400), `unknown_chromosome` or `unknown_gene` (404, with near names), `past_end` (422), and of
    rsIDs `no_rsids`, `unknown_rsid` (404) or `several_places`.
    """
    text = " ".join(text.split())
    if not text:
        raise DomainError(
            "bad_locus", "Type a locus such as chrII:278,000-281,000, or a gene such as GAL1.", status=400
        )
    names = ChromosomeNames(assembly)
    lengths = names.lengths
    if looks_like_locus(text):
        interval = _interval(text, names)
        return ResolvedLocus(interval, format_locus(interval))
    try:
        chromosome = names.canonical(text)
    except DomainError as unknown:
        if gene := exact_gene(assembly, text):
            around = _around(gene.chromosome.name, gene.start - FLANK_BP, gene.end + FLANK_BP, lengths)
            return ResolvedLocus(around, gene.name, gene)
        if RSID.fullmatch(text):
            return _rsid(assembly, text.lower(), lengths)
        if text.casefold().startswith("chr"):
            raise unknown
        raise _unknown_gene(assembly, text) from None
    return ResolvedLocus(Interval(chromosome, 0, lengths[chromosome]), chromosome)


def resolve_exactly(assembly: Assembly, text: str) -> Interval:
    """As `resolve_locus`, but a single position is the one base and an rsID its bases. Raises as that."""
    if looks_like_locus(" ".join(text.split())):
        return _said(text, ChromosomeNames(assembly))
    found = resolve_locus(assembly, text)
    return found.exact or found.interval


def fetch_sequence(interval: Interval, assembly: Assembly) -> str:
    """Bases of an interval that lies on the chromosome, upper case."""
    return read_bases(assembly, interval).decode("ascii")


def reference_config(assembly: Assembly) -> dict[str, Any]:
    """The assembly for igv.js: sequence, bands and annotation from our own addresses. Addresses say which loading
    they are of: answers are kept for a day. Of yeast the whole annotation is one small file; of any other genome `windowed` says that it is
    asked for as far as it is in view."""
    loaded = f"?v={assembly.pk}-{assembly.digest[:8]}-{assembly.annotation[:8]}"
    address = {
        name: reverse("reference-file", args=[assembly.name, name]) + loaded
        for name in ("sequence.fa", "sequence.fa.fai", "cytobands.txt", "genes.gff3.gz", "other.gff3.gz")
    }
    config = {
        "id": assembly.name,
        "name": assembly.title,
        "fastaURL": address["sequence.fa"],
        "indexURL": address["sequence.fa.fai"],
        "wholeGenomeView": False,
    }
    if assembly.packaged:
        return config | {
            "annotations": [
                {"id": "genes", "name": "Genes", "url": address["genes.gff3.gz"]},
                {"id": "features", "name": "ARS, CEN, LTR", "url": address["other.gff3.gz"]},
            ]
        }
    if assembly.chromosomes.exclude(bands=[]).exists():
        config["cytobandURL"] = address["cytobands.txt"]
    windows = reverse("reference-genes", args=[assembly.name]) + loaded
    genes = {"id": "genes", "name": "Genes", "url": windows, "windowed": True}
    return config | {"annotations": [genes] if assembly.annotation else []}


def _rsid(assembly: Assembly, name: str, lengths: dict[str, int]) -> ResolvedLocus:
    """Around the bases of all its ALTs."""
    table = find_rsids(assembly, [name])
    found = known_rsid(name, None if table is None else table[name], assembly.name)
    first, last = min(one.start for one in found), max(one.end for one in found)
    if len({one.chromosome for one in found}) > 1 or last - first > POSITION_BP:
        ways = tuple(dict.fromkeys(f"{one.chromosome}:{format_position(one.start)}" for one in found))
        raise DomainError(
            "several_places", f"{name} has several places: {', '.join(ways[:8])}; choose one.", suggestions=ways
        )
    exact = Interval(found[0].chromosome, first, last)
    middle = (first + last) // 2
    around = _around(exact.chromosome, middle - POSITION_BP // 2, middle + POSITION_BP // 2, lengths)
    return ResolvedLocus(around, name, exact=exact)


def _interval(text: str, names: ChromosomeNames) -> Interval:
    exact = _said(text, names)
    if exact.width > 1:
        return exact
    return _around(exact.chromosome, exact.start - POSITION_BP // 2, exact.start + POSITION_BP // 2, names.lengths)


def _said(text: str, names: ChromosomeNames) -> Interval:
    said = parse_locus(text)
    chromosome = names.canonical(said.chromosome)
    length = names.lengths[chromosome]
    start, end = said.start or 0, said.end if said.end is not None else length
    return check_end(Interval(chromosome, start, end), length)


def _around(chromosome: str, start: int, end: int, lengths: dict[str, int]) -> Interval:
    """As much of [start, end) as the chromosome has."""
    return Interval(chromosome, max(0, start), min(end, lengths[chromosome]))


def _unknown_gene(assembly: Assembly, text: str) -> DomainError:
    near = near_names(assembly, text)
    hint = (
        f"did you mean {' or '.join(near)}?"
        if near
        else "check the spelling, or give a locus as chrII:278,000-281,000."
    )
    return DomainError(
        "unknown_gene", f"{assembly.name} has no gene “{_short(text)}”; {hint}", status=404, suggestions=near
    )


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
