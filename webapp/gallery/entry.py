"""What the gallery holds of one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Organism = Literal["human", "yeast"]


@dataclass(frozen=True, slots=True)
class Reference:
    """A paper: authors, year and journal as people cite them, and its DOI."""

    text: str
    doi: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where it lies in one assembly: `locus` as people type it (1-based inclusive, or a gene), `variants` in its notation, and where to
    look first, if not at all of what is predicted."""

    locus: str
    variants: tuple[str, ...] = ()
    look: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One place. `places` by assembly, the best one first; `outputs` of which a model must have one to say anything of it, in the order
    of worth; `biosample`: ontology term whose tracks are shown where a model tells samples apart; `tracks` of the packaged model."""

    slug: str
    organism: Organism
    gene: str
    title: Any  # translated lazily
    story: Any
    places: dict[str, Place]
    outputs: tuple[str, ...]
    references: tuple[Reference, ...]
    biosample: str = ""
    tracks: tuple[str, ...] = ()
    models: tuple[str, ...] = ("alphagenome", "spliceai")
