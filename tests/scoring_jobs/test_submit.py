"""From a spec to a job: rows read and sorted, regions, budget, and what is refused."""

from __future__ import annotations

import gzip
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from predictor.api import DomainError, Interval, model_info
from tests.predictions.making import random_dna, small_genome
from tests.scoring_jobs.making import asked, gene, notation
from webapp.loci.genome import AssemblyGenome
from webapp.loci.models import Assembly
from webapp.predictions.models import State
from webapp.scoring.access import cancel_job, get_job
from webapp.scoring.columns import usual
from webapp.scoring.describe import describe
from webapp.scoring.given import promoter_of
from webapp.scoring.models import Kind, ScoreJob, ScoreRow, ScoreSlice
from webapp.scoring.packing import unpack_upload
from webapp.scoring.specs import parse_score_spec
from webapp.scoring.submit import Upload, submit

pytestmark = pytest.mark.django_db


def test_good_rows_come_by_place_and_bad_ones_last(genome: Assembly) -> None:
    variants = [notation(genome, 500, chromosome="chrII"), "rs123", notation(genome, 20_001), notation(genome, 10_001)]
    job = asked(variants=variants)
    rows = list(ScoreRow.objects.filter(job=job).order_by("order"))
    assert [row.number for row in rows] == [4, 3, 1, 2]
    assert [row.chromosome for row in rows] == ["chrI", "chrI", "chrII", ""]
    assert "rsID" in rows[-1].error
    assert (job.total, job.bad, job.good, job.kind) == (4, 1, 3, "variants")
    first = ScoreSlice.objects.get(job=job)
    assert (first.start, first.state) == (0, State.QUEUED)


def test_a_multi_allelic_vcf_is_split_and_an_indel_is_moved_left_and_says_so(genome: Assembly) -> None:
    bases = random_dna(40_000, 0)  # chrI
    others = [base for base in "ACGT" if base != bases[9_999]]
    row = f"chrI\t10000\tx\t{bases[9_999]}\t{others[0]},{others[1]}\t.\t.\t."
    vcf = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n" + row + "\n"
    job = asked(upload=Upload("two.vcf.gz", gzip.compress(vcf.encode())))
    rows = list(ScoreRow.objects.filter(job=job).order_by("allele"))
    assert [(row.number, row.allele, row.alt, row.name) for row in rows] == [
        (3, 1, others[0], "x"),
        (3, 2, others[1], "x"),
    ]
    assert gzip.decompress(unpack_upload(ScoreJob.objects.get(id=job.id).upload)) == vcf.encode()
    assert job.source == "two.vcf.gz"


def test_rows_near_to_one_another_are_read_with_one_query(genome: Assembly) -> None:
    few = "\n".join(notation(genome, n) for n in range(10_001, 10_004))
    many = "\n".join(notation(genome, n) for n in range(11_001, 11_301))
    counts = []
    for text in (few, many):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            asked(text=text)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_saturation_is_every_substitution_of_a_locus(genome: Assembly) -> None:
    job = asked(saturation="chrI:10,001-10,010")
    rows = list(ScoreRow.objects.filter(job=job).order_by("order"))
    assert len(rows) == 30  # 10 bp x 3 alternatives
    assert (job.kind, job.chromosome, job.start, job.end) == ("saturation", "chrI", 10_000, 10_010)
    assert describe(job)["title"] == "Every base of chrI:10,001-10,010"
    assert asked(saturation="chrI:10,001").total == 3
    with pytest.raises(DomainError, match="at most 1,000 bp"):
        asked(saturation="chrI:10,001-11,001")


@pytest.mark.parametrize(
    ("strand", "start", "end", "found"),
    [
        ("+", 10_000, 12_000, Interval("chrI", 9_500, 10_000)),
        ("-", 10_000, 12_000, Interval("chrI", 12_000, 12_500)),
        ("+", 200, 12_000, Interval("chrI", 0, 200)),
        ("-", 10_000, 39_900, Interval("chrI", 39_900, 40_000)),
        ("+", 0, 900, None),
    ],
)
def test_a_promoter_is_500_bp_before_the_start_codon_as_far_as_there_are(
    strand: str, start: int, end: int, found: Interval | None
) -> None:
    assert promoter_of("chrI", start, end, strand, 40_000) == found


def test_a_scan_has_every_substitution_and_tiles_of_five(genome: Assembly) -> None:
    gene(genome, "ABC1", 10_000, 11_000, "-")
    job = asked(scan="abc1")
    rows = list(ScoreRow.objects.filter(job=job))
    deletions = [row for row in rows if len(row.ref) > len(row.alt)]
    assert len(rows) == 1_600  # 500 bp x 3 alternatives, and 500 / 5 deletions
    assert len(deletions) == 100
    assert {len(row.ref) - len(row.alt) for row in deletions} == {5}
    assert (job.kind, job.gene, job.start, job.end) == ("scan", "ABC1", 11_000, 11_500)
    assert describe(job)["title"] == "Promoter of ABC1"


