"""Making genomes, results and finished predictions for tests."""

from __future__ import annotations

import random
import secrets
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from predictor.api import (
    Interval,
    Junctions,
    ModelInput,
    PredictedTrack,
    PredictionResult,
    Track,
    from_sequence,
    model_info,
)
from webapp.loci.bases import store_chromosome
from webapp.loci.models import Assembly
from webapp.predictions.access import get_prediction
from webapp.predictions.claims import Claim, take
from webapp.predictions.models import Prediction
from webapp.predictions.packing import pack
from webapp.predictions.run import model_input
from webapp.predictions.specs import parse_spec
from webapp.predictions.store import store
from webapp.predictions.submit import submit

CHROMOSOMES = {"chrI": 40_000, "chrII": 300_000}


def random_dna(length: int, seed: int = 1) -> str:
    """The same bases for the same seed."""
    return "".join(random.Random(seed).choices("ACGT", k=length))


def small_genome(chromosomes: dict[str, int]) -> Assembly:
    """An assembly of random chromosomes under the name that the packaged model was made for."""
    assembly = Assembly.objects.create(name="sacCer3", title="test", organism="Saccharomyces cerevisiae")
    for order, (name, length) in enumerate(chromosomes.items()):
        store_chromosome(assembly, order, name, [random_dna(length, order).encode()])
    return assembly


def queued(length: int = 1500, seed: int = 1, **fields: object) -> Prediction:
    """A pasted sequence that waits."""
    return submit(parse_spec({"sequence": random_dna(length, seed), **fields}), "")[0]


def claimed(prediction: Prediction) -> Claim:
    """The claim of a worker called w."""
    claim = take(prediction.id, "w")
    assert claim is not None
    return claim


def result_for(prediction: Prediction, values: Sequence[NDArray[np.float32]] | None = None) -> PredictionResult:
    """A result of the right shape; `values` per track, ones by default."""
    return result_of(model_input(Prediction.objects.get(id=prediction.id)), tracks_of(prediction), values)


def result_of(
    given: ModelInput,
    tracks: Sequence[Track],
    values: Sequence[NDArray[np.float32]] | None = None,
    edges: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]] | None = None,
    junctions: Sequence[Junctions] | None = None,
) -> PredictionResult:
    """As `result_for`, without a row; `edges` of each track's band, none by default; `junctions` of both strands, none found by
    default where tracks of them are asked."""
    joined = [track for track in tracks if track.output_type.shape == "junctions"]
    tracks = [track for track in tracks if track not in joined]
    if joined and junctions is None:
        junctions = [junctions_of(strand, joined, [], [], []) for strand in "+-"]
    sizes = [-(-given.real_bp // track.resolution) for track in tracks]
    arrays = values or [
        np.ones((size, size) if track.output_type.shape == "pairs" else size, np.float32)
        for track, size in zip(tracks, sizes, strict=True)
    ]
    bands = edges or [(None, None)] * len(arrays)
    predicted = tuple(
        PredictedTrack(track, array, track.resolution, None if band[0] is None else np.stack(band))
        for track, array, band in zip(tracks, arrays, bands, strict=True)
    )
    return PredictionResult(
        model_info(settings.MODEL),
        given,
        predicted,
        "cpu",
        "float32",
        {"all": 0.1},
        (0, given.real_bp),
        tuple(junctions or ()),
    )


def junctions_of(
    strand: str, tracks: Sequence[Track], donors: Sequence[int], acceptors: Sequence[int], counts: Sequence[object]
) -> Junctions:
    """One strand's part of a result: `counts` [donors, acceptors], the same for each of its tracks."""
    own = tuple(track for track in tracks if track.strand == strand)
    each = np.array(counts, np.float32).reshape(len(donors), len(acceptors))
    stacked = np.stack([each] * len(own)) if own else np.empty((0, *each.shape), np.float32)
    sites = np.array(donors, np.int64), np.array(acceptors, np.int64)
    return Junctions("-" if strand == "-" else "+", own, *sites, stacked)


def tracks_of(prediction: Prediction) -> list[Track]:
    """Catalogue rows of a prediction's tracks."""
    by_key = {track.key: track for track in model_info(settings.MODEL).tracks}
    return [by_key[row.key] for row in prediction.tracks.all()]


def done(
    real_bp: int,
    values: Sequence[NDArray[np.float32]],
    keys: Sequence[str],
    start: int = 0,
    edges: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]] | None = None,
    junctions: Sequence[Junctions] | None = None,
) -> Prediction:
    """A finished prediction over [start, start + real_bp) whose tracks `keys` have `values`; stored as a worker would."""
    # Bases of its own: an equal question would be answered by the row that another test has finished.
    prediction = queued(seed=secrets.randbits(32), tracks=list(keys))
    given = replace(from_sequence("A" * real_bp), interval=Interval("chrI", start, start + real_bp))
    Prediction.objects.filter(id=prediction.id).update(
        start=start, end=start + real_bp, asked_start=start, asked_end=start + real_bp, sequence=pack(given.sequence)
    )
    store(claimed(prediction), result_of(given, tracks_of(prediction), values, edges, junctions))
    return get_prediction(prediction.id)


def key_of(resolution: int, nth: int = 0) -> str:
    """A track of the packaged model with this resolution."""
    return [track.key for track in model_info(settings.MODEL).tracks if track.resolution == resolution][nth]
