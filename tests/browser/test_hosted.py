"""AlphaGenome at Google's, as somebody with a key meets it: entering the key, choosing the model, the tracks, a link, forgetting."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator

import pytest

from tests.browser.conftest import Visitor
from tests.conftest import Site
from tests.hosted.google import GOOD_KEY, Google, Running
from tests.predictions.making import random_dna


@pytest.fixture
def google(site: Site) -> Iterator[Google]:
    """At the address where this site looks for it."""
    with Running(site.hosted_port) as running:
        yield running.google


def test_a_key_brings_the_model_its_tracks_are_drawn_and_the_key_is_nowhere(
    visitors: Callable[..., Visitor], google: Google, site: Site
) -> None:
    me, other = visitors(), visitors()
    me.expected = {403}  # the wrong key
    page = me.open("/?model=alphagenome-api")  # an address from somebody who has a key
    me.until("!document.querySelector('#message').hidden")
    assert "needs a key of your own" in page.locator("#message").inner_text()
    page.fill("#hosted-key", "AIzaSyWrongButWellFormed-000")
    page.press("#hosted-key", "Enter")
    me.until("!document.querySelector('#hosted-error').hidden")
    assert "does not take this key" in page.locator("#hosted-error").inner_text()
    page.fill("#hosted-key", GOOD_KEY)
    page.click("#hosted-save")
    me.until("!document.querySelector('#hosted-kept').hidden")
    assert page.locator("#hosted-said").inner_text() == f"Your key that ends in {GOOD_KEY[-4:]} is here."
    assert page.evaluate("document.activeElement.id") == "hosted-forget"
    page.get_by_role("tab", name="Paste").click()
    page.select_option("#ask-model", "alphagenome-api")
    assert page.locator("#model-away").is_visible()
    me.until("document.querySelector('#chosen').textContent === '3 of 14'")
    page.fill("#ask-sequence", ">mine\n" + random_dna(3000))
    page.click("#predict")
    page.wait_for_url("**/p/*")
    drawn = me.until_drawn(2)  # both strands of one assay in one row, and the histone mark
    assert {row["key"].split(".")[0] for row in drawn} == {"rna_seq", "chip_histone"}
    assert "AlphaGenome, human, at Google" in page.locator("#about").inner_text()
    assert "non-commercial" in page.locator("#about").inner_text() + page.locator("#foot-model").inner_text()
    page.reload()
    me.until_drawn(2)
    assert page.locator("#ask-model").input_value() == "alphagenome-api"
    token = page.evaluate(
        """() => fetch("/api/v1/views", {method: "POST", headers: {"Content-Type": "application/json"},
        body: JSON.stringify({prediction: location.pathname.split("/")[2], state: {}})}).then((r) => r.json()).then((v) => v.token)"""
    )
    shared = other.open(f"/v/{token}")
    other.until_drawn(2)  # anybody reads what the key made
    options = shared.locator("#ask-model option").evaluate_all("all => all.map((one) => one.value)")
    assert "alphagenome-api" not in options  # and asks with a key of their own
    page.locator("#hosted summary").click()
    page.click("#hosted-forget")
    me.until("!document.querySelector('#hosted-enter').hidden")
    page.get_by_role("tab", name="Paste").click()
    assert "alphagenome-api" not in page.locator("#ask-model option").evaluate_all("all => all.map((one) => one.value)")
    for role in ("web", "hosted", "worker", "sweeper", "postgres"):
        assert GOOD_KEY not in site.log(role)
    assert len(google.asked) == 1
    files = subprocess.run(["grep", "-rlF", GOOD_KEY, str(site.home)], capture_output=True, text=True, check=False)
    assert files.stdout == ""  # nor in the database's files, nor anywhere in the home


CHOICE = """async () => {
  const { ModelChoice } = await import('/static/js/model-choice.js');
  const root = document.createElement("div");
  root.innerHTML = '<label></label><select></select><p id="model-hint"></p><p id="model-away"></p>';
  const model = (name, genome, hosted) => ({ name, title: name, version: "1", licence: "", genomes: [genome], hosted });
  const page = { model: "yeast", noModel: "none", models: [model("yeast", "sacCer3", false), model("google", "hg38", true)] };
  const choice = new ModelChoice(root, page, { onChange: () => {} });
  const select = root.querySelector("select");
  const seen = () => [choice.current?.name ?? null, [...select.options].map((one) => one.text), select.disabled];
  choice.fit("hg38");
  const first = seen();
  select.value = "google";
  select.dispatchEvent(new Event("change"));
  const chosen = seen();
  choice.fit("sacCer3");
  return [first, chosen, seen()];
}"""


def test_a_genome_that_only_googles_model_fits_does_not_choose_it(visitors: Callable[..., Visitor]) -> None:
    page = visitors().open("/models")
    assert page.evaluate(CHOICE) == [
        [None, ["Choose a model", "google"], False],
        ["google", ["google"], True],
        ["yeast", ["yeast"], True],
    ]