def test_two_genes_that_share_a_promoter_have_a_job_each(genome: Assembly) -> None:
    gene(genome, "ABC1", 9_000, 10_000, "-")
    gene(genome, "XYZ1", 10_500, 11_000, "+")
    left, right = asked(scan="ABC1"), asked(scan="XYZ1")
    assert (left.start, left.end) == (right.start, right.end) == (10_000, 10_500)
    assert left.id != right.id
    assert describe(right)["title"] == "Promoter of XYZ1"
    assert asked(scan="ABC1").id == left.id


BAD = [
    ({}, 400, "nothing_asked"),
    ({"variants": ["chrI:1:A>C"], "scan": "GAL1"}, 400, "too_much_asked"),
    ({"variants": []}, 400, "no_rows"),
    ({"text": " \n"}, 400, "empty_file"),
    ({"variants": "chrI:1:A>C"}, 422, "wrong_type"),
    ({"variant": ["chrI:1:A>C"]}, 422, "unknown_field"),
    ({"variants": ["nonsense", "chrZ:1:A>G", "chrI:1:A>A", "rs1"]}, 422, "no_good_row"),
    ({"variants": ["x"] * 10_001}, 422, "too_long"),
    ({"text": "x\n" * 10_001}, 413, "too_many_rows"),
    ({"saturation": "chrI:1-2000"}, 422, "window_too_long"),
    ({"scan": "chrI:1-2000"}, 400, "no_gene"),
    ({"scan": "GALL1"}, 404, "unknown_gene"),
    ({"scan": "GAL1", "scorers": ["CAGEY"]}, 422, "unknown_scorer"),
    ({"scan": "GAL1", "scorers": []}, 400, "no_scorers"),
    ({"scan": "GAL1", "tracks": ["chip_reb11"]}, 422, "unknown_track"),
    ({"scan": "GAL1", "scorers": ["CAGE"], "tracks": ["chip_reb1"]}, 400, "no_tracks"),
    ({"scan": "GAL1", "genome": "hg99"}, 404, "unknown_genome"),
    ({"scan": "GAL1", "model": "yeasty"}, 404, "unknown_model"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "status", "code"), BAD, ids=[f"{n}-{code}" for n, (*_, code) in enumerate(BAD)])
def test_what_cannot_be_scored_is_refused_in_one_way(
    genome: Assembly, given: dict[str, object], status: int, code: str
) -> None:
    with pytest.raises(DomainError) as caught:
        submit(parse_score_spec(given), "")
    assert (caught.value.status, caught.value.code) == (status, code)
    assert str(caught.value).endswith((".", "?"))
    assert not ScoreJob.objects.exists()


def test_a_refusal_of_every_row_shows_the_first_three(genome: Assembly) -> None:
    with pytest.raises(DomainError) as caught:
        asked(variants=["nonsense", "chrZ:1:A>G", "chrI:1:A>A", "rs1"])
    said = str(caught.value)
    assert said.startswith("None of the 4 rows can be scored. Row 1: ")
    assert "Row 3: " in said
    assert "Row 4" not in said


