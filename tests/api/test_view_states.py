"""What a link keeps of a page, and what others see of it: states, nonsense, pictures in chats, QR codes."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.test import Client
from PIL import Image

from tests.api.people import API, STATE, alice, bob, finished, person, share
from tests.predictions.making import random_dna
from webapp.predictions.models import Prediction

__all__ = ["alice", "bob"]


def _state(**fields: Any) -> dict[str, Any]:
    return {"state": fields}


GARBAGE: list[tuple[dict[str, Any], int, str]] = [
    (_state(tracks="all"), 422, "wrong_type"),
    (_state(tracks=[{"key": "a", "colour": "url(https://example.org)"}]), 422, "wrong_value"),
    (_state(tracks=[{"key": "a", "colour": "red;}"}]), 422, "wrong_value"),
    (_state(tracks=[{"key": "a", "height": 10**9}]), 422, "out_of_range"),
    (_state(tracks=[{"key": "a", "scale": {"min": 0, "max": float("inf")}}]), 422, "wrong_value"),
    (_state(tracks=[{"key": "a\x00"}]), 400, "bad_character"),
    (_state(tracks=[{"key": "a"}] * 6001), 422, "too_long"),
    (_state(tracks=[{"key": "a" * 200}] * 2000), 413, "state_too_large"),
    (_state(locus={"chromosome": "chrI", "start": 5, "end": 5}), 422, "bad_state"),
    (_state(locus={"chromosome": "chrI", "start": -1, "end": 5}), 422, "out_of_range"),
    (_state(theme="dark"), 422, "unknown_field"),
    (_state(panels=["<script>"]), 422, "wrong_value"),
    ({"state": []}, 400, "bad_body"),
    ({"days": 0}, 422, "out_of_range"),
    ({"days": "7"}, 422, "wrong_type"),
    ({"name": "x" * 201}, 422, "too_long"),
    ({"job": "1"}, 400, "nothing_asked"),
    ({"prediction": None}, 400, "nothing_asked"),
    ({"prediction": "1"}, 404, "unknown_prediction"),
]


@pytest.mark.parametrize(("body", "status", "code"), GARBAGE, ids=[f"{i}-{g[2]}" for i, g in enumerate(GARBAGE)])
def test_garbage_is_refused_with_a_sentence(alice: Client, body: dict[str, Any], status: int, code: str) -> None:
    said = share(alice, status, **{"prediction": finished(alice), **body})["error"]
    assert said["code"] == code and said["message"].endswith((".", "?"))
    assert alice.get(f"{API}/views").json() == []


@pytest.mark.parametrize(
    "make", [lambda: "x" * 32, lambda: "..%2f..", lambda: "a" * 3000], ids=["unknown", "path", "long"]
)
def test_a_token_that_nobody_made_leads_nowhere(client: Client, make: Callable[[], str]) -> None:
    for address in (f"/v/{make()}", f"{API}/views/{make()}"):
        assert client.get(address).status_code == 404


def test_a_chat_shows_the_tracks_of_a_link(alice: Client, client: Client) -> None:
    found = finished(alice, sequence=random_dna(900), tracks=["chip_reb1", "rna_wt_plus"])
    view = share(alice, prediction=found, state=STATE, name="Reb1 & <friends>")
    page = client.get(view["url"], headers={"host": "localhost"}).content.decode()
    image = f"http://localhost{view['url']}/preview.png"
    assert f'<meta property="og:image" content="{image}">' in page
    assert '<meta property="og:title" content="Reb1 &amp; &lt;friends&gt;">' in page
    assert '<meta name="robots" content="noindex">' in page and "summary_large_image" in page
    assert "research use only" in page
    answer = client.get(f"{view['url']}/preview.png")
    picture = Image.open(io.BytesIO(answer.content))
    assert (answer.headers["Content-Type"], picture.size) == ("image/png", (1200, 630))
    colours = {colour: count for count, colour in picture.convert("RGB").getcolors(1 << 20) or []}
    assert colours[(255, 0, 0)] > 10_000  # chip_reb1 in the view's colour; the other track is hidden
    alice.delete(f"{API}/views/{view['token']}")
    assert client.get(f"{view['url']}/preview.png").status_code == 410


def test_the_picture_of_an_edited_sequence_at_its_own_places_shows_all_of_it_where_no_place_was_kept(
    alice: Client, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    variant = "sequence:401:{ref}>{ref}ACGT".format(ref=random_dna(900)[400])
    found = finished(alice, sequence=random_dna(900), variants=[variant], tracks=["chip_reb1"])
    row = Prediction.objects.get(id=found)
    Prediction.objects.filter(id=found).update(asked_start=300, asked_end=600)  # far from the sequence's first base
    view = share(alice, prediction=found, state={"own": True})
    asked = []

    def read(prediction: Prediction, keys: list[str], start: int, end: int, bins: int) -> Any:
        asked.append((keys, start, end))
        return np.ones((len(keys), bins), np.float32)

    monkeypatch.setattr("webapp.sharing.preview.read_window", read)
    assert client.get(f"{view['url']}/preview.png").status_code == 200
    assert asked == [(["chip_reb1:own"], row.start, row.start + (row.edited_bp or 0))]


@pytest.mark.parametrize(("kept", "asked", "own"), [(True, "", True), (True, "ref", False), (False, "own", True)])
def test_a_page_of_a_kept_state_has_the_axis_of_the_address_else_its_own(
    alice: Client, bob: Client, kept: bool, asked: str, own: bool
) -> None:
    found = finished(
        alice,
        sequence=random_dna(900),
        variants=["sequence:401:{ref}>{ref}ACGT".format(ref=random_dna(900)[400])],
        tracks=["chip_reb1"],
    )
    place = {"chromosome": "edited" if kept else "sequence", "start": 100, "end": 300}
    tracks = [{"key": "chip_reb1", "colour": "#ff0000", "height": 33}]
    token = share(alice, prediction=found, state={"own": kept, "locus": place, "tracks": tracks})["token"]
    bob.post(f"{API}/views/{token}/fork")
    for client, path in ((person("c"), f"/v/{token}"), (bob, f"/p/{found}")):
        page = client.get(path, {"axis": asked} if asked else {}).content.decode()
        said = json.loads(page.split('id="page-data" type="application/json">')[1].split("</script>")[0])
        assert bool(said["own"]) is own
        state = said["state"]
        assert (state["locus"], state["tracks"][0]["height"]) == ((place, 33) if own == kept else (None, None))
        assert state["tracks"][0]["colour"] == "#ff0000" and state["own"] is own


def test_the_qr_code_is_an_image_of_the_link(alice: Client, client: Client) -> None:
    view = share(alice, prediction=finished(alice))
    answer = client.get(f"{API}/views/{view['token']}/qr.svg")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.content.decode().startswith('<svg xmlns="http://www.w3.org/2000/svg"')
