"""From a spec to a row: resolving, reuse, budget, and a broker that is away."""

from __future__ import annotations

import threading
import time
import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from predictor.api import MAX_BP, DomainError, model_info
from tests.predictions.making import claimed, queued, random_dna, result_for
from webapp.loci.models import Assembly
from webapp.loci.services import fetch_sequence
from webapp.predictions import dispatch
from webapp.predictions.access import cancel, get_prediction
from webapp.predictions.models import Prediction, State
from webapp.predictions.packing import unpack
from webapp.predictions.run import model_input
from webapp.predictions.specs import parse_spec
from webapp.predictions.store import store
from webapp.predictions.submit import submit


@pytest.mark.django_db
def test_a_locus_becomes_a_row_that_needs_no_reference(genome: Assembly) -> None:
    prediction, reused = submit(parse_spec({"locus": "chrI:20,001-21,000"}), "")
    assert (prediction.state, reused) == (State.QUEUED, False)
    assert (prediction.asked_start, prediction.asked_end) == (20_000, 21_000)
    assert prediction.end - prediction.start >= model_info("yeast").context_bp
    assert prediction.start <= 20_000 < 21_000 <= prediction.end
    given = model_input(Prediction.objects.get(id=prediction.id))
    assert given.interval is not None
    assert given.sequence == fetch_sequence(given.interval, genome)
    assert {part["kind"] for part in prediction.padding} == {"flank"}
    assert [t.key for t in prediction.tracks.all()] == [t.key for t in model_info("yeast").default_tracks()]


@pytest.mark.django_db
def test_a_paste_is_padded_and_says_so() -> None:
    prediction = queued(1500)
    assert len(unpack(Prediction.objects.get(id=prediction.id).sequence)) == 2048  # the next multiple
    assert (prediction.start, prediction.end, prediction.genome) == (0, 1500, "")
    assert prediction.padding == [{"start": 1500, "end": 2048, "kind": "N"}]
    assert "548 N" in prediction.warnings[-1]  # 2,048 - 1,500


@pytest.mark.django_db
def test_thirty_percent_of_n_is_a_warning() -> None:
    prediction = submit(parse_spec({"sequence": random_dna(1400) + "N" * 648}), "")[0]
    assert "32% of the bases are N" in " ".join(prediction.warnings)


BAD = [
    ({"sequence": ""}, 400, "empty_sequence"),
    ({"sequence": "MKVLAAGIVQELPF"}, 400, "not_dna"),
    ({"sequence": ">a\nACGT\n>b\nACGT"}, 400, "several_records"),
    ({"sequence": "A" * 3_000_000}, 413, "sequence_too_long"),
    ({"locus": "chrI:5-1"}, 400, "bad_locus"),
    ({"locus": "chrI:1-40,001"}, 422, "past_end"),
    ({"locus": "chrXL:1-10"}, 404, "unknown_chromosome"),
    ({"locus": "GALL1"}, 404, "unknown_gene"),
    ({"locus": "chrI:1-100", "genome": "hg99"}, 404, "unknown_genome"),
    ({"locus": "chrI:1-100", "model": "yeasty"}, 404, "unknown_model"),
    ({"sequence": "ACGT", "outputs": ["RNASEQ"]}, 422, "unknown_output"),
    ({"sequence": "ACGT", "tracks": ["rna_wt_plu"]}, 422, "unknown_track"),
    ({"sequence": "ACGT", "tracks": []}, 400, "no_tracks"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("given", "status", "code"), BAD, ids=[code for *_, code in BAD])
def test_what_cannot_be_predicted_is_refused(
    genome: Assembly, given: dict[str, object], status: int, code: str
) -> None:
    with pytest.raises(DomainError) as caught:
        submit(parse_spec(given), "")
    assert (caught.value.status, caught.value.code) == (status, code)
    assert not Prediction.objects.exists()


@pytest.mark.django_db
def test_a_chromosome_over_the_limit_is_refused(genome: Assembly) -> None:
    from webapp.loci.models import Chromosome

    Chromosome.objects.filter(name="chrII").update(length=MAX_BP + 1)
    with pytest.raises(DomainError, match="at most 1,048,576 bp") as caught:
        submit(parse_spec({"locus": f"chrII:1-{MAX_BP + 1}"}), "")
    assert caught.value.status == 413


@pytest.mark.django_db
def test_the_same_request_is_answered_by_the_same_row() -> None:
    first = queued()
    assert submit(parse_spec({"sequence": random_dna(1500)}), "b" * 32) == (first, True)
    store(claimed(first), result_for(first))
    assert submit(parse_spec({"sequence": random_dna(1500)}), "")[1] is True
    assert Prediction.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("other", [{"seed": 2}, {"length": 1501}, {"name": "mine"}, {"tracks": ["rna_wt_plus"]}])
def test_another_request_is_another_row(other: dict[str, object]) -> None:
    assert queued().id != queued(**other).id  # type: ignore[arg-type]


@pytest.mark.django_db
@pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED])
def test_what_failed_or_was_cancelled_can_be_asked_again(state: State) -> None:
    first = queued()
    Prediction.objects.filter(id=first.id).update(state=state)
    assert queued().id != first.id


