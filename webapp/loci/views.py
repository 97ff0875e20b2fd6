"""Serving an assembly's files: its sequence out of the database, its annotation."""

from __future__ import annotations

import re
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from webapp.lib.ranges import Made, range_response
from webapp.loci.fasta import AssemblyFasta
from webapp.loci.loading import folder
from webapp.loci.models import Assembly

_FASTA = "text/x-fasta; charset=us-ascii"
_TYPES = {
    "sequence.fa": _FASTA,
    "sequence.fa.fai": "text/plain; charset=us-ascii",
    "genes.gff3.gz": "application/gzip",
    "other.gff3.gz": "application/gzip",
}


@require_safe
def reference_file(request: HttpRequest, assembly: str, name: str) -> HttpResponseBase:
    """One of the four known files; nothing else on the disk can be named."""
    if name not in _TYPES or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", assembly):
        raise Http404
    found = Assembly.objects.filter(name=assembly).first()
    if found is None:
        raise Http404
    content: bytes | Path | Made
    if name == "sequence.fa":
        content = AssemblyFasta(found)
    elif name == "sequence.fa.fai":
        content = AssemblyFasta(found).index
    else:
        content = folder(found.name) / name
    headers = {"Cache-Control": "public, max-age=86400", "ETag": f'"{found.digest[:32]}-{found.pk}"'}
    try:
        return range_response(request, content, _TYPES[name], headers)
    except FileNotFoundError:
        raise Http404 from None
