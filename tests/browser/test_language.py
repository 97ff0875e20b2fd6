"""In Chinese: no English sentence of the server's is left, links open in their reader's language, and switching keeps the page."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Visitor
from tests.browser.test_accessibility import findings, post

SIZES = {"desk": (1440, 900), "phone": (390, 844)}
CHINESE = "zh-CN"
# Text and labels that the server wrote, one a line; without what a model's own tables say, what is code, and what scripts fill in.
WRITTEN = """() => {
  const said = [];
  const foreign = "code, pre, kbd, script, style, template, .igv, [lang=en], input, textarea, option, td, .limits, .card > p, .card dd";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { parentElement: element, textContent } = walker.currentNode;
    if (!element.closest(foreign) && textContent.trim()) said.push(textContent.trim());
  }
  for (const element of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]")) {
    if (element.closest(".igv, .modebar")) continue;
    for (const name of ["aria-label", "title", "placeholder", "alt"]) if (element.getAttribute(name)) said.push(element.getAttribute(name));
  }
  return said;
}"""
LICENCE = "see its model card for the terms of the training tables"  # as the model's card says it
SENTENCE = re.compile(r"(?:\b[a-z]{2,}\b[ ,]+){3,}")  # four words of English in sequence


def english(visitor: Visitor) -> list[str]:
    """What is still an English sentence."""
    said = [text.replace(LICENCE, "") for text in visitor.page.evaluate(WRITTEN)]
    return [text for text in said if SENTENCE.search(text + " ")]


def shot(visitor: Visitor, name: str) -> None:
    """For whoever wants to look: into the folder SCREENSHOTS."""
    if folder := os.environ.get("SCREENSHOTS"):
        visitor.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.fixture
def results(visitor: Visitor) -> dict[str, str]:
    """Addresses of a finished prediction and of scores."""
    made = {
        "prediction": post(visitor, "/predictions", {"genome": "sacCer3", "locus": "chrII:278,001-279,000"}),
        "scores": post(visitor, "/scores", {"text": "chrIV:556673:T>G\nnonsense", "tracks": ["chip_spt15"]}),
    }
    for page in made.values():
        visitor.open(page)
        api = visitor.site.url + "/api/v1" + page.replace("/p/", "/predictions/").replace("/s/", "/scores/")
        visitor.until(f"fetch('{api}').then((answer) => answer.json()).then(({{ state }}) => state === 'DONE')")
    return made


@pytest.mark.parametrize("size", ["phone", pytest.param("desk", marks=pytest.mark.slow)])
def test_every_page_is_in_chinese_for_a_browser_that_prefers_it(
    visitors: Callable[..., Visitor], results: dict[str, str], size: str
) -> None:
    width, height = SIZES[size]
    reader = visitors(locale=CHINESE, viewport={"width": width, "height": height})
    pages = {"home": "/", "models": "/models", "problem": "/p/00000000-0000-4000-8000-000000000000", **results}
    reader.expected.add(404)
    for name, address in pages.items():
        reader.open(address)
        if name in {"home", "prediction"}:
            reader.until("window.locuscope?.viewer.place")
        assert reader.page.evaluate("document.documentElement.lang") == "zh-hans"
        shot(reader, f"{name}-{size}")
        assert not english(reader), f"{name}: {english(reader)}"
        assert not findings(reader, name)
        assert reader.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def test_the_choice_at_the_foot_works_by_keyboard_and_keeps_the_page(visitor: Visitor) -> None:
    page = visitor.open("/models?from=menu")
    page.locator(".languages button", has_text="中文").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("html[lang=zh-hans]")
    assert page.url.endswith("/models?from=menu")
    assert page.locator("h1").inner_text() == "模型"
    visitor.open("/")
    assert page.locator("#ask h2").inner_text() == "新建预测"
    page.locator(".languages button", has_text="English").click()
    page.wait_for_selector("html[lang=en]")
    assert page.locator("#ask h2").inner_text() == "New prediction"


def test_a_link_of_an_english_page_opens_in_chinese_in_the_same_state(
    visitors: Callable[..., Visitor], results: dict[str, str]
) -> None:
    owner = visitors(locale="en-GB")
    owner.open(results["prediction"])
    owner.until("window.locuscope?.viewer.place")
    state = {"locus": {"chromosome": "chrII", "start": 278200, "end": 278600}}
    made: dict[str, Any] = owner.page.evaluate(
        """([id, state]) => fetch("/api/v1/views", { method: "POST", headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ prediction: id, state, name: "" }) }).then((answer) => answer.json())""",
        [results["prediction"].rpartition("/")[2], state],
    )
    told = []
    for locale in ("en-GB", CHINESE):
        reader = visitors(locale=locale)
        reader.open(made["url"])
        reader.until("window.locuscope?.viewer.place")
        lang = reader.page.evaluate("document.documentElement.lang")
        data = reader.page.evaluate("JSON.parse(document.getElementById('page-data').textContent)")
        told.append(
            (lang, data["state"], data["view"]["token"], [track["key"] for track in data["prediction"]["tracks"]])
        )
    assert [one[0] for one in told] == ["en", "zh-hans"]
    assert told[0][1:] == told[1][1:]
