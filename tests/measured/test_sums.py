"""Windows out of running sums are those of the steps themselves, whatever the window."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from tests.measured.conftest import LENGTH
from tests.measured.exact import summarise as exactly
from tests.measured.test_install import install, values
from webapp.loci.models import Assembly
from webapp.measured import storage
from webapp.measured.models import MeasuredTrack
from webapp.measured.steps import Steps, as_steps
from webapp.measured.sums import make_sums, summarise

END = 500


def steps(seed: int) -> Steps:
    rng = random.Random(seed)
    runs = []
    for _ in range(rng.choice([0, 1, 40])):
        start = rng.randrange(END - 1)
        runs.append((start, rng.randrange(start + 1, END + 1), rng.choice([0.0, -1.5, rng.uniform(-3, 9)])))
    gaps = [(start, start + 30) for start in rng.sample(range(END - 30), rng.choice([0, 0, 3]))]
    return as_steps(runs, gaps)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("summary", ["mean", "max"])
def test_any_window_is_what_the_bases_say(seed: int, summary: str) -> None:
    rng = random.Random(seed)
    other, own, last = steps(1000 + seed), steps(seed), steps(2000 + seed)
    sums = make_sums(np.concatenate([other, own, last]))  # of three chromosomes in one file
    place = len(other), len(other) + len(own)
    for _ in range(25):
        start = rng.randrange(-50, END)
        end = start + rng.choice([1, 3, 64, 600])
        bins = rng.choice([1, 7, 64, 300])
        got = summarise(sums, place, END, start, end, bins, summary)
        np.testing.assert_allclose(got, exactly(own, END, start, end, bins, summary), rtol=1e-5, atol=1e-9)


def test_next_to_a_high_value_nothing_is_nothing_at_all() -> None:
    sums = make_sums(as_steps([(0, 7, 1e6 / 3), (7, 9, 1 / 3), (300, 303, 0.1)]))
    assert summarise(sums, (0, 3), END, 0, 500, 500, "mean")[9:300].tolist() == [0.0] * 291
    assert summarise(sums, (0, 3), END, 9, 300, 1, "mean").tolist() == [0.0]


def test_tracks_of_an_older_version_are_read_and_get_their_sums(genome: Assembly, signals: Path) -> None:
    install(signals)
    before = values("signal", "chrI", 0, 400, 8)
    folder = Path(settings.HOME) / "measured"
    for path in folder.glob("*.sums*"):
        path.unlink()  # an older version made none
    storage._mapped.cache_clear()
    assert values("signal", "chrI", 0, 400, 8).tolist() == before.tolist()
    assert len(list(folder.glob("*.sums*"))) == 1


def test_a_damaged_file_of_sums_is_made_again(genome: Assembly, signals: Path) -> None:
    install(signals)
    before = values("peaks", "chrVI", 0, 40, 4)
    digest = MeasuredTrack.objects.get(key="peaks").digest
    (path,) = (Path(settings.HOME) / "measured").glob(f"{digest}.sums*")
    path.write_bytes(path.read_bytes()[:50])
    storage._mapped.cache_clear()
    assert values("peaks", "chrVI", 0, 40, 4).tolist() == before.tolist()


def test_nothing_is_left_of_removed_tracks(genome: Assembly, signals: Path) -> None:
    install(signals)
    install(remove=["all"])
    assert list((Path(settings.HOME) / "measured").iterdir()) == []


def test_a_chromosome_without_values_is_zero(genome: Assembly, signals: Path) -> None:
    install(signals)
    assert values("peaks", "chrI", 0, LENGTH, 4).tolist() == [0.0] * 4
