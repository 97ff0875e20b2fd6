"""The report's file: what it says, and that nothing a person typed becomes part of its scripts."""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from predictor.api import model_info
from tests.exports.test_hub import placed
from tests.exports.test_signal_files import BP, FINE, START, body
from tests.predictions.making import done, junctions_of
from tests.scoring_jobs.making import asked, finished, gene, notation
from webapp.exports.pictures import NOTHING, OUTSIDE, STEPS, triangle
from webapp.loci.models import Assembly
from webapp.predictions import tile_cache
from webapp.predictions.models import Prediction
from webapp.predictions.windows import read_window

__all__ = ["placed"]


def data_of(page: str) -> dict:  # type: ignore[type-arg]
    (block,) = re.findall(r'<script id="data" type="application/json">(.*?)</script>', page, re.S)
    return json.loads(block)  # type: ignore[no-any-return]


def unpacked(address: str) -> str:
    return gzip.decompress(base64.b64decode(address.split("base64,")[1])).decode()


def test_a_report_holds_values_genes_bases_and_how_it_was_made(
    client: Client, genome: Assembly, placed: Prediction
) -> None:
    Prediction.objects.filter(id=placed.id).update(name="</script><script>alert(1)</script>")
    answer = client.get(f"/api/v1/predictions/{placed.id}/report.html")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    page = body(answer).decode()
    assert "<script>alert" not in page and "default-src &#x27;none" not in page and "default-src 'none'" in page
    assert not re.search(r"<(?:script|link|img)[^>]+(?:src|href)=.?https?:", page)
    for said in (
        placed.model_sha256,
        placed.model_card["licence"],
        "research use only, not for diagnosis",
        "What the model cannot do",
    ):
        assert said in page
    session = data_of(page)["sessions"]["all"]
    head, bases = unpacked(session["reference"]["fastaURL"]).splitlines()
    assert head == f">chrII:{START + 1}-{START + BP} @len=300000" and len(bases) == BP
    (track,) = [one for one in session["tracks"] if one.get("id") == FINE]
    lines = [line.split("\t") for line in unpacked(track["url"]).splitlines()]
    assert "in steps of 4 bp" in page  # 70,100 bases in no more than 20,000 bins
    first = read_window(placed, [FINE], START, START + 4, 1)[0, 0]
    assert lines[0][:3] == ["chrII", str(START), str(START + 4)] and np.float32(lines[0][3]) == first
    assert int(lines[-1][2]) == START + BP


def test_a_pasted_sequence_has_a_report_too(client: Client) -> None:
    row = done(256, [np.ones(256, np.float32)], [FINE])
    session = data_of(body(client.get(f"/api/v1/predictions/{row.id}/report.html")).decode())["sessions"]["all"]
    assert unpacked(session["reference"]["fastaURL"]).startswith(">sequence\n")


@pytest.mark.django_db(transaction=True)
def test_scores_are_reported_as_the_table_is_sorted(client: Client, genome: Assembly) -> None:
    gene(genome, "ABC1", 20_050, 20_300, "+")
    rows = [notation(genome, number) for number in (20_100, 20_101, 20_102)]
    job = finished(asked(variants=[*rows, "nonsense"], genome="sacCer3"))
    address = f"/api/v1/scores/{job.id}/report.html"
    page = body(client.get(f"{address}?sort=number&desc=true")).decode()
    data = data_of(page)
    assert [row["cells"][1] for row in data["rows"]] == [4, 3, 2, 1]
    assert "“nonsense” is not a variant" in page and "3 scored" in page
    good = data["rows"][1]
    session = data["sessions"][good["session"]]
    names = [one["name"] for one in session["tracks"]]
    assert names[:2] == ["Genes", "Variants"] and len(names) == 4  # and a track of each column
    assert "ABC1" in unpacked(session["tracks"][0]["url"])
    assert len(data_of(body(client.get(f"{address}?status=ok&limit=2")).decode())["rows"]) == 2
    assert client.get(f"{address}?filter=nowhere").json()["error"]["code"] == "no_rows"


