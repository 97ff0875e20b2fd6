"""Private until shared: owner, stranger, script, link; and links that are changed, revoked, over, or nonsense."""

from __future__ import annotations

import io
import json
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.core import signing
from django.db.models import ProtectedError
from django.test import Client
from django.utils import timezone
from PIL import Image

from tests.predictions.making import claimed, random_dna, result_for
from tests.scoring_jobs.making import TRACK, notation
from webapp.lib.visitor import COOKIE
from webapp.loci.models import Assembly
from webapp.predictions.access import get_prediction
from webapp.predictions.models import Prediction
from webapp.predictions.store import store
from webapp.sharing.links import change
from webapp.sharing.models import View

API = "/api/v1"
STATE = {
    "locus": {"chromosome": "sequence", "start": 100, "end": 400},
    "tracks": [
        {"key": "chip_reb1", "colour": "#ff0000", "height": 80, "scale": {"min": 0, "max": 2.5}},
        {"key": "rna_wt_plus", "hidden": True},
    ],
    "panels": ["made"],
}


def person(letter: str) -> Client:
    """A browser with a cookie of its own."""
    made = Client()
    made.cookies[COOKIE] = signing.dumps(letter * 32, salt=COOKIE)
    return made


@pytest.fixture
def alice() -> Client:
    return person("a")


@pytest.fixture
def bob() -> Client:
    return person("b")


def ask(client: Client, **spec: Any) -> dict[str, Any]:
    answer = client.post(f"{API}/predictions", spec or {"sequence": random_dna(900)}, content_type="application/json")
    assert answer.status_code in {200, 202}, answer.content
    return dict(answer.json())


def finished(client: Client, **spec: Any) -> str:
    prediction = get_prediction(ask(client, **spec)["id"])
    store(claimed(prediction), result_for(prediction))
    return str(prediction.id)


def share(client: Client, status: int = 201, **body: Any) -> dict[str, Any]:
    answer = client.post(f"{API}/views", body, content_type="application/json")
    assert answer.status_code == status, answer.content
    return dict(answer.json())


def ways_to(found: str) -> list[str]:
    """Every address that tells something of a prediction."""
    return [
        f"{API}/predictions/{found}", f"{API}/predictions/{found}/windows", f"/p/{found}", f"/p/{found}?axis=own",
        f"{API}/predictions/{found}/tracks/chip_reb1/window", f"{API}/predictions/{found}/sequence.fa",
    ]  # fmt: skip


def ways_to_job(found: str) -> list[str]:
    return [
        f"{API}/scores/{found}", f"{API}/scores/{found}/rows", f"{API}/scores/{found}/plot", f"/s/{found}",
        f"{API}/scores/{found}/download.csv",
    ]  # fmt: skip


@pytest.mark.parametrize("number", range(6))
def test_what_is_not_yours_looks_as_if_it_were_not_there(
    alice: Client, client: Client, bob: Client, number: int
) -> None:
    found, unknown = finished(alice), str(uuid.UUID(int=7))
    address, nowhere = ways_to(found)[number], ways_to(unknown)[number]
    mine = alice.get(address)
    assert mine.status_code == 200
    for other in (bob, client):
        answer = other.get(address, headers={"if-none-match": mine.headers.get("ETag", "")})
        assert answer.status_code == 404
        # A page knows the address that was asked for, to come back to in another language.
        assert answer.content == other.get(nowhere).content.replace(unknown.encode(), found.encode())


@pytest.mark.parametrize("number", range(5))
def test_neither_do_another_persons_scores(
    alice: Client, client: Client, bob: Client, genome: Assembly, number: int
) -> None:
    body = {"variants": [notation(genome, 10_001)], "tracks": [TRACK]}
    job = alice.post(f"{API}/scores", body, content_type="application/json").json()["id"]
    unknown = str(uuid.UUID(int=7))
    address, nowhere = ways_to_job(job)[number], ways_to_job(unknown)[number]
    assert alice.get(address).status_code == 200
    for other in (bob, client):
        answer = other.get(address)
        assert answer.status_code == 404
        assert answer.content == other.get(nowhere).content.replace(unknown.encode(), job.encode())
    assert bob.post(f"{API}/scores", body, content_type="application/json").json()["id"] == job
    assert bob.get(address).status_code == 200  # the same answer, asked for by both


