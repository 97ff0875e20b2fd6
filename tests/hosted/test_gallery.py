"""A place of the gallery opens at Google's for whoever has a key, where nothing that is installed can show it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from tests.hosted.conftest import enter
from tests.hosted.google import Google
from tests.predictions.making import random_dna
from webapp.gallery.entries import get_entry
from webapp.gallery.entry import Place
from webapp.loci.models import Assembly
from webapp.predictions.models import Prediction

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_place_that_no_installed_model_fits_opens_with_a_key_and_only_with_one(
    alice: Client, bob: Client, google: Google, human: Assembly, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = random_dna(200_000, 3)[99_999]
    places = {"hg19": Place("chr20:99001-101000", (f"chr20:100000:{before}>{before}ACG",))}
    tal1 = replace(get_entry("tal1-mute"), places=places)
    monkeypatch.setattr("webapp.browser.gallery.get_entry", lambda slug: tal1)
    enter(alice)
    for person, opens in ((alice, True), (bob, False)):
        page = person.get("/gallery/tal1-mute").content.decode()
        assert ('<form method="post"' in page, "With your key: what is opened leaves this server" in page) == (
            opens,
            opens,
        )
    assert bob.post("/gallery/tal1-mute").status_code == 409
    assert alice.post("/gallery/tal1-mute", headers={"Sec-Fetch-Site": "same-site"}).status_code == 403
    assert not Prediction.objects.exists()
    assert alice.post("/gallery/tal1-mute").status_code == 302
    made = Prediction.objects.get()
    assert (made.model_name, made.hosted, len(made.edits)) == ("alphagenome-api", True, 1)
