"""A report: one HTML file that needs nothing else, with a table of places, tracks, and how it was made.

The data travel as igv-reports has them: gzipped files in data addresses, per row a session of igv.js. Its own templates load igv.js
from elsewhere and write names into scripts as they come; ours has the vendored igv.js within, escapes everything, and carries a
policy that lets the file ask nobody.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from igv_reports.datauri import get_data_uri

from predictor.api import DomainError, Interval, format_locus, hosted, model_info
from webapp.exports.choice import ChosenTrack, choose, chromosome_of, lengths_of
from webapp.exports.pictures import MOST_MAPS, Picture, contact_picture
from webapp.exports.report_files import file_tracks, files_text
from webapp.exports.report_tracks import junction_tracks, measured_rows, measured_sources, signals, step_of
from webapp.lib import sentences
from webapp.loci.models import Gene
from webapp.predictions.describe import NOTICE, card_said
from webapp.predictions.describe import describe as describe_prediction
from webapp.predictions.fasta import predicted_fasta
from webapp.predictions.models import Prediction, Request
from webapp.userfiles.models import UserFile

_IGV = "vendor/igv-3.8.10/igv.esm.min.js"
_MOST_TRACKS = 200
_MOST_GENES = 200


def prediction_report(
    prediction: Prediction, keys: Sequence[str] | None = None, files: Sequence[UserFile] = ()
) -> bytes:
    """Of a finished prediction: the locus and its genes, the signal of its tracks over all that has values with what was measured of
    the same, splice junctions, pictures of its contact maps, and what people's own `files` have there.

    `keys`: tracks; of a kind of which none is named, all. Raises DomainError as `choose`.
    """
    chosen = {shape: _chosen(prediction, shape, keys) for shape in ("bins", "pairs", "junctions")}
    tracks = chosen["bins"][:_MOST_TRACKS]
    place = Interval(chromosome_of(prediction), prediction.start, prediction.end)
    step = step_of(place, len(tracks) + len(files))
    brought, file_notes = file_tracks(files, place, step)
    measured = measured_rows(prediction, tracks)
    maps = chosen["pairs"][:MOST_MAPS]
    asked = Interval(place.chromosome, prediction.asked_start, prediction.asked_end)
    genes = genes_in(prediction.genome, place) if prediction.on_genome else []
    session = {
        "locus": format_locus(asked).replace(",", ""),
        "reference": _reference(prediction),
        "tracks": [
            *gene_tracks(genes, place.chromosome),
            *signals(prediction, tracks, place, step, measured),
            *junction_tracks(prediction, chosen["junctions"], place),
            *brought,
        ],
    }
    said = describe_prediction(prediction)
    rows: list[dict[str, Any]] = [
        {"session": "all", "locus": session["locus"], "cells": [_("Prediction"), format_locus(asked), said["title"]]}
    ]
    for gene in genes[:_MOST_GENES]:
        around = Interval(place.chromosome, max(place.start, gene.start - 500), min(place.end, gene.end + 500))
        cells = [
            gene.name,
            format_locus(Interval(place.chromosome, gene.start, gene.end)),
            _("%(kind)s, %(strand)s strand. %(description)s")
            % {"kind": sentences.said(gene.kind), "strand": gene.strand, "description": gene.description},
        ]
        rows.append({"session": "all", "locus": format_locus(around).replace(",", ""), "cells": cells})
    notes = (
        [
            _("Tracks are drawn in steps of %(step)s bp here; the files for download have every value.")
            % {"step": f"{step:,}"}
        ]
        if step > 1
        else []
    )
    if left := len(chosen["pairs"]) - len(maps):
        notes.append(
            ngettext(
                "%(count)s more contact map is not drawn here; it is downloaded as a cool file.",
                "%(count)s more contact maps are not drawn here; they are downloaded as cool files.",
                left,
            )
            % {"count": left}
        )
    total = sum(prediction.seconds.values())
    facts = [
        (
            _("Asked for"),
            said["locus"] or _("%(width)s bp of a pasted sequence") % {"width": f"{asked.width:,}"},
        ),
        (_("Genome"), prediction.genome or _("a pasted sequence")),
        (_("Edits"), ", ".join(edit["label"] for edit in said["edits"])[:2000]),
        (
            _("Read by the model"),
            _("%(place)s, %(width)s bp") % {"place": format_locus(place), "width": f"{place.width:,}"},
        ),
        (
            _("Padding"),
            "; ".join(
                _("%(kind)s from %(first)s to %(last)s")
                % {"kind": part["kind"], "first": f"{part['start'] + 1:,}", "last": f"{part['end']:,}"}
                for part in prediction.padding
            ),
        ),
        (
            _("Computed"),
            _("in %(seconds)s s on %(device)s, %(dtype)s")
            % {"seconds": f"{total:.1f}", "device": prediction.device, "dtype": prediction.dtype},
        ),
        (_("When"), moment(prediction.finished_at) if prediction.finished_at else ""),
        (_("Measured"), measured_sources(measured)),
        (_("Own files"), files_text(files)),
    ]
    return render(
        prediction,
        said["title"],
        (_("Name"), _("Place"), _("What")),
        rows,
        {"all": session},
        facts,
        [*said["warnings"], *notes, *file_notes],
        said["url"],
        pictures=[contact_picture(prediction, track, place) for track in maps],
    )


def _chosen(prediction: Prediction, shape: str, keys: Sequence[str] | None) -> tuple[ChosenTrack, ...]:
    """Those of `keys` that are of a shape; without any of it all maps and junctions, and all signals where nothing was chosen."""
    shapes = {row.key: row.shape for row in prediction.tracks.all()}
    named = [key for key in keys or () if shapes.get(key.partition(":")[0], "bins") == shape]
    if named or (shape == "bins" and keys is not None and not keys):
        return choose(prediction, shape, named).tracks
    if shape not in shapes.values() or (shape == "bins" and keys):
        return ()
    return choose(prediction, shape).tracks


def genes_in(genome: str, place: Interval) -> list[Gene]:
    """Genes and other features that touch it."""
    found = Gene.objects.filter(
        chromosome__assembly__name=genome, chromosome__name=place.chromosome, start__lt=place.end, end__gt=place.start
    )
    return list(found.order_by("start").only("name", "kind", "strand", "description", "start", "end", "exons"))


def gene_tracks(genes: Sequence[Gene], chromosome: str) -> list[dict[str, Any]]:
    """One track of BED12, or none."""
    lines = []
    for gene in genes:
        exons = gene.exons or [[gene.start, gene.end]]
        sizes, starts = (
            ",".join(map(str, part)) for part in ([b - a for a, b in exons], [a - gene.start for a, b in exons])
        )
        name = re.sub(r"\s+", "_", gene.name)
        columns = (
            chromosome, gene.start, gene.end, name, 0, gene.strand or ".", gene.start, gene.end, ".", len(exons), sizes, starts
        )  # fmt: skip
        lines.append("\t".join(map(str, columns)) + "\n")
    if not lines:
        return []
    url = get_data_uri("".join(lines))
    shown = {"displayMode": "EXPANDED", "height": 70, "color": "#1f5fa8", "altColor": "#b1470f", "order": 1}
    return [{"type": "annotation", "format": "bed", "name": _("Genes"), "url": url, **shown}]


def fasta(chromosome: str, start: int, bases: str, length: int) -> str:
    """A stretch of a chromosome as igv.js reads one: it counts from 1, both ends included."""
    return f">{chromosome}:{start + 1}-{start + len(bases)} @len={length}\n{bases}\n"


def _reference(prediction: Prediction) -> dict[str, Any]:
    text = predicted_fasta(prediction).decode("ascii")
    if prediction.on_genome:
        bases = "".join(text.splitlines()[1:])
        text = fasta(prediction.chromosome, prediction.start, bases, lengths_of(prediction)[prediction.chromosome])
    return reference(prediction.genome or "sequence", text)


def reference(name: str, text: str) -> dict[str, Any]:
    """A genome for igv.js out of a FASTA file."""
    return {"id": name, "name": name, "fastaURL": get_data_uri(text), "indexed": False, "wholeGenomeView": False}


def render(
    asked: Request, title: str, head: Sequence[str], rows: Sequence[dict[str, Any]], sessions: dict[str, Any],
    facts: Sequence[tuple[str, str]], warnings: Sequence[str], url: str,
    *, head_note: str = "", pictures: Sequence[Picture] = (),
) -> bytes:  # fmt: skip
    """The file. `rows`: {session, locus, cells}; `sessions` of igv.js by the name that rows give."""
    card = card_said(asked.model_card)
    try:
        info = model_info(asked.model_name)
    except DomainError:
        limits: tuple[str, ...] = ()
    else:
        limits = tuple(sentences.all_said(info.limits)) if info.sha256 == asked.model_sha256 else ()
    context = {
        "title": title, "head": head, "rows": rows, "data": {"sessions": sessions, "rows": rows}, "warnings": warnings,
        "facts": [
            *[(name, text) for name, text in facts if text],
            (
                _("Model"),
                _("%(title)s (%(name)s), version %(version)s")
                % {"title": card["title"], "name": asked.model_name, "version": card["version"]},
            ),
            (
                _("List of tracks (sha256)") if asked.model_name in hosted.MODELS else _("Weights (sha256)"),
                asked.model_sha256,
            ),
            (_("Licence"), card["licence"]),
        ],
        "citation": card["citation"], "limits": limits, "notice": _(NOTICE), "head_note": head_note, "pictures": pictures, "url": url,
        "nonce": secrets.token_urlsafe(16),
        "igv": _igv(), "made": moment(datetime.now(UTC)), "language": translation.get_language(),
    }  # fmt: skip
    return render_to_string("exports/report.html", context).encode()


def moment(when: datetime) -> str:
    """In UTC, in the reader's language."""
    return date_format(when.astimezone(UTC), _("j F Y, H:i")) + " UTC"


@cache
def _igv() -> str:
    """The vendored module as a script of a page: what it exports becomes a name of the page."""
    source = (settings.BASE_DIR / "static" / _IGV).read_text()
    source = re.sub(r"\n//# sourceMappingURL=\S*\s*$", "", source)
    script, found = re.subn(r"export\s*\{\s*(\w+) as default\s*\};?\s*$", r"globalThis.igv=\1;", source)
    if found != 1 or "</script" in script:
        raise ValueError(f"{_IGV} has another form than the report expects")
    return script
