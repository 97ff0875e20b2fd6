"""Contact maps and junctions over HTTP."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from django.test import Client

from tests.predictions.making import done, junctions_of, model_info, queued
from webapp.predictions.models import Prediction

BIN = 2048
VALUES = np.array([[4, -1, 0.5], [-1, 3, 0.25], [0.5, 0.25, -2]], np.float32)
KEYS = ["contacts_g1", "junctions_plus"]


@pytest.fixture
def row() -> Prediction:
    """Three bins from 5,000 on, and one junction."""
    tracks = [track for track in model_info("yeast").tracks if track.key in KEYS]
    both = [junctions_of("+", tracks, [9], [100], [[0.75]]), junctions_of("-", tracks, [], [], [])]
    return done(3 * BIN, [VALUES], KEYS, start=5_000, junctions=both)


def test_a_map_is_given_as_json(client: Client, row: Prediction) -> None:
    said = client.get(f"/api/v1/predictions/{row.id}/contacts?track=contacts_g1")
    assert said.json() == {
        "track": "contacts_g1",
        "start": 5_000,
        "bin_bp": BIN,
        "bins": 3,
        "unit": "log fold over what the distance lets expect",
        "scale": pytest.approx(np.abs(np.percentile(VALUES, [2, 98])).max()),
        "values": VALUES.tolist(),
    }
    again = client.get(
        f"/api/v1/predictions/{row.id}/contacts?track=contacts_g1", headers={"If-None-Match": said["ETag"]}
    )
    assert again.status_code == 304 and not again.content


def test_a_map_is_given_as_floats_with_its_place(client: Client, row: Prediction) -> None:
    path = f"/api/v1/predictions/{row.id}/contacts?track=contacts_g1&start={5_000 + BIN}&end={5_000 + 3 * BIN}&size=2"
    answer = client.get(f"{path}&format=f4")
    assert np.frombuffer(answer.content, "<f4").reshape(2, 2).tolist() == VALUES[1:, 1:].tolist()
    assert [answer[f"Contacts-{name}"] for name in ("Start", "Bin", "Bins")] == [str(5_000 + BIN), str(BIN), "2"]
    assert client.get(path, headers={"Accept": "application/octet-stream"}).content == answer.content
    coarse = client.get(f"/api/v1/predictions/{row.id}/contacts?track=contacts_g1&size=1").json()
    assert (coarse["bin_bp"], coarse["values"]) == (4 * BIN, [[pytest.approx(VALUES.mean(), rel=1e-6)]])


def test_a_map_is_given_as_a_table(client: Client, row: Prediction) -> None:
    answer = client.get(f"/api/v1/predictions/{row.id}/contacts?track=contacts_g1&format=csv")
    assert "contacts_g1.csv" in answer["Content-Disposition"]
    text = answer.content.decode()
    assert "# licence: " in text and "# notice: research use only, not for diagnosis\n" in text
    lines = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    assert len(lines) == 6  # 3 + 2 + 1
    assert lines[1] == {"start_1": "5000", "start_2": str(5_000 + BIN), "bin_bp": "2048", "contacts_g1": "-1.0"}


def test_junctions_are_given_with_what_was_left_out(client: Client, row: Prediction) -> None:
    said = client.get(f"/api/v1/predictions/{row.id}/junctions").json()
    assert said == {
        "least": 0.01,
        "most": 1000,
        "junctions": [{"track": "junctions_plus", "strand": "+", "start": 5_010, "end": 5_100, "value": 0.75}],
    }
    tracks = client.get(f"/api/v1/predictions/{row.id}").json()["tracks"]
    assert [track["shape"] for track in tracks] == ["junctions", "pairs"]
    assert [track["scale"] is None for track in tracks] == [True, False]


BAD = [
    ("contacts?track=contacts_g1&start=9&end=9", 422, "bad_window"),
    ("contacts?track=contacts_g1&size=513", 422, "out_of_range"),
    ("contacts?track=contacts_g2", 404, "unknown_track"),
    ("contacts?track=contacts_g1:ref", 404, "no_edits"),
    ("contacts?track=junctions_plus", 422, "not_pairs"),
    ("contacts", 422, "missing_field"),
    ("junctions?tracks=contacts_g1", 422, "not_junctions"),
    ("junctions?tracks=,", 422, "no_tracks"),
    ("windows", 422, "no_tracks"),
    ("windows?tracks=contacts_g1", 422, "not_bins"),
    ("tracks/contacts_g1/window", 422, "not_bins"),
]


def test_what_cannot_be_given_is_refused_with_a_sentence(client: Client, row: Prediction) -> None:
    for path, status, code in BAD:
        answer = client.get(f"/api/v1/predictions/{row.id}/{path}")
        said = answer.json()["error"]
        assert (answer.status_code, said["code"]) == (status, code), path
        assert said["message"].endswith(".")
    waiting = queued(seed=2, tracks=KEYS)
    for path in ("contacts?track=contacts_g1", "junctions"):
        assert client.get(f"/api/v1/predictions/{waiting.id}/{path}").status_code == 409
    nowhere = "00000000-0000-4000-8000-000000000000"
    assert client.get(f"/api/v1/predictions/{nowhere}/contacts?track=contacts_g1").status_code == 404
