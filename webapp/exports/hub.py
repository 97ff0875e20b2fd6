"""A prediction as a track hub: text files that UCSC's browser, igv.js, IGV and JBrowse open by the address of hub.txt."""

from __future__ import annotations

from django.utils.html import escape

from predictor.api import DomainError
from webapp.exports.choice import Choice, ChosenTrack, about, choose
from webapp.loci.services import build_of
from webapp.predictions.describe import NOTICE, describe
from webapp.predictions.models import REFERENCE, Prediction

_BIGWIG = ".bw"
_SHORT, _LONG = 17, 80  # characters that UCSC shows of labels
_DEFAULT_SHOWN = 20  # tracks; the others are listed and hidden
Stanza = dict[str, str]


def hub_choice(prediction: Prediction) -> Choice:
    """What the hub holds. Raises DomainError `no_hub` (422) for a pasted sequence, which is on no genome, or as `choose`."""
    if not prediction.on_genome:
        raise DomainError(
            "no_hub", "A pasted sequence lies on no genome, so that there is no hub of it; export it as files instead."
        )
    return choose(prediction, "bins")


def hub_text(prediction: Prediction, name: str) -> str:
    """One of the hub's text files. Raises DomainError `unknown_address` (404) or as hub_choice."""
    choice = hub_choice(prediction)
    if name == "hub.txt":
        return _written([_hub(prediction)])
    if name == "genomes.txt":
        return _written([{"genome": build_of(prediction.genome), "trackDb": "trackDb.txt"}])
    if name == "trackDb.txt":
        return _written(
            [stanza for number, pair in enumerate(_pairs(choice)) for stanza in _stanzas(number, pair, choice)]
        )
    if name == "description.html":
        rows = "".join(f"<dt>{escape(key)}</dt><dd>{escape(text)}</dd>" for key, text in about(prediction).items())
        return (
            f"<h2>{escape(describe(prediction)['title'])}</h2>\n<p><b>{NOTICE.capitalize()}.</b></p>\n<dl>{rows}</dl>\n"
        )
    raise DomainError(
        "unknown_address", "A hub has hub.txt, genomes.txt, trackDb.txt, description.html and bigWig files.", status=404
    )


def hub_track(prediction: Prediction, name: str) -> tuple[Choice, ChosenTrack]:
    """The track whose bigWig file is called `name`. Raises DomainError `unknown_track` (404)."""
    choice = hub_choice(prediction)
    for track in choice.tracks:
        if f"{track.file_key}{_BIGWIG}" == name:
            return choice, track
    raise DomainError(
        "unknown_track", f"This hub has no file “{name[:60]}”; trackDb.txt lists what it has.", status=404
    )


def _hub(prediction: Prediction) -> Stanza:
    title = describe(prediction)["title"]
    card = prediction.model_card
    return {
        "hub": f"locuscope_{prediction.id.hex[:12]}",
        "shortLabel": _label(f"Locuscope {title}", _SHORT),
        "longLabel": _label(f"Predicted by {card['title']} {card['version']}: {title}; {NOTICE}", 2 * _LONG),
        "genomesFile": "genomes.txt",
        "email": "nobody@localhost",  # UCSC asks for one; an installation has none
        "descriptionUrl": "description.html",
    }


def _pairs(choice: Choice) -> list[tuple[ChosenTrack, ...]]:
    """A track with its reference beside it, which are drawn over each other."""
    by_key: dict[str, list[ChosenTrack]] = {}
    for track in choice.tracks:
        by_key.setdefault(track.row.key, []).append(track)
    return [tuple(tracks) for tracks in by_key.values()]


def _stanzas(number: int, pair: tuple[ChosenTrack, ...], choice: Choice) -> list[Stanza]:
    shown = "full" if number < _DEFAULT_SHOWN else "hide"
    if len(pair) == 1:
        return [{**_stanza(pair[0], choice), "visibility": shown, "priority": str(number + 1)}]
    first = pair[0]
    parent = {
        "track": _name(first) + "_both", "container": "multiWig", "type": "bigWig", "aggregate": "transparentOverlay",
        "showSubtrackColorOnUi": "on",
        "shortLabel": _label(first.name, _SHORT), "longLabel": _label(f"{first.name}, edited over reference", _LONG),
        "visibility": shown, "priority": str(number + 1), "autoScale": "on", "maxHeightPixels": "128:40:8", "html": "description.html",
    }  # fmt: skip
    return [parent, *({**_stanza(track, choice), "parent": parent["track"]} for track in pair)]


def _stanza(track: ChosenTrack, choice: Choice) -> Stanza:
    row, card = track.row, choice.prediction.model_card
    colour = "#a0a8ae" if track.edge == REFERENCE else row.colour
    strand = {"+": ", + strand", "-": ", - strand"}.get(row.strand, "")
    said = f"{track.name}{strand} ({row.unit}), {card['title']} {card['version']}"
    low, high = min(0.0, row.minimum or 0.0), max(row.maximum or 0.0, 1e-6)
    return {
        "track": _name(track), "bigDataUrl": f"{track.file_key}{_BIGWIG}", "shortLabel": _label(track.name, _SHORT),
        "longLabel": _label(said, _LONG), "type": f"bigWig {low:.6g} {high:.6g}",
        "color": ",".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5)),
        "autoScale": "on", "maxHeightPixels": "128:40:8", "windowingFunction": "maximum" if row.summary == "max" else "mean",
        "html": "description.html",
    }  # fmt: skip


def _name(track: ChosenTrack) -> str:
    """UCSC's names begin with a letter and hold letters, digits and underscores."""
    return "ls_" + "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in track.key)


def _label(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _written(stanzas: list[Stanza]) -> str:
    return "\n".join("".join(f"{key} {text}\n" for key, text in stanza.items()) for stanza in stanzas)
