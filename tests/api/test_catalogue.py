"""What there is to ask for, its OpenAPI page, and places by name."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import asdict
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders
from django.test import Client

from predictor.api import model_info, preset_tracks
from predictor.presets import PRESETS
from tests.checkpoints.many_tracks import COUNTS, human_model
from tests.predictions.making import CHROMOSOMES
from webapp.lib.headers import POLICY
from webapp.loci.models import Assembly
from webapp.predictions.catalogue import make_catalogue


def test_genomes_list_their_chromosomes(client: Client, genome: Assembly) -> None:
    (said,) = client.get("/api/v1/genomes").json()
    assert said["name"] == "sacCer3"
    assert {c["name"]: c["length"] for c in said["chromosomes"]} == CHROMOSOMES


def test_models_list_outputs_tracks_and_licence(client: Client) -> None:
    said = {model["name"]: model for model in client.get("/api/v1/models").json()}["yeast"]
    info = model_info("yeast")
    assert (said["licence"], said["sha256"], said["max_bp"]) == (info.licence, info.sha256, 1_048_576)
    assert [output["key"] for output in said["outputs"]] == list(info.outputs)
    assert [track["key"] for track in said["tracks"]] == [track.key for track in info.tracks]
    expression = said["outputs"][0]
    assert (expression["key"], expression["shape"]) == ("RNA_SEQ", "bins")
    assert expression["unit"] == "TPM over transcript boxes; FPKM over transcript boxes"
    assert said["tracks"][0]["unit"] == "TPM over transcript boxes"
    reb1 = next(track for track in said["tracks"] if track["key"] == "chip_reb1")
    assert reb1["skill"] == asdict(info.skill["chip_reb1"])
    assert (reb1["factor"], reb1["pair"], said["tracks"][0]["pair"]) == ("Reb1", None, "rna_wt_minus")
    assert said["limits"] == list(info.limits)


def test_a_catalogue_says_all_of_every_track_and_is_kept_by_its_digest(client: Client) -> None:
    first = client.get("/api/v1/models/yeast/catalogue")
    said, info = first.json(), model_info("yeast")
    assert first.headers["Cache-Control"] == "no-cache"
    assert (said["keys"], said["names"]) == ([t.key for t in info.tracks], [t.name for t in info.tracks])
    for column, coded in said["coded"].items():
        assert [coded["values"][code] for code in coded["codes"]] == [getattr(t, column) for t in info.tracks]
    assert {said["keys"][n] for n in said["defaults"]} == {t.key for t in info.default_tracks()}
    assert ["rna_wt_plus", "rna_wt_minus"] in [[said["keys"][n] for n in pair] for pair in said["pairs"]]
    assert said["skill"][str(said["keys"].index("chip_reb1"))] == asdict(info.skill["chip_reb1"])
    for preset in PRESETS:
        (listed,) = [one["tracks"] for one in said["presets"] if one["key"] == preset.key]
        assert [said["keys"][n] for n in listed] == [t.key for t in preset_tracks(preset, info)]
    digest = first.headers["ETag"].removeprefix('W/"').rstrip('"')
    kept = client.get(f"/api/v1/models/yeast/catalogue?digest={digest}", headers={"Accept-Encoding": "gzip, br"})
    assert "immutable" in kept.headers["Cache-Control"] and kept.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(kept.content)) == said
    assert (
        client.get("/api/v1/models/yeast/catalogue", headers={"If-None-Match": first.headers["ETag"]}).status_code
        == 304
    )
    stale = client.get("/api/v1/models/yeast/catalogue?digest=0")  # of an older model: the current one, not kept
    assert (stale.json(), stale.headers["Cache-Control"]) == (said, "no-cache")
    assert client.get("/api/v1/models/none/catalogue").status_code == 404


def test_a_catalogue_of_the_size_of_humans_is_small() -> None:
    found = make_catalogue(human_model())
    said = json.loads(found.text)
    assert len(said["keys"]) == sum(COUNTS.values()) == 5930
    assert len(found.body) < 250_000


def test_a_place_is_an_interval_or_a_sentence(client: Client, genome: Assembly) -> None:
    said = client.get("/api/v1/place?q=CHRI:101-200").json()
    assert said == {"name": "chrI:101-200", "chromosome": "chrI", "start": 100, "end": 200, "locus": "chrI:101-200"}
    answer = client.get("/api/v1/place?q=NOSUCHTHING")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_gene")
    answer = client.get("/api/v1/place")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_locus")


def test_genes_of_an_unknown_genome_and_of_nothing(client: Client, genome: Assembly) -> None:
    assert client.get("/api/v1/genes?q=").json() == []
    answer = client.get("/api/v1/genes?q=GAL&genome=hg99")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_genome")
    assert client.get("/api/v1/genes?q=GAL&limit=1000").status_code == 422


def test_openapi_describes_every_address(client: Client) -> None:
    said = client.get("/api/v1/openapi.json").json()
    assert {
        "/api/v1/genomes", "/api/v1/genes", "/api/v1/models", "/api/v1/predictions", "/api/v1/predictions/{prediction_id}",
        "/api/v1/predictions/{prediction_id}/tracks/{track}/window", "/api/v1/predictions/{prediction_id}/windows",
    } <= said["paths"].keys()  # fmt: skip
    body = said["paths"]["/api/v1/predictions"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert {"locus", "sequence", "tracks"} <= body["properties"].keys()


def test_the_docs_page_asks_nobody_else_and_obeys_the_policy(client: Client) -> None:
    answer = client.get("/api/v1/docs")
    page = answer.content.decode()
    assert answer.headers["Content-Security-Policy"] == POLICY
    for address in re.findall(r'(?:src|href)="([^"]+)"', page):
        assert not urlsplit(address).netloc
        if address.startswith("/static/"):
            assert finders.find(address.removeprefix("/static/")), address
    scripts = re.findall(r"<script([^>]*)>", page)
    assert all("src=" in attributes or 'type="application/json"' in attributes for attributes in scripts)


def test_whatever_is_sent_to_an_unknown_address_is_refused_in_our_form() -> None:
    strict = Client(enforce_csrf_checks=True)
    for method, path, status in (("post", "prediction", 404), ("delete", "nowhere", 404), ("post", "genomes", 405)):
        answer = getattr(strict, method)(f"/api/v1/{path}")
        assert (answer.status_code, set(answer.json()["error"])) == (status, {"code", "message", "suggestions"})
