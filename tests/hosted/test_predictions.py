"""Jobs that Google's service answers: the same rows, tracks and values as a local model's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from django.test import Client

from tests.hosted.conftest import enter
from tests.hosted.google import CODES, GOOD_KEY, Google, along
from tests.predictions.making import queued, random_dna
from webapp.loci.models import Assembly
from webapp.predictions.access import get_prediction
from webapp.predictions.describe import queue_position
from webapp.predictions.dispatch import broker, queue_length
from webapp.predictions.junctions import read_junctions
from webapp.predictions.models import QUEUES, Prediction, State
from webapp.predictions.pairs import read_contacts
from webapp.predictions.run import run
from webapp.predictions.windows import read_window

pytestmark = pytest.mark.django_db(transaction=True)

PLUS, MINUS = "rna_seq.plus.cell_line.efo_0002067.total_rna_seq", "rna_seq.minus.cell_line.efo_0002067.total_rna_seq"
LIVER = "rna_seq.plus.tissue.uberon_0002107.total_rna_seq"


def ask(client: Client, status: int = 202, **spec: Any) -> dict[str, Any]:
    answer = client.post("/api/v1/predictions", {"model": "alphagenome-api", **spec}, content_type="application/json")
    assert answer.status_code == status, answer.content
    return dict(answer.json())


def finished(client: Client, **spec: Any) -> Prediction:
    prediction_id = ask(client, **spec)["id"]
    run(get_prediction(prediction_id).id)
    prediction = get_prediction(prediction_id)
    assert prediction.state == State.DONE, prediction.error_message
    return prediction


def codes(sequence: str) -> np.ndarray[Any, Any]:
    return CODES[np.frombuffer(sequence.encode(), np.uint8)]


def test_a_locus_is_read_with_its_real_neighbours_and_every_base_has_its_own_value(
    alice: Client, google: Google, human: Assembly
) -> None:
    enter(alice)
    prediction = finished(alice, locus="chr20:100,001-100,500", genome="hg19", tracks=[PLUS, MINUS])
    bases = random_dna(200_000, 3)
    (request,) = google.asked
    assert request.sequence == bases[prediction.start : prediction.end]
    assert len(request.sequence) == 131_072
    assert (request.organism, list(request.requested_outputs)) == (9606, [4])  # human, RNA_SEQ alone
    assert [(term.ontology_type, term.id) for term in request.ontology_terms] == [(4, 2067)]  # EFO:0002067 alone
    window = read_window(prediction, [PLUS, MINUS], 100_000, 100_500, 500)
    # Columns of the service's list: K562 + is 0, K562 - is 1, each value code + 10 * column.
    np.testing.assert_array_equal(window, [codes(bases[100_000:100_500]), codes(bases[100_000:100_500]) + 10])
    assert prediction.model_card["licence"] == "AlphaGenome API terms of service (non-commercial)"
    assert prediction.device == "127.0.0.1" and "service" in prediction.seconds


def test_a_pasted_sequence_is_padded_with_N_and_the_answer_is_cut_back(alice: Client, google: Google, db: None) -> None:
    enter(alice)
    bases = random_dna(5_000)
    histone = "chip_histone.cell_line.efo_0002067.histone_chip_seq.h3k27ac"
    prediction = finished(alice, sequence=bases, tracks=[LIVER, histone])
    (request,) = google.asked
    assert request.sequence == bases + "N" * (16_384 - 5_000)
    assert (prediction.start, prediction.end) == (0, 5_000)
    assert any("11,384 N" in warning for warning in prediction.warnings)
    np.testing.assert_array_equal(read_window(prediction, [LIVER], 0, 5_000, 5_000), [codes(bases) + 20])
    sums = along(request.sequence, [0], 128)[:39, 0]  # 39 whole bins of 128 lie within 5,000 bp
    np.testing.assert_array_equal(read_window(prediction, [histone], 0, 39 * 128, 39), [sums])


def test_reference_and_edited_sequence_are_both_asked_and_an_insertion_is_drawn_at_the_references_places(
    alice: Client, google: Google, human: Assembly
) -> None:
    enter(alice)
    bases = random_dna(200_000, 3)
    before = bases[99_999]
    prediction = finished(alice, variants=[f"chr20:100000:{before}>{before}ACG"], genome="hg19", tracks=[PLUS])
    reference, edited = (request.sequence for request in google.asked)
    at = 100_000 - prediction.start
    assert edited == (reference[:at] + "ACG" + reference[at:])[: len(reference)]
    keys = [PLUS, f"{PLUS}:ref"]
    window = read_window(prediction, keys, 99_990, 100_010, 20)
    np.testing.assert_array_equal(window[1], codes(bases[99_990:100_010]))
    np.testing.assert_array_equal(window[0][10:], codes(bases[100_000:100_010]))  # behind the insertion, in step again
    own = read_window(prediction, [f"{PLUS}:own"], 100_000, 100_003, 3)
    np.testing.assert_array_equal(own, [[0, 1, 2]])  # A, C, G


def test_contacts_junctions_and_splice_sites_come_as_they_do_of_a_local_model(
    alice: Client, google: Google, db: None
) -> None:
    enter(alice)
    prediction = finished(
        alice, sequence=random_dna(16_384), outputs=["CONTACT_MAPS", "SPLICE_JUNCTIONS", "SPLICE_SITES"]
    )
    assert len(google.asked) == 1  # splice sites have no ontology term and come all the same
    tracks = {track.key: track for track in prediction.tracks.all()}
    (contact,) = (key for key in tracks if key.startswith("contact_maps"))
    values = read_contacts(prediction, contact, 0, 16_384, 8).values
    i, j = np.indices((8, 8))
    np.testing.assert_array_equal(values, abs(i - j) + 100 * (i + j))
    joined = [key for key in tracks if key.startswith("splice_junctions")]
    assert len(joined) == 4  # two tissues on two strands
    found = {(one.strand, one.start, one.end, one.value) for one in read_junctions(prediction, joined)}
    assert found == {
        ("+", 100, 300, 1.0), ("+", 100, 500, 2.0), ("+", 100, 300, 11.0), ("+", 100, 500, 12.0),
        ("-", 700, 900, 3.0), ("-", 700, 900, 13.0),
    }  # fmt: skip


def test_the_same_request_of_the_same_person_is_answered_from_the_store(
    alice: Client, google: Google, db: None
) -> None:
    enter(alice)
    first = finished(alice, sequence=random_dna(900), tracks=[PLUS])
    again = ask(alice, 200, sequence=random_dna(900), tracks=[PLUS])
    assert (again["id"], again["reused"]) == (str(first.id), True)
    assert len(google.asked) == 1 and set(google.by) == {GOOD_KEY}


def test_what_waits_for_google_has_a_queue_of_its_own_and_keeps_nobody_else_waiting(
    alice: Client, google: Google, db: None
) -> None:
    enter(alice)
    with broker() as connection:
        for queue in QUEUES:
            connection.default_channel._purge(queue)
    far = get_prediction(ask(alice, sequence=random_dna(900), tracks=[PLUS])["id"])
    here = queued()
    assert [queue_length(queue) for queue in QUEUES] == [1, 0, 1]
    assert (queue_position(far), queue_position(here)) == (1, 1)
