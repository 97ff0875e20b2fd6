"""Installing measured tracks: what is drawn equals what the model was trained on, and nonsense is refused in a sentence."""

from __future__ import annotations

import hashlib
import io
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pyBigWig
import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from predictor.training.store import Store
from tests.measured.conftest import LENGTH
from webapp.loci.models import Assembly
from webapp.measured.models import MeasuredTrack
from webapp.measured.services import find_tracks, read_window
from webapp.measured.steps import Steps, as_steps
from webapp.measured.sums import make_sums, summarise


def install(*arguments: object, **options: object) -> str:
    out = io.StringIO()
    call_command("install_tracks", *map(str, arguments), stdout=out, **options)
    return out.getvalue()


def values(key: str, chromosome: str, start: int, end: int, bins: int, summary: str | None = "mean") -> np.ndarray:
    return read_window("sacCer3", find_tracks("sacCer3", [key]), chromosome, start, end, bins, summary)[0]


def window(steps: Steps, length: int, start: int, end: int, bins: int, summary: str) -> np.ndarray:
    return summarise(make_sums(steps), (0, len(steps)), length, start, end, bins, summary)


def test_every_yeast_track_has_the_values_that_the_training_draws(genome: Assembly, pack: Path, store: Store) -> None:
    install(pack)
    for output in store.run_outputs:
        for chromosome in store.lengths:
            resolution = store.of(output)[0].resolution
            drawn = store.draw(output, chromosome, 0, LENGTH, resolution)
            called = np.ones(LENGTH // resolution, bool)
            if resolution == 128:
                called = store.called(chromosome, 0, LENGTH, resolution)
            for track, want in zip(store.of(output), drawn, strict=True):
                got = values(track.key, chromosome, 0, LENGTH, LENGTH // resolution)
                np.testing.assert_allclose(got[called], want[called], rtol=1e-5, atol=1e-7)
    assert MeasuredTrack.objects.filter(key="donor_plus").exists()


def test_where_binding_was_not_called_there_is_no_value(genome: Assembly, pack: Path) -> None:
    install(pack)
    assert np.isnan(values("chip_reb1", "chrI", 100, 300, 4)).all()  # excluded: 100 to 300 of chrI
    assert values("chip_reb1", "chrII", 100, 300, 4).tolist() == [0, 0, 0, 0]


def test_it_is_said_which_chromosomes_the_model_saw(genome: Assembly, pack: Path) -> None:
    install(pack)
    row = MeasuredTrack.objects.get(key="rna_wt_plus")
    assert row.splits == {"train": ["chrI"], "valid": ["chrII"], "test": ["chrVI"]}
    assert "Gierlinski 2015" in row.publication and row.licence == "MIT"


def test_a_second_run_changes_nothing_and_a_changed_file_one_track(genome: Assembly, signals: Path) -> None:
    assert "2 tracks installed, 0 were there" in install(signals)
    assert "0 tracks installed, 2 were there" in install(signals)
    (signals / "peaks.bed").write_text("chrVI\t10\t31\n")
    assert "1 tracks installed, 1 were there" in install(signals)
    files = list((signals.parent / "home/measured").glob("*.npy"))
    assert len(files) == 2  # the old values are gone


def test_bedgraph_bed_and_bigwig_are_read_exactly(genome: Assembly, signals: Path) -> None:
    with pyBigWig.open(str(signals / "w.bw"), "w") as file:
        file.addHeader([("chrI", LENGTH)])
        file.addEntries(["chrI", "chrI"], [5, 10], ends=[10, 20], values=[1.5, 3.0])
    with (signals / "tracks.toml").open("a") as file:
        file.write('\n[[track]]\nkey = "w"\nfile = "w.bw"\n')
    install(signals)
    # Half of the first bin has 2; the second 2 and 4; the third half of 4 and nothing.
    assert values("signal", "chrI", 50, 350, 3).tolist() == [1, 3, 2]
    assert values("signal", "chrI", 50, 350, 3, "max").tolist() == [2, 4, 4]
    assert values("peaks", "chrVI", 10, 40, 3).tolist() == [1, 2, 1]  # overlapping features add up
    assert values("w", "chrI", 0, 20, 4).tolist() == [0, 1.5, 3, 3]
    assert np.isnan(values("w", "chrI", LENGTH, LENGTH + 10, 1)).all()


@pytest.mark.parametrize("summary", ["mean", "max"])
def test_windows_are_what_the_bases_say(summary: str) -> None:
    rng = np.random.default_rng(7)
    runs = [
        (int(s), int(s + w), float(v))
        for s, w, v in zip(rng.integers(0, 900, 60), rng.integers(1, 90, 60), rng.random(60), strict=True)
    ]
    bases = np.zeros(1000)
    for start, end, value in runs:
        bases[start:end] += value
    bases[300:340] = np.nan
    steps = as_steps(runs, [(300, 340)])
    for start, end, bins in [(0, 1000, 1000), (13, 811, 14), (290, 350, 6), (-20, 1020, 13), (100, 107, 3)]:
        got = window(steps, 1000, start, end, bins, summary)
        fine = np.full((end - start) * bins, np.nan)  # each base in `bins` parts
        low, high = max(0, start), min(1000, end)
        fine[(low - start) * bins : (high - start) * bins] = np.repeat(bases[low:high], bins)
        parts = fine.reshape(bins, end - start)
        with np.errstate(all="ignore"):
            known = ~np.isnan(parts)
            mean = np.where(known, parts, 0).sum(1) / known.sum(1)
            want = mean if summary == "mean" else np.where(known.any(1), np.where(known, parts, -1).max(1), np.nan)
        np.testing.assert_allclose(got, want, rtol=1e-6)


def test_a_value_that_is_no_number_was_not_measured_and_spoils_none_behind_it() -> None:
    steps = as_steps([(0, 10, 1.0), (10, 20, float("nan")), (20, 30, float("inf")), (30, 40, 2.0)])
    np.testing.assert_array_equal(window(steps, 40, 0, 40, 4, "mean"), [1.0, np.nan, np.nan, 2.0])


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("tracks.toml", "[[track]", "it is not TOML"),
        ("tracks.toml", '[[track]]\nkey = "a"\n', "track 1 has no “file”"),
        ("tracks.toml", '[[track]]\nkey = "a"\nfile = "../x.bed"\n', "must lie beside tracks.toml"),
        ("tracks.toml", '[[track]]\nkey = "a"\nfile = "peaks.bed"\nmodel_track = "nope"\n', "has no track “nope”"),
        ("tracks.toml", '[[track]]\nkey = "a"\nfile = "none.bed"\n', "There is no file none.bed"),
        ("tracks.toml", '[[track]]\nkey = "a"\nfile = "tracks.toml"\n', "none of bigWig"),
        ("peaks.bed", "chrVI\t10\t99999999\n", "does not lie on chrVI"),
        ("peaks.bed", "chrVI\tten\t20\n", "line 1"),
        ("peaks.bed", "chr99\t1\t20\n", "no values on the chromosomes"),
    ],
)
def test_what_cannot_be_installed_is_refused_in_one_sentence(
    genome: Assembly, signals: Path, file: str, content: str, sentence: str
) -> None:
    (signals / file).write_text(content)
    with pytest.raises(CommandError, match=sentence):
        install(signals)


