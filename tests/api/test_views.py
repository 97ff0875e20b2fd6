"""Links that are made, opened, changed, revoked, over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import ProtectedError
from django.test import Client
from django.utils import timezone

from tests.api.people import API, STATE, alice, ask, bob, finished, share, ways_to, ways_to_job
from tests.predictions.making import random_dna
from tests.scoring_jobs.making import TRACK, notation
from webapp.lib.visitor import COOKIE
from webapp.loci.models import Assembly
from webapp.predictions.models import Prediction
from webapp.sharing.links import change
from webapp.sharing.models import View

__all__ = ["alice", "bob"]


def test_a_link_opens_one_prediction_for_reading_and_nothing_else(alice: Client, client: Client) -> None:
    found, other = finished(alice), finished(alice, sequence=random_dna(900, 2))
    view = share(alice, prediction=found, state=STATE, name="my  view")
    assert len(view["token"]) >= 32  # 192 bits
    assert (view["name"], view["mine"], view["shows"], view["url"]) == ("my view", True, found, f"/v/{view['token']}")
    for address in ways_to(found):
        joined = "&" if "?" in address else "?"
        answer = client.get(f"{address}{joined}view={view['token']}")
        assert answer.status_code == 200
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert not {"public", "immutable"} & set(answer.headers["Cache-Control"].replace(",", " ").split())
    assert [client.get(f"{a}?view={view['token']}").status_code for a in ways_to(other)[:3]] == [404, 404, 404]
    assert client.get(ways_to(found)[0]).status_code == 404
    stop = client.delete(f"{API}/predictions/{found}?view={view['token']}")
    assert stop.status_code == 404
    again = client.post(f"{API}/views?view={view['token']}", {"prediction": found}, content_type="application/json")
    assert again.status_code == 404
    said = client.get(f"{API}/views/{view['token']}").json()
    assert said["state"]["tracks"] == [
        {"key": "chip_reb1", "hidden": False, "colour": "#ff0000", "height": 80, "scale": {"min": 0.0, "max": 2.5},
         "group": None, "mode": None, "display": None, "share": None},
        {"key": "rna_wt_plus", "hidden": True, "colour": None, "height": None, "scale": None, "group": None, "mode": None,
         "display": None, "share": None},
    ]  # fmt: skip
    assert (said["mine"], said["opened"], said["last_opened"]) == (False, None, None)
    assert said["model"]["version"] and said["model"]["sha256"]


def test_a_revoked_link_is_closed_at_once_until_that_is_undone(alice: Client, client: Client, bob: Client) -> None:
    found = finished(alice)
    token = share(alice, prediction=found, state=STATE)["token"]
    by_link = f"{ways_to(found)[1]}?view={token}"
    before = client.get(by_link)
    assert client.get(by_link, headers={"if-none-match": before.headers["ETag"]}).status_code == 304
    for other in (bob, client):
        assert other.delete(f"{API}/views/{token}").status_code == 404
        patched = other.patch(f"{API}/views/{token}", {"name": "mine"}, content_type="application/json")
        assert patched.status_code == 404
    assert alice.delete(f"{API}/views/{token}").json()["revoked"] is True
    assert client.get(by_link, headers={"if-none-match": before.headers["ETag"]}).status_code == 404
    for address, status in ((f"/v/{token}", 410), (f"{API}/views/{token}", 410), (f"{API}/views/{token}/qr.svg", 410)):
        answer = client.get(address)
        assert answer.status_code == status
        assert answer.headers["Cache-Control"] == "no-store"  # browsers keep a 410 for ever, and this can be undone
        assert "taken it back" in answer.content.decode()
    assert client.post(f"{API}/views/{token}/fork").status_code == 410
    assert alice.get(f"{API}/views").json() == []
    alice.patch(f"{API}/views/{token}", {"revoked": False}, content_type="application/json")
    assert client.get(by_link).status_code == 200
    assert [view["token"] for view in alice.get(f"{API}/views").json()] == [token]


def test_a_link_ends_when_it_was_said_to(alice: Client, client: Client) -> None:
    found = finished(alice)
    view = share(alice, prediction=found, days=7)
    assert view["expires"] and client.get(f"/v/{view['token']}").status_code == 200
    View.objects.filter(token=view["token"]).update(expires=timezone.now() - timedelta(seconds=1))
    assert client.get(f"{ways_to(found)[0]}?view={view['token']}").status_code == 404
    answer = client.get(f"/v/{view['token']}")
    assert (answer.status_code, "This link ended on" in answer.content.decode()) == (410, True)
    alice.patch(f"{API}/views/{view['token']}", {"days": None, "name": "for ever"}, content_type="application/json")
    assert client.get(f"/v/{view['token']}").status_code == 200
    assert alice.get(f"{API}/views").json()[0]["name"] == "for ever"


def test_what_a_link_shows_is_made_ones_own_and_stays(alice: Client, bob: Client, client: Client) -> None:
    found = finished(alice)
    token = share(alice, prediction=found, state=STATE)["token"]
    said = bob.post(f"{API}/views/{token}/fork")
    assert (said.status_code, said.json()) == (201, {"id": found, "url": f"/p/{found}"})
    alice.delete(f"{API}/views/{token}")
    assert bob.get(ways_to(found)[1]).status_code == 200
    assert '"#ff0000"' in bob.get(f"/p/{found}").content.decode()  # in the same state
    assert '"#ff0000"' not in alice.get(f"/p/{found}").content.decode()
    assert client.get(ways_to(found)[0]).status_code == 404
    share(bob, prediction=found)  # and shared on


def test_the_owner_alone_sees_when_others_opened_it(alice: Client, bob: Client) -> None:
    token = share(alice, prediction=finished(alice))["token"]
    person_like = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
    alice.get(f"/v/{token}", headers=person_like)
    bob.head(f"/v/{token}", headers=person_like)
    bob.get(f"/v/{token}", headers={"user-agent": "Slackbot-LinkExpanding 1.0"})
    assert alice.get(f"{API}/views").json()[0]["opened"] == 0
    bob.get(f"/v/{token}", headers=person_like)
    said = alice.get(f"{API}/views").json()[0]
    assert said["opened"] == 1 and said["last_opened"]
    assert bob.get(f"{API}/views").json() == []


def test_a_script_that_keeps_its_cookie_owns_its_link(client: Client) -> None:
    found = finished(client)
    view = share(client, prediction=found)
    assert view["mine"] and COOKIE in client.cookies
    assert client.delete(f"{API}/views/{view['token']}").status_code == 200


def test_scores_are_shared_likewise(alice: Client, bob: Client, client: Client, genome: Assembly) -> None:
    body = {"variants": [notation(genome, 10_001)], "tracks": [TRACK]}
    job = alice.post(f"{API}/scores", body, content_type="application/json").json()["id"]
    view = share(alice, job=job, state={"column": 1, "sort": "place", "filter": "chrI"})
    for address in ways_to_job(job):
        assert client.get(f"{address}?view={view['token']}").status_code == 200
    page = client.get(view["url"])
    assert page.status_code == 200
    assert f"/api/v1/scores/{job}/download.csv?view={view['token']}" in page.content.decode()
    assert f"/api/v1/scores/{job}/report.html?sort=strongest&amp;view={view['token']}" in page.content.decode()
    assert bob.post(f"{API}/views/{view['token']}/fork").json()["url"] == f"/s/{job}"
    assert bob.get(f"/s/{job}").status_code == 200


def test_a_shared_result_cannot_be_deleted(alice: Client) -> None:
    found = finished(alice)
    share(alice, prediction=found)
    with pytest.raises(ProtectedError):
        Prediction.objects.get(id=found).delete()


def test_links_are_limited_and_revoked_ones_forgotten_after_a_day(alice: Client, settings: Any) -> None:
    settings.MAX_VIEWS_PER_VISITOR = 2
    found = finished(alice)
    tokens = [share(alice, prediction=found)["token"] for _ in range(2)]
    alice.delete(f"{API}/views/{tokens[0]}")
    assert share(alice, 429, prediction=found)["error"]["code"] == "too_many_views"
    View.objects.filter(token=tokens[0]).update(revoked=timezone.now() - timedelta(days=2))
    share(alice, prediction=found)
    assert not View.objects.filter(token=tokens[0]).exists()


def test_what_is_not_done_is_not_shared(alice: Client) -> None:
    assert share(alice, 409, prediction=ask(alice)["id"])["error"]["code"] == "not_ready"


def test_the_same_is_asked_of_the_model_that_is_installed_now(alice: Client, client: Client) -> None:
    found = finished(alice, sequence=random_dna(900), tracks=["chip_reb1"], name="mine")
    view = share(alice, prediction=found)
    assert "Recompute" not in client.get(view["url"]).content.decode()
    Prediction.objects.filter(id=found).update(model_sha256="0" * 64, digest="f" * 64)
    assert "Recompute" in client.get(view["url"]).content.decode()
    path = f"{API}/predictions/{found}/recompute"
    assert client.post(path).status_code == 404
    said = client.post(f"{path}?view={view['token']}")
    assert said.status_code == 202 and said.json()["id"] != found
    row = client.get(f"{API}/predictions/{said.json()['id']}").json()
    assert (row["name"], [track["key"] for track in row["tracks"]]) == ("mine", ["chip_reb1"])
    assert row["interval"] == {"chromosome": "sequence", "start": 0, "end": 900}
    assert row["model"]["sha256"] != "0" * 64


def test_a_form_of_another_site_makes_no_new_cookie_in_place_of_ones_own(alice: Client, client: Client) -> None:
    token = share(alice, prediction=finished(alice))["token"]
    answer = client.post(f"{API}/views/{token}/fork", headers={"Sec-Fetch-Site": "cross-site"})
    assert COOKIE not in answer.cookies
    assert COOKIE in client.post(f"{API}/views/{token}/fork", headers={"Sec-Fetch-Site": "same-origin"}).cookies


def test_a_rename_beside_a_revocation_does_not_undo_it(alice: Client) -> None:
    token = share(alice, prediction=finished(alice))["token"]
    read_before = View.objects.get(token=token)
    alice.delete(f"{API}/views/{token}")
    change(read_before, {"name": "late"})
    view = View.objects.get(token=token)
    assert view.name == "late" and view.revoked is not None
