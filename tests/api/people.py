"""People with browsers, what they ask for and share: for tests of who may read what."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import signing
from django.test import Client

from tests.predictions.making import claimed, random_dna, result_for
from webapp.lib.visitor import COOKIE
from webapp.predictions.access import get_prediction
from webapp.predictions.models import State
from webapp.predictions.store import store

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
    if prediction.state != State.DONE:  # somebody asked for it before
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
