"""`manage.py install_genome` from files, in every form: bases, genes, names; and as the browser reads them."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest
from django.test import Client

from predictor.api import DomainError, Interval
from tests.assemblies import small_files as small
from tests.assemblies.installing import ACGT, install, sequence_of, written
from webapp.loci.genome import AssemblyGenome
from webapp.loci.models import Assembly, Gene, GeneTranscript
from webapp.loci.services import get_assembly, resolve_locus

CODING = [[1200, 1400], [2700, 2800]]


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