def test_more_values_than_a_table_holds_are_refused(genome: Assembly, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.scoring.submit.MAX_VALUES", 59)
    with pytest.raises(DomainError, match="30 variants times 2 columns are 60 values"):
        asked(saturation="chrI:10,001-10,010")


def test_more_bases_than_a_job_has_room_for_are_refused(genome: Assembly, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.scoring.submit.MAX_ALLELES_BP", 59)
    with pytest.raises(DomainError, match="alleles have 60 bp in all") as caught:  # 30 x A>C
        asked(saturation="chrI:10,001-10,010")
    assert caught.value.status == 413


def test_the_same_request_is_answered_by_the_same_job(genome: Assembly) -> None:
    given = {"variants": [notation(genome, 10_001)]}
    first, reused = submit(parse_score_spec(given), "")
    assert not reused
    assert submit(parse_score_spec(given), "b" * 32) == (first, True)
    cancel_job(get_job(first.id), "")
    assert submit(parse_score_spec(given), "")[1] is False


def test_scores_made_with_other_genes_are_not_given_again(genome: Assembly) -> None:
    given = parse_score_spec({"variants": [notation(genome, 10_001)]})
    first, _ = submit(given, "")
    Assembly.objects.filter(pk=genome.pk).update(annotation="of other genes")
    second, reused = submit(given, "")
    assert not reused
    assert first.digest != second.digest and first.request != second.request


def test_a_file_of_the_same_rows_is_not_answered_with_the_file_of_somebody_else(genome: Assembly) -> None:
    chromosome, number, change = notation(genome, 10_001).split(":")
    ref, alt = change.split(">")

    def vcf(genotype: str) -> Upload:
        head = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tpatient\n"
        row = f"{chromosome}\t{number}\t.\t{ref}\t{alt}\t.\t.\t.\tGT\t{genotype}\n"
        return Upload("cohort.vcf", (head + row).encode())

    alice, bob = "a" * 32, "b" * 32
    first, second = asked(alice, upload=vcf("0/1")), asked(bob, upload=vcf("1/1"))
    assert first.id != second.id
    assert b"1/1" in unpack_upload(ScoreJob.objects.get(id=second.id).upload)
    assert asked(bob, upload=vcf("0/1")).id == first.id  # byte by byte what Bob holds himself


def test_three_jobs_at_once_are_what_a_visitor_may_have(genome: Assembly) -> None:
    alice = "a" * 32
    jobs = [asked(alice, variants=[notation(genome, n)]) for n in (10_001, 10_002, 10_003)]
    with pytest.raises(DomainError, match="3 scoring jobs waiting") as caught:
        asked(alice, variants=[notation(genome, 10_004)])
    assert caught.value.status == 429
    with pytest.raises(DomainError, match="3 scoring jobs waiting"):
        asked(alice, variants=["nonsense"])  # not read at all
    asked("b" * 32, variants=[notation(genome, 10_004)])
    cancel_job(get_job(jobs[0].id), alice)
    asked(alice, variants=[notation(genome, 10_005)])


def test_a_visitor_at_the_limit_is_answered_by_what_is_there_already(genome: Assembly) -> None:
    alice, bob = "a" * 32, "b" * 32
    file = Upload("table.txt", notation(genome, 10_009).encode())
    stored = asked(bob, upload=file)
    ScoreJob.objects.filter(id=stored.id).update(state=State.DONE)
    jobs = [asked(alice, variants=[notation(genome, n)]) for n in (10_001, 10_002, 10_003)]
    assert asked(alice, upload=file) == stored
    assert asked(alice, variants=[notation(genome, 10_002)]) == jobs[1]
    for other in (Upload("table.txt", notation(genome, 10_010).encode()), Upload("other.txt", file.content)):
        with pytest.raises(DomainError, match="3 scoring jobs waiting"):
            asked(alice, upload=other)
    with pytest.raises(DomainError, match="3 scoring jobs waiting"):
        asked(alice, upload=file, tracks=["chip_rap1"])
    genome.delete()
    small_genome({"chrI": 40_000})  # loaded again, it may be another
    with pytest.raises(DomainError, match="3 scoring jobs waiting"):
        asked(alice, upload=file)


def test_only_the_visitor_who_asked_may_cancel(genome: Assembly) -> None:
    job = asked("a" * 32, variants=[notation(genome, 10_001)])
    for other in ("", "b" * 32):
        with pytest.raises(DomainError) as caught:
            cancel_job(get_job(job.id), other)
        assert caught.value.status == 403
    assert cancel_job(get_job(job.id), "a" * 32).state == State.CANCELLED


def test_an_unknown_job_is_404() -> None:
    for wrong in ("nonsense", uuid.uuid4()):
        with pytest.raises(DomainError) as caught:
            get_job(wrong)
        assert (caught.value.status, caught.value.code) == (404, "unknown_job")


def test_the_genome_of_the_database_has_aliases_transcripts_and_no_rsids(genome: Assembly) -> None:
    gene(genome, "ABC1", 10_000, 11_000, "-")
    found = AssemblyGenome(genome)
    assert found.canonical("1") == "chrI"
    transcript = found.transcript("abc1")
    assert transcript is not None and transcript.exons == ((10_000, 11_000),)
    assert found.rsid("rs1") is None
    assert found.fetch(Interval("chrI", 5, 15)) == random_dna(40_000, 0)[5:15]
    assert [one.name for one in found.genes(Interval("chrI", 10_999, 11_001))] == ["ABC1"]
    bases = random_dna(40_000, 0)[10_999]
    back = {"A": "T", "C": "G", "G": "C", "T": "A"}
    ref = back[bases]
    alt = "A" if ref != "A" else "C"
    job = asked(variants=[f"ABC1:c.1{ref}>{alt}"])  # the last base of the place, on the other strand
    (row,) = ScoreRow.objects.filter(job=job)
    assert (row.start, row.ref, row.alt) == (10_999, bases, back[alt])
    assert "on the genome" in row.notes


def test_where_nobody_chose_what_a_change_does_is_scored_and_quickly_where_every_base_is_changed() -> None:
    model = model_info("yeast")
    assert not [name for name in usual(model, Kind.VARIANTS) if "ACTIVE" in name]
    assert {"RNA_SEQ", "SPLICE_SITES", "CAGE", "CHIP_TF", "CONTACT_MAPS"} <= set(usual(model, Kind.VARIANTS))
    near = {"CHIP_TF", "CHIP_HISTONE", "CAGE", "POLYA", "NUCLEOSOME"}
    assert set(usual(model, Kind.SATURATION)) == near
    assert set(usual(model, Kind.SCAN)) == near | {"RNA_SEQ"}
