"""Google's service on this machine, and people who ask it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from tests.api.people import alice, bob
from tests.hosted.google import GOOD_KEY, Google, Running
from tests.predictions.conftest import empty_tile_cache, genome
from tests.predictions.making import random_dna
from webapp.hosted import listing
from webapp.loci.bases import store_chromosome
from webapp.loci.models import Assembly

__all__ = ["alice", "bob", "empty_tile_cache", "genome"]

KEY_URL = "/api/v1/hosted/key"


@pytest.fixture
def google(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Google]:
    """What the installation takes for Google's service; its pauses are short."""
    monkeypatch.setattr("predictor.hosted.service.TICK_SECONDS", 0.05)
    monkeypatch.setattr("predictor.hosted.service.PAUSE_SECONDS", 0.02)
    listing._read.clear()
    with Running() as running:
        settings.HOSTED_ADDRESS = running.address
        yield running.google


@pytest.fixture
def human(db: None) -> Assembly:
    """hg19 with a chromosome of 200,000 random bases."""
    human = Assembly.objects.create(name="hg19", title="human", organism="Homo sapiens")
    store_chromosome(human, 0, "chr20", [random_dna(200_000, 3).encode()])
    return human


def enter(client: Client, key: str = GOOD_KEY, status: int = 200) -> dict[str, Any]:
    answer = client.put(KEY_URL, {"key": key}, content_type="application/json")
    assert answer.status_code == status, answer.content
    return dict(answer.json())
