"""The gallery as its visitors meet it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from tests.api.test_model_choice import install
from tests.predictions.making import random_dna, small_genome
from webapp.loci.bases import store_chromosome
from webapp.loci.models import Assembly
from webapp.predictions.models import Prediction
from webapp.sharing.models import Asked

pytestmark = pytest.mark.django_db


@pytest.fixture
def yeast(db: None) -> Assembly:
    """sacCer3 with chrXI as long as it is, of random bases."""
    return small_genome({"chrXI": 300_000})


@pytest.fixture
def human(db: None) -> Assembly:
    human = Assembly.objects.create(name="hg19-mini", title="human", organism="Homo sapiens")
    store_chromosome(human, 0, "chrX", [random_dna(60_000, 3).encode()])
    return human


def article(page: str, slug: str) -> str:
    found = re.search(rf'<article[^>]*id="{slug}".*?</article>', page, re.S)
    assert found, slug
    return found[0]


def test_what_can_be_opened_says_with_what_and_the_rest_what_it_needs(client: Client, yeast: Assembly) -> None:
    page = client.get("/gallery").content.decode()
    assert "on sacCer3" in article(page, "snr38") and '<form method="post"' in article(page, "snr38")
    closed = article(page, "tal1-mute")
    assert "<form" not in closed and "chr1:47239296:C&gt;CCGTTTCCTAACC" in closed
    assert "manage.py install_genome hg38" in closed and "manage.py install_model alphagenome" in closed
    assert "spliceai" not in closed  # which knows nothing of expression
    assert "manage.py install_model spliceai" in article(page, "dmd-exon-51")


def test_the_model_alone_or_the_genome_alone_is_not_asked_for_again(
    client: Client, human: Assembly, installed: Path
) -> None:
    closed = article(client.get("/gallery").content.decode(), "dmd-exon-51")
    assert "install_genome" not in closed and "install_model spliceai" in closed
    install(installed, "spliceai")
    page = client.get("/gallery").content.decode()
    assert "SpliceAI (human) 1.3.1 on hg19-mini" in article(page, "dmd-exon-51") and "CC BY-NC 4.0" in article(
        page, "dmd-exon-51"
    )
    other = article(page, "cftr-3849-10kb")  # on a chromosome that is not in the small assembly
    assert "install_genome hg38" in other and "install_model" not in other


def test_opening_asks_once_for_everybody_and_shows_what_the_place_is_about(client: Client, yeast: Assembly) -> None:
    answer = client.post("/gallery/snr38")
    assert answer.status_code == 302
    made = Prediction.objects.get()
    assert answer["Location"].endswith(f"/p/{made.id}") and made.name == "TEF4, snR38"
    assert client.get(answer["Location"]).status_code == 200
    state = Asked.objects.get(prediction=made).state
    assert state["locus"] == {"chromosome": "chrXI", "start": 282_799, "end": 283_600}
    another = Client()
    assert another.get(answer["Location"]).status_code == 404  # private until asked for
    assert another.post("/gallery/snr38")["Location"] == answer["Location"]
    assert another.get(answer["Location"]).status_code == 200
    assert Prediction.objects.count() == 1


def test_what_cannot_be_opened_is_answered_in_one_sentence(client: Client, yeast: Assembly) -> None:
    assert client.get("/gallery/nowhere").status_code == 404
    assert "no such place" in client.get("/gallery/nowhere").content.decode()
    answer = client.post("/gallery/tal1-mute")
    assert answer.status_code == 409 and "Nothing that is installed here can show this" in answer.content.decode()
    assert client.post("/gallery/snr38", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.put("/gallery/snr38").status_code == 405
    assert not Prediction.objects.exists()


def test_a_place_has_a_page_of_its_own_in_both_languages(client: Client, yeast: Assembly) -> None:
    page = client.get("/gallery/snr38").content.decode()
    assert page.count("<article") == 1 and "<title>A gene inside an intron: snR38 in TEF4" in page
    chinese = client.get("/gallery/snr38", headers={"Accept-Language": "zh-CN"}).content.decode()
    assert "<article" in chinese and "A gene inside an intron" not in chinese
