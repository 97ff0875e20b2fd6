"""What links leave behind: cookies that do not end, a bound on all of them, nothing in the log, nothing open after their end."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.conf import settings as configured
from django.core import signing
from django.db.models.functions import Now
from django.test import Client

from tests.api.people import API, alice, bob, finished, share
from tests.predictions.making import random_dna
from tests.scoring_jobs.making import TRACK, notation
from webapp.lib.logs import MaskLinks
from webapp.lib.visitor import COOKIE
from webapp.loci.models import Assembly
from webapp.predictions.specs import Spec
from webapp.scoring.models import ScoreJob
from webapp.sharing.models import View

__all__ = ["alice", "bob"]
DAY = 24 * 3600


def with_cookie_of(days: float) -> Client:
    made = Client()
    with mock.patch("django.core.signing.time.time", return_value=time.time() - days * DAY):
        made.cookies[COOKIE] = signing.dumps("c" * 32, salt=COOKIE)
    return made


def test_a_visitors_cookie_is_renewed_by_a_page_after_some_weeks() -> None:
    assert COOKIE not in with_cookie_of(7).get("/").cookies
    old = with_cookie_of(60)
    cookie = old.get("/").cookies[COOKIE]
    assert signing.loads(cookie.value, salt=COOKIE, max_age=60) == "c" * 32
    assert cookie["max-age"] == 365 * DAY
    assert COOKIE not in old.get("/").cookies  # it is new now


def test_what_may_be_kept_by_a_browser_or_a_proxy_never_carries_a_cookie() -> None:
    old = with_cookie_of(60)
    answer = old.get(f"{API}/models")
    assert answer.status_code == 200 and COOKIE not in answer.cookies
    assert "no-store" not in answer.headers.get("Cache-Control", "")


def test_an_installation_has_a_bound_on_its_links(alice: Client, bob: Client, settings: Any) -> None:
    settings.MAX_VIEWS = 2
    tokens = [
        share(who, prediction=finished(who, sequence=random_dna(900, n)))["token"] for n, who in [(1, alice), (2, bob)]
    ]
    found = finished(alice, sequence=random_dna(900, 3))
    said = share(alice, 503, prediction=found)["error"]
    assert said["code"] == "no_room_for_views" and "2 links" in said["message"]
    View.objects.filter(token=tokens[1]).update(expires=Now() - timedelta(days=2))  # another's, that is over
    share(alice, prediction=found)


@pytest.mark.parametrize(
    "line",
    [
        "GET /v/{} failed, id 12ab", "Internal Server Error: /api/v1/views/{}/fork", "GET /v/{}/preview.png failed",
        "/api/v1/predictions/7/hub/view/{}/hub.txt", "GET /api/v1/predictions/7/windows?tracks=a&view={}&bins=1",
    ],
)  # fmt: skip
def test_the_log_does_not_have_the_tokens_of_links(line: str) -> None:
    token = "aB3_-xyzaB3_-xyzaB3_-xyzaB3_-xyz"
    record = logging.LogRecord("x", logging.ERROR, "", 0, "%s", (line.format(token),), None)
    assert MaskLinks().filter(record)
    assert record.getMessage() == line.format("...")
    assert configured.LOGGING["handlers"]["console"]["filters"] == ["links"]


def test_other_lines_of_the_log_are_as_they_were() -> None:
    record = logging.LogRecord(
        "x", logging.ERROR, "", 0, "%s %s", ("GET", "/p/123e4567-e89b-12d3-a456-426614174000"), None
    )
    MaskLinks().filter(record)
    assert record.getMessage() == "GET /p/123e4567-e89b-12d3-a456-426614174000"


def test_a_closed_link_to_what_a_script_asked_for_closes_its_id_too(client: Client, alice: Client, bob: Client) -> None:
    found = finished(client)
    assert bob.get(f"{API}/predictions/{found}").status_code == 200
    windows = f"{API}/predictions/{found}/windows?start=0&end=100&bins=10"
    assert bob.get(windows).status_code == 200  # its row is kept in memory from here on
    view = share(alice, prediction=found)
    taken = share(bob, prediction=found)
    bob.delete(f"{API}/views/{taken['token']}")  # he did not share it first, so that nobody loses it
    assert alice.get(f"{API}/predictions/{found}").status_code == 200
    alice.delete(f"{API}/views/{view['token']}")
    assert bob.get(f"{API}/predictions/{found}").status_code == 404
    assert bob.get(windows).status_code == 404
    assert alice.get(f"{API}/predictions/{found}").status_code == 200


def test_a_link_that_ended_closes_it_as_well(client: Client, alice: Client, bob: Client) -> None:
    found = finished(client)
    view = share(alice, prediction=found, days=1)
    View.objects.update(expires=Now() - timedelta(hours=1))
    assert bob.get(view["url"]).status_code == 410
    assert bob.get(f"/p/{found}").status_code == 404


def test_a_recomputation_takes_all_tracks_of_the_largest_model() -> None:
    assert len(Spec(sequence="ACGT", tracks=[f"t{n}" for n in range(5930)]).tracks or []) == 5930


def outdated(job: str) -> None:
    ScoreJob.objects.filter(id=job).update(model_sha256="0" * 64, digest=job.replace("-", "") * 2, request="")


def rows(client: Client, job: str) -> list[tuple[object, ...]]:
    said = client.get(f"{API}/scores/{job}/rows?sort=number").json()["rows"]
    return [(row["number"], row["variant"], row["id"], bool(row["error"])) for row in said]


def test_scores_are_asked_for_again_of_the_model_that_is_installed_now(
    alice: Client, bob: Client, genome: Assembly
) -> None:
    given = [notation(genome, 20_001), "nonsense", notation(genome, 10_001)]
    body = {"variants": given, "tracks": [TRACK], "scorers": ["CHIP_TF"], "name": "mine"}
    job = alice.post(f"{API}/scores", body, content_type="application/json").json()["id"]
    assert "Recompute" not in alice.get(f"/s/{job}").content.decode()
    outdated(job)
    assert "Recompute" in alice.get(f"/s/{job}").content.decode()
    assert bob.post(f"{API}/scores/{job}/recompute").status_code == 404
    said = alice.post(f"{API}/scores/{job}/recompute").json()
    assert said["id"] != job
    assert rows(alice, said["id"]) == rows(alice, job)
    now = alice.get(f"{API}/scores/{said['id']}").json()
    assert (now["title"], [column["scorer"] for column in now["columns"]]) == ("mine", ["CHIP_TF"])


@pytest.mark.parametrize(
    "body",
    [
        {"saturation": "chrI:10,001-10,020"},
        {"text": "variant\tid\n{a}\tfirst one\n{b}\t\n"},
    ],
)
def test_regions_and_named_variants_too(alice: Client, genome: Assembly, body: dict[str, str]) -> None:
    named = {"a": notation(genome, 10_001), "b": notation(genome, 9_001)}
    filled = {key: text.format(**named) if key == "text" else text for key, text in body.items()}
    asked = {**filled, "tracks": [TRACK], "scorers": ["CHIP_TF"]}
    job = alice.post(f"{API}/scores", asked, content_type="application/json").json()["id"]
    outdated(job)
    said = alice.post(f"{API}/scores/{job}/recompute").json()
    assert said["id"] != job and rows(alice, said["id"]) == rows(alice, job)
