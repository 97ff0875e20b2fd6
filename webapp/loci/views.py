"""Serving an assembly's files: its sequence out of the database, its annotation."""

from __future__ import annotations

import re
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.views.decorators.http import require_safe

from webapp.lib.ranges import Made, range_response
from webapp.loci.fasta import AssemblyFasta
from webapp.loci.loading import folder
from webapp.loci.models import Assembly
from webapp.loci.nearby import drawn_genes

_FASTA = "text/x-fasta; charset=us-ascii"
_TYPES = {
    "sequence.fa": _FASTA,
    "sequence.fa.fai": "text/plain; charset=us-ascii",
    "cytobands.txt": "text/plain; charset=us-ascii",
    "genes.gff3.gz": "application/gzip",
    "other.gff3.gz": "application/gzip",
}


@require_safe
def reference_file(request: HttpRequest, assembly: str, name: str) -> HttpResponseBase:
    """One of the known files; nothing else on the disk can be named."""
    if name not in _TYPES:
        raise Http404
    found = _assembly(assembly)
    content: bytes | Path | Made
    if name == "sequence.fa":
        content = AssemblyFasta(found)
    elif name == "sequence.fa.fai":
        content = AssemblyFasta(found).index
    elif name == "cytobands.txt":
        content = _bands(found)
    else:
        content = folder(found.name) / name
    headers = {"Cache-Control": "public, max-age=86400", "ETag": f'"{found.digest[:32]}-{found.pk}"'}
    try:
        return range_response(request, content, _TYPES[name], headers)
    except FileNotFoundError:
        raise Http404 from None


@require_safe
def genes(request: HttpRequest, assembly: str) -> HttpResponse:
    """Genes that overlap `chromosome`:`start`-`end` (0-based half-open), as igv.js draws them; `start` and `end` may lie past the ends.

    Over more than EXONS_BP they come without exons, over more than CODING_BP the protein-coding ones alone: no more is seen there.
    """
    found = _assembly(assembly)
    asked = request.GET
    try:
        chromosome, start, end = asked["chromosome"], int(float(asked["start"])), int(float(asked["end"]))
        if "\0" in chromosome:  # PostgreSQL takes no such text
            raise ValueError
    except (KeyError, ValueError, OverflowError):
        return JsonResponse({"error": "Give chromosome, start and end."}, status=400)
    drawn = drawn_genes(found, chromosome, max(0, start), min(end, 1 << 31))
    headers = {"Cache-Control": "public, max-age=86400", "ETag": f'W/"{found.annotation[:32]}-{found.pk}"'}
    return JsonResponse(drawn, safe=False, headers=headers)


def _assembly(name: str) -> Assembly:
    found = (
        Assembly.objects.filter(name=name).first() if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", name) else None
    )
    if found is None:
        raise Http404
    return found


def _bands(assembly: Assembly) -> bytes:
    rows = assembly.chromosomes.order_by("order").values_list("name", "bands")
    lines = (f"{name}\t{start}\t{end}\t{band}\t{stain}\n" for name, bands in rows for band, start, end, stain in bands)
    return "".join(lines).encode("ascii", "replace")
