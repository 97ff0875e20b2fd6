"""The home page's prediction."""

from __future__ import annotations

import pytest

from predictor.api import model_info, parse_locus
from tests.predictions.making import claimed, result_for, small_genome
from webapp.loci.models import Assembly
from webapp.predictions.showcase import SHOWCASE, showcase_prediction, submit_showcase
from webapp.predictions.specs import parse_spec
from webapp.predictions.store import store
from webapp.predictions.submit import submit

pytestmark = pytest.mark.django_db


def test_without_a_genome_or_a_result_there_is_none() -> None:
    assert showcase_prediction() is None
    small_genome({"chrII": 300_000})
    assert showcase_prediction() is None


def test_it_fills_the_models_context_so_that_the_page_shows_nothing_else() -> None:
    said = parse_locus(SHOWCASE.locus or "")
    assert said.start is not None and said.end is not None
    assert said.end - said.start == model_info("yeast").context_bp
    assert said.start % 128 == 0


def test_nobody_can_put_another_prediction_in_its_place(genome: Assembly) -> None:
    own = submit_showcase()
    store(claimed(own), result_for(own))
    other = submit(parse_spec({"locus": "chrII:1-5,000", "tracks": ["chip_reb1"], "name": SHOWCASE.name}), "")[0]
    store(claimed(other), result_for(other))
    assert showcase_prediction() == own
