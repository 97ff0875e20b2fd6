"""The report's file: what it says, and that nothing a person typed becomes part of its scripts."""

from __future__ import annotations

import base64
import gzip
import json
import re

import numpy as np
import pytest
from django.test import Client

from tests.exports.test_hub import placed
from tests.exports.test_signal_files import BP, FINE, START, body
from tests.predictions.making import done
from tests.scoring_jobs.making import asked, finished, gene, notation
from webapp.loci.models import Assembly
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
