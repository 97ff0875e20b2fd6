"""Which scripts a page's first one imports, so that a browser asks for all of them at once and not level by level."""

from __future__ import annotations

import posixpath
import re
from functools import cache
from pathlib import Path

from django.conf import settings

_IMPORT = re.compile(
    r"""^(?:import|export)\b[^"'()]*["'](\.{1,2}/[^"']+)["'];?""", re.M
)  # not import(), which is for later


@cache
def modules_of(first: str) -> tuple[str, ...]:
    """Paths below static/ of `first` and what it imports, directly or not; read once, since files change with a version alone."""
    found: list[str] = []
    waiting = [first]
    while waiting:
        name = waiting.pop(0)
        if name in found:
            continue
        found.append(name)
        text = (Path(settings.BASE_DIR) / "static" / name).read_text()
        if "/vendor/" not in f"/{name}":
            waiting += [
                posixpath.normpath(posixpath.join(posixpath.dirname(name), one)) for one in _IMPORT.findall(text)
            ]
    return tuple(found)
