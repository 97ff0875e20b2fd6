"""`manage.py install_genome` from servers: that drop connections, change their files, or mirror the published paths."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest
from django.core.management import CommandError

from predictor.api import Interval
from tests.assemblies import small_files as small
from tests.assemblies.flaky import Flaky, serving
from tests.assemblies.installing import ACGT, install, sequence_of
from webapp.loci.models import Assembly
from webapp.loci.services import get_assembly, resolve_locus


def test_dropped_connections_are_resumed_within_one_run(tmp_path: Path, db: None) -> None:
    body = small.two_bit(ACGT)
    with serving(Flaky({"/a.2bit": body, "/a.gtf": small.GTF.encode()}, cuts=[5_000, 5_000, 5_000])) as server:
        said = install(
            "mini", sequence=f"{server.address}/a.2bit", annotation=f"{server.address}/a.gtf",
            sha256=hashlib.sha256(body).hexdigest(),
        )  # fmt: skip
    assert server.ranges == ["", "bytes=5000-", "bytes=10000-", "bytes=15000-", ""]
    assert said.count("going on") == 3 and "MB" in said
    assert sequence_of("mini", "chr2") == small.CHR2.upper()


def test_a_broken_answer_without_a_length_is_not_the_whole_file(tmp_path: Path, db: None) -> None:
    with serving(Flaky({"/a.fa": small.fasta()}, cuts=[70_000], chunked=True)) as server:
        said = install("mini", sequence=f"{server.address}/a.fa")
    assert said.count("going on") == 1
    assert server.ranges == ["", "bytes=70000-"]
    assert {name: sequence_of("mini", name) for name in ACGT} == {k: v.upper() for k, v in small.SEQUENCES.items()}


def test_what_was_fetched_and_cannot_be_read_is_fetched_anew(tmp_path: Path, db: None) -> None:
    files = {"/a.fa": b"<html>Log in</html>", "/a.gtf": b"<html>Log in</html>"}
    with serving(Flaky(files)) as server:
        places = {"sequence": f"{server.address}/a.fa", "annotation": f"{server.address}/a.gtf"}
        with pytest.raises(CommandError, match="does not begin with “>”"):
            install("mini", **places)
        files["/a.fa"] = small.fasta()
        with pytest.raises(CommandError, match="no line of a GTF"):
            install("mini", **places)
        files["/a.gtf"] = small.GTF.encode()
        install("mini", **places)
    assert resolve_locus(get_assembly("mini"), "ABC1").label == "ABC1"


def test_two_addresses_that_end_alike_are_two_files(tmp_path: Path, db: None) -> None:
    files = {"/fasta/file.gz": small.fasta_gz(), "/names/file.gz": gzip.compress(small.ALIASES.encode())}
    with serving(Flaky(files)) as server:
        install("mini", sequence=f"{server.address}/fasta/file.gz", aliases=f"{server.address}/names/file.gz")
    assert resolve_locus(get_assembly("mini"), "NC_000010.11:1-50").interval == Interval("chr10", 0, 50)


def test_a_signed_address_is_kept_and_said_without_its_signature(db: None) -> None:
    with serving(Flaky({"/a.fa?X-Signature=s3cr3t": small.fasta()})) as server:
        host = server.address.removeprefix("http://")
        said = install("mini", sequence=f"http://{host}/a.fa?X-Signature=s3cr3t")
        again = install("mini", sequence=f"http://{host}/a.fa?X-Signature=of-another-day")
    assembly = get_assembly("mini")
    assert assembly.files["sequence"]["place"] == f"http://{host}/a.fa"
    assert assembly.source == f"http://{host}/a.fa"
    assert "s3cr3t" not in said
    assert "mini is installed" in again


def test_what_a_query_names_beside_its_signature_tells_files_apart(db: None) -> None:
    with serving(Flaky({"/get?acc=A&sig=1&se=2": small.fasta()})) as server:
        install("mini", sequence=f"{server.address}/get?acc=A&sig=1&se=2")
        assert "mini is installed" in install("mini", sequence=f"{server.address}/get?acc=A&sig=3&se=4")
        with pytest.raises(
            CommandError, match=rf"mini is installed from another file, {server.address}/get; say --replace"
        ):
            install("mini", sequence=f"{server.address}/get?acc=B&sig=1&se=2")
    assert "acc" not in str(get_assembly("mini").files)


def test_a_server_without_ranges_is_read_anew(tmp_path: Path, db: None) -> None:
    with serving(Flaky({"/a.fa.gz": small.fasta_gz()}, cuts=[1_000], knows_ranges=False)) as server:
        install("mini", sequence=f"{server.address}/a.fa.gz")
    assert server.ranges == ["", "bytes=1000-"]
    assert sequence_of("mini", "chr10") == small.CHR10


def test_what_stays_away_is_said_and_a_later_run_goes_on(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.lib.download.time.sleep", lambda _: None)
    with serving(Flaky({"/a.fa": small.fasta()}, cuts=[10_000, 0, 0, 0, 0])) as server:
        with pytest.raises(CommandError, match="run this again to go on"):
            install("mini", sequence=f"{server.address}/a.fa")
        assert not Assembly.objects.exists()
        install("mini", sequence=f"{server.address}/a.fa")
    assert server.ranges == ["", *["bytes=10000-"] * 5]
    assert sequence_of("mini", "chrX") == small.CHR_X


def test_a_file_that_changed_at_its_address_is_not_joined_with_the_old_one(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.lib.download.time.sleep", lambda _: None)
    with serving(Flaky({"/a.fa": small.fasta()}, cuts=[10_000, 0, 0, 0, 0])) as server:
        with pytest.raises(CommandError, match="run this again to go on"):
            install("mini", sequence=f"{server.address}/a.fa")
        server.files["/a.fa"] = small.fasta({"chr10": small.CHR2})
        install("mini", sequence=f"{server.address}/a.fa")
    assert sequence_of("mini", "chr10") == small.CHR2.upper()


def test_another_sha256_is_refused_and_not_kept(tmp_path: Path, db: None, home: Path) -> None:
    with (
        serving(Flaky({"/a.fa": small.fasta()})) as server,
        pytest.raises(CommandError, match=r"has the SHA-256 .* not 00"),
    ):
        install("mini", sequence=f"{server.address}/a.fa", sha256="0" * 64)
    assert not Assembly.objects.exists()
    assert not list((home / "reference").rglob("a.fa*"))


def test_a_mirror_has_the_published_paths(db: None) -> None:
    bands, names = small.BANDS.encode(), small.ALIASES.encode()
    sequence = small.two_bit({**ACGT, "chr2_alt": "ACGT" * 9})
    files = {
        "/goldenPath/hg38/bigZips/hg38.2bit": sequence, "/goldenPath/hg38/bigZips/hg38.chromAlias.txt": names,
        "/goldenPath/hg38/database/cytoBand.txt.gz": gzip.compress(bands),
        "/Gencode_human/release_49/gencode.v49.annotation.gtf.gz": gzip.compress(small.GTF.encode()),
    }  # fmt: skip
    with serving(Flaky(files)) as server:
        said = install("hg38", mirror=server.address)
        assert "hg38 is installed" in install("hg38", mirror=server.address)  # the second time nothing is fetched
    assert len(server.ranges) == 4
    assembly = get_assembly("hg38")
    assert (assembly.title, assembly.organism) == ("Human GRCh38 (hg38)", "Homo sapiens")
    assert list(assembly.chromosomes.values_list("name", flat=True)) == [
        "chr2",
        "chr10",
        "chrX",
    ]  # no alternative locus
    assert resolve_locus(assembly, "ABC1").label == "ABC1"
    assert "3 sequences" in said


def test_chr_m_of_hg19_is_left_out_since_it_is_another_sequence_than_mt(db: None) -> None:
    path = "/goldenPath/hg19/bigZips/hg19"
    sequence = small.two_bit({"chr2": ACGT["chr2"], "chrM": "ACGT" * 9, "chr2_random": "ACGT" * 8})
    files = {
        f"{path}.2bit": sequence, f"{path}.chromAlias.txt": small.ALIASES.encode(),
        "/goldenPath/hg19/database/cytoBand.txt.gz": gzip.compress(small.BANDS.encode()),
        "/Gencode_human/release_49/GRCh37_mapping/gencode.v49lift37.annotation.gtf.gz": gzip.compress(small.GTF.encode()),
    }  # fmt: skip
    with serving(Flaky(files)) as server:
        install("hg19", mirror=server.address)
        assert [one.name for one in get_assembly("hg19").chromosomes.all()] == ["chr2"]
        with pytest.raises(CommandError, match=r"without its scaffolds .* say --replace"):
            install("hg19", mirror=server.address, all_sequences=True)
        install("hg19", mirror=server.address, all_sequences=True, replace=True)
    assert sorted(one.name for one in get_assembly("hg19").chromosomes.all()) == ["chr2", "chr2_random"]