def test_what_a_script_asked_for_is_read_by_whoever_knows_its_id(client: Client, bob: Client) -> None:
    found = finished(client)
    assert not client.cookies
    assert [who.get(ways_to(found)[0]).status_code for who in (client, bob, Client())] == [200, 200, 200]


def test_the_same_request_of_several_people_is_computed_once_and_belongs_to_each(
    alice: Client, client: Client, bob: Client
) -> None:
    found = finished(alice)
    assert ask(bob)["id"] == found
    assert bob.get(ways_to(found)[1]).status_code == 200
    assert person("c").get(ways_to(found)[0]).status_code == 404
    assert ask(client)["id"] == found  # a script that knows the sequence
    assert person("c").get(ways_to(found)[0]).status_code == 200


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


def _state(**fields: Any) -> dict[str, Any]:
    return {"state": fields}


GARBAGE: list[tuple[dict[str, Any], int, str]] = [
    (_state(tracks="all"), 422, "wrong_type"),
    (_state(tracks=[{"key": "a", "colour": "url(https://example.org)"}]), 422, "wrong_value"),
    (_state(tracks=[{"key": "a", "colour": "red;}"}]), 422, "wrong_value"),
    (_state(tracks=[{"key": "a", "height": 10**9}]), 422, "out_of_range"),
    (_state(tracks=[{"key": "a", "scale": {"min": 0, "max": float("inf")}}]), 422, "wrong_value"),
    (_state(tracks=[{"key": "a\x00"}]), 400, "bad_character"),
    (_state(tracks=[{"key": "a"}] * 6001), 422, "too_long"),
    (_state(tracks=[{"key": "a" * 200}] * 2000), 413, "state_too_large"),
    (_state(locus={"chromosome": "chrI", "start": 5, "end": 5}), 422, "bad_state"),
    (_state(locus={"chromosome": "chrI", "start": -1, "end": 5}), 422, "out_of_range"),
    (_state(theme="dark"), 422, "unknown_field"),
    (_state(panels=["<script>"]), 422, "wrong_value"),
    ({"state": []}, 400, "bad_body"),
    ({"days": 0}, 422, "out_of_range"),
    ({"days": "7"}, 422, "wrong_type"),
    ({"name": "x" * 201}, 422, "too_long"),
    ({"job": "1"}, 400, "nothing_asked"),
    ({"prediction": None}, 400, "nothing_asked"),
    ({"prediction": "1"}, 404, "unknown_prediction"),
]


@pytest.mark.parametrize(("body", "status", "code"), GARBAGE, ids=[f"{i}-{g[2]}" for i, g in enumerate(GARBAGE)])
def test_garbage_is_refused_with_a_sentence(alice: Client, body: dict[str, Any], status: int, code: str) -> None:
    said = share(alice, status, **{"prediction": finished(alice), **body})["error"]
    assert said["code"] == code and said["message"].endswith((".", "?"))
    assert alice.get(f"{API}/views").json() == []


@pytest.mark.parametrize(
    "make", [lambda: "x" * 32, lambda: "..%2f..", lambda: "a" * 3000], ids=["unknown", "path", "long"]
)
def test_a_token_that_nobody_made_leads_nowhere(client: Client, make: Callable[[], str]) -> None:
    for address in (f"/v/{make()}", f"{API}/views/{make()}"):
        assert client.get(address).status_code == 404


