"""Private until shared: owner, stranger, script."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client

from tests.api.people import API, alice, ask, bob, finished, person, ways_to, ways_to_job
from tests.scoring_jobs.making import TRACK, notation
from webapp.loci.models import Assembly

__all__ = ["alice", "bob"]


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
