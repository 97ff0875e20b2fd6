"""Sorting, filtering and pages of known values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from django.db.models.functions import Now

from predictor.api import DomainError
from tests.scoring_jobs.making import asked, notation, turn
from webapp.loci.models import Assembly
from webapp.predictions.models import State
from webapp.scoring.access import get_job
from webapp.scoring.models import ScoreJob, ScoreSlice
from webapp.scoring.packing import TablePart, pack_table
from webapp.scoring.plots import read_matrix, read_points
from webapp.scoring.table import ScoreTable, Wish, read_page, read_table

pytestmark = pytest.mark.django_db


def stored(
    job: ScoreJob,
    values: list[list[float]],
    genes: list[list[int]] | None = None,
    *,
    levels: bool = False,
    **fields: object,
) -> ScoreJob:
    """The job's first rows with these values, as a worker would leave them; genes are AAA1 and BBB1. `levels`: columns that say how
    strong the stronger allele is stay what they are, else all count as effects."""
    array = np.array(values, np.float32)
    part = TablePart(
        array, None, np.array(genes if genes else np.full(array.shape, -1), np.int32), ("AAA1", "BBB1"),
        np.zeros(len(array), bool),
    )  # fmt: skip
    ScoreSlice.objects.filter(id=turn(job).id).update(
        state=State.DONE,
        count=len(values),
        table=pack_table(replace(part, **fields)),
        finished_at=Now(),  # type: ignore[arg-type]
    )
    columns = [{**column, "effect": column["effect"] or not levels} for column in job.columns]
    ScoreJob.objects.filter(id=job.id).update(done=len(values), state=State.RUNNING, columns=columns)
    return get_job(job.id)


@pytest.fixture
def job(genome: Assembly) -> ScoreJob:
    """Five good rows of which four are scored, given in the opposite order, and a bad one."""
    variants = [notation(genome, n) for n in (10_005, 10_004, 10_003, 10_002, 10_001)]
    made = asked(variants=[*variants, "nonsense"])
    return stored(made, [[1.0, -40.0], [-2.0, 10.0], [0.5, 20.0], [np.nan, 30.0]], [[0, 1], [1, 1], [-1, 0], [0, 0]])


def _numbers(job: ScoreJob, **wish: object) -> list[int]:
    return [row["number"] for row in read_page(job, Wish(**wish))["rows"]]  # type: ignore[arg-type]


# By place the rows are 5, 4, 3, 2, 1 and the bad 6th; row 1 waits.
@pytest.mark.parametrize(
    ("wish", "numbers"),
    [
        ({}, [5, 4, 3, 2, 1, 6]),
        ({"sort": "place", "descending": True}, [6, 1, 2, 3, 4, 5]),
        ({"sort": "number"}, [1, 2, 3, 4, 5, 6]),
        ({"sort": "0"}, [5, 3, 4, 2, 1, 6]),  # 1, 0.5, -2, then those without a value by place
        ({"sort": "0", "descending": False}, [4, 3, 5, 2, 1, 6]),
        ({"sort": "0", "absolute": True}, [4, 5, 3, 2, 1, 6]),  # 2, 1, 0.5
        # Sizes in units of the root mean square: of column 0 sqrt(5.25 / 3) = 1.32, of column 1 sqrt(3000 / 4) = 27.4;
        # so 1.46 (row 5, column 1), 1.51 (4, column 0), 0.73 (3, column 1), 1.10 (2, column 1).
        ({"sort": "strongest"}, [4, 5, 2, 3, 1, 6]),
        ({"status": "ok"}, [5, 4, 3, 2]),
        ({"status": "waiting"}, [1]),
        ({"status": "bad"}, [6]),
        ({"least": 20.0}, [5, 3, 2]),  # in any column
        ({"least": 1.0, "sort": "0"}, [5, 4]),
        ({"gene": "bbb1"}, [5, 4]),
        ({"gene": "AAA1", "least": 25.0}, [2]),  # the same value is both
        ({"gene": "CCC1"}, []),
        ({"text": "10004"}, [2]),
        ({"text": "NONSENSE"}, [6]),
        ({"text": "chrI:"}, [5, 4, 3, 2, 1]),
        ({"offset": 2, "limit": 2}, [3, 2]),
        ({"offset": 100}, []),
    ],
)
def test_rows_are_sorted_and_filtered(job: ScoreJob, wish: dict[str, object], numbers: list[int]) -> None:
    assert _numbers(job, **wish) == numbers


def test_a_row_says_everything_of_its_variant(job: ScoreJob) -> None:
    page = read_page(job, Wish(limit=1))
    assert (page["total"], page["offset"]) == (6, 0)
    (row,) = page["rows"]
    assert row["locus"] == "chrI:10,001-10,001"
    assert (row["chromosome"], row["start"]) == ("chrI", 10_000)
    assert row["variant"] == row["given"]
    assert row["values"] == [1.0, -40.0]
    assert row["genes"] == ["AAA1", "BBB1"]
    assert row["strongest"] == 1  # 40 / 27.4 is more than 1 / 1.32
    assert row["quantiles"] is None


def test_a_page_says_the_largest_size_of_each_column_in_the_whole_job(job: ScoreJob, genome: Assembly) -> None:
    assert read_page(job, Wish(limit=1, status="waiting"))["largest"] == [
        2.0,
        40.0,
    ]  # of 1, 0.5, -2 and of -40, 30, 20, 10
    waiting = asked(variants=[notation(genome, 10_001)])
    assert read_page(waiting, Wish())["largest"] == [None] * len(waiting.columns)


def test_with_quantiles_the_strongest_is_the_highest(genome: Assembly) -> None:
    job = asked(variants=[notation(genome, n) for n in (10_001, 10_002)])
    quantiles = np.array([[-0.99, 0.5], [0.2, 0.9]], np.float32)
    row = stored(job, [[1.0, 50.0], [2.0, 1.0]], quantiles=quantiles)
    assert read_table(row).strongest[0].tolist() == [0, 1]
    assert _numbers(row, sort="strongest") == [1, 2]


def test_the_strongest_are_found_once_for_all_pages(job: ScoreJob, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    inner = ScoreTable.strength

    def counted(table: ScoreTable) -> object:
        calls.append(1)
        return inner(table)

    monkeypatch.setattr(ScoreTable, "strength", counted)
    read_page(job, Wish(sort="strongest"))
    read_page(job, Wish())
    assert len(calls) <= 1
    strength = read_table(job).strongest[2]
    assert strength.dtype == np.float32


def test_how_strong_an_allele_is_makes_no_row_the_strongest(genome: Assembly) -> None:
    job = asked(variants=[notation(genome, n) for n in (10_001, 10_002)])
    assert [column["effect"] for column in job.columns] == [True, False]  # CHIP_TF, CHIP_TF_ACTIVE
    quantiles = np.array([[0.1, 0.99], [0.2, 0.5]], np.float32)
    row = stored(job, [[0.1, 90.0], [0.2, 1.0]], levels=True, quantiles=quantiles)
    assert read_table(row).strongest[0].tolist() == [0, 0]
    assert _numbers(row, sort="strongest") == [2, 1]


def test_a_column_that_does_not_exist_is_refused(job: ScoreJob) -> None:
    for wrong in ("2", "-1", "x", "²"):
        with pytest.raises(DomainError, match="from 0 to 1"):
            read_page(job, Wish(sort=wrong))


def test_a_plot_has_the_points_that_have_a_value_by_place(job: ScoreJob, monkeypatch: pytest.MonkeyPatch) -> None:
    said = read_points(job, 0)
    assert said["position"] == [10_000, 10_001, 10_002]
    assert said["value"] == [1.0, -2.0, 0.5]
    assert said["number"] == [5, 4, 3]
    assert (said["chromosomes"], said["chromosome"]) == (["chrI"], [0, 0, 0])
    monkeypatch.setattr("webapp.scoring.plots.MOST_POINTS", 2)
    said = read_points(job, 0)
    assert (said["value"], said["left_out"]) == ([1.0, -2.0], 1)


def test_the_matrix_of_a_saturation_fills_up(genome: Assembly) -> None:
    job = asked(saturation="chrI:10,001-10,002")
    row = stored(job, [[1.0, 0.0], [2.0, 0.0], [6.0, 0.0], [4.0, 0.0]])
    said = read_matrix(row, 0)
    reference = said["reference"]
    others = [["ACGT".index(base) for base in "ACGT" if base != reference[n]] for n in (0, 1)]
    assert [said["matrix"][0][place] for place in others[0]] == [1.0, 2.0, 6.0]
    assert said["matrix"][0]["ACGT".index(reference[0])] == 0.0
    assert [said["matrix"][1][place] for place in others[1]] == [4.0, None, None]
    assert said["contributions"] == [-3.0, None]  # -(1 + 2 + 6) / 3
    assert (said["start"], said["bases"]) == (10_000, "ACGT")


def test_other_jobs_have_no_matrix(job: ScoreJob) -> None:
    with pytest.raises(DomainError, match="Only a saturation"):
        read_matrix(job, 0)
