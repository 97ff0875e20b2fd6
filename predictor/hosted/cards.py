"""A stored card of a hosted model as a catalogue entry. No SDK here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from predictor.catalogue import ModelInfo
from predictor.tracks import Track


def info_of(card: dict[str, Any]) -> ModelInfo:
    """Of what `fetch_card` gave. There are no weights: its paths lead nowhere."""
    return ModelInfo(
        name=card["name"],
        title=card["title"],
        version=card["version"],
        licence=card["licence"],
        citation=card["citation"],
        summary=card["summary"],
        genomes=tuple(card["genomes"]),
        context_bp=card["context_bp"],
        held_out=tuple(card["held_out"]),
        limits=tuple(card["limits"]),
        sha256=card["sha256"],
        tracks=tuple(Track(**row) for row in card["tracks"]),
        folder=Path(),
        weights=Path(),
        members=(),
        settings=card["settings"],
        judged_on=(),
        skill={},
    )
