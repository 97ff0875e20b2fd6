"""`make bench-web`: how fast a megabase of twenty tracks is drawn, panned and read by one, ten and thirty people.

Starts an installation of its own, predicts there, and prints a table. Figures depend on the machine and its neighbours; the
first line says what it is. Nothing here is asserted: it measures.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import shutil
import statistics
import threading
import time
import urllib.request
from itertools import pairwise
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import ARGUMENTS
from tests.browser_setup import chromium_path
from tests.conftest import Site, make_home

LOCUS = "chrIV:1-1,048,576"
TRACKS = 20
PEOPLE = (1, 10, 30)
THINKING = 0.5  # seconds between one person's windows: a pan or a zoom is seen before the next

# All predicted tracks of the page have values for what is in view, and their canvases lie there.
ALL_DRAWN = """(count) => {
  const viewer = window.locuscope?.viewer;
  const views = viewer?.browser?.trackViews.filter((view) => view.track.type === "predicted") ?? [];
  if (!views.length || viewer.rows.flatMap(({ keys }) => keys).length < count) return false;
  return views.every(({ viewports: [port] }) => port.canvas?.width && port.cachedFeatures?.data);
}"""
FRAMES = """() => { window.frames_ = []; const tick = (at) => { window.frames_.push(at); window.frame_ = requestAnimationFrame(tick); };
  window.frame_ = requestAnimationFrame(tick); }"""


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each load of the server")
    options = parser.parse_args()
    site = Site(make_home())
    site.start()
    try:
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before; {LOCUS}, {TRACKS} tracks", flush=True)
        answer, seconds = predicted(site.url)
        print(f"prediction {seconds:.1f} s", flush=True)
        drawing(site.url, answer["url"])
        for people in PEOPLE:
            loaded(site.port, answer["id"], answer["keys"], people, options.seconds)
    finally:
        site.stop()
        shutil.rmtree(site.home, ignore_errors=True)


def predicted(url: str) -> tuple[dict[str, Any], float]:
    """Asked without a cookie, hence readable by whoever knows its id: {id, url, keys}, and the seconds until it was done."""
    (model,) = (m for m in read(f"{url}/api/v1/models") if m["default"])
    shapes = {output["key"]: output["shape"] for output in model["outputs"]}
    keys = [track["key"] for track in model["tracks"] if shapes[track["output"]] == "bins"][:TRACKS]
    body = json.dumps({"genome": "sacCer3", "locus": LOCUS, "tracks": keys}).encode()
    asked = urllib.request.Request(
        f"{url}/api/v1/predictions", body, {"Content-Type": "application/json"}, method="POST"
    )
    began = time.monotonic()
    with urllib.request.urlopen(asked) as response:
        answer = json.load(response)
    while (state := read(f"{url}/api/v1/predictions/{answer['id']}"))["waiting"]:
        time.sleep(0.2)
    if state["state"] != "DONE":
        raise SystemExit(f"The prediction is {state['state']}: {state['error']}")
    return {**answer, "keys": keys}, time.monotonic() - began


def read(url: str) -> Any:
    """JSON at an address."""
    with urllib.request.urlopen(url) as response:
        return json.load(response)


def drawing(url: str, path: str) -> None:
    """First draw with an empty cache and a full one, page weight, frames while panning, seconds until a zoom is fine."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        address = f"{url}{path}#{LOCUS.replace(',', '')}"
        for visit in ("first visit", "second visit"):
            page.goto("about:blank")
            began = time.monotonic()
            page.goto(address, wait_until="commit")
            until(page, ALL_DRAWN, TRACKS)
            drawn = time.monotonic() - began
            weights = page.evaluate(
                "performance.getEntriesByType('resource').map((e) => [e.transferSize, e.decodedBodySize])"
            )
            sent = sum(weight for weight, _ in weights)
            print(f"{visit}: drawn after {drawn:.2f} s, {len(weights)} requests, {sent / 1e6:.2f} MB sent", flush=True)
        frames(page)
        began = time.monotonic()
        page.evaluate("window.locuscope.viewer.goTo({chromosome: 'chrIV', start: 500000, end: 510000})")
        until(page, FINE, 16)
        print(
            f"zoom from a megabase to 10 kb: fine values in all tracks after {time.monotonic() - began:.2f} s",
            flush=True,
        )
        browser.close()


