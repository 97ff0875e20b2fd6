"""Chromium on the running installation. Every page is watched: an error in the console or a request elsewhere fails it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser_setup import chromium_path
from tests.conftest import Site

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for these tests; it ends with them, since its event loop would trouble Django's."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        yield browser
        browser.close()


class Visitor:
    """A person with a browser profile of their own."""

    def __init__(self, browser: Browser, site: Site, *, tour: bool = False, **options: Any) -> None:
        self.site = site
        if not tour:  # taken before, so that it moves nothing under the pointer
            taken = {"origin": site.url, "localStorage": [{"name": "tour", "value": "done"}]}
            options = {"storage_state": {"cookies": [], "origins": [taken]}, **options}
        self.context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.complaints: list[str] = []
        self.expected: set[int] = set()  # statuses that a test provokes
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        self.page.on("dialog", lambda dialog: (self.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.context.on("request", self._request)

    def _console(self, message: Any) -> None:
        if message.type not in {"error", "warning"} or "willReadFrequently" in message.text:  # these tests read pixels
            return
        if any(f"status of {status}" in message.text for status in self.expected):
            return
        self.complaints.append(f"console {message.type}: {message.text}")

    def _request(self, request: Any) -> None:
        place = urlsplit(request.url)
        if place.scheme in {"http", "https", "ws", "wss"} and place.netloc != urlsplit(self.site.url).netloc:
            self.complaints.append(f"request elsewhere: {request.url}")

    def open(self, path: str = "/") -> Page:
        """Load a page of the site."""
        self.page.goto(self.site.url + path)
        return self.page

    def until(self, expression: str, seconds: float = 60) -> Any:
        """The value of a JavaScript expression once it is truthy. (The page's policy forbids wait_for_function's eval.)"""
        give_up = time.monotonic() + seconds
        last: object = None
        while time.monotonic() < give_up:
            try:
                last = self.page.evaluate(f"() => ({expression})")
            except Exception as error:  # the page is being replaced
                if "context" not in str(error).lower() and "navig" not in str(error).lower():
                    raise
            if last:
                return last
            time.sleep(0.05)
        raise AssertionError(f"never true within {seconds} s: {expression} (last {last!r}); {self.complaints}")

    def until_drawn(self, at_least: int = 1) -> list[dict[str, Any]]:
        """Wait for predicted tracks; what each one's canvas shows: key, coloured pixels and axis maximum."""
        return list(self.until(f"(() => {{ const drawn = {DRAWN}; return drawn.length >= {at_least} && drawn; }})()"))


# Pixels of each predicted track's canvas that have its colour, plain or under a band, counted in the visible third of it.
DRAWN = """(() => {
  const browser = window.locuscope?.viewer.browser;
  if (!browser) return [];
  const drawn = [];
  for (const view of browser.trackViews.filter((view) => view.track.type === "predicted")) {
    const canvas = view.viewports[0].canvas;
    if (!canvas || !canvas.width) continue;
    const third = Math.floor(canvas.width / 3);
    const { data } = canvas.getContext("2d").getImageData(third, 0, third, canvas.height);
    const paint = document.createElement("canvas").getContext("2d");
    paint.fillStyle = view.track.color;
    paint.fillRect(0, 0, 2, 1);
    paint.fillStyle = "rgba(20,30,38,.2)"; // of a band
    paint.fillRect(1, 0, 1, 1);
    const [r, g, b, , r2, g2, b2] = paint.getImageData(0, 0, 2, 1).data;
    const near = (at, r, g, b) => Math.abs(data[at] - r) + Math.abs(data[at + 1] - g) + Math.abs(data[at + 2] - b) < 12;
    let pixels = 0;
    for (let at = 0; at < data.length; at += 4)
      if (data[at + 3] > 200 && (near(at, r, g, b) || near(at, r2, g2, b2))) pixels++;
    if (pixels) drawn.push({ key: view.track.id, pixels, max: view.track.dataRange.max });
  }
  return drawn;
})()"""


@pytest.fixture
def visitors(chromium: Browser, site: Site) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors; at the end none may have met an error or asked a third party."""
    made: list[Visitor] = []

    def make(**options: Any) -> Visitor:
        made.append(Visitor(chromium, site, **options))
        return made[-1]

    yield make
    complaints = [complaint for visitor in made for complaint in visitor.complaints]
    for visitor in made:
        visitor.context.close()
    assert complaints == []


@pytest.fixture
def visitor(visitors: Callable[..., Visitor]) -> Visitor:
    """One of them, at a desk."""
    return visitors()
