"""What the panels read, over HTTP."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.api.people import STATE, finished, person, share
from tests.predictions.making import done, queued
from tests.predictions.test_gene_signal import gene, on_genome
from webapp.loci.models import Assembly
from webapp.predictions import tile_cache
from webapp.predictions.models import Prediction
from webapp.sharing.models import View

START, BP = 1_000, 4_000
KEYS = ["rna_wt_plus", "rna_wt_minus"]


@pytest.fixture
def row(genome: Assembly) -> Prediction:
    """Two genes on a locus whose plus strand says how many bases lie before a base, and whose minus strand says 2."""
    gene(genome, "ONE", 2_000, 2_010, "+")
    gene(genome, "TWO", 3_000, 3_200, "-")
    return on_genome(done(BP, [np.arange(BP, dtype=np.float32), np.full(BP, 2, np.float32)], KEYS, start=START))


def test_the_signal_of_a_gene_says_what_was_averaged(client: Client, row: Prediction) -> None:
    answer = client.get(f"/api/v1/predictions/{row.id}/gene-signal?gene=one")
    said = answer.json()
    assert said["gene"] == {"id": "YONE", "name": "ONE", "strand": "+", "start": 2_000, "end": 2_010}
    assert (said["locus"], said["exons"]) == ("chrI:2,001-2,010", [[2_000, 2_010]])
    assert [one["name"] for one in said["near"]] == ["ONE", "TWO"]
    assert said["tracks"][0] == {
        "key": "rna_wt_plus",
        "unit": row.tracks.get(key="rna_wt_plus").unit,
        "mask": {"where": "exons", "width": 0, "how": "mean"},
        "sense": True,
        "value": 1_004.5,
        "reference": None,
        "covered_bp": 10,
        "mask_bp": 10,
    }
    assert (said["tracks"][1]["value"], said["tracks"][1]["sense"]) == (2.0, False)
    again = client.get(f"/api/v1/predictions/{row.id}/gene-signal?gene=one", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304 and not again.content
    near = client.get(f"/api/v1/predictions/{row.id}/gene-signal?position=4000&tracks=rna_wt_minus").json()
    assert near["gene"]["name"] == "TWO" and [one["key"] for one in near["tracks"]] == ["rna_wt_minus"]


def test_profiles_are_given_in_the_features_direction(client: Client, row: Prediction) -> None:
    path = f"/api/v1/predictions/{row.id}/profile?position=3200&flank=500&tracks=rna_wt_plus&strand="
    forward, reverse = client.get(path + "%2B").json(), client.get(path + "-").json()
    assert (forward["flank"], forward["bin_bp"], forward["genes"]) == (500, 5, None)
    (track,) = forward["tracks"]
    assert track["values"][:2] == [1_702.0, 1_707.0] and len(track["values"]) == 200
    assert reverse["tracks"][0]["values"] == track["values"][::-1]
    assert (track["sense"], reverse["tracks"][0]["sense"]) == (True, False)
    mean = client.get(f"/api/v1/predictions/{row.id}/mean-profile?flank=500").json()
    assert (mean["genes"], [one["sense"] for one in mean["tracks"]]) == (2, [True, False])
    # ONE from 2,000 on, plus: 1,002; TWO's minus strand: 2
    assert mean["tracks"][0]["values"][100] == (1_002 + 2) / 2
    assert mean["tracks"][0]["counts"] == [2] * 200


BAD = [
    ("gene-signal?gene=NONE", 404, "unknown_gene"),
    ("gene-signal?tracks=nothing", 404, "unknown_track"),
    ("gene-signal?tracks=,", 422, "no_tracks"),
    ("gene-signal?tracks=rna_wt_plus:low", 404, "no_band"),
    ("gene-signal?position=x", 422, "wrong_type"),
    ("profile?position=-1", 422, "out_of_range"),
    ("profile", 422, "missing_field"),
    ("profile?position=9&flank=700", 422, None),
    ("profile?position=9&strand=x", 422, None),
    ("mean-profile?at=middle", 422, None),
]


def test_what_cannot_be_given_is_refused_with_a_sentence(client: Client, row: Prediction) -> None:
    for path, status, code in BAD:
        answer = client.get(f"/api/v1/predictions/{row.id}/{path}")
        said = answer.json()["error"]
        assert answer.status_code == status and code in {None, said["code"]}, (path, said)
        assert said["message"].endswith(".")
    pasted = done(BP, [np.ones(BP, np.float32)], KEYS[:1])
    assert client.get(f"/api/v1/predictions/{pasted.id}/gene-signal").json()["error"]["code"] == "no_genes"
    assert client.get(f"/api/v1/predictions/{pasted.id}/mean-profile").json()["error"]["code"] == "no_genes"
    assert client.get(f"/api/v1/predictions/{pasted.id}/profile?position=1500").status_code == 200
    waiting = queued(seed=2, tracks=KEYS)
    nowhere = "00000000-0000-4000-8000-000000000000"
    for path in ("gene-signal", "profile?position=9", "mean-profile"):
        assert client.get(f"/api/v1/predictions/{waiting.id}/{path}").status_code == 409
        assert client.get(f"/api/v1/predictions/{nowhere}/{path}").status_code == 404


def test_they_are_read_by_link_and_by_nobody_else(genome: Assembly) -> None:
    alice, bob = person("a"), person("b")
    shown = finished(alice)
    path = f"/api/v1/predictions/{shown}/profile?position=300"
    assert alice.get(path).status_code == 200
    assert bob.get(path).status_code == 404
    token = share(alice, prediction=shown, state=STATE)["token"]
    assert bob.get(f"{path}&view={token}").status_code == 200


def test_the_endpoints_are_documented(client: Client) -> None:
    paths: dict[str, Any] = client.get("/api/v1/openapi.json").json()["paths"]
    for name, schema in (("gene-signal", "GeneSignal"), ("profile", "Profiles"), ("mean-profile", "Profiles")):
        said = paths[f"/api/v1/predictions/{{prediction_id}}/{name}"]["get"]["responses"]
        assert said["200"]["content"]["application/json"]["schema"]["$ref"].endswith(schema)
        assert {"404", "409", "422"} <= said.keys()


def test_ten_times_the_genes_are_no_more_queries(client: Client, genome: Assembly) -> None:
    bp, keys = 35_000, [*KEYS, "donor_plus", "chip_reb1", "chip_sua7"]
    rng = np.random.default_rng(1)
    sizes = [bp] * 3 + [-(-bp // 128)] * 2
    made = on_genome(done(bp, [rng.random(size, np.float32) for size in sizes], keys))

    def asked(path: str) -> int:
        tile_cache.SHARED.clear()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/api/v1/predictions/{made.id}/{path}").status_code == 200
        assert sum("predictions_tile" in query["sql"] for query in queries) <= 3
        return len(queries)

    paths = ("gene-signal?position=9000", "profile?position=9000", "mean-profile")
    counts = []
    for first, last in ((0, 20), (20, 200)):
        for at in range(first, last):
            gene(genome, f"G{at}", 1_000 + 150 * at, 1_120 + 150 * at, "+-"[at % 2])
        for path in paths:  # what is the same of every answer is known from then on
            asked(path)
        counts.append([asked(path) for path in paths])
    assert counts[0] == counts[1], counts


def test_a_link_keeps_the_panel_and_refuses_what_is_none(genome: Assembly) -> None:
    alice = person("a")
    shown = finished(alice)
    feature = {"start": 100, "end": 200, "strand": "-", "label": "GAL7"}
    panel = {"tab": "profile", "feature": feature, "flank": 500, "at": "end"}
    made = share(alice, prediction=shown, state={**STATE, "panel": panel})
    kept = View.objects.get(token=made["token"]).state["panel"]
    assert kept == {**panel, "gene": "", "both": False, "pair": "", "mean": False, "job": None, "column": 0}
    for wrong in ({"tab": "other"}, {**panel, "flank": 700}, {**panel, "more": 1}, {"tab": "profile", "feature": {}}):
        assert share(alice, 422, prediction=shown, state={**STATE, "panel": wrong})["error"]["message"][-1] in ".?"
