"""Slices with the packaged model, and every way they can end."""

from __future__ import annotations

import gc
import uuid
import weakref
from collections.abc import Iterator

import numpy as np
import pytest

from predictor.api import DomainError, Predictor
from tests.scoring_jobs.making import asked, finished, gene, notation, turn
from webapp.loci.models import Assembly
from webapp.predictions import worker
from webapp.predictions.claims import take
from webapp.predictions.models import State
from webapp.scoring.access import cancel_job, get_job
from webapp.scoring.downloads import details
from webapp.scoring.models import ScoreJob, ScoreRow, ScoreSlice
from webapp.scoring.run import run
from webapp.scoring.table import Wish, read_page, read_table

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def small_slices(settings: object) -> None:
    """Two rows each, however slow the machine is."""
    settings.SLICE_ROWS = 2  # type: ignore[attr-defined]
    settings.SLICE_SECONDS = 600.0  # type: ignore[attr-defined]


def _values(job: ScoreJob) -> list[list[float | None]]:
    return [row["values"] for row in read_page(job, Wish())["rows"]]


def test_a_job_is_scored_slice_by_slice_with_one_message_at_a_time(genome: Assembly) -> None:
    job = asked(variants=[notation(genome, n) for n in (10_003, 10_001, 10_002)])
    first = turn(job)
    run(first.id)
    row = get_job(job.id)
    assert (row.state, row.done, row.failed) == (State.RUNNING, 2, 0)
    second = turn(job)
    assert (second.start, second.attempts) == (2, 0)
    assert ScoreSlice.objects.filter(job=job).count() == 2
    page = read_page(row, Wish())
    assert [one["start"] for one in page["rows"]] == [10_000, 10_001, 10_002]  # by place, whatever the order given
    assert [one["status"] for one in page["rows"]] == ["ok", "ok", "waiting"]
    run(second.id)
    row = get_job(job.id)
    assert (row.state, row.done, row.failed) == (State.DONE, 3, 0)
    assert row.finished_at is not None and row.busy_seconds > 0
    assert np.isfinite(read_table(row).values).all()
    assert not ScoreSlice.objects.filter(job=job, state=State.QUEUED).exists()


def test_a_scan_has_values_of_its_gene_and_of_no_other_of_that_name(genome: Assembly) -> None:
    gene(genome, "ABC1", 10_000, 11_000, "-", "YA001C")
    gene(genome, "ABC1", 11_600, 12_000, "+", "YA002W")
    job = asked(scan="YA001C", scorers=["RNA_SEQ"], tracks=["rna_wt_minus"])
    run(turn(job).id)
    assert get_job(job.id).done == 2
    found = {one.id for _, scored in details(job) for result in scored.results for one in result.genes}
    assert found == {"YA001C"}
    assert job.gene == "ABC1"


def test_values_do_not_depend_on_how_the_rows_were_cut(genome: Assembly, settings: object) -> None:
    variants = [notation(genome, n) for n in (10_001, 10_002, 10_003)]
    apart = _values(finished(asked(variants=variants)))
    settings.SLICE_ROWS = 64  # type: ignore[attr-defined]
    together = _values(finished(asked(variants=variants, name="again")))
    assert np.allclose(np.array(apart, float), np.array(together, float), rtol=1e-5, atol=1e-6)


def test_a_slice_ends_when_its_time_is_over(genome: Assembly, settings: object) -> None:
    settings.SLICE_SECONDS = 0.0  # type: ignore[attr-defined]
    job = asked(variants=[notation(genome, n) for n in (10_001, 10_002)])
    run(turn(job).id)
    assert get_job(job.id).done == 1
    assert turn(job).start == 1


def test_bad_rows_keep_their_sentence_and_stop_no_other(genome: Assembly) -> None:
    good = notation(genome, 10_001)
    job = asked(text=f"{good}\nchrZ:5:A>G\nnonsense\n{notation(genome, 20_001)}\n")
    assert (job.total, job.bad) == (4, 2)
    row = finished(job)
    assert (row.state, row.done, row.failed) == (State.DONE, 2, 0)
    bad = read_page(row, Wish(status="bad"))
    assert bad["total"] == 2
    assert [one["number"] for one in bad["rows"]] == [2, 3]
    assert "chrZ" in bad["rows"][0]["error"]
    assert bad["rows"][0]["values"] == []


