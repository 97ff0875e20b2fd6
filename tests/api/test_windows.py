"""Windows of values over HTTP: JSON, float32, caching."""

from __future__ import annotations

import json

import numpy as np
import pytest
from django.db.models.functions import Now
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.predictions.making import done, key_of, queued
from webapp.predictions.models import Prediction

VALUES = np.arange(4096, dtype=np.float32)  # integers below 2^13 survive the rounding
COARSE = np.arange(32, dtype=np.float32)
START = 1280


@pytest.fixture
def prediction() -> Prediction:
    return done(4096, [VALUES, COARSE], [key_of(1), key_of(128)], start=START)


def _url(prediction: Prediction, rest: str) -> str:
    return f"/api/v1/predictions/{prediction.id}/{rest}"


def test_one_track_as_json(client: Client, prediction: Prediction) -> None:
    url = _url(prediction, f"tracks/{key_of(1)}/window?start={START - 4}&end={START + 4}&bins=4&summary=mean")
    said = client.get(url).json()
    assert said["values"] == [None, None, 0.5, 2.5]  # two bins before the first base, then (0+1)/2 and (2+3)/2
    assert (said["start"], said["end"], said["bins"], said["resolution"]) == (START - 4, START + 4, 4, 1)
    assert said["unit"]
    assert client.get(url.replace("mean", "max")).json()["values"] == [None, None, 1.0, 3.0]


def test_without_a_place_it_is_what_was_asked_for(client: Client, prediction: Prediction) -> None:
    said = client.get(_url(prediction, f"tracks/{key_of(1)}/window")).json()
    assert (said["start"], said["end"], said["bins"]) == (START, START + 4096, 1000)


@pytest.mark.parametrize("how", [{"headers": {"accept": "application/octet-stream"}}, {"query": "&format=f4"}])
def test_one_track_as_little_endian_floats(client: Client, prediction: Prediction, how: dict) -> None:  # type: ignore[type-arg]
    url = _url(prediction, f"tracks/{key_of(1)}/window?start={START - 1}&end={START + 3}&bins=4{how.get('query', '')}")
    answer = client.get(url, headers=how.get("headers"))
    assert answer.headers["Content-Type"] == "application/octet-stream"
    values = np.frombuffer(answer.content, "<f4")
    assert np.isnan(values[0])
    assert values[1:].tolist() == [0.0, 1.0, 2.0]


def test_several_tracks_at_once(client: Client, prediction: Prediction) -> None:
    place = f"start={START}&end={START + 256}&bins=256&summary=max"
    both = _url(prediction, f"windows?tracks={key_of(128)},{key_of(1)}&{place}")
    values = np.frombuffer(client.get(both, headers={"accept": "application/octet-stream"}).content, "<f4").reshape(
        2, 256
    )
    assert values[0].tolist() == [0.0] * 128 + [1.0] * 128  # a 128-bp bin repeats its value
    assert values[1].tolist() == list(range(256))
    said = client.get(_url(prediction, f"windows?{place}")).json()
    assert list(said["values"]) == [key_of(1), key_of(128)]
    assert said["values"][key_of(1)] == values[1].tolist()


def test_finished_values_may_be_kept_and_are_not_read_twice(client: Client, prediction: Prediction) -> None:
    url = _url(prediction, f"windows?start={START}&end={START + 64}&bins=64")
    first = client.get(url)
    assert "immutable" in first.headers["Cache-Control"]
    again = client.get(url, headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    for other in (url + "&summary=max", url.replace("bins=64", "bins=32"), url + "&format=f4"):
        assert client.get(other).headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize(
    ("rest", "status", "code"),
    [
        ("tracks/nothing/window", 404, "unknown_track"),
        ("windows?tracks=nothing", 404, "unknown_track"),
        ("windows?tracks=,", 422, "no_tracks"),
        ("windows?start=x", 422, "wrong_type"),
        ("windows?start=1.5", 422, "wrong_type"),
        ("windows?bins=0", 422, "out_of_range"),
        ("windows?bins=20001", 422, "out_of_range"),
        ("windows?start=20&end=10", 422, "bad_window"),
        ("windows?start=10&end=10&bins=1", 422, "bad_window"),
        (f"windows?bins=20000&tracks={','.join(['tss_ypd_plus'] * 500)}", 422, "too_many_values"),
        ("windows?start=99999999999999999999999", 422, "out_of_range"),
        ("windows?summary=median", 422, "wrong_type"),
    ],
)
def test_windows_that_cannot_be_read(client: Client, prediction: Prediction, rest: str, status: int, code: str) -> None:
    answer = client.get(_url(prediction, rest))
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_prediction_without_values_yet(client: Client) -> None:
    answer = client.get(_url(queued(), "windows"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_ready")
    assert "ETag" not in answer.headers


def test_the_json_has_no_nan(client: Client, prediction: Prediction) -> None:
    body = client.get(_url(prediction, f"windows?start=0&end={START}&bins=3")).content.decode()
    json.loads(body, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


def test_panning_in_a_finished_prediction_asks_the_database_once_a_window(
    client: Client, prediction: Prediction, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    url = _url(prediction, f"windows?tracks={key_of(1)},{key_of(128)}&bins=64&format=f4")
    first = client.get(f"{url}&start={START}&end={START + 64}")
    with django_assert_num_queries(2):  # whether it is still there, and still everybody's; its rows and tiles are known
        assert client.get(f"{url}&start={START + 8}&end={START + 72}").content != first.content


def test_what_was_removed_is_not_answered_from_memory(client: Client, prediction: Prediction) -> None:
    url = _url(prediction, f"windows?start={START}&end={START + 64}&bins=64")
    assert client.get(url).status_code == 200
    prediction.delete()
    assert client.get(url).status_code == 404


def test_what_is_kept_in_memory_stays_another_visitors_own(client: Client, prediction: Prediction) -> None:
    url = _url(prediction, f"windows?start={START}&end={START + 64}&bins=64")
    assert client.get(url).status_code == 200
    Prediction.objects.filter(id=prediction.id).update(visitor="a" * 32, finished_at=Now())
    assert client.get(url).status_code == 404