# Every track's bins are no wider than `most` bp, where its own resolution allows it.
FINE = """(most) => window.locuscope.viewer.browser.trackViews.filter((view) => view.track.type === "predicted").every(
  ({ track, viewports: [port] }) => (port.cachedFeatures?.data?.width ?? Infinity) <= Math.max(most, track.signal.resolution))"""


def until(page: Page, condition: str, argument: int, seconds: float = 120) -> None:
    """Wait for a condition; the page's policy forbids wait_for_function's eval."""
    give_up = time.monotonic() + seconds
    while not page.evaluate(condition, argument):
        if time.monotonic() > give_up:
            raise SystemExit(f"Not drawn within {seconds} s.")
        time.sleep(0.01)


def frames(page: Page) -> None:
    """Drags the tracks to and fro at half of the chromosome's stretch and counts the frames that the page draws."""
    page.evaluate("window.locuscope.viewer.goTo({chromosome: 'chrIV', start: 200000, end: 700000})")
    until(page, FINE, 1024)
    box = page.locator("#tracks").bounding_box()
    assert box
    middle, height = box["x"] + box["width"] / 2, min(box["y"] + 300, 850)
    page.evaluate(FRAMES)
    page.mouse.move(middle, height)
    page.mouse.down()
    for step in range(180):
        page.mouse.move(middle + 200 * (1 if step // 60 % 2 == 0 else -1) * ((step % 60) / 60), height)
        page.wait_for_timeout(8)
    page.mouse.up()
    stamps = page.evaluate("(cancelAnimationFrame(window.frame_), window.frames_)")
    gaps = [b - a for a, b in pairwise(stamps)]
    rate = 1000 / statistics.mean(gaps)
    slow = statistics.quantiles(gaps, n=20)[-1]
    print(f"panning half a megabase: {rate:.0f} frames per second, 95 % of them within {slow:.0f} ms", flush=True)


def loaded(port: int, prediction: str, keys: list[str], people: int, seconds: float) -> None:
    """Window requests of so many people at once, each on a connection of their own: latency and errors."""
    latencies: list[float] = []
    errors: list[str] = []
    stop = time.monotonic() + seconds
    lock = threading.Lock()

    def person(number: int) -> None:
        rng = random.Random(number)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.monotonic() < stop:
            width = rng.choice([1 << power for power in range(12, 20)])
            start = rng.randrange(0, 1_048_576 - width)
            asked = f"tracks={','.join(rng.sample(keys, 5))}&start={start}&end={start + width}&bins=1024&format=f4"
            began = time.monotonic()
            try:
                connection.request("GET", f"/api/v1/predictions/{prediction}/windows?{asked}")
                answer = connection.getresponse()
                body = answer.read()
                problem = "" if answer.status == 200 and len(body) == 5 * 1024 * 4 else f"{answer.status}"
            except OSError as error:
                problem = repr(error)
                connection.close()
            with lock:
                latencies.append(time.monotonic() - began)
                if problem:
                    errors.append(problem)
            time.sleep(THINKING * rng.random() * 2)

    threads = [threading.Thread(target=person, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cuts = statistics.quantiles(latencies, n=20)
    print(
        f"{people:>2} people: {len(latencies) / seconds:.0f} windows of 5 tracks a second, median {1000 * cuts[9]:.0f} ms, "
        f"95 % within {1000 * cuts[18]:.0f} ms, {len(errors)} errors {sorted(set(errors))[:3] or ''}",
        flush=True,
    )


if __name__ == "__main__":
    main()
