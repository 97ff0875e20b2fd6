"""What this installation can open of a place, and what it lacks otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from predictor.api import ModelInfo, Track
from webapp.gallery.entry import Entry, Place
from webapp.hosted.services import models_of
from webapp.loci.models import Assembly
from webapp.predictions.choice import fits, models_for
from webapp.predictions.installable import INSTALLABLE

MOST_TRACKS = 24  # more are a list, not a view


@dataclass(frozen=True, slots=True)
class Offer:
    """A place in an installed genome, and a model that was made for it and has something to say of it: installed, or at Google's
    (`hosted`), where its visitor has a key."""

    genome: str
    place: Place
    model: ModelInfo
    tracks: tuple[Track, ...]
    hosted: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """Of which nothing is here: `genomes` of which one, `models` of which one is needed; commands that install them, best first. Empty
    where one of these is here already."""

    genomes: tuple[str, ...]
    models: tuple[str, ...]


def offer(entry: Entry, visitor: str) -> Offer | None:
    """The best of what is installed: of the entry's models the first that knows one of its genomes; where nothing fits, a model at
    Google's for a visitor with a key to it; else None."""
    here = set(Assembly.objects.filter(name__in=entry.places).values_list("name", flat=True))
    places = [(genome, place) for genome, place in entry.places.items() if genome in here]
    for genome, place in places:
        ranked = sorted(
            (m for m in models_for(genome) if m.name in entry.models), key=lambda m: entry.models.index(m.name)
        )
        for model in ranked:
            if tracks := shown_tracks(entry, model):
                return Offer(genome, place, model, tracks)
    # As AlphaGenome it knows what AlphaGenome does.
    for model in models_of(visitor) if "alphagenome" in entry.models else []:
        for genome, place in places:
            if fits(model, genome) and (tracks := shown_tracks(entry, model)):
                return Offer(genome, place, model, tracks, hosted=True)
    return None


def missing(entry: Entry) -> Missing:
    """What has to be installed before the place can be opened."""
    genomes = tuple(entry.places)
    here = set(Assembly.objects.filter(name__in=genomes).values_list("name", flat=True))
    able = [
        model
        for model in models_for(None)
        if model.name in entry.models and any(fits(model, genome) for genome in genomes) and shown_tracks(entry, model)
    ]
    known = [one for one in INSTALLABLE if set(one.models) & set(entry.models) and _says(one.name, entry)]
    return Missing(
        () if here else tuple(f"manage.py install_genome {genome}" for genome in genomes),
        () if able else tuple(one.command for one in known),
    )


def shown_tracks(entry: Entry, model: ModelInfo) -> tuple[Track, ...]:
    """The entry's own of the packaged model; of another those of its outputs, of its sample where samples are told apart, in the
    order of worth and no more than fit a screen; none where the model has nothing of it."""
    if entry.tracks:
        keys = {track.key: track for track in model.tracks}
        return tuple(keys[key] for key in entry.tracks if key in keys)
    of_output = [track for output in entry.outputs for track in model.tracks if track.output == output]
    chosen = [track for track in of_output if entry.biosample and track.ontology == entry.biosample]
    return tuple((chosen or [track for track in of_output if track.default] or of_output)[:MOST_TRACKS])


def _says(model: str, entry: Entry) -> bool:
    """Whether a model that is not here would have something of it: SpliceAI knows splice sites alone."""
    return model != "spliceai" or "SPLICE_SITES" in entry.outputs