def test_a_cut_off_bigwig_is_refused(genome: Assembly, signals: Path) -> None:
    (signals / "w.bw").write_bytes(b"\x26\xfc\x8f\x88" + b"\0" * 20)
    (signals / "tracks.toml").write_text('[[track]]\nkey = "w"\nfile = "w.bw"\n')
    with pytest.raises(CommandError, match=r"w\.bw is not a bigWig"):
        install(signals)


def test_tracks_are_listed_and_removed(genome: Assembly, signals: Path) -> None:
    install(signals)
    assert "My RNA\tTPM over transcript boxes\tSomebody 2020\tCC0" in install(show=True)
    with pytest.raises(CommandError, match="No track “nope”"):
        install(remove=["nope"])
    assert "1 tracks removed" in install(remove=["peaks"])
    assert "1 tracks removed" in install(remove=["all"])
    assert not list((signals.parent / "home/measured").glob("*.npy"))


@contextmanager
def served(files: dict[str, bytes], cut: int = 0) -> Iterator[tuple[str, list[str]]]:
    """A server that knows Range; the first answer of each file breaks off after `cut` bytes. Yields its address, and ranges asked."""
    ranges: list[str] = []
    seen: set[str] = set()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = files.get(self.path)
            if body is None:
                return self.send_error(404)
            asked = self.headers.get("Range", "")
            ranges.append(asked)
            first = int(asked.removeprefix("bytes=").rstrip("-") or 0) if asked else 0
            self.send_response(206 if asked else 200)
            self.send_header("Content-Length", str(len(body) - first))
            self.end_headers()
            part = body[first:]
            if cut and self.path not in seen:
                part = part[:cut]
            seen.add(self.path)
            self.wfile.write(part)
            return None

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", ranges
    server.shutdown()
    server.server_close()


