"""Models that were trained alike from other seeds become the members of one, whose mean is predicted with a band."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from predictor.catalogue import CARD, WEIGHTS, ModelInfo, read_card
from predictor.checkpoints.folder import write_card
from predictor.errors import DomainError

BAND_LIMIT = (
    "The band is how far the model's members, networks that were trained alike, are apart: where it is wide they disagree, "
    "where it is narrow all may still be wrong."
)
_OF_A_RUN = ("seed", "began_from")  # settings in which members may differ


def gather(folders: Sequence[Path], out: Path, version: str = "") -> ModelInfo:
    """The checkpoint folder `out` with the weights of all of `folders`, each of one file, and the card of the first, to whose
    limits what a band says is added. `version` of what comes out, the first's if empty.

    Raises DomainError `not_alike` for models of other tracks, widths or chromosomes, and where `out` holds a model already.
    """
    infos = [read_card(folder) for folder in folders]
    first = infos[0]
    if (out / CARD).exists():
        raise DomainError("not_alike", f"{out} holds a model already; give a new folder.", status=400)
    for info in infos:
        if len(info.members) > 1:
            raise DomainError("not_alike", f"{info.folder} has members already; name their own folders.", status=400)
        if info.tracks != first.tracks or info.held_out != first.held_out or _settings(info) != _settings(first):
            raise DomainError(
                "not_alike",
                f"{info.folder} is not like {first.folder}: members differ in their seed alone.",
                status=400,
            )
    out.mkdir(parents=True, exist_ok=True)
    names = [WEIGHTS, *(f"member-{number}.safetensors" for number in range(2, len(infos) + 1))]
    for info, name in zip(infos, names, strict=True):
        shutil.copyfile(info.weights, out / name)
    card = json.loads((first.folder / CARD).read_text())
    runs = [{name: info.settings[name] for name in _OF_A_RUN if name in info.settings} for info in infos]
    card |= {
        "version": version or first.version,
        "limits": [*first.limits, BAND_LIMIT],
        "members": names,
        "settings": {**_settings(first), "runs": runs},
    }
    del card["tracks"]
    write_card(out, card, first.tracks)
    return read_card(out)


def _settings(info: ModelInfo) -> dict[str, Any]:
    return {name: value for name, value in info.settings.items() if name not in _OF_A_RUN}
