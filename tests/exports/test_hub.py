"""The track hub, read as UCSC's rules for its fields say, and its files opened by the addresses that it gives."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import pytest
from django.test import Client

from tests.exports.hub_rules import Hub, read_hub
from tests.exports.test_signal_files import BP, COARSE, FINE, START, VALUES, WIDE, bigwig, body
from tests.predictions.making import done
from webapp.loci.models import Assembly
from webapp.predictions.models import Prediction

HUB = {"hub", "shortLabel", "longLabel", "genomesFile", "email"}
TRACK = {"track", "shortLabel", "longLabel", "type", "color", "visibility", "html", "bigDataUrl"}


def stanzas(text: str) -> list[dict[str, str]]:
    """Blocks of “key value” lines between empty ones; each key once, none without a value."""
    found = []
    for block in text.strip().split("\n\n"):
        pairs = [line.split(" ", 1) for line in block.splitlines()]
        assert all(len(pair) == 2 and pair[1].strip() for pair in pairs), block
        assert len({key for key, _ in pairs}) == len(pairs)
        found.append(dict(pairs))
    return found


@pytest.fixture
def placed(genome: Assembly) -> Prediction:
    row = done(BP, [VALUES, COARSE], [FINE, WIDE], start=START)
    Prediction.objects.filter(id=row.id).update(chromosome="chrII", genome="sacCer3")
    row.refresh_from_db()
    return row


@pytest.mark.parametrize("way", ["hub/hub.txt", "hub/view/some-token/hub.txt"])
def test_a_browser_finds_everything_from_the_address_of_the_hub(
    client: Client, placed: Prediction, tmp_path, way: str
) -> None:  # type: ignore[no-untyped-def]
    address = f"/api/v1/predictions/{placed.id}/{way}"
    (hub,) = stanzas(client.get(address).content.decode())
    assert hub.keys() >= HUB and "research use only" in hub["longLabel"]
    (genome,) = stanzas(client.get(urljoin(address, hub["genomesFile"])).content.decode())
    assert genome["genome"] == "sacCer3"
    at = urljoin(urljoin(address, hub["genomesFile"]), genome["trackDb"])
    tracks = stanzas(client.get(at).content.decode())
    assert len(tracks) == 2 and len({one["track"] for one in tracks}) == 2
    for one in tracks:
        assert one.keys() >= TRACK
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", one["track"])
        assert re.fullmatch(r"bigWig -?[\d.e+-]+ [\d.e+-]+", one["type"])
        assert all(0 <= int(part) <= 255 for part in one["color"].split(",")) and one["color"].count(",") == 2
        assert len(one["shortLabel"]) <= 17 and len(one["longLabel"]) <= 80
        assert one["visibility"] in {"full", "hide"}
        answer = client.get(urljoin(at, one["bigDataUrl"]), headers={"range": "bytes=0-3"})
        assert (answer.status_code, body(answer)) == (206, b"\x26\xfc\x8f\x88")  # bigWig's magic number, little-endian
        file = bigwig(body(client.get(urljoin(at, one["bigDataUrl"]))), tmp_path)
        assert file.intervals("chrII")[0][0] == START
        page = client.get(urljoin(at, one["html"])).content.decode()
        assert placed.model_card["licence"][:20] in page and "Research use only, not for diagnosis" in page


def test_an_edited_prediction_lies_over_its_reference(client: Client) -> None:
    from tests.predictions.making import random_dna
    from tests.predictions.test_edits import _other, _stored

    row = _stored(_other(random_dna(300)[100]))
    Prediction.objects.filter(id=row.id).update(chromosome="chrII", genome="sacCer3")
    tracks = stanzas(client.get(f"/api/v1/predictions/{row.id}/hub/trackDb.txt").content.decode())
    parent = tracks[0]
    assert (parent["container"], parent["aggregate"]) == ("multiWig", "transparentOverlay")
    assert [one["parent"] for one in tracks[1:3]] == [parent["track"]] * 2
    assert tracks[2]["bigDataUrl"] == tracks[1]["bigDataUrl"].replace(".bw", ".ref.bw")
    assert body(client.get(f"/api/v1/predictions/{row.id}/hub/{tracks[2]['bigDataUrl']}"))[:4] == b"\x26\xfc\x8f\x88"


def test_what_the_hub_does_not_have(client: Client, placed: Prediction) -> None:
    for name, code in (("nothing.bw", "unknown_track"), ("nothing.txt", "unknown_address")):
        answer = client.get(f"/api/v1/predictions/{placed.id}/hub/{name}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, code)
    pasted = done(256, [VALUES[:256]], [FINE])
    answer = client.get(f"/api/v1/predictions/{pasted.id}/hub/hub.txt")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "no_hub")


def strictly(client: Client, address: str) -> Hub:
    def get(at: str) -> str:
        answer = client.get(at)
        assert answer.status_code == 200, at
        assert answer.headers["Content-Type"].startswith("text/")
        assert int(client.head(at).headers["Content-Length"]) == len(answer.content)  # programs ask for it first
        return answer.content.decode()

    return read_hub(address, get)


@pytest.mark.parametrize("way", ["hub/hub.txt", "hub/view/some-token/hub.txt"])
def test_a_strict_reader_takes_every_line_of_it(client: Client, placed: Prediction, way: str) -> None:
    hub = strictly(client, f"/api/v1/predictions/{placed.id}/{way}")
    assert hub.genomes == ["sacCer3"] and len(hub.files) == 2
    for address in hub.files.values():
        head = client.head(address)
        assert (head.status_code, head.headers["Accept-Ranges"], body(head)) == (200, "bytes", b"")
        whole = body(client.get(address))
        assert int(head.headers["Content-Length"]) == len(whole)
        part = client.get(address, headers={"range": f"bytes=64-{len(whole) + 1000}"})  # igv.js asks beyond the end
        assert (part.status_code, body(part)) == (206, whole[64:])
        assert part.headers["Content-Range"] == f"bytes 64-{len(whole) - 1}/{len(whole)}"


def test_a_strict_reader_takes_containers_and_odd_names(client: Client) -> None:
    from tests.predictions.making import random_dna
    from tests.predictions.test_edits import _other, _stored

    row = _stored(_other(random_dna(300)[100]))
    Prediction.objects.filter(id=row.id).update(
        chromosome="chrII", genome="sacCer3", name="半乳糖\t a  " + "long " * 30
    )
    hub = strictly(client, f"/api/v1/predictions/{row.id}/hub/hub.txt")
    assert {one.get("container") for one in hub.tracks} == {"multiWig", None}
    assert len(hub.files) == 2 * sum("container" in one for one in hub.tracks)


@pytest.mark.parametrize(
    ("wrong", "by"),
    [
        ("email x\n", ""),
        ("genomesFile genomes", "genomesFile /genomes"),
        ("hub locus", "nub locus"),
        ("shortLabel L", "shortLabel\tL"),
    ],
)
def test_the_strict_reader_refuses(client: Client, placed: Prediction, wrong: str, by: str) -> None:
    address = f"/api/v1/predictions/{placed.id}/hub/hub.txt"
    text = client.get(address).content.decode().replace("email nobody@localhost\n", "email x\n")
    assert wrong in text
    with pytest.raises(ValueError, match=r"is|stanza|lines"):
        read_hub(address, lambda at: text.replace(wrong, by) if at == address else client.get(at).content.decode())
