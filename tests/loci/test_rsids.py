"""rsIDs: a table from a VCF, and every place where an rsID is read."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from predictor.api import DomainError, Interval, Variant
from tests.predictions.conftest import genome
from tests.predictions.making import random_dna, small_genome
from tests.scoring_jobs.making import asked, finished, gene
from webapp.loci.genome import AssemblyGenome
from webapp.loci.models import Assembly, Rsid, RsidTable
from webapp.loci.rsids import find_rsids
from webapp.loci.services import resolve_exactly, resolve_locus
from webapp.predictions.specs import parse_spec
from webapp.predictions.submit import submit
from webapp.scoring.models import ScoreRow
from webapp.scoring.table import Wish, read_page

__all__ = ["genome"]

pytestmark = pytest.mark.django_db(transaction=True)

CHR_I = random_dna(40_000, 0)
HEAD = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"


def others(number: int) -> list[str]:
    """The bases that are not at `number` of chrI, in the order of ACGT."""
    return [base for base in "ACGT" if base != CHR_I[number - 1]]


def row(number: int, name: str, alts: str, ref: str = "", chromosome: str = "chrI") -> str:
    return f"{chromosome}\t{number}\t{name}\t{ref or CHR_I[number - 1]}\t{alts}\t.\t.\t.\n"


ROWS = (
    row(10_001, "rs5", others(10_001)[0], chromosome="1")
    + row(20_001, "rs7", ",".join(others(20_001)[:2]))
    + row(20_001, "RS7;rs8", others(20_001)[0])  # the same ALT again, and under a second rsID
    + row(30_001, ".", others(30_001)[0])
    + row(30_002, "rs9", others(30_002)[0], ref=others(30_002)[1])
    + row(30_003, "rs10", "<DEL>")
    + row(30_004, "rs11", others(30_004)[0], chromosome="chr77")
    + "chrI\tbroken\n"
)


@pytest.fixture
def vcf(tmp_path: Path) -> Path:
    path = tmp_path / "snps.vcf"
    path.write_text(HEAD + ROWS)
    return path


def load(path: Path) -> str:
    said = io.StringIO()
    call_command("load_rsids", "saccer3", str(path), stdout=said)
    return said.getvalue()


@pytest.fixture
def table(genome: Assembly, vcf: Path) -> Assembly:
    """rs5: one ALT at chrI:10,001. rs7: two at chrI:20,001. rs8: the first of them."""
    load(vcf)
    return genome


def test_a_vcf_is_loaded_and_what_is_wrong_with_it_is_counted(genome: Assembly, vcf: Path) -> None:
    said = load(vcf)
    assert "sacCer3: 4 alleles with rsIDs from snps.vcf in PostgreSQL" in said  # rs5, two of rs7, rs8
    assert "1 without an rsID left out" in said
    assert "1 left out (wrong_reference), the first at line 7: " in said
    assert "1 left out (symbolic_allele), the first at line 8: " in said
    assert "1 left out (unknown_chromosome), the first at line 9: " in said
    assert "1 left out (bad_row), the first at line 10: " in said
    one = Variant("chrI", 10_000, CHR_I[10_000], others(10_001)[0])
    two = tuple(Variant("chrI", 20_000, CHR_I[20_000], alt) for alt in others(20_001)[:2])
    assert find_rsids(genome, ["rs5", "rs7", "rs8", "rs9"]) == {"rs5": (one,), "rs7": two, "rs8": two[:1], "rs9": ()}


@pytest.mark.parametrize("packed", [False, True])
def test_loading_again_is_instant_and_another_file_takes_the_place(
    genome: Assembly, vcf: Path, tmp_path: Path, packed: bool
) -> None:
    load(vcf)
    table = RsidTable.objects.get()
    assert load(vcf) == "sacCer3: the rsIDs of snps.vcf are loaded\n"
    assert RsidTable.objects.get() == table
    other = tmp_path / ("other.vcf.gz" if packed else "other.vcf")
    text = (HEAD + row(5, "rs1", others(5)[0])).encode()
    other.write_bytes(gzip.compress(text[:90]) + gzip.compress(text[90:]) if packed else text)  # as bgzip: many members
    load(other)
    assert list(Rsid.objects.values_list("number", flat=True)) == [1]
    assert RsidTable.objects.get().source == other.name


def test_a_file_that_cannot_be_used_leaves_the_table_as_it_was(table: Assembly, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no file"):
        load(tmp_path / "missing.vcf")
    cut = tmp_path / "cut.vcf.gz"
    cut.write_bytes(gzip.compress((HEAD + ROWS).encode())[:-20])
    with pytest.raises(CommandError, match="damaged gzip file or breaks off"):
        load(cut)
    alien = tmp_path / "alien.vcf"
    alien.write_text(HEAD + row(7, "rs1", others(7)[0], chromosome="chrX"))
    with pytest.raises(CommandError, match="no variant of sacCer3 with an rsID"):
        load(alien)
    assert Rsid.objects.count() == 4
    with pytest.raises(CommandError, match="no genome"):
        call_command("load_rsids", "hg99", str(alien))


def test_an_rsid_is_found_by_the_one_index(table: Assembly) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'loci_rsid'")
        ((index,),) = cursor.fetchall()
    assert "(table_id, number, rank)" in index
    genome = AssemblyGenome(table)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        genome.read_rsids(["rs5", "rs7", "rs404"])
        assert len(genome.rsid("rs7") or ()) == 2 and genome.rsid("rs404") == ()
    assert len(queries) == 2  # whether there is a table, and what is in it
    bare = small_genome_without_rsids(table)
    with CaptureQueriesContext(connection) as queries:
        bare.read_rsids(["rs5", "rs7"])
        assert bare.rsid("rs5") is None and bare.rsid("rs7") is None
    assert len(queries) == 1


def small_genome_without_rsids(table: Assembly) -> AssemblyGenome:
    table.delete()
    assert not Rsid.objects.exists()
    return AssemblyGenome(small_genome({"chrI": 40_000}))


def test_an_rsid_is_a_place(table: Assembly, client: Client) -> None:
    found = resolve_locus(table, " RS5 ")
    assert (found.interval, found.label) == (Interval("chrI", 5_000, 15_000), "rs5")
    assert resolve_exactly(table, "rs5") == Interval("chrI", 10_000, 10_001)
    answer = client.get("/api/v1/place", {"q": "rs7"}).json()
    assert (answer["name"], answer["locus"]) == ("rs7", "chrI:15,001-25,000")
    assert client.get("/api/v1/place", {"q": "rs404"}).json()["error"]["code"] == "unknown_rsid"
    gene(table, "RS5", 100, 400, "+")
    assert resolve_locus(table, "rs5").gene is not None  # there are genes of such names: human RS1


def test_without_a_table_the_locus_box_says_so(genome: Assembly) -> None:
    with pytest.raises(DomainError, match="no table of rsIDs is loaded for sacCer3"):
        resolve_locus(genome, "rs5")


def test_an_rsid_at_two_ends_of_a_chromosome_is_no_place(genome: Assembly, tmp_path: Path) -> None:
    path = tmp_path / "far.vcf"
    path.write_text(HEAD + row(100, "rs1", others(100)[0]) + row(30_000, "rs1", others(30_000)[0]))
    load(path)
    with pytest.raises(DomainError, match="several places: chrI:100, chrI:30,000; choose one") as caught:
        resolve_locus(genome, "rs1")
    assert caught.value.suggestions == ("chrI:100", "chrI:30,000")


def test_an_edit_is_written_as_an_rsid(table: Assembly, client: Client) -> None:
    prediction = submit(parse_spec({"genome": "sacCer3", "variants": ["rs5"]}), "")[0]
    alt = others(10_001)[0]
    assert prediction.edits == [{"start": 10_000, "ref": CHR_I[10_000], "alt": alt}]
    assert f"rs5 is chrI:10001:{CHR_I[10_000]}>{alt}." in prediction.warnings
    answer = client.post(
        "/api/v1/predictions", json.dumps({"genome": "sacCer3", "variants": ["rs7"]}), content_type="application/json"
    )
    said = answer.json()["error"]
    assert said["code"] == "several_alleles"
    assert said["suggestions"] == [f"chrI:20001:{CHR_I[20_000]}>{alt}" for alt in others(20_001)[:2]]


@pytest.mark.parametrize("given", [{"variants": ["rs7", "rs5", "rs404"]}, {"text": "rs7\nrs5\nrs404\n"}])
def test_scoring_takes_each_alternative_of_an_rsid_as_a_row(table: Assembly, given: dict[str, object]) -> None:
    job = asked(**given)
    rows = list(ScoreRow.objects.filter(job=job).order_by("order"))
    assert [(one.number, one.allele, one.name, one.alt) for one in rows[:3]] == [
        (2, 1, "rs5", others(10_001)[0]), (1, 1, "rs7", others(20_001)[0]), (1, 2, "rs7", others(20_001)[1])
    ]  # fmt: skip
    assert "rs404 is not in this installation's table" in rows[3].error
    job = finished(job)
    assert (job.done, job.bad) == (3, 1)
    assert [one["given"] for one in read_page(job, Wish(sort="number"))["rows"]] == ["rs7", "rs7", "rs5", "rs404"]


def test_what_an_rsid_meant_before_a_table_came_is_not_answered_at_the_limit(genome: Assembly, vcf: Path) -> None:
    alice = "a" * 32
    line = f"chrI:10001:{CHR_I[10_000]}>{others(10_001)[0]}"
    before = asked(alice, variants=[line, "rs7"])
    assert before.bad == 1
    for alt in others(10_001)[1:]:
        asked(alice, variants=[line[:-1] + alt])
    assert asked(alice, variants=[line, "rs7"]) == before
    load(vcf)
    with pytest.raises(DomainError, match="3 scoring jobs waiting"):
        asked(alice, variants=[line, "rs7"])
