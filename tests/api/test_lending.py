"""What a link lends beside its result: the saturation in its panel, its owner's files to whoever made the view theirs; and for how long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.api.people import API, alice, ask, bob, finished, person, share
from tests.api.test_userfiles import BED, bring, read
from tests.predictions.making import random_dna
from tests.scoring_jobs.making import TRACK
from webapp.loci.models import Assembly
from webapp.predictions.models import Prediction
from webapp.scoring.models import ScoreJob
from webapp.sharing.links import _delete
from webapp.sharing.models import Asked, View

__all__ = ["alice", "bob"]
LOCUS = "chrI:10,001-10,900"


@pytest.fixture(autouse=True)
def _places(genome: Assembly, tmp_path: Path, settings: Any) -> None:
    settings.HOME = tmp_path / "home"


def saturation(client: Client, locus: str = "chrI:10,101-10,104") -> str:
    body = {"saturation": locus, "tracks": [TRACK], "scorers": ["CHIP_TF"]}
    return str(client.post(f"{API}/scores", body, content_type="application/json").json()["id"])


def on_genome(client: Client) -> str:
    return finished(client, genome="sacCer3", locus=LOCUS, tracks=[TRACK])


def panel(job: str) -> dict[str, Any]:
    return {"panel": {"tab": "saturation", "job": job, "column": 0}}


def ways(job: str) -> list[str]:
    return [f"{API}/scores/{job}{part}" for part in ("", "/matrix", "/rows", "/plot", "/download.csv")]


def ends(view: dict[str, Any]) -> None:
    """Its time is over, and nobody opens or sweeps it."""
    View.objects.filter(token=view["token"]).update(expires=timezone.now() - timedelta(seconds=1))


def revoke(view: dict[str, Any]) -> None:
    """As its owner does, who is not asked here."""
    View.objects.filter(token=view["token"]).update(revoked=timezone.now())


OVER = pytest.mark.parametrize("over", [ends, revoke])


@OVER
def test_a_link_shows_the_saturation_in_its_panel_and_no_other(
    alice: Client, bob: Client, over: Callable[[dict[str, Any]], None]
) -> None:
    job, other, found = saturation(alice), saturation(alice, "chrI:10,201-10,204"), on_genome(alice)
    view = share(alice, prediction=found, state=panel(job))
    key = f"?view={view['token']}"
    assert view["state"]["panel"]["job"] == job
    for address, elsewhere in zip(ways(job), ways(other), strict=True):
        assert bob.get(address + key).status_code == 200
        assert bob.get(address).status_code == 404
        assert bob.get(elsewhere + key).status_code == 404
    assert bob.delete(f"{API}/scores/{job}{key}").status_code == 404
    over(view)
    assert [bob.get(address + key).status_code for address in ways(job)] == [404] * 5
    assert alice.get(ways(job)[0]).status_code == 200


def test_nobody_lends_a_saturation_that_is_not_theirs_or_that_belongs_elsewhere(alice: Client, bob: Client) -> None:
    job, pasted = saturation(alice), finished(alice)
    assert share(bob, 404, prediction=on_genome(bob), state=panel(job))["error"]["code"] == "unknown_job"
    assert share(alice, 422, prediction=pasted, state=panel(job))["error"]["code"] == "no_saturation"
    ScoreJob.objects.filter(id=job).update(kind="variants")
    assert share(alice, 422, prediction=on_genome(alice), state=panel(job))["error"]["code"] == "no_saturation"
    assert not View.objects.exists()


def test_whoever_makes_the_view_theirs_keeps_its_saturation(alice: Client, bob: Client) -> None:
    job, found = saturation(alice), on_genome(alice)
    view = share(alice, prediction=found, state=panel(job))
    bob.post(f"{API}/views/{view['token']}/fork")
    revoke(view)
    assert bob.get(ways(job)[1]).status_code == 200
    share(bob, prediction=found, state=panel(job))  # and shares it on


@OVER
def test_whoever_makes_a_view_theirs_reads_its_owners_files_while_the_link_is_open(
    alice: Client, bob: Client, over: Callable[[dict[str, Any]], None]
) -> None:
    shown, other, found = bring(alice, BED, "shown.bed"), bring(alice, BED, "other.bed"), finished(alice)
    state = {"files": [{"id": shown["id"], "name": "shown.bed"}]}
    view = share(alice, prediction=found, state=state)
    addresses = [f"{API}/files/{shown['id']}", shown["url"], shown["index"]]
    bob.post(f"{API}/views/{view['token']}/fork")
    for address in addresses:
        read(bob, address)
        read(person("c"), address, status=404)
        read(Client(), address, status=404)
        read(bob, address.replace(shown["id"], other["id"]), status=404)
    assert bob.delete(f"{API}/files/{shown['id']}").status_code == 404
    assert bob.get(f"{API}/files").json() == []  # it is not his

    onward = share(bob, prediction=found, state=state)  # nor his to lend
    read(person("c"), f"{shown['url']}?view={onward['token']}", status=404)

    over(view)
    for address in addresses:
        read(bob, address, status=404)
    View.objects.filter(token=view["token"]).update(revoked=None, expires=None)  # which can be undone
    read(bob, addresses[0])
    assert alice.delete(f"{API}/files/{shown['id']}").status_code == 200
    read(bob, addresses[0], status=404)


@OVER
def test_what_a_script_asked_for_closes_when_its_first_link_is_over_whether_or_not_anybody_looks(
    client: Client, alice: Client, bob: Client, over: Callable[[dict[str, Any]], None]
) -> None:
    found = finished(client)
    view = share(alice, prediction=found, days=1)
    assert bob.get(f"/p/{found}").status_code == 200
    over(view)
    assert [who.get(f"/p/{found}").status_code for who in (bob, client, alice)] == [404, 404, 200]
    _delete(View.objects.all())  # the sweep writes it down
    assert [who.get(f"/p/{found}").status_code for who in (bob, client, alice)] == [404, 404, 200]
    assert not Asked.objects.filter(visitor="").exists()
    assert ask(client, sequence=random_dna(900))["id"] == found  # a script that knows the sequence
    assert client.get(f"/p/{found}").status_code == 200


def test_what_a_script_asks_for_after_the_end_of_a_link_is_read_again_although_nobody_swept(
    client: Client, alice: Client
) -> None:
    found = finished(client)
    ends(share(alice, prediction=found, days=1))
    assert client.get(f"/p/{found}").status_code == 404
    assert ask(client, sequence=random_dna(900))["id"] == found
    assert [who.get(f"/p/{found}").status_code for who in (client, alice)] == [200, 200]
    assert Prediction.objects.get(id=found).visitor != ""


def test_a_link_that_is_open_again_opens_what_a_script_asked_for(client: Client, alice: Client, bob: Client) -> None:
    found = finished(client)
    view = share(alice, prediction=found)
    alice.delete(f"{API}/views/{view['token']}")
    assert bob.get(f"/p/{found}").status_code == 404
    alice.patch(f"{API}/views/{view['token']}", {"revoked": False}, content_type="application/json")
    assert bob.get(f"/p/{found}").status_code == 200
