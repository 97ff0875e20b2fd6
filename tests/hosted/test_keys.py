"""A person's key: sealed, shown by its last four characters, spent for its owner alone, found nowhere else."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from tests.hosted.conftest import KEY_URL, enter
from tests.hosted.google import GOOD_KEY, OTHER_KEY, Google
from tests.hosted.test_predictions import PLUS, ask, finished
from tests.predictions.making import random_dna
from webapp.hosted.models import HostedKey
from webapp.hosted.sealing import seal, unseal
from webapp.loci.models import Assembly
from webapp.predictions.access import get_prediction
from webapp.predictions.models import State
from webapp.predictions.run import run

pytestmark = pytest.mark.django_db(transaction=True)


def refused(client: Client, **spec: Any) -> tuple[int, str, str]:
    body = {"model": "alphagenome-api", "sequence": random_dna(900), **spec}
    answer = client.post("/api/v1/predictions", body, content_type="application/json")
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["message"]


def names(client: Client) -> set[str]:
    return {model["name"] for model in client.get("/api/v1/models").json()}


def dump() -> str:
    """Everything in the database."""
    rows = (row for table in apps.get_models() for row in table._default_manager.all())
    return serializers.serialize("json", rows)


def test_a_key_opens_the_models_to_its_owner_alone_until_it_is_forgotten(
    alice: Client, bob: Client, google: Google, human: Assembly
) -> None:
    assert refused(alice)[:2] == (403, "hosted_key_missing")
    said = enter(alice)
    assert (said["offered"], said["last_four"]) == (True, GOOD_KEY[-4:])
    assert [model["name"] for model in said["models"]] == ["alphagenome-api", "alphagenome-api-mouse"]
    assert "alphagenome-api" in names(alice) and "alphagenome-api" not in names(bob)
    assert alice.get("/api/v1/models/alphagenome-api/catalogue").json()["keys"]
    status, code, message = refused(bob)
    assert (status, code) == (403, "hosted_key_missing")
    assert message.startswith("The model “alphagenome-api” runs at Google's and needs a key of your own;")
    assert Client().get(KEY_URL).json() == {"offered": True, "last_four": None, "models": []}
    assert alice.delete(KEY_URL).json()["last_four"] is None
    assert not HostedKey.objects.exists()
    assert refused(alice)[1] == "hosted_key_missing" and names(alice) == names(bob)


def test_nobody_spends_anothers_key_and_what_it_made_is_read_by_a_link(
    alice: Client, bob: Client, google: Google, human: Assembly
) -> None:
    enter(alice)
    made = finished(alice, sequence=random_dna(900), tracks=[PLUS])
    token = alice.post(
        "/api/v1/views", {"prediction": str(made.id), "state": {}}, content_type="application/json"
    ).json()["token"]
    assert bob.get(f"/v/{token}").status_code == 200
    assert bob.get(f"/api/v1/predictions/{made.id}?view={token}").json()["model"]["name"] == "alphagenome-api"
    again = bob.post(f"/api/v1/predictions/{made.id}/recompute?view={token}")
    assert again.json()["error"]["code"] == "hosted_key_missing"
    enter(bob, OTHER_KEY)
    own = finished(bob, sequence=random_dna(900), tracks=[PLUS])  # the same request is not answered with Alice's
    assert own.id != made.id
    assert [key for key in google.by if key == OTHER_KEY].__len__() == 3  # two lists of tracks, one prediction


def test_a_key_that_was_forgotten_meanwhile_is_not_used(alice: Client, google: Google, human: Assembly) -> None:
    enter(alice)
    waiting = get_prediction(ask(alice, sequence=random_dna(900), tracks=[PLUS])["id"])
    alice.delete(KEY_URL)
    run(waiting.id)
    row = get_prediction(waiting.id)
    assert (row.state, row.error_code, len(google.asked)) == (State.FAILED, "hosted_key_missing", 0)


def test_the_key_is_in_no_log_no_table_no_answer_and_no_page(
    alice: Client, google: Google, human: Assembly, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answers = [json.dumps(enter(alice))]
    made = finished(alice, locus="chr20:100,001-100,500", genome="hg19", tracks=[PLUS])
    google.keys.clear()  # the service repeats a key that it does not take
    failed = get_prediction(ask(alice, sequence=random_dna(950), tracks=[PLUS])["id"])
    run(failed.id)
    answers.append(get_prediction(failed.id).error_message)
    assert "does not take this key" in answers[-1]
    answers.append(alice.put(KEY_URL, {"key": GOOD_KEY}, content_type="application/json").content.decode())
    answers.append(alice.put(KEY_URL, {"key": [GOOD_KEY]}, content_type="application/json").content.decode())
    answers.append(alice.put(KEY_URL, {"kay": GOOD_KEY}, content_type="application/json").content.decode())
    token = alice.post(
        "/api/v1/views", {"prediction": str(made.id), "state": {}}, content_type="application/json"
    ).json()["token"]
    for path in (
        KEY_URL, "/", "/models", f"/p/{made.id}", f"/p/{failed.id}", f"/v/{token}", f"/api/v1/predictions/{made.id}",
        f"/api/v1/predictions/{failed.id}", f"/api/v1/predictions/{made.id}/report.html",
    ):  # fmt: skip
        answer = alice.get(path)
        assert answer.status_code == 200, path
        answers.append(b"".join(answer).decode() if answer.streaming else answer.content.decode())
    kept = dump()
    assert made.visitor in kept and GOOD_KEY[-4:] in kept
    assert str(made.id) in caplog.text
    for text in (*answers, kept, caplog.text):
        assert GOOD_KEY not in text and GOOD_KEY[8:24] not in text


def test_a_sealed_key_opens_for_its_owner_and_under_this_installations_secret_only(settings: Any) -> None:
    sealed = seal("a" * 32, GOOD_KEY)
    assert GOOD_KEY not in sealed and seal("a" * 32, GOOD_KEY) != sealed
    assert unseal("a" * 32, sealed) == GOOD_KEY
    assert unseal("b" * 32, sealed) is None
    assert unseal("a" * 32, sealed[:-8] + "AAAAAAA=") is None
    settings.SECRET_KEY = "another secret"
    assert unseal("a" * 32, sealed) is None


def test_after_the_secret_has_changed_a_job_asks_for_the_key_again(
    alice: Client, google: Google, human: Assembly, settings: Any
) -> None:
    enter(alice)
    waiting = get_prediction(ask(alice, sequence=random_dna(900), tracks=[PLUS])["id"])
    settings.SECRET_KEY = "another secret"
    run(waiting.id)
    assert get_prediction(waiting.id).error_code == "hosted_key_lost"


@pytest.mark.parametrize(
    ("key", "status", "code"),
    [("", 422, "bad_key"), ("short", 422, "bad_key"), ("with spaces in the middle", 422, "bad_key"),
     ("x" * 201, 422, "bad_key"), ("AIzaSyWrongButWellFormed-000", 403, "hosted_key_refused")],
)  # fmt: skip
def test_a_key_that_is_none_is_refused_and_not_kept(
    alice: Client, google: Google, db: None, key: str, status: int, code: str
) -> None:
    answer = alice.put(KEY_URL, {"key": key}, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert not HostedKey.objects.exists()


def test_switched_off_nobody_enters_a_key_and_nobody_asks(
    alice: Client, google: Google, human: Assembly, settings: Any
) -> None:
    enter(alice)
    waiting = get_prediction(ask(alice, sequence=random_dna(900), tracks=[PLUS])["id"])
    settings.HOSTED_MODEL = False
    assert enter_refused(alice) == refused(alice)[:2] == (403, "hosted_off")
    assert "alphagenome-api" not in names(alice)
    run(waiting.id)
    assert get_prediction(waiting.id).error_code == "hosted_off" and not google.asked


def enter_refused(client: Client) -> tuple[int, str]:
    answer = client.put(KEY_URL, {"key": GOOD_KEY}, content_type="application/json")
    return answer.status_code, answer.json()["error"]["code"]


def test_without_the_sdk_a_sentence_says_what_installs_it(
    alice: Client, google: Google, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.hosted.services._SDK_IS_HERE", False)
    answer = alice.put(KEY_URL, {"key": GOOD_KEY}, content_type="application/json")
    assert answer.status_code == 503
    assert "“pip install -r requirements-hosted.txt” installs it" in answer.json()["error"]["message"]


def test_tables_of_variants_are_left_to_models_that_run_here(alice: Client, google: Google, human: Assembly) -> None:
    enter(alice)
    body = {"genome": "hg19", "variants": ["chr20:100000:A>C"], "model": "alphagenome-api"}
    answer = alice.post("/api/v1/scores", body, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "hosted_no_scores")
    assert alice.get("/api/v1/scorers?model=alphagenome-api").json() == []


def test_it_knows_human_and_mouse_only(alice: Client, google: Google, genome: Assembly) -> None:
    enter(alice)
    status, code, message = refused(alice, sequence=None, locus="chrI:1,001-2,000", genome="sacCer3")
    assert (status, code) == (422, "wrong_genome")
    assert message == "The model “alphagenome-api” was made for hg38, hg19, not for sacCer3."
    assert not google.asked


def test_it_is_never_chosen_by_itself(alice: Client, google: Google, human: Assembly) -> None:
    enter(alice)
    answer = alice.post(
        "/api/v1/predictions", {"genome": "hg19", "locus": "chr20:1-1,000"}, content_type="application/json"
    )
    assert answer.json()["error"]["code"] == "no_model"


def test_a_key_that_nobody_used_for_a_year_is_gone_and_use_keeps_it(
    alice: Client, bob: Client, google: Google, human: Assembly
) -> None:
    enter(alice)
    before = timezone.now() - timedelta(days=364)
    HostedKey.objects.update(since=before)
    finished(alice, sequence=random_dna(900), tracks=[PLUS])
    assert HostedKey.objects.get().since > before + timedelta(days=363)
    HostedKey.objects.update(since=timezone.now() - timedelta(days=366))
    assert alice.get(KEY_URL).json()["last_four"] is None and refused(alice)[1] == "hosted_key_missing"
    enter(bob, OTHER_KEY)
    call_command("sweep", "--once")
    assert [row.last_four for row in HostedKey.objects.all()] == [OTHER_KEY[-4:]]


def test_without_the_cookie_a_key_is_refused_since_nobody_could_reach_it(google: Google, db: None) -> None:
    answer = Client().put(KEY_URL, {"key": GOOD_KEY}, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "no_cookie")
    assert not HostedKey.objects.exists() and not google.calls and not answer.cookies


def test_a_key_can_be_forgotten_where_the_service_is_not_offered_any_more(
    alice: Client, bob: Client, google: Google, genome: Assembly, settings: Any
) -> None:
    enter(alice)
    settings.HOSTED_MODEL = False
    page = alice.get("/").content.decode()
    assert "Forget my key" in page and "your key is not used" in page
    assert "Forget my key" not in bob.get("/").content.decode()
    assert alice.delete(KEY_URL).json() == {"offered": False, "last_four": None, "models": []}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_from_elsewhere_spends_nobodys_key(alice: Client, google: Google, db: None, site: str) -> None:
    enter(alice)
    made = finished(alice, sequence=random_dna(900), tracks=[PLUS])
    path = f"/api/v1/predictions/{made.id}/recompute"
    answer = alice.post(path, headers={"Sec-Fetch-Site": site})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "cross_site")
    assert alice.post(path, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200
    assert alice.post(path).status_code == 200
