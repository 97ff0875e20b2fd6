"""The stand-in speaks what the SDK's own client reads, and ours reads the same of it."""

from __future__ import annotations

import grpc
import numpy as np
import pytest
from alphagenome.models import dna_client

from predictor.api import from_sequence, hosted
from predictor.hosted.predictor import HostedPredictor
from predictor.hosted.service import Service
from tests.hosted.google import GOOD_KEY, Running
from tests.predictions.making import random_dna


def test_the_sdks_own_client_reads_the_same_values_and_tracks() -> None:
    bases = random_dna(16_384)
    with Running() as running:
        card, _ = hosted.fetch_cards(running.address, GOOD_KEY)
        info = hosted.info_of(card)
        wanted = [track for track in info.tracks if track.output == "RNA_SEQ"]
        with Service(running.address, GOOD_KEY) as service:
            ours = HostedPredictor(info, service).predict(from_sequence(bases, info.lengths), wanted)
        channel = grpc.insecure_channel(f"127.0.0.1:{running.port}")
        sdk = dna_client.DnaClient(channel=channel, metadata=[("x-goog-api-key", GOOD_KEY)])
        theirs = sdk.predict_sequence(
            bases, requested_outputs=[dna_client.OutputType.RNA_SEQ], ontology_terms=["EFO:0002067", "UBERON:0002107"]
        ).rna_seq
        listed = sdk.output_metadata().rna_seq
        channel.close()
    assert theirs is not None and listed is not None
    np.testing.assert_array_equal(np.stack([one.values for one in ours.tracks], axis=1), theirs.values)
    assert [(track.description, track.strand, track.ontology, track.biosample_type) for track in wanted] == [
        (row["name"], row["strand"], row["ontology_curie"], row["biosample_type"].replace("_", " "))
        for _, row in listed.iterrows()
    ]


@pytest.mark.parametrize("bp", [2_048, 131_073])
def test_a_length_that_the_service_does_not_read_is_not_sent(bp: int) -> None:
    with Running() as running:
        info = hosted.info_of(hosted.fetch_cards(running.address, GOOD_KEY)[0])
        with (
            Service(running.address, GOOD_KEY) as service,
            pytest.raises(Exception, match="reads 16,384, 131,072, 524,288, 1,048,576 bp, not"),
        ):
            HostedPredictor(info, service).predict(from_sequence("A" * bp), info.tracks[:1])
        assert not running.google.asked
