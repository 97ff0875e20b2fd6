"""More than one model: each answers for the genomes that it was made for, and says so where it was not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client

from predictor import catalogue
from predictor.checkpoints.folder import write_card
from predictor.spliceai.card import TRACKS, card
from tests.predictions.making import random_dna
from webapp.loci.bases import store_chromosome
from webapp.loci.models import Assembly

URL = "/api/v1/predictions"
PASTED = {"sequence": random_dna(1500)}


def install(folder: Path, name: str, **said: object) -> None:
    """A card with nothing behind it: nothing here runs a model."""
    (folder / name).mkdir(parents=True)
    (folder / name / catalogue.WEIGHTS).touch()
    write_card(folder / name, {**card(1, name * 8), "name": name, **said}, TRACKS)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where models are installed, beside the packaged one."""
    monkeypatch.setattr(catalogue, "_folders", [catalogue.CHECKPOINTS, tmp_path / "models"])
    return tmp_path / "models"


@pytest.fixture
def human(genome: Assembly) -> Assembly:
    """hg19 beside sacCer3."""
    human = Assembly.objects.create(name="hg19", title="human", organism="Homo sapiens")
    store_chromosome(human, 0, "chr20", [random_dna(60_000, 3).encode()])
    return human


def post(client: Client, body: dict[str, object], url: str = URL) -> tuple[int, dict[str, object]]:
    answer = client.post(url, body, content_type="application/json")
    said = answer.json()
    return answer.status_code, said.get("error", said)


def model_of(client: Client, said: dict[str, object]) -> str:
    return str(client.get(f"{URL}/{said['id']}").json()["model"]["name"])


def test_a_genome_brings_the_model_that_was_made_for_it(client: Client, human: Assembly, installed: Path) -> None:
    install(installed, "spliceai")
    status, said = post(client, {"genome": "hg19", "locus": "chr20:20,001-21,000"})
    assert (status, model_of(client, said)) == (202, "spliceai")
    status, said = post(client, {"genome": "sacCer3", "locus": "chrI:20,001-21,000"})
    assert (status, model_of(client, said)) == (202, "yeast")
    status, said = post(client, {"genome": "hg19", "variants": ["chr20:20001:20010"]}, "/api/v1/scores")
    assert said["code"] == "no_good_row"  # understood, by a model that scores there


def test_a_pasted_sequence_may_be_given_to_any(client: Client, installed: Path) -> None:
    install(installed, "spliceai")
    assert model_of(client, post(client, PASTED)[1]) == "yeast"
    status, said = post(client, {**PASTED, "model": "spliceai"})
    assert (status, model_of(client, said)) == (202, "spliceai")


def test_without_a_genome_a_model_takes_the_one_of_its_own_that_is_there(
    client: Client, human: Assembly, installed: Path
) -> None:
    install(installed, "spliceai", genomes=["hg38", "hg19"])
    _, said = post(client, {"model": "spliceai", "locus": "chr20:20,001-21,000"})
    assert client.get(f"{URL}/{said['id']}").json()["genome"] == "hg19"


def test_a_part_of_a_genome_fits_what_the_whole_fits(client: Client, human: Assembly, installed: Path) -> None:
    Assembly.objects.filter(name="hg19").update(name="hg19-mini")
    install(installed, "spliceai")
    for model in ({}, {"model": "spliceai"}):
        status, said = post(client, {"genome": "hg19-mini", "locus": "chr20:20,001-21,000", **model})
        assert (status, model_of(client, said)) == (202, "spliceai")


def test_a_model_of_another_genome_is_refused_with_the_one_that_fits(
    client: Client, human: Assembly, installed: Path
) -> None:
    install(installed, "spliceai")
    status, said = post(client, {"genome": "sacCer3", "locus": "chrI:1-1,000", "model": "spliceai"})
    assert (status, said["code"], said["suggestions"]) == (422, "wrong_genome", ["yeast"])
    assert said["message"] == "The model “spliceai” was made for hg19, hg38, not for sacCer3."


def test_a_genome_without_a_model_says_which_commands_bring_one(client: Client, human: Assembly) -> None:
    status, said = post(client, {"genome": "hg19", "locus": "chr20:1-1,000"})
    assert (status, said["code"]) == (409, "no_model")
    assert said["message"] == (
        "No model here was made for hg19; “manage.py install_model alphagenome” or “manage.py install_model spliceai” "
        "installs one."
    )


@pytest.mark.parametrize(
    ("name", "command"),
    [("alphagenome", "alphagenome"), ("alphagenome-mouse", "alphagenome"), ("spliceai", "spliceai")],
)
def test_a_known_model_that_is_not_installed_says_how(client: Client, name: str, command: str) -> None:
    for url in (URL, "/api/v1/scores"):
        body = {**PASTED, "model": name} if url == URL else {"variants": ["chrI:1:A>C"], "model": name}
        status, said = post(client, body, url)
        assert (status, said["code"]) == (404, "unknown_model")
        assert said["message"] == (
            f"The model “{name}” is not installed here; “manage.py install_model {command}” installs it."
        )
    assert client.get(f"/api/v1/scorers?model={name}").status_code == 404


def test_the_mouse_of_a_model_is_a_model_of_its_own_in_its_folder(
    client: Client, genome: Assembly, installed: Path
) -> None:
    install(installed, "alphagenome", genomes=["hg38"])
    mouse = card(1, "m" * 64) | {"name": "alphagenome-mouse", "genomes": ["mm10"], "weights": "../model.safetensors"}
    write_card(installed / "alphagenome" / "mouse", mouse, TRACKS)
    names = {model["name"]: model["genomes"] for model in client.get("/api/v1/models").json()}
    assert names == {"yeast": ["sacCer3"], "alphagenome": ["hg38"], "alphagenome-mouse": ["mm10"]}
    assert model_of(client, post(client, {**PASTED, "model": "alphagenome-mouse"})[1]) == "alphagenome-mouse"


def test_one_damaged_model_leaves_the_pages_to_the_others(client: Client, genome: Assembly, installed: Path) -> None:
    install(installed, "spliceai")
    (installed / "spliceai" / catalogue.CARD).write_text("{")
    assert client.get("/").status_code == 200
    assert client.get("/models").status_code == 200
    assert [model["name"] for model in client.get("/api/v1/models").json()] == ["yeast"]


def test_the_page_knows_which_parts_of_an_assembly_a_model_fits(
    client: Client, human: Assembly, installed: Path
) -> None:
    install(installed, "spliceai", genomes=["hg38", "hg19"])
    Assembly.objects.create(name="hg19-mini", title="human", organism="Homo sapiens")
    text = client.get("/?genome=hg19-mini").content.decode()
    page = json.loads(text.partition('id="page-data"')[2].partition(">")[2].partition("</script>")[0])
    offered = {model["name"]: model["genomes"] for model in page["models"]}
    assert offered == {"yeast": ["sacCer3"], "spliceai": ["hg38", "hg19", "hg19-mini"]}
    assert page["usualModel"] == "spliceai"
