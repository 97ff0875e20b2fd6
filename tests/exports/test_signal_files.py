"""A prediction's signal as bigWig, bedGraph, CSV and Parquet, read back by other programs and compared with what is stored."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyBigWig
import pytest
from django.http import HttpResponseBase, StreamingHttpResponse
from django.test import Client

from tests.predictions.making import done, key_of, queued
from webapp.loci.models import Assembly
from webapp.predictions.models import Prediction
from webapp.predictions.native import read_native
from webapp.predictions.tiles import rounded

BP = 70_100  # more than one tile, and a 128-bp bin that is cut
START = 1280
VALUES = np.random.default_rng(1).gamma(0.3, 5, BP).astype(np.float32)
VALUES[1000:9000] = 0.25  # a run
COARSE = np.arange(-(-BP // 128), dtype=np.float32) / 7
FINE, WIDE = key_of(1), key_of(128)


@pytest.fixture
def prediction() -> Prediction:
    return done(BP, [VALUES, COARSE], [FINE, WIDE], start=START)


@pytest.fixture
def placed(genome: Assembly, prediction: Prediction) -> Prediction:
    """The same on chrII."""
    Prediction.objects.filter(id=prediction.id).update(chromosome="chrII", genome="sacCer3")
    return prediction


def body(response: HttpResponseBase) -> bytes:
    """The test client closes what is streamed at its end."""
    return b"".join(response.streaming_content) if isinstance(response, StreamingHttpResponse) else response.content


def address(prediction: Prediction, rest: str) -> str:
    return f"/api/v1/predictions/{prediction.id}/export/{rest}"


def get(client: Client, prediction: Prediction, rest: str, **headers: str) -> Any:
    return client.get(address(prediction, rest), headers=headers)


def bigwig(content: bytes, folder: Path) -> Any:
    path = folder / "read.bw"
    path.write_bytes(content)
    return pyBigWig.open(str(path))


@pytest.mark.parametrize(
    ("key", "expected"), [(FINE, rounded(VALUES)), (WIDE, np.repeat(rounded(COARSE), 128)[:BP])], ids=["1 bp", "128 bp"]
)
def test_a_bigwig_has_exactly_the_stored_values(
    client: Client, placed: Prediction, tmp_path: Path, key: str, expected: np.ndarray
) -> None:
    answer = get(client, placed, f"bigwig?tracks={key}")
    assert answer.status_code == 200
    assert 'filename="locuscope_chrII-1281-71380_yeast_' in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Disposition"].endswith(f'_{key}.bw"')
    file = bigwig(body(answer), tmp_path)
    assert file.chroms() == {"chrI": 40_000, "chrII": 300_000}
    values = np.array(file.values("chrII", 0, 300_000), np.float32)
    assert np.array_equal(values[START : START + BP], expected)  # to the last bit
    assert (
        np.isnan(values[:START]).all() and np.isnan(values[START + BP :]).all()
    )  # nothing where nothing was predicted


def test_a_part_of_it_has_whole_bins(client: Client, placed: Prediction, tmp_path: Path) -> None:
    file = bigwig(body(get(client, placed, f"bigwig?tracks={WIDE}&start={START + 200}&end={START + 300}")), tmp_path)
    # Bases 200 to 300 touch the bins [128, 256) and [256, 384).
    assert [(start, end) for start, end, _ in file.intervals("chrII")] == [
        (START + 128, START + 256),
        (START + 256, START + 384),
    ]


def test_a_bigwig_is_read_in_ranges_and_kept(client: Client, placed: Prediction) -> None:
    whole = body(get(client, placed, f"bigwig?tracks={FINE}"))
    part = get(client, placed, f"bigwig?tracks={FINE}", range="bytes=100-299")
    assert (part.status_code, body(part)) == (206, whole[100:300])
    assert part.headers["Content-Range"] == f"bytes 100-299/{len(whole)}"
    assert get(client, placed, f"bigwig?tracks={FINE}", range="bytes=99999999-").status_code == 416


def test_the_kept_files_stay_within_their_bound(
    client: Client, placed: Prediction, settings: Any, tmp_path: Path
) -> None:
    settings.EXPORT_CACHE_BYTES = 1
    first, second = (body(get(client, placed, f"bigwig?tracks={key}")) for key in (FINE, WIDE))
    kept = list((tmp_path / "cache" / "exports").iterdir())
    assert [path.stat().st_size for path in kept] == [len(second)]  # the one made last alone
    assert body(get(client, placed, f"bigwig?tracks={FINE}")) == first


def test_several_tracks_are_a_zip_with_the_chromosomes_lengths(
    client: Client, prediction: Prediction, tmp_path: Path
) -> None:
    archive = zipfile.ZipFile(io.BytesIO(body(get(client, prediction, "bigwig"))))
    assert archive.testzip() is None
    readme, sizes, *files = archive.namelist()
    assert archive.read(sizes).decode() == f"sequence\t{START + BP}\n"
    assert "research use only" in archive.read(readme).decode()
    assert [name.rsplit("_", 2)[-1] != "" and name.endswith(".bw") for name in files] == [True, True]
    values = bigwig(archive.read(files[0]), tmp_path).values("sequence", START, START + BP)
    assert np.array_equal(np.array(values, np.float32), rounded(VALUES))


def test_a_bedgraph_gives_the_values_back_with_runs_as_one_line(client: Client, placed: Prediction) -> None:
    text = gzip.decompress(body(get(client, placed, f"bedgraph?tracks={FINE}"))).decode()
    head, lines = (
        [line for line in text.splitlines() if line[0] in "#t"],
        [line for line in text.splitlines() if line[0] == "c"],
    )
    assert any("research use only" in line for line in head) and head[-1].startswith("track type=bedGraph name=")
    rebuilt = np.full(BP, np.nan, np.float32)
    for line in lines:
        chromosome, start, end, value = line.split("\t")
        assert chromosome == "chrII"
        rebuilt[int(start) - START : int(end) - START] = np.float32(value)
    assert np.array_equal(rebuilt, rounded(VALUES))
    assert len(lines) < BP - 7990  # 8,000 equal bases are one line


def test_csv_and_parquet_hold_a_line_per_bin(client: Client, placed: Prediction) -> None:
    table = pd.read_csv(io.BytesIO(body(get(client, placed, "csv"))), comment="#", dtype={"value": np.float32})
    content = io.BytesIO(body(get(client, placed, "parquet")))
    meta = pq.read_schema(content).metadata
    assert meta[b"notice"] == b"research use only, not for diagnosis" and meta[b"genome"] == b"sacCer3"
    parquet = pq.read_table(content).to_pandas()
    for rows in (table, parquet):
        assert list(rows.columns) == ["chrom", "start", "end", "track", "value"]
        fine, wide = rows[rows.track == FINE], rows[rows.track == WIDE]
        assert np.array_equal(fine.value.to_numpy(np.float32), rounded(VALUES))
        assert np.array_equal(wide.value.to_numpy(np.float32), rounded(COARSE))
        assert (fine.start.iloc[0], fine.end.iloc[-1], wide.end.iloc[-1]) == (START, START + BP, START + BP)
        assert set(rows.chrom) == {"chrII"}


@pytest.mark.parametrize(
    ("rest", "status", "code"),
    [
        ("xlsx", 404, "unknown_format"),
        ("bigwig?tracks=nothing", 404, "unknown_track"),
        (f"bigwig?tracks={FINE}:ref", 404, "no_edits"),
        (f"bigwig?tracks={FINE}:low", 404, "no_band"),
        ("csv?tracks=,", 422, "no_tracks"),
        ("csv?start=0&end=100", 422, "bad_window"),
        ("csv?start=x", 422, "wrong_type"),
    ],
)
def test_what_cannot_be_exported_says_why(
    client: Client, prediction: Prediction, rest: str, status: int, code: str
) -> None:
    answer = get(client, prediction, rest)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.json()["error"]["message"].endswith(".")


def test_a_prediction_without_values_yet_is_refused(client: Client) -> None:
    assert json.loads(get(client, queued(), "csv").content)["error"]["code"] == "not_ready"


def test_an_edited_prediction_gives_edited_and_reference(client: Client) -> None:
    from tests.predictions.making import random_dna
    from tests.predictions.test_edits import _other, _stored

    row = _stored(_other(random_dna(300)[100]))
    archive = zipfile.ZipFile(io.BytesIO(body(get(client, row, "bedgraph"))))
    names = [name for name in archive.namelist() if name.endswith(".gz")]
    assert sum(".ref." in name for name in names) == len(names) / 2
    refused = json.loads(get(client, row, "bedgraph?tracks=tss_ypd_plus:own").content)["error"]
    assert refused["code"] == "no_own"  # and not, silently, the values at the reference's places
    track = row.tracks.get(key="tss_ypd_plus")
    (reference,) = [name for name in names if "tss_ypd_plus.ref" in name]
    last = gzip.decompress(archive.read(reference)).decode().splitlines()[-1].split("\t")
    assert np.float32(last[3]) == read_native(track, "ref")[-1]