def test_a_chat_shows_the_tracks_of_a_link(alice: Client, client: Client) -> None:
    found = finished(alice, sequence=random_dna(900), tracks=["chip_reb1", "rna_wt_plus"])
    view = share(alice, prediction=found, state=STATE, name="Reb1 & <friends>")
    page = client.get(view["url"], headers={"host": "localhost"}).content.decode()
    image = f"http://localhost{view['url']}/preview.png"
    assert f'<meta property="og:image" content="{image}">' in page
    assert '<meta property="og:title" content="Reb1 &amp; &lt;friends&gt;">' in page
    assert '<meta name="robots" content="noindex">' in page and "summary_large_image" in page
    assert "research use only" in page
    begun = time.perf_counter()
    answer = client.get(f"{view['url']}/preview.png")
    assert time.perf_counter() - begun < 0.3
    picture = Image.open(io.BytesIO(answer.content))
    assert (answer.headers["Content-Type"], picture.size) == ("image/png", (1200, 630))
    colours = {colour: count for count, colour in picture.convert("RGB").getcolors(1 << 20) or []}
    assert colours[(255, 0, 0)] > 10_000  # chip_reb1 in the view's colour; the other track is hidden
    alice.delete(f"{API}/views/{view['token']}")
    assert client.get(f"{view['url']}/preview.png").status_code == 410


def test_the_picture_of_an_edited_sequence_at_its_own_places_shows_all_of_it_where_no_place_was_kept(
    alice: Client, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    variant = "sequence:401:{ref}>{ref}ACGT".format(ref=random_dna(900)[400])
    found = finished(alice, sequence=random_dna(900), variants=[variant], tracks=["chip_reb1"])
    row = Prediction.objects.get(id=found)
    Prediction.objects.filter(id=found).update(asked_start=300, asked_end=600)  # far from the sequence's first base
    view = share(alice, prediction=found, state={"own": True})
    asked = []

    def read(prediction: Prediction, keys: list[str], start: int, end: int, bins: int) -> Any:
        asked.append((keys, start, end))
        return np.ones((len(keys), bins), np.float32)

    monkeypatch.setattr("webapp.sharing.preview.read_window", read)
    assert client.get(f"{view['url']}/preview.png").status_code == 200
    assert asked == [(["chip_reb1:own"], row.start, row.start + (row.edited_bp or 0))]


@pytest.mark.parametrize(("kept", "asked", "own"), [(True, "", True), (True, "ref", False), (False, "own", True)])
def test_a_page_of_a_kept_state_has_the_axis_of_the_address_else_its_own(
    alice: Client, bob: Client, kept: bool, asked: str, own: bool
) -> None:
    found = finished(
        alice,
        sequence=random_dna(900),
        variants=["sequence:401:{ref}>{ref}ACGT".format(ref=random_dna(900)[400])],
        tracks=["chip_reb1"],
    )
    place = {"chromosome": "edited" if kept else "sequence", "start": 100, "end": 300}
    tracks = [{"key": "chip_reb1", "colour": "#ff0000", "height": 33}]
    token = share(alice, prediction=found, state={"own": kept, "locus": place, "tracks": tracks})["token"]
    bob.post(f"{API}/views/{token}/fork")
    for client, path in ((person("c"), f"/v/{token}"), (bob, f"/p/{found}")):
        page = client.get(path, {"axis": asked} if asked else {}).content.decode()
        said = json.loads(page.split('id="page-data" type="application/json">')[1].split("</script>")[0])
        assert bool(said["own"]) is own
        state = said["state"]
        assert (state["locus"], state["tracks"][0]["height"]) == ((place, 33) if own == kept else (None, None))
        assert state["tracks"][0]["colour"] == "#ff0000" and state["own"] is own


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


def test_the_qr_code_is_an_image_of_the_link(alice: Client, client: Client) -> None:
    view = share(alice, prediction=finished(alice))
    answer = client.get(f"{API}/views/{view['token']}/qr.svg")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.content.decode().startswith('<svg xmlns="http://www.w3.org/2000/svg"')


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
