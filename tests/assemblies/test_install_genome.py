"""`manage.py install_genome`: from files, and from a server that drops connections."""

from __future__ import annotations

import gzip
import hashlib
import shutil
from collections import namedtuple
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from predictor.api import DomainError, Interval
from tests.assemblies import small_files as small
from tests.assemblies.flaky import Flaky, serving
from webapp.loci.genome import AssemblyGenome
from webapp.loci.models import Assembly, Gene, GeneTranscript
from webapp.loci.services import fetch_sequence, get_assembly, resolve_locus

ACGT = {name: bases.replace("R", "A") for name, bases in small.SEQUENCES.items()}
CODING = [[1200, 1400], [2700, 2800]]


@pytest.fixture(autouse=True)
def home(settings: Settings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path / "home"
    return tmp_path / "home"


def install(*arguments: str | Path, **options: object) -> str:
    said = StringIO()
    given = {key: str(value) if isinstance(value, Path) else value for key, value in options.items()}
    call_command("install_genome", *map(str, arguments), stdout=said, **given)
    return said.getvalue()


def written(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def sequence_of(name: str, chromosome: str) -> str:
    assembly = get_assembly(name)
    length = assembly.chromosomes.get(name=chromosome).length
    return fetch_sequence(Interval(chromosome, 0, length), assembly)


# --- forms ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sequence", "content", "annotation", "genes"),
    [
        ("a.fa", small.fasta(), "a.gtf", small.GTF.encode()),
        ("a.fa.gz", small.fasta_gz(), "a.gff3.gz", gzip.compress(small.GFF3.encode())),
        ("a.2bit", small.two_bit(ACGT), "a.gtf.gz", gzip.compress(small.GTF.encode())),
    ],
    ids=["fasta-gtf", "fasta.gz-gff3.gz", "2bit-gtf.gz"],
)
def test_every_form_gives_the_same_bases_and_genes(
    tmp_path: Path, db: None, sequence: str, content: bytes, annotation: str, genes: bytes
) -> None:
    said = install(
        "mini", sequence=written(tmp_path, sequence, content), annotation=written(tmp_path, annotation, genes),
        title="Made (mini)", organism="none",
    )  # fmt: skip
    expected = ACGT if sequence.endswith("2bit") else small.SEQUENCES
    for name, bases in expected.items():
        assert sequence_of("mini", name) == bases.upper()  # no soft mask; N and R as they are
    order = ["chr2", "chr10", "chrX"] if sequence.endswith("2bit") else ["chr10", "chr2", "chrX"]
    assembly = Assembly.objects.get(name="mini")
    assert list(assembly.chromosomes.values_list("name", flat=True)) == order
    gene = Gene.objects.get(assembly=assembly, name="ABC1")
    assert (gene.chromosome.name, gene.start, gene.end, gene.strand, gene.kind) == (
        "chr2",
        1000,
        3000,
        "-",
        "protein-coding",
    )
    assert (gene.systematic, gene.exons, gene.coding) == ("ENSG00000000001", [[1100, 1400], [2700, 2900]], CODING)
    assert gene.transcripts.get(rank=0).key == "enst00000000002"
    assert Gene.objects.get(keys__contains=["ensg00000000002"]).kind == "ncRNA"
    digest = hashlib.sha256(content).hexdigest()
    assert assembly.files["sequence"] == {"place": str(tmp_path / sequence), "sha256": digest, "bytes": len(content)}
    assert f"SHA-256 {digest}" in said and "the site shows them now" in said and "mini is installed" in said
    assert said.index("the site shows them now") < said.index("reading genes")


def test_all_transcripts_are_kept_and_what_lies_beyond_the_sequence_is_told(tmp_path: Path, db: None) -> None:
    said = install(
        "mini", sequence=written(tmp_path, "a.fa", small.fasta()), annotation=written(tmp_path, "a.gtf", small.GTF)
    )
    assert "2 genes, 3 transcripts in PostgreSQL; 1 lie beyond its sequences" in said  # OVER1; chrUn_1 is not read
    names = list(GeneTranscript.objects.order_by("gene__start", "rank").values_list("name", flat=True))
    assert names == ["ENST00000000002.7", "ENST00000000001.2", "ENST00000000003.1"]


def test_notations_along_a_transcript_count_its_coding_sequence(tmp_path: Path, db: None) -> None:
    install("mini", sequence=written(tmp_path, "a.fa", small.fasta()), annotation=written(tmp_path, "a.gtf", small.GTF))
    genome = AssemblyGenome(get_assembly("mini"))
    for name in ("ABC1", "ENSG00000000001", "ENST00000000002", "enst00000000002.7"):
        transcript = genome.transcript(name)
        assert transcript is not None and [list(span) for span in transcript.exons] == CODING
    assert genome.transcript("ENST00000000001") is None  # it has no coding sequence
    assert genome.transcript("LINC1") is None
    assert [gene.name for gene in genome.genes(Interval("chr2", 0, 6_000))] == ["ABC1", "LINC1"]
    assert [gene.name for gene in genome.genes(Interval("chr2", 5_100, 6_000))] == []


def test_bases_are_the_same_however_few_are_remembered(
    tmp_path: Path, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.loci.genome._BLOCKS", 1)
    install("mini", sequence=written(tmp_path, "a.fa", small.fasta()))
    genome, bases = AssemblyGenome(get_assembly("mini")), small.CHR2.upper()
    for start, end in [(70_000, 70_009), (65_530, 65_540), (0, len(bases)), (65_536, 65_537), (65_535, 65_536)]:
        assert genome.fetch(Interval("chr2", start, end)) == bases[start:end]


# --- names ----------------------------------------------------------------------------------------


def test_chromosomes_go_by_the_names_of_all_archives(tmp_path: Path, db: None) -> None:
    install(
        "mini", sequence=written(tmp_path, "a.fa", small.fasta()), aliases=written(tmp_path, "names.txt", small.ALIASES),
        bands=written(tmp_path, "bands.txt", small.BANDS),
    )  # fmt: skip
    assembly = get_assembly("mini")
    for text in ("chr10:1-50", "10:1-50", "CHR10:1-50", "NC_000010.11:1-50", "cm000672.2:1-50"):
        assert resolve_locus(assembly, text).interval == Interval("chr10", 0, 50)
    assert resolve_locus(assembly, "X").interval.chromosome == "chrX"
    with pytest.raises(DomainError, match="no chromosome “chrII”"):  # this genome does not count in Roman numerals
        resolve_locus(assembly, "chrII:1-50")
    assert assembly.chromosomes.get(name="chr2").bands[0] == ["p11.1", 0, 40_000, "acen"]


@pytest.mark.parametrize(
    ("name", "text"), [("hg19-part", "NC_000010.10"), ("hg38", "NC_000010.11"), ("mm10", "CM001003.2")]
)
def test_well_known_assemblies_know_their_accessions_without_a_list(
    tmp_path: Path, db: None, name: str, text: str
) -> None:
    install(name, sequence=written(tmp_path, "a.fa", small.fasta()))
    assert resolve_locus(get_assembly(name), f"{text}:1-50").interval == Interval("chr10", 0, 50)


def test_a_chromosome_that_is_a_sex_chromosome_is_not_the_tenth(tmp_path: Path, db: None) -> None:
    install("mini", sequence=written(tmp_path, "a.fa", small.fasta({"chr20": small.CHR10, "chrX": small.CHR_X})))
    with pytest.raises(DomainError, match="no chromosome “chr10”"):
        resolve_locus(get_assembly("mini"), "chr10:1-50")


def test_others_that_count_in_roman_numerals_do_not_go_by_yeasts_accessions(tmp_path: Path, db: None) -> None:
    bases = dict.fromkeys(("chrI", "chrII", "chrIII"), small.CHR_X)  # as of S. pombe
    install("pombe", sequence=written(tmp_path, "a.fa", small.fasta(bases)))
    assert resolve_locus(get_assembly("pombe"), "chr2:1-50").interval.chromosome == "chrII"
    for text in ("NC_001134.8:1-50", "BK006936.2:1-50"):
        with pytest.raises(DomainError, match="no chromosome"):
            resolve_locus(get_assembly("pombe"), text)


def test_names_of_genes_may_be_odd(tmp_path: Path, db: None) -> None:
    odd = f"ID=g;Name=A  B%00 \t1;Alias=C  D,{'x' * 101},ŉ{'y' * 98}z;description=of%00it"
    lines = [f"chr2\tx\tgene\t1\t90\t.\t+\t.\t{odd}".replace(" \t1", "%091")]
    install(
        "mini",
        sequence=written(tmp_path, "a.fa", small.fasta()),
        annotation=written(tmp_path, "a.gff3", lines[0] + "\n"),
    )
    gene = Gene.objects.get()
    assert (gene.name, gene.aliases[0]) == ("A B 1", "C D")
    assert all(len(alias) <= 100 for alias in gene.aliases)
    assert resolve_locus(get_assembly("mini"), "c  d").gene == gene


# --- over the network -----------------------------------------------------------------------------


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
    assert "mini is installed" in again or "already" in again


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


# --- refusals -------------------------------------------------------------------------------------


REFUSED = {
    "truncated-gzip": ("a.fa.gz", small.fasta_gz()[:-2_000], "ends in the middle of its compressed data"),
    "damaged-gzip": ("a.fa.gz", small.fasta_gz()[:2_000] + bytes(50) + small.fasta_gz()[2_050:], "is damaged"),
    "truncated-2bit": ("a.2bit", small.two_bit(ACGT)[:10_000], "no whole 2bit file"),
    "no-fasta": ("a.fa", b"Hello", "does not begin with “>”"),
    "empty": ("a.fa", b"", "holds no FASTA record"),
    "protein": ("a.fa", b">chr1\nMKLV*\n", "“L” is no letter of DNA"),
    "no-bases": ("a.fa", b">chr1\n>chr2\nACGT\n", "“chr1” has no bases"),
    "twice": ("a.fa", b">chr1\nAC\n>chr1\nGT\n", "has the record “chr1” twice"),
    "one-name-for-two": ("a.fa", b">chr1\nAC\n>1\nGT\n", "both go by “1”"),
    "no-base": ("a.fa", b">chr1\nAC=GT\n", "“=” is no letter of DNA"),
    "html": ("a.fa", b"<html>404</html>", "does not begin with “>”"),
}


@pytest.mark.parametrize(("name", "content", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_faulty_sequence_is_refused_in_a_sentence_and_leaves_nothing(
    tmp_path: Path, db: None, name: str, content: bytes, sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        install("mini", sequence=written(tmp_path, name, content))
    assert not Assembly.objects.exists()


BAD_GENES = {
    "no-columns": ("chr2 gene 1 2\n", "Line 1 of a.gtf is no line of a GTF or GFF3 file"),
    "backwards": ("chr2\tx\tgene\t20\t10\t.\t+\t.\tgene_id \"a\";\n", "Line 1 of a.gtf is no line"),
    "elsewhere": ("chr7\tx\texon\t1\t10\t.\t+\t.\tgene_id \"a\"; transcript_id \"b\";\n", "no gene on a chromosome of mini"),
    "unsorted": (
        "".join(f"{name}\tx\texon\t1\t10\t.\t+\t.\tgene_id \"a\"; transcript_id \"b\";\n" for name in ("chr2", "chrX", "chr2")),
        "Line 3 of a.gtf goes back to chr2; sort the file",
    ),
    "empty": ("# nothing\n", "holds no line of a GTF or GFF3 file"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), BAD_GENES.values(), ids=BAD_GENES)
def test_a_faulty_annotation_leaves_the_sequence_and_a_later_run_adds_genes(
    tmp_path: Path, db: None, text: str, sentence: str
) -> None:
    sequence, genes = written(tmp_path, "a.fa", small.fasta()), written(tmp_path, "a.gtf", text)
    with pytest.raises(CommandError, match=sentence):
        install("mini", sequence=sequence, annotation=genes)
    before = get_assembly("mini")
    assert (before.annotation, before.genes.count()) == ("", 0)
    assert sequence_of("mini", "chrX") == small.CHR_X
    written(tmp_path, "a.gtf", small.GTF)
    assert "reading sequences" not in install("mini", sequence=sequence, annotation=genes)
    assert get_assembly("mini").pk == before.pk
    assert resolve_locus(get_assembly("mini"), "abc1").label == "ABC1"


def test_the_second_time_nothing_is_done_and_another_file_has_to_be_meant(tmp_path: Path, db: None) -> None:
    sequence = written(tmp_path, "a.fa", small.fasta())
    install("mini", sequence=sequence)
    first = get_assembly("mini").pk
    assert install("mini", sequence=sequence) == "mini is installed\n"
    other = written(tmp_path, "b.fa", small.fasta({"chr1": small.CHR_X}))
    with pytest.raises(CommandError, match=r"mini is installed from another file, .*a\.fa; say --replace"):
        install("mini", sequence=other)
    assert get_assembly("mini").pk == first
    install("mini", sequence=other, replace=True)
    assert list(get_assembly("mini").chromosomes.values_list("name", flat=True)) == ["chr1"]


def test_replace_reads_the_same_file_again(tmp_path: Path, db: None) -> None:
    sequence = written(tmp_path, "a.fa", small.fasta())
    install("mini", sequence=sequence)
    written(tmp_path, "a.fa", small.fasta({"chr1": small.CHR_X}))
    install("mini", sequence=sequence, replace=True)
    assert list(get_assembly("mini").chromosomes.values_list("name", flat=True)) == ["chr1"]


def test_names_that_differ_in_case_alone_are_one(tmp_path: Path, db: None) -> None:
    sequence = written(tmp_path, "a.fa", small.fasta())
    install("Mini", sequence=sequence)
    with pytest.raises(CommandError, match="mini differs from Mini"):
        install("mini", sequence=sequence)
    Assembly.objects.create(name="mini", title="from before", organism="")
    assert [get_assembly(name).name for name in ("mini", "Mini")] == ["mini", "Mini"]


def test_a_genome_is_listed_and_removed_but_not_the_packaged_one(tmp_path: Path, db: None) -> None:
    install("mini", sequence=written(tmp_path, "a.fa", small.fasta()), title="Made")
    assert "mini\tMade\t3 sequences\t80,4" in install(show=True)
    assert install("mini", remove=True) == "mini is removed\n"
    assert not Assembly.objects.exists()
    Assembly.objects.create(name="sacCer3", title="yeast", organism="yeast")
    for options in ({"remove": True}, {"sequence": tmp_path / "a.fa", "replace": True}):
        with pytest.raises(CommandError, match="sacCer3 comes with this software"):
            install("sacCer3", **options)


def test_a_full_disk_is_said_before_anything_is_fetched(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1 << 40, 0, 2 << 30))
    with (
        serving(Flaky({})) as server,
        pytest.raises(CommandError, match=r"2,3\d\d MB are needed and 2,147 MB are free"),
    ):
        install("hg38", mirror=server.address)
    assert server.ranges == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Say which genome: hg38, hg19, mm10, hg19-mini"),
        (["dm6"], "“dm6” is none of hg38, hg19, mm10, hg19-mini; to install it from files"),
        (["a/b", "--sequence", "x.fa"], "“a/b” is no name of a genome"),
        (["mini", "--sequence", "/nowhere/x.fa"], "There is no file /nowhere/x.fa"),
    ],
)
def test_what_cannot_be_meant_is_said(db: None, arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        install(*arguments)


def test_an_address_that_leads_nowhere_is_said(db: None) -> None:
    with serving(Flaky({})) as server, pytest.raises(CommandError, match=r"a\.fa answered 404 .*check the address"):
        install("mini", sequence=f"{server.address}/a.fa")


# --- as the browser reads it ----------------------------------------------------------------------


def test_genes_are_given_as_far_as_they_are_in_view(tmp_path: Path, db: None, client: Client) -> None:
    install(
        "mini", sequence=written(tmp_path, "a.fa", small.fasta()), annotation=written(tmp_path, "a.gtf", small.GTF),
        bands=written(tmp_path, "bands.txt", small.BANDS),
    )  # fmt: skip
    address = "/reference/mini/genes.json"
    found = client.get(address, {"chromosome": "chr2", "start": "-5000", "end": "4999.5"}).json()
    assert [gene["name"] for gene in found] == ["ABC1"]
    assert {key: found[0][key] for key in ("chr", "start", "end", "strand", "cdStart", "cdEnd")} == {
        "chr": "chr2", "start": 1000, "end": 3000, "strand": "-", "cdStart": 1200, "cdEnd": 2800,
    }  # fmt: skip
    assert found[0]["exons"] == [
        {"start": 1100, "end": 1400, "cdStart": 1200, "cdEnd": 1400},
        {"start": 2700, "end": 2900, "cdStart": 2700, "cdEnd": 2800},
    ]
    wide = client.get(address, {"chromosome": "chr2", "start": 0, "end": 50_000_000}).json()
    assert [gene["name"] for gene in wide] == ["ABC1"] and "exons" not in wide[0]
    assert client.get(address, {"chromosome": "chr2", "start": 0}).status_code == 400
    assert client.get(f"{address}?chromosome=%00&start=0&end=1").status_code == 400
    assert client.get("/?genome=%00").status_code == 404
    assert client.get("/reference/none/genes.json", {"chromosome": "chr2", "start": 0, "end": 1}).status_code == 404
    assert client.get("/reference/mini/cytobands.txt").content.decode() == small.BANDS
