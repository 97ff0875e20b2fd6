"""Serving an assembly's files."""

from __future__ import annotations

import re

from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from webapp.lib.ranges import range_response
from webapp.loci.loading import folder

_TYPES = {
    "sequence.fa": "text/x-fasta; charset=us-ascii",
    "sequence.fa.fai": "text/plain; charset=us-ascii",
    "genes.gff3.gz": "application/gzip",
    "other.gff3.gz": "application/gzip",
}


@require_safe
def reference_file(request: HttpRequest, assembly: str, name: str) -> HttpResponseBase:
    """One of the four known files; nothing else on the disk can be named."""
    if name not in _TYPES or not re.fullmatch(r"[A-Za-z0-9]{1,100}", assembly):
        raise Http404
    try:
        return range_response(
            request, folder(assembly) / name, _TYPES[name], {"Cache-Control": "public, max-age=86400"}
        )
    except FileNotFoundError:
        raise Http404 from None
