"""What is known of the hosted models without asking. No SDK here."""

from __future__ import annotations

from typing import Any

ARCHITECTURE = "alphagenome-api"
MODELS = {"alphagenome-api": "human", "alphagenome-api-mouse": "mouse"}
LENGTHS = (16_384, 131_072, 524_288, 1_048_576)  # that the service reads, and no other
LICENCE = "AlphaGenome API terms of service (non-commercial)"
CITATION = "Avsec et al., Nature 2026 (AlphaGenome)"
INSTALL = "pip install -r requirements-hosted.txt"

_GENOMES = {"human": ["hg38", "hg19"], "mouse": ["mm10"]}  # the bases are sent, not their places: any build will do
_TITLES = {"human": "AlphaGenome, human, at Google", "mouse": "AlphaGenome, mouse, at Google"}
_SUMMARIES = {
    "human": "Google DeepMind's AlphaGenome, human, run by Google's service with your own key.",
    "mouse": "Google DeepMind's AlphaGenome, mouse, run by Google's service with your own key.",
}
_LIMITS = [
    "The bases that are predicted leave this server for Google's service.",
    "Its predictions are for non-commercial use only, and may not train other models (AlphaGenome API terms of service).",
    "Google may change the model behind the service; a stored prediction stays as it was.",
    "It reads 16,384, 131,072, 524,288 or 1,048,576 bp: what is shorter is read with its neighbours or, where it has none, with N.",
]


def card_of(organism: str, digest: str) -> dict[str, Any]:
    """A hosted model's card without its tracks, whose `digest` names it."""
    name = next(name for name, knows in MODELS.items() if knows == organism)
    return {
        "name": name,
        "title": _TITLES[organism],
        "version": f"hosted, tracks {digest[:8]}",
        "licence": LICENCE,
        "citation": CITATION,
        "summary": _SUMMARIES[organism],
        "genomes": _GENOMES[organism],
        "context_bp": LENGTHS[1],
        "held_out": [],
        "limits": _LIMITS,
        "sha256": digest,
        "settings": {"architecture": ARCHITECTURE, "organism": organism, "lengths": list(LENGTHS)},
    }