def packed(folder: Path) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        archive.add(folder, "tracks")
    return out.getvalue()


def test_an_archive_that_broke_off_goes_on_where_it_stopped(genome: Assembly, signals: Path) -> None:
    body = packed(signals)
    with served({"/a.tar.gz": body}, cut=100) as (address, ranges):
        with pytest.raises(CommandError, match=r"broke off|cannot be fetched"):
            install(f"{address}/a.tar.gz")
        assert "2 tracks installed" in install(f"{address}/a.tar.gz", sha256=hashlib.sha256(body).hexdigest())
    assert ranges == ["", "bytes=100-"]


def test_another_sha256_is_not_installed(genome: Assembly, signals: Path) -> None:
    with served({"/a.tar.gz": packed(signals)}) as (address, _), pytest.raises(CommandError, match="SHA-256"):
        install(f"{address}/a.tar.gz", sha256="0" * 64)
    assert not MeasuredTrack.objects.exists()


def test_a_folder_at_an_address_is_fetched_file_by_file(genome: Assembly, signals: Path) -> None:
    files = {f"/t/{path.name}": path.read_bytes() for path in signals.iterdir()}
    with served(files) as (address, _):
        assert "2 tracks installed" in install(f"{address}/t/")
        with pytest.raises(CommandError, match="answered 404"):
            install(f"{address}/nothing")


def test_the_api_gives_catalogue_and_windows(client: Client, genome: Assembly, signals: Path) -> None:
    install(signals)
    signal = client.get("/api/v1/measured?genome=sacCer3").json()[0]
    assert (signal["name"], signal["licence"], signal["model_track"]) == ("My RNA", "CC0", "rna_wt_plus")
    assert signal["splits"]["test"] == ["chrVI"]
    place = "chromosome=chrI&start=50&end=350&bins=3"
    answer = client.get(f"/api/v1/measured/signal/window?{place}&summary=max")
    assert answer.json()["values"] == {"signal": [2, 4, 4]}
    assert answer.headers["Cache-Control"] == "no-cache"
    kept = client.get(f"/api/v1/measured/windows?tracks=signal@{signal['version']}&{place}&format=f4")
    assert np.frombuffer(kept.content, "<f4").tolist() == [1, 3, 2]
    assert "immutable" in kept.headers["Cache-Control"]
    again = {"If-None-Match": kept.headers["ETag"]}
    assert client.get(kept.request["PATH_INFO"] + "?" + kept.request["QUERY_STRING"], headers=again).status_code == 304


@pytest.mark.parametrize(
    ("rest", "status", "sentence"),
    [
        ("windows?tracks=sign&chromosome=chrI&start=0&end=9", 404, "did you mean signal"),
        ("windows?tracks=signal@000000000000&chromosome=chrI&start=0&end=9", 404, "installed anew"),
        ("windows?tracks=&chromosome=chrI&start=0&end=9", 422, "is empty"),
        ("signal/window?chromosome=chrI&start=9&end=9", 422, "is empty"),
        ("signal/window?chromosome=chr77&start=0&end=9", 404, "chr77"),
        ("signal/window?genome=hg99&chromosome=chrI&start=0&end=9", 404, "hg99"),
    ],
)
def test_wrong_questions_get_a_sentence(
    client: Client, genome: Assembly, signals: Path, rest: str, status: int, sentence: str
) -> None:
    install(signals)
    answer = client.get(f"/api/v1/measured/{rest}")
    assert answer.status_code == status
    assert sentence in answer.json()["error"]["message"]
