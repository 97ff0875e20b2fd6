"""Contact maps as cool and mcool, read back by cooler; splice junctions as BED12."""

from __future__ import annotations

from pathlib import Path

import cooler
import numpy as np
import pytest
from django.test import Client

from predictor.api import model_info
from tests.exports.test_signal_files import body, get
from tests.predictions.making import done, junctions_of, key_of
from webapp.loci.models import Assembly
from webapp.predictions.models import Prediction
from webapp.predictions.pairs import read_contacts

BINS = 10
MAP = np.random.default_rng(2).normal(size=(BINS, BINS)).astype(np.float32)
MAP = MAP + MAP.T
CONTACTS = key_of(2048)
JUNCTIONS = next(track for track in model_info("yeast").tracks if track.output == "SPLICE_JUNCTIONS")


@pytest.mark.parametrize("start", [2048 * 3, 128 * 5], ids=["on the grid of cool", "beside it"])
@pytest.mark.parametrize("form", ["cool", "mcool"])
def test_a_contact_map_is_read_back_by_cooler(
    client: Client, genome: Assembly, tmp_path: Path, start: int, form: str
) -> None:
    row = done(BINS * 2048, [MAP], [CONTACTS], start=start)
    Prediction.objects.filter(id=row.id).update(chromosome="chrII", genome="sacCer3")
    row.refresh_from_db()
    path = tmp_path / f"map.{form}"
    answer = get(client, row, form)
    assert answer.headers["Content-Disposition"].endswith(f'.{form}"')
    path.write_bytes(body(answer))
    file = cooler.Cooler(f"{path}::/resolutions/2048" if form == "mcool" else str(path))
    assert dict(file.chromsizes) == {"chrI": 40_000, "chrII": 300_000}
    assert file.info["metadata"]["notice"] == "research use only, not for diagnosis"
    stored = read_contacts(row, CONTACTS, start, start + BINS * 2048, 512).values
    place = ("chrII", start, start + BINS * 2048)
    assert np.array_equal(file.matrix(balance=False).fetch(place).astype(np.float32), stored)
    assert list(file.bins().fetch(place)["start"]) == [start + 2048 * number for number in range(BINS)]
    assert len(file.pixels()[:]) == BINS * (BINS + 1) // 2  # nothing is said of places without a prediction
    if form == "mcool":
        assert cooler.fileops.list_coolers(str(path)) == ["/resolutions/2048", "/resolutions/4096"]
        coarse = cooler.Cooler(f"{path}::/resolutions/4096").matrix(balance=False).fetch(place)
        assert coarse[0, 1] == pytest.approx(stored[0:2, 2:4].mean(), rel=1e-5)


def test_junctions_are_bed12_with_the_intron_between_two_blocks(client: Client) -> None:
    size = np.empty(0, np.float32)
    sides = [junctions_of(JUNCTIONS.strand, [JUNCTIONS], [99, 199], [300, 400], [[8.0, 0.0], [2.0, 0.5]])]
    row = done(2048, [size] * 0, [JUNCTIONS.key], junctions=sides, start=1000)
    lines = body(get(client, row, "bed")).decode().splitlines()
    assert lines
    for line in lines:
        name, start, end, _, score, strand, thick, until, shade, count, sizes, starts, value = line.split("\t")
        assert (name, strand, thick, until, count, sizes) == ("sequence", JUNCTIONS.strand, start, end, "2", "1,1,")
        first, second = (int(at) for at in starts.strip(",").split(","))
        assert first == 0 and int(start) + second + 1 == int(
            end
        )  # as UCSC asks: the last block ends where the line does
        assert 0 <= int(score) <= 1000 and len(shade.split(",")) == 3 and float(value) > 0
    assert max(int(line.split("\t")[4]) for line in lines) == 1000


def test_a_format_of_another_kind_of_track_says_what_it_holds(client: Client) -> None:
    row = done(BINS * 2048, [MAP], [CONTACTS])
    assert "holds a signal" in get(client, row, f"csv?tracks={CONTACTS}").json()["error"]["message"]
    assert get(client, row, "bed").json()["error"]["code"] == "no_tracks"
