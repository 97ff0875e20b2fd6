"""Rows of people's own files in a report: what they have where something was predicted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext as _
from igv_reports.datauri import get_data_uri

from predictor.api import Interval
from webapp.userfiles.excerpt import MOST_READS, MOST_ROWS
from webapp.userfiles.excerpts import excerpt_of
from webapp.userfiles.kinds import KINDS
from webapp.userfiles.models import UserFile

MOST_FILES = 12
_FIRST_ORDER = 10_000  # under the predictions
_COLOURS = ("#6a4c93", "#2a7f62", "#b3541e", "#1d6fa5", "#8a6d00", "#a23b72")  # as static/js/file-rows.js has them
_SHAPES = {"bedgraph": {"type": "wig", "height": 50, "autoscale": True}, "vcf": {"type": "variant", "height": 60}}
_ANNOTATION = {"type": "annotation", "displayMode": "EXPANDED", "height": 60}
_TABBED = {**_ANNOTATION, "delimiter": "\t"}  # else igv.js ends a name at its first space


def file_tracks(files: Sequence[UserFile], place: Interval, step: int) -> tuple[list[dict[str, Any]], list[str]]:
    """igv.js's rows of the first MOST_FILES of them, and what their reader must know of what is not there."""
    tracks: list[dict[str, Any]] = []
    notes: list[str] = []
    for number, file in enumerate(files[:MOST_FILES]):
        excerpt = excerpt_of(file, place, step)
        if excerpt is None:
            notes.append(_("“%(name)s” could not be read for this report.") % {"name": file.name})
            continue
        reads = KINDS[file.kind].served == "bam"
        if not excerpt.whole:
            some = f"{MOST_READS if reads else MOST_ROWS:,}"
            said = _("Of “%(name)s” the first %(count)s rows are drawn here.")
            if reads:
                said = _("Of “%(name)s” the first %(count)s reads are counted here.")
            notes.append(said % {"name": file.name, "count": some})
        name = _("%(name)s, reads over each base") % {"name": file.name} if reads else file.name
        shape = _TABBED if excerpt.form == "bed" else _SHAPES.get(excerpt.form, _ANNOTATION)
        tracks.append(
            {
                **shape, "id": f"file:{file.id}", "name": escape(name), "format": excerpt.form, "url": get_data_uri(excerpt.text),
                "indexed": False, "visibilityWindow": -1, "color": _COLOURS[number % len(_COLOURS)],
                "order": _FIRST_ORDER + number,
            }
        )  # fmt: skip
    if left := files[MOST_FILES:]:
        names = ", ".join(file.name for file in left)
        notes.append(
            _("Not in this report, which holds %(most)s files: %(names)s.") % {"most": MOST_FILES, "names": names}
        )
    return tracks, notes


def files_text(files: Sequence[UserFile]) -> str:
    """Their names and kinds."""
    return "; ".join(f"{file.name} ({KINDS[file.kind].title})" for file in files[:MOST_FILES])
