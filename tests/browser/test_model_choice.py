"""Choosing the model where a prediction is asked for."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from predictor.checkpoints.folder import write_card, write_weights
from predictor.spliceai.card import TRACKS, card
from tests.browser.conftest import Visitor
from tests.conftest import Site
from tests.predictions.making import random_dna
from tests.spliceai.conftest import random_weights


@pytest.fixture
def spliceai(site: Site) -> Iterator[None]:
    """A second model, while the site runs."""
    folder = site.home / "models" / "spliceai"
    folder.mkdir(parents=True)
    write_weights(folder / "model.safetensors", random_weights(2))
    write_card(folder, card(2, "0" * 64), TRACKS)
    yield
    shutil.rmtree(folder)


def test_a_model_is_offered_where_it_fits_and_stays_in_the_address(visitor: Visitor, spliceai: None) -> None:
    page = visitor.open("/")
    visitor.until("document.querySelector('#chosen').textContent.includes('of')")
    assert page.locator("#ask-model option").all_inner_texts() == ["Locuscope yeast"]  # a locus is on yeast's genome
    page.get_by_role("tab", name="Paste").click()
    page.select_option("#ask-model", "spliceai")
    visitor.until("document.querySelector('#chosen').textContent === '4 of 4'")
    assert page.evaluate("location.search") == "?model=spliceai"
    assert "non-commercial" in page.locator("#model-hint").inner_text()
    page.get_by_role("tab", name="Locus").click()  # where it does not fit, and back
    visitor.until("document.querySelector('#ask-model').value === 'yeast'")
    assert page.evaluate("location.search") == ""
    page.get_by_role("tab", name="Paste").click()
    visitor.until("document.querySelector('#chosen').textContent === '4 of 4'")
    page.fill("#ask-sequence", ">one\n" + random_dna(3000))
    page.click("#predict")
    page.wait_for_url("**/p/*")
    visitor.until_drawn(1)
    assert "SpliceAI (human)" in page.locator("#about").inner_text()
    assert "CC BY-NC 4.0" in page.locator("#about").inner_text() + page.locator("#foot-model").inner_text()
    assert page.locator("#ask-model").input_value() == "spliceai"
    visitor.until("document.querySelector('#chosen').textContent === '4 of 4'")


def test_an_address_that_names_a_model_which_is_not_here_says_how_to_install_it(visitor: Visitor) -> None:
    page = visitor.open("/?model=alphagenome")
    visitor.until("!document.querySelector('#message').hidden")
    assert "“manage.py install_model alphagenome” installs it" in page.locator("#message").inner_text()
    assert page.locator("#ask-model").input_value() == "yeast"
