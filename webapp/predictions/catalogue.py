"""A model's tracks as a page reads them: columns of words and numbers, compressed once, named by their digest."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from django.urls import reverse

from predictor.api import OUTPUTS, PRESETS, ModelInfo, hosted, model_info, other_strands, preset_tracks
from webapp.lib.sentences import said
from webapp.loci.models import Assembly
from webapp.predictions.choice import fits

# Columns with few different texts: the texts once, and for each track which one.
_CODED = (
    "output", "strand", "biosample", "biosample_type", "ontology", "assay", "factor", "description", "source", "licence", "unit",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`body` is JSON, gzipped; `digest` of it names it, so that it may be kept for ever."""

    body: bytes
    digest: str

    @property
    def text(self) -> bytes:
        """The JSON."""
        return gzip.decompress(self.body)


_made: dict[str, tuple[ModelInfo, Catalogue]] = {}  # by name, and of which card


def catalogue_of(name: str) -> Catalogue:
    """Of an installed model; made once per process and card. Raises DomainError `unknown_model` (404)."""
    model = model_info(name)
    made = _made.get(name)
    if made is None or made[0] != model:
        made = _made[name] = model, make_catalogue(model)
    return made[1]


def offered(model: ModelInfo, also: Collection[str] = ()) -> dict[str, Any]:
    """What a page's choice of models says of one. `genomes`: its own, and those it fits of what is installed and of `also`."""
    known = {*Assembly.objects.values_list("name", flat=True), *also}.difference(model.genomes)
    return {
        "name": model.name,
        "title": model.title,
        "version": model.version,
        "licence": said(model.licence),
        "genomes": [*model.genomes, *sorted(name for name in known if fits(model, name))],
        "heldOut": list(model.held_out),
        "hosted": hosted.is_hosted(model),
        "catalogue": f"{reverse('api:api-root')}models/{model.name}/catalogue?digest={catalogue_of(model.name).digest}",
    }


def make_catalogue(model: ModelInfo) -> Catalogue:
    """Compact, but every track and all that is known of it."""
    text = json.dumps(_columns(model), ensure_ascii=False, separators=(",", ":")).encode()
    return Catalogue(gzip.compress(text, 9, mtime=0), hashlib.sha256(text).hexdigest()[:24])


def _columns(model: ModelInfo) -> dict[str, Any]:
    """Tracks are numbered in the model's order; `pairs` are two strands of one assay, `skill` is by number where judged."""
    numbers = {track.key: number for number, track in enumerate(model.tracks)}
    coded: dict[str, dict[str, list[Any]]] = {}
    for column in _CODED:
        texts = [getattr(track, column) for track in model.tracks]
        places = {text: code for code, text in enumerate(dict.fromkeys(texts))}
        coded[column] = {"values": list(places), "codes": [places[text] for text in texts]}
    return {
        "model": model.name,
        "outputs": [asdict(OUTPUTS[key]) for key in model.outputs],
        "keys": list(numbers),
        "names": [track.name for track in model.tracks],
        "coded": coded,
        "defaults": [numbers[track.key] for track in model.default_tracks()],
        "pairs": [
            [numbers[one], numbers[other]]
            for one, other in other_strands(model.tracks).items()
            if model.tracks[numbers[one]].strand == "+"
        ],
        "skill": {str(numbers[key]): asdict(skill) for key, skill in model.skill.items()},
        "presets": [
            {"key": preset.key, "name": preset.name, "description": preset.description, "tracks": tracks}
            for preset in PRESETS
            if (tracks := [numbers[track.key] for track in preset_tracks(preset, model)])
        ],
    }