def test_a_worker_that_died_costs_its_slice_only(genome: Assembly) -> None:
    job = asked(variants=[notation(genome, n) for n in (10_001, 10_002, 10_003)])
    run(turn(job).id)
    kept = bytes(ScoreSlice.objects.get(job=job, start=0).table)
    dead = turn(job)
    assert take(dead.id, f"{worker.host_and_home()}:4194305:0000", ScoreSlice) is not None  # no process has this number
    assert worker.recover_predecessors() == 1
    again = turn(job)
    assert (again.id, again.attempts) == (dead.id, 1)
    assert finished(job).state == State.DONE
    assert bytes(ScoreSlice.objects.get(job=job, start=0).table) == kept
    assert ScoreSlice.objects.filter(job=job).count() == 2


def _dies(slice_: ScoreSlice) -> None:
    take(slice_.id, f"{worker.host_and_home()}:4194305:0000", ScoreSlice)
    worker.recover_predecessors()


def test_a_job_whose_every_row_kills_its_worker_fails_at_the_third(genome: Assembly) -> None:
    job = asked(variants=[notation(genome, n) for n in range(10_001, 10_006)])
    for row in range(3):
        assert turn(job).start == row
        for _ in range(3):
            _dies(turn(job))
        run(turn(job).id)
    row = get_job(job.id)
    assert (row.state, row.error_code, row.failed) == (State.FAILED, "worker_lost", 2)
    assert "3 rows in sequence" in row.error_message


def test_the_row_that_kills_its_worker_is_left_out_alone(genome: Assembly, settings: object) -> None:
    settings.SLICE_ROWS = 64  # type: ignore[attr-defined]
    job = asked(variants=[notation(genome, n) for n in (10_001, 10_002, 10_003)])

    _dies(turn(job))  # somewhere within the three rows
    run(turn(job).id)  # with care: one row
    assert get_job(job.id).done == 1
    for _ in range(3):
        _dies(turn(job))  # at the second
    row = finished(job)
    assert (row.state, row.done, row.failed) == (State.DONE, 2, 1)
    (left,) = read_page(row, Wish(status="bad"))["rows"]
    assert left["start"] == 10_001
    assert "died 3 times" in left["error"]
    assert left["values"] == [None, None]


def test_cancelling_keeps_what_was_scored(genome: Assembly) -> None:
    job = asked(variants=[notation(genome, n) for n in (10_001, 10_002, 10_003)])
    run(turn(job).id)
    waiting = turn(job)
    row = cancel_job(get_job(job.id), "")
    assert (row.state, row.done) == (State.CANCELLED, 2)
    run(waiting.id)
    assert get_job(job.id).done == 2
    assert not ScoreSlice.objects.filter(job=job, state=State.QUEUED).exists()
    assert read_page(row, Wish(status="ok"))["total"] == 2
    with pytest.raises(DomainError, match="cancelled already"):
        cancel_job(row, "")


def test_a_slice_that_was_made_while_its_job_was_cancelled_ends_with_it(genome: Assembly) -> None:
    job = asked(variants=[notation(genome, 10_001)])
    ScoreJob.objects.filter(id=job.id).update(state=State.CANCELLED)
    part = turn(job)
    run(part.id)
    assert ScoreSlice.objects.get(id=part.id).state == State.CANCELLED


class Cancels:
    """The packaged model; after its first alternative somebody cancels the job."""

    def __init__(self, job: ScoreJob) -> None:
        self._inner = worker.loaded("yeast")
        self.info, self.device, self.dtype, self.predict = (
            self._inner.info, self._inner.device, self._inner.dtype, self._inner.predict,
        )  # fmt: skip
        self._job = job

    def alternatives(self, *args: object, **options: object) -> Iterator[object]:
        yield from self._inner.alternatives(*args, **options)  # type: ignore[arg-type]
        cancel_job(get_job(self._job.id), "")


def test_cancelling_stops_a_slice_that_runs_and_stores_nothing_of_it(genome: Assembly) -> None:
    job = asked(variants=[notation(genome, n) for n in (10_001, 12_001)])
    run(turn(job).id, load=lambda name: Cancels(job))  # type: ignore[arg-type,return-value]
    row = get_job(job.id)
    assert (row.state, row.done) == (State.CANCELLED, 0)
    assert not ScoreSlice.objects.filter(job=job, state=State.DONE).exists()