def test_all_signals_of_a_report_are_read_at_once(
    client: Client, placed: Prediction, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """Contents are read, then each row of bins of one width in one query."""
    address = f"/api/v1/predictions/{placed.id}/report.html"
    assert client.get(address).status_code == 200
    tile_cache.SHARED.clear()
    with django_assert_max_num_queries(100) as seen:
        client.get(address)
    assert sum("predictions_tile" in one["sql"] for one in seen.captured_queries) <= 2  # of 1 bp and of 128 bp


def test_measured_values_stand_under_the_track_that_they_are_of(
    client: Client, placed: Prediction, tmp_path: Path
) -> None:
    folder = tmp_path / "signals"
    folder.mkdir()
    (folder / "tracks.toml").write_text(
        f'[[track]]\nkey = "mine"\nname = "My RNA"\nfile = "a.bedgraph"\nmodel_track = "{FINE}"\n'
        'publication = "Somebody 2020"\nlicence = "CC0"\n'
    )
    (folder / "a.bedgraph").write_text(f"chrII\t{START}\t{START + 8}\t5\nchrII\t{START + 8}\t{START + 16}\t9\n")
    call_command("install_tracks", str(folder), stdout=io.StringIO())
    page = body(client.get(f"/api/v1/predictions/{placed.id}/report.html")).decode()
    tracks = data_of(page)["sessions"]["all"]["tracks"]
    at = [one.get("id") for one in tracks].index(FINE)
    assert tracks[at + 1]["name"] == "My RNA, measured" and tracks[at]["order"] < tracks[at + 1]["order"]
    lines = [line.split("\t") for line in unpacked(tracks[at + 1]["url"]).splitlines()]
    assert lines[:2] == [["chrII", str(START), str(START + 8), "5"], ["chrII", str(START + 8), str(START + 16), "9"]]
    assert "Somebody 2020 (CC0)" in page


def test_maps_are_pictures_and_junctions_arcs(client: Client) -> None:
    (key,) = [track.key for track in model_info("yeast").tracks if track.output == "CONTACT_MAPS"][:1]
    names = [track for track in model_info("yeast").tracks if track.output == "SPLICE_JUNCTIONS"]
    values = np.zeros((4, 4), np.float32)
    values[0, 3] = values[3, 0] = 2.0
    both = [junctions_of("+", names, [99, 300], [150, 400], [[0.5, 4], [0, 2]]), junctions_of("-", names, [], [], [])]
    row = done(8192, [values], [key, *(track.key for track in names)], start=4096, junctions=both)
    page = body(client.get(f"/api/v1/predictions/{row.id}/report.html")).decode()
    tracks = data_of(page)["sessions"]["all"]["tracks"]
    (arcs,) = [one for one in tracks if one["type"] == "junction"]
    assert [(one["start"], one["end"], one["score"]) for one in arcs["features"]] == [
        (4196, 4246, 0.5), (4196, 4496, 4), (4397, 4496, 2),
    ]  # fmt: skip
    (source,) = re.findall(r'<img src="data:image/png;base64,([^"]+)"', page)
    picture = Image.open(io.BytesIO(base64.b64decode(source))).convert("RGB")
    assert picture.size == (1200, 600)
    red, _, blue = picture.getpixel((600, 4))  # the top is the pair of both ends: much, hence orange
    assert red > 180 > blue
    assert picture.getpixel((300, 590))[2] > 220 and picture.getpixel((4, 4)) == (255, 255, 255)


def test_the_triangle_shows_each_pair_above_the_middle_of_its_places() -> None:
    values = np.arange(16, dtype=np.float32).reshape(4, 4)
    values[0, 3] = np.nan
    drawn = triangle(values, 15, 8)
    assert drawn.shape == (4, 8)
    assert drawn[0].tolist() == [OUTSIDE, OUTSIDE, OUTSIDE, NOTHING, NOTHING, OUTSIDE, OUTSIDE, OUTSIDE]  # bins 0 and 3
    middle = (STEPS - 1) / 2
    assert drawn[3].tolist() == [
        round(middle + middle * value / 15) for value in (0, 0, 5, 5, 10, 10, 15, 15)
    ]  # each with itself
