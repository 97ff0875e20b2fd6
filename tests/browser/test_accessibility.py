"""axe-core (MPL-2.0, only here, never served) on every page: nothing serious or critical, in both themes and on a phone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.browser.conftest import Visitor

# What is not ours to mend, by page: {rule: (what axe's targets have to contain, reason)}. Anything else of the rule fails.
BEYOND_US = {
    "docs": {
        "nested-interactive": (
            "opblock-summary-control",
            "Swagger UI puts a copy button into the button that opens an operation; django-ninja ships it whole",
        ),
    },
}
SIZES = {"desk": (1440, 900), "phone": (390, 844)}
LOOKS = [(size, theme) for size in SIZES for theme in ("light", "dark")]


@cache
def axe() -> str:
    """The engine's source."""
    return (files("axe_playwright_python") / "axe.min.js").read_text()


def findings(visitor: Visitor, page: str) -> list[str]:
    """Serious and critical ones, as lines to read."""
    visitor.page.evaluate(axe())
    answer: dict[str, Any] = visitor.page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    assert answer["passes"], "axe looked at nothing"
    found = []
    for broken in answer["violations"]:
        if broken["impact"] not in {"serious", "critical"}:
            continue
        excused = BEYOND_US.get(page, {}).get(broken["id"], (None,))[0]
        for node in broken["nodes"]:
            if not excused or excused not in str(node["target"]):
                found.append(f"{page}: {broken['id']} ({broken['impact']}): {node['target']} {node['html'][:150]}")
    return found


def post(visitor: Visitor, path: str, body: dict[str, Any]) -> str:
    """The page of what was asked for."""
    request = Request(
        f"{visitor.site.url}/api/v1{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urlopen(request) as answer:
        return str(json.load(answer)["url"])


def home(visitor: Visitor) -> None:
    visitor.open("/")
    visitor.until_drawn()


def edited(visitor: Visitor) -> None:
    """With the editor open."""
    spec = {"genome": "sacCer3", "variants": ["chrIV:556673:T>G"], "tracks": ["chip_sua7"]}
    visitor.open(post(visitor, "/predictions", spec))
    visitor.until("!document.getElementById('made').hidden")
    visitor.until("window.locuscope.viewer.browser.findTracks(({ type }) => type === 'predicted').length > 0")
    visitor.page.focus("#tracks")
    visitor.page.keyboard.press("e")
    visitor.page.wait_for_selector("#editor:not([hidden])")


def standing(visitor: Visitor, **now: Any) -> None:
    """A prediction that stands so: the server's own answer, with these fields instead."""
    home(visitor)
    one = re.compile(r"/api/v1/predictions/[0-9a-f-]{36}$")
    visitor.page.route(one, lambda route: route.fulfill(json={**route.fetch().json(), **now}))
    visitor.page.click("#predict")
    visitor.page.wait_for_url("**/p/*")
    visitor.page.wait_for_selector("#status:not([hidden])")


def running(visitor: Visitor) -> None:
    standing(visitor, state="RUNNING", waiting=True, progress=0.4, stage="decoder", finished=None)


def failed(visitor: Visitor) -> None:
    error = {"code": "out_of_memory", "message": "The sequence does not fit into memory; ask for a shorter one."}
    standing(visitor, state="FAILED", waiting=False, error=error)
    visitor.page.wait_for_selector("#status.failed")


def job(visitor: Visitor) -> None:
    text = "chrIV:556673:T>G\nnonsense\nchrIV-556700-A-T"
    visitor.open(post(visitor, "/scores", {"genome": "sacCer3", "text": text, "tracks": ["chip_spt15"]}))
    visitor.until("document.getElementById('status').hidden && document.getElementById('plot').data")


def saturation(visitor: Visitor) -> None:
    spec = {"genome": "sacCer3", "saturation": "chrIV:556668-556677", "tracks": ["chip_spt15"]}
    visitor.open(post(visitor, "/scores", spec))
    visitor.until("document.getElementById('status').hidden && document.getElementById('plot').data", 240)


def models(visitor: Visitor) -> None:
    visitor.open("/models")
    visitor.page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")


def docs(visitor: Visitor) -> None:
    visitor.open("/api/v1/docs")
    visitor.page.wait_for_selector(".opblock-summary")


def problem(visitor: Visitor) -> None:
    visitor.expected = {404}
    visitor.open("/p/none")


PAGES = [home, edited, running, failed, job, saturation, models, docs, problem]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.__name__)
def test_axe_finds_nothing_serious(visitors: Callable[..., Visitor], page: Callable[[Visitor], None]) -> None:
    found = []
    for size, theme in LOOKS:
        width, height = SIZES[size]
        visitor = visitors(viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce")
        page(visitor)
        found += [f"{size}, {theme}, {line}" for line in findings(visitor, page.__name__)]
        visitor.page.close()
    assert found == []


def test_axe_can_fail(visitor: Visitor) -> None:
    page = visitor.open("/models")
    page.evaluate("() => document.querySelector('h1').replaceWith(document.createElement('button'))")
    assert any("button-name (critical)" in line for line in findings(visitor, "models"))