class Breaks:
    """The packaged model; it fails at edits that begin at `start` of the input."""

    def __init__(self, error: Exception, bases: str) -> None:
        inner = worker.loaded("yeast")
        self.info, self.device, self.dtype, self.predict = inner.info, inner.device, inner.dtype, inner.predict
        self._inner, self._error, self._bases = inner, error, bases

    def alternatives(self, given: object, edits: list, *args: object, **options: object) -> Iterator[object]:  # type: ignore[type-arg]
        for edit, result in zip(edits, self._inner.alternatives(given, edits, *args, **options), strict=True):  # type: ignore[arg-type]
            if edit.bases == self._bases:
                raise self._error
            yield result


def test_a_model_is_not_kept_when_another_is_loaded(genome: Assembly, monkeypatch: pytest.MonkeyPatch) -> None:
    worker.loaded("yeast")
    model = Breaks(ValueError(), "none")
    monkeypatch.setattr(worker, "_loaded", {"yeast": model})
    job = asked(variants=[notation(genome, 10_001)])
    run(turn(job).id, load=worker.loaded)
    gone = weakref.ref(model)
    del model

    def load(name: str, **options: object) -> Predictor:
        gc.collect()
        assert gone() is None  # before the memory of another is needed
        raise DomainError("unknown_model", "There is no such model.")

    monkeypatch.setattr(worker, "load", load)
    with pytest.raises(DomainError, match="no such model"):
        worker.loaded("another")  # of a prediction: no slice comes between


def _insertion(genome: Assembly, number: int) -> str:
    ref = notation(genome, number).split(":")[2][0]
    return f"chrI:{number}:{ref}>{ref}GATTACA"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (MemoryError(), "too little memory"),
        (ValueError("secret detail"), "reason that is ours"),
        (DomainError("too_odd", "This is too odd."), "This is too odd."),
    ],
)
def test_a_row_that_cannot_be_scored_says_why_and_the_next_goes_on(
    genome: Assembly, settings: object, error: Exception, sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SLICE_ROWS = 64  # type: ignore[attr-defined]
    odd = _insertion(genome, 10_002)
    job = asked(variants=[notation(genome, 10_001), odd, notation(genome, 10_003)])
    (bases,) = {alt for alt in ScoreRow.objects.filter(job=job).values_list("alt", flat=True) if len(alt) > 1}
    breaks = Breaks(error, bases)
    while get_job(job.id).state in {State.QUEUED, State.RUNNING}:
        run(turn(job).id, load=lambda name: breaks)  # type: ignore[arg-type,return-value]
    row = get_job(job.id)
    assert (row.state, row.done, row.failed) == (State.DONE, 2, 1)
    (failed,) = read_page(row, Wish(status="bad"))["rows"]
    assert sentence in failed["error"]
    assert "secret" not in failed["error"]


def test_a_model_that_was_replaced_meanwhile_is_said_and_partial_results_stay(genome: Assembly) -> None:
    job = asked(variants=[notation(genome, n) for n in (10_001, 10_002, 10_003)])
    run(turn(job).id)
    ScoreJob.objects.filter(id=job.id).update(model_sha256="0" * 64)
    run(turn(job).id)
    row = get_job(job.id)
    assert (row.state, row.error_code, row.done) == (State.FAILED, "model_changed", 2)
    assert read_page(row, Wish(status="ok"))["total"] == 2


def test_a_fault_of_ours_is_tried_three_times_and_then_told(genome: Assembly, caplog: pytest.LogCaptureFixture) -> None:
    job = asked(variants=[notation(genome, 10_001)])

    def broken(name: str) -> Predictor:
        raise OSError("secret detail")

    for _ in range(3):
        run(turn(job).id, load=broken)
    row = get_job(job.id)
    assert (row.state, row.error_code) == (State.FAILED, "internal")
    assert "secret" not in row.error_message
    assert "secret detail" in caplog.text


def test_a_message_too_many_finds_nothing_to_do(genome: Assembly) -> None:
    job = asked(variants=[notation(genome, n) for n in (10_001, 10_002, 10_003)])
    first = turn(job)
    run(first.id)
    run(first.id)
    run(uuid.uuid4())
    assert get_job(job.id).done == 2
    assert ScoreSlice.objects.filter(job=job).count() == 2
