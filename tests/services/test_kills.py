"""kill -9 of each server in the middle of a prediction: it still ends with one whole result."""

from __future__ import annotations

import json
import math
import time
import urllib.error
import urllib.request
from typing import Any

import pytest

from tests.conftest import Site

API = "/api/v1/predictions"
PATIENCE_SECONDS = 150
# Half a megabase each, so that there is time to kill something; no two alike, since results are kept.
LOCI = {"worker": "chrIV:1-524,288", "postgres": "chrIV:262,145-786,432", "valkey": "chrIV:786,433-1,310,720"}


def _ask(site: Site, path: str, body: object = None) -> tuple[int, dict[str, Any]]:
    """Status and JSON; status 0 where the connection breaks, as it may while a server is away."""
    request = urllib.request.Request(
        site.url + path,
        headers={"Content-Type": "application/json"},
        data=None if body is None else json.dumps(body).encode(),
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)
    except OSError:
        return 0, {}


def _until_well(site: Site, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while (said := _ask(site, "/healthz"))[0] != 200:
        assert time.monotonic() < until, said
        time.sleep(0.2)


def _until(site: Site, url: str, states: set[str], seconds: float) -> dict[str, Any]:
    """Poll until the prediction is in one of `states`; refusals on the way have the API's form."""
    until = time.monotonic() + seconds
    said: dict[str, Any] = {}
    while time.monotonic() < until:
        status, said = _ask(site, url)
        if status == 200 and said["state"] in states:
            return said
        if status not in {0, 200}:
            assert status == 503, said
            assert said["error"]["message"].endswith(".")
        time.sleep(0.05)
    raise AssertionError(f"not {' or '.join(sorted(states))} within {seconds:.0f} s: {said}")


def _tracks(site: Site) -> list[str]:
    """Two tracks of each resolution at which the model has values along the sequence."""
    with urllib.request.urlopen(site.url + "/api/v1/models", timeout=10) as answer:
        model = json.load(answer)[0]
    kept: dict[int, list[str]] = {}
    shapes = {output["key"]: output["shape"] for output in model["outputs"]}
    for track in (track for track in model["tracks"] if shapes[track["output"]] == "bins"):
        kept.setdefault(track["resolution"], []).append(track["key"])
    return [key for keys in kept.values() for key in keys[:2]]


@pytest.mark.parametrize("role", list(LOCI))
def test_a_kill_in_the_middle_costs_time_and_no_result(site: Site, role: str) -> None:
    _until_well(site)
    asked = {"genome": "sacCer3", "locus": LOCI[role], "tracks": _tracks(site)}
    status, said = _ask(site, API, asked)
    assert (status, said.get("reused")) == (202, False), said
    url = f"{API}/{said['id']}"
    running = _until(site, url, {"RUNNING", "DONE", "FAILED"}, 60)
    assert running["state"] == "RUNNING", "too quick to kill anything in the middle of it"

    old = site.kill(role)
    ended = _until(site, url, {"DONE", "FAILED", "CANCELLED"}, PATIENCE_SECONDS)
    assert site.wait_restarted(role, old) != old
    _until_well(site)

    assert ended["state"] == "DONE", ended["error"]
    assert 1 <= ended["attempts"] <= 3
    assert sorted(track["key"] for track in ended["tracks"]) == sorted(asked["tracks"])
    assert all(math.isfinite(track[end]) for track in ended["tracks"] for end in ("minimum", "maximum"))
    status, window = _ask(site, f"{url}/windows?bins=400")
    assert status == 200
    assert sorted(window["values"]) == sorted(asked["tracks"])
    for values in window["values"].values():
        assert len(values) == 400
        assert all(isinstance(value, float) and math.isfinite(value) for value in values)

    again = _ask(site, API, asked)
    assert (again[0], again[1]["id"], again[1]["reused"]) == (200, said["id"], True)
