"""The catalogue of a hosted model, from what the service says of its tracks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from predictor.checkpoints.metadata import Strand, TrackRow
from predictor.checkpoints.official_tracks import DEFAULT_SAMPLES, tracks_of
from predictor.errors import DomainError
from predictor.hosted.names import LICENCE, MODELS, card_of
from predictor.hosted.service import Service, model
from predictor.tracks import OUTPUTS, head_name

ORGANISMS = {"human": model.ORGANISM_HOMO_SAPIENS, "mouse": model.ORGANISM_MUS_MUSCULUS}
_STRANDS: dict[int, Strand] = {model.STRAND_POSITIVE: "+", model.STRAND_NEGATIVE: "-"}


def fetch_card(service: Service, name: str) -> dict[str, Any]:
    """The card of one of MODELS with its `tracks`, as it may be stored as JSON. Raises DomainError as Service.predict, and
    `hosted_garbled`."""
    organism = MODELS[name]
    heads: dict[str, list[TrackRow]] = {}
    for response in service.metadata(ORGANISMS[organism]):
        for listed in response.output_metadata:
            if (output := output_key(listed.output_type)) is None:
                continue  # a kind of track that is not known here yet
            kind = listed.WhichOneof("payload")
            heads[head_name(output)] = [row_of(one) for one in getattr(listed, kind).metadata] if kind else []
    tracks = [asdict(replace(track, licence=LICENCE)) for track in tracks_of(heads, DEFAULT_SAMPLES[organism])]
    if not tracks:
        raise DomainError(
            "hosted_garbled", "Google's AlphaGenome service listed no tracks; try again later.", status=502
        )
    digest = hashlib.sha256(json.dumps([name, tracks], sort_keys=True).encode()).hexdigest()
    return {**card_of(organism, digest), "tracks": tracks}


def output_key(number: int) -> str | None:
    """Of OUTPUTS, for a number of the protocol; None for one that is unknown here."""
    try:
        name = str(model.OutputType.Name(number)).removeprefix("OUTPUT_TYPE_")
    except ValueError:
        return None
    return name if name in OUTPUTS else None


def row_of(said: Any) -> TrackRow:
    """A TrackMetadata or, without a strand, a JunctionMetadata."""
    term, sample = said.ontology_term, said.biosample
    kind = model.BiosampleType.Name(sample.type).removeprefix("BIOSAMPLE_TYPE_").lower() if sample.type else ""
    return TrackRow(
        name=said.name,
        strand=_STRANDS.get(getattr(said, "strand", 0), "."),
        biosample=sample.name,
        biosample_type=kind,
        stage=sample.stage,
        ontology=f"{model.OntologyType.Name(term.ontology_type).removeprefix('ONTOLOGY_TYPE_')}:{term.id:07}"
        if term.id
        else "",
        assay=said.assay,
        transcription_factor=getattr(said, "transcription_factor_code", ""),
        histone_mark=getattr(said, "histone_mark_code", ""),
        gtex_tissue=said.gtex_tissue,
        source=said.data_source,
        padding=said.name.strip().casefold() == "padding",
    )


def term_of(curie: str) -> Any:
    """The protocol's message for a CURIE such as UBERON:0002107."""
    kind, _, number = curie.partition(":")
    return model.OntologyTerm(ontology_type=model.OntologyType.Value(f"ONTOLOGY_TYPE_{kind}"), id=int(number))


def outputs_of(keys: Iterable[str]) -> list[int]:
    """Numbers of the protocol for keys of OUTPUTS."""
    return [model.OutputType.Value(f"OUTPUT_TYPE_{key}") for key in keys]