@pytest.mark.django_db
def test_the_database_holds_one_live_row_per_digest() -> None:
    first = Prediction.objects.get(id=queued().id)
    first.pk = uuid.uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_simultaneous_identical_requests_make_one_row() -> None:
    answers: list[tuple[uuid.UUID, bool]] = []
    together = threading.Barrier(8)

    def ask() -> None:
        together.wait()
        prediction, reused = submit(parse_spec({"sequence": random_dna(1500)}), "")
        answers.append((prediction.id, reused))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({answer[0] for answer in answers}) == 1
    assert sorted(answer[1] for answer in answers) == [False] + [True] * 7
    assert Prediction.objects.count() == 1


@pytest.mark.django_db
def test_the_budget_of_a_visitor_and_of_the_queue(settings: object) -> None:
    settings.MAX_WAITING_PER_VISITOR, settings.MAX_WAITING = 2, 3  # type: ignore[attr-defined]
    alice, bob = "a" * 32, "b" * 32
    for seed in (1, 2):
        submit(parse_spec({"sequence": random_dna(900, seed)}), alice)
    with pytest.raises(DomainError, match="2 predictions waiting") as caught:
        submit(parse_spec({"sequence": random_dna(900, 3)}), alice)
    assert caught.value.status == 429
    submit(parse_spec({"sequence": random_dna(900, 3)}), bob)
    with pytest.raises(DomainError, match="3 predictions are waiting") as caught:
        submit(parse_spec({"sequence": random_dna(900, 4)}), bob)
    assert caught.value.status == 503
    submit(parse_spec({"sequence": random_dna(900, 1)}), alice)  # what is there already costs nothing


@pytest.mark.django_db(transaction=True)
def test_the_message_goes_out_after_commit() -> None:
    before = dispatch.queue_length()
    prediction = queued(seed=77)
    assert dispatch.queue_length() == before + 1
    assert get_prediction(prediction.id).sent_at is not None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("url", ["redis+socket:///nowhere/at/all.sock", "redis://127.0.0.1:1/0"])
def test_with_the_broker_away_the_row_waits_and_the_answer_is_quick(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from webapp.celery import app

    monkeypatch.setattr(app.conf, "broker_url", url)
    begun = time.monotonic()
    prediction = queued(seed=78)
    assert time.monotonic() - begun < 2
    assert (prediction.state, get_prediction(prediction.id).sent_at) == (State.QUEUED, None)


@pytest.mark.django_db
def test_only_the_browser_that_asked_may_cancel() -> None:
    alice, bob = "a" * 32, "b" * 32
    prediction = submit(parse_spec({"sequence": random_dna(900)}), alice)[0]
    for other in (bob, ""):
        with pytest.raises(DomainError) as caught:
            cancel(prediction, other)
        assert caught.value.status == 403
    assert cancel(prediction, alice).state == State.CANCELLED
    with pytest.raises(DomainError, match="cancelled already") as caught:
        cancel(get_prediction(prediction.id), alice)
    assert caught.value.status == 409


@pytest.mark.django_db
def test_a_row_without_a_visitor_is_cancelled_by_whoever_knows_it_and_a_finished_one_by_nobody() -> None:
    assert cancel(queued(seed=1), "b" * 32).state == State.CANCELLED
    finished = queued(seed=2)
    store(claimed(finished), result_for(finished))
    with pytest.raises(DomainError, match="done already") as caught:
        cancel(get_prediction(finished.id), "")
    assert caught.value.status == 409
    assert get_prediction(finished.id).state == State.DONE


@pytest.mark.django_db
@pytest.mark.parametrize(
    "given", ["", "x", "12345678-1234-1234-1234-1234567890", "0b5c6d1e-7f1a-4c0e-9a53-3f0a8d1c2b4e"]
)
def test_an_address_that_does_not_exist(given: str) -> None:
    with pytest.raises(DomainError, match="no prediction under this address") as caught:
        get_prediction(given)
    assert caught.value.status == 404
