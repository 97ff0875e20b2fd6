"""Pathogenic splice variants beside harmless ones: which are taken, how they are matched, what the command says."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from predictor.__main__ import main
from predictor.genes import Gene, Genes
from predictor.reference import Reference
from predictor.spliceai.clinvar import is_benign, is_pathogenic
from predictor.spliceai.delta import Delta, masked
from predictor.spliceai.site_matrix import SiteMatrices
from predictor.spliceai.variant_truth import from_exon, intron_borders, lost, matched
from predictor.variants.variant import Variant

SEQUENCE = str(np.load(Path(__file__).parent / "golden.npz")["vps16"])
HEAD = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
ONE = Gene("one", "one", "chr20", 1_000, 2_000, "+", ((1_000, 1_100), (1_900, 2_000)), "gene")


def snv(position: int, chromosome: str = "chr20") -> Variant:
    return Variant(chromosome, position, "A", "C")


def test_the_distance_from_an_exon_counts_its_last_base_as_0_and_the_transcript_s_ends_as_no_border() -> None:
    places = [1_000, 1_099, 1_100, 1_101, 1_899, 1_900, 1_999]
    assert [from_exon(ONE, snv(place)) for place in places] == [-99, 0, 1, 2, 1, 0, -99]
    single = Gene("s", "s", "chr20", 5_000, 6_000, "-", ((5_000, 6_000),), "gene")
    assert from_exon(single, snv(5_999)) == -1_000


def test_each_broken_variant_gets_the_harmless_one_of_its_gene_that_is_about_as_far_from_an_exon() -> None:
    other = Gene("other", "other", "chr20", 5_000, 6_000, "-", ((5_000, 6_000),), "gene")
    broken = [snv(1_100), snv(1_860), snv(5_000)]
    # the first is one of the broken; 1,098 is near but in the exon; 1,135 and 1,750 lie 36 and 150 bp into the intron
    harmless = [snv(1_100), snv(1_098), snv(1_104), snv(1_135), snv(1_750), snv(9_000)]
    pairs = matched(Genes([ONE, other]), broken, harmless, (1, 50))
    assert [(gene.name, a.start, b.start) for gene, a, b in pairs] == [("one", 1_100, 1_104), ("one", 1_860, 1_135)]


def test_a_variant_of_an_intron_is_not_set_beside_one_of_an_exon() -> None:
    assert matched(Genes([ONE]), [snv(1_100)], [snv(1_098), snv(1_099)], (1, 2)) == []


def test_where_genes_overlap_a_variant_is_judged_in_the_one_beside_whose_exon_it_lies() -> None:
    wide = Gene(
        "wide", "wide", "chr20", 500, 9_000, "-", ((500, 600), (8_000, 9_000)), "gene"
    )  # sorted before the other
    pairs = matched(Genes([wide, ONE]), [snv(1_100)], [snv(1_104), snv(700)], (1, 2))
    assert [(gene.name, b.start) for gene, _, b in pairs] == [("one", 1_104)]
    assert matched(Genes([wide, ONE]), [snv(1_100)], [snv(700), snv(5_000)], (1, 2)) == []  # none but of the other


@pytest.mark.parametrize("strand", ["+", "-"])
def test_only_borders_of_introns_that_the_genome_has_are_sites_for_the_matrix(tmp_path: Path, strand: str) -> None:
    exons = ((1_000, 1_100), (1_900, 1_902), (2_000, 2_400))  # the last one goes beyond what is known of the chromosome
    bases = "".join("A" if any(start <= at < end for start, end in exons) else "C" for at in range(2_010))
    (tmp_path / "genome.fa").write_text(f">chr20\n{bases}\n")
    genome = Reference.from_fasta(tmp_path / "genome.fa")
    gene = Gene("g", "g", "chr20", 1_000, 2_400, strand, exons, "gene")
    matrices = SiteMatrices.of(intron_borders(genome, Genes([gene])))
    lose = [lost(gene, Variant("chr20", place, bases[place], "G"), matrices, genome) for place in range(900, 2_005)]
    changed = {place for place, by in enumerate(lose, start=900) if by}
    assert {1_097, 1_099, 1_100, 1_102, 1_899, 1_900, 1_901, 1_902} <= changed and all(by >= 0 for by in lose)
    # 20 bases of intron before an acceptor and 6 after a donor, never beside an end of the transcript
    left, right = (6, 20) if strand == "+" else (20, 6)
    assert changed == {*range(1_097, 1_100 + left), *range(1_900 - right, 1_902 + left)}


@pytest.mark.parametrize(
    ("info", "pathogenic", "benign"),
    [
        ({"CLNSIG": "Pathogenic/Likely_pathogenic|risk_factor"}, True, False),
        ({"CLNSIG": "Conflicting_interpretations_of_pathogenicity"}, False, False),
        ({"CLNSIG": "Benign/Likely_benign"}, False, True),
        ({"CLINICAL_SIGNIFICANCE": "Likely_pathogenic|Pathogenic", "MUT": "ALT"}, True, False),
        ({"CLINICAL_SIGNIFICANCE": "Pathogenic", "MUT": "REF"}, False, False),
        ({"CLINICAL_SIGNIFICANCE": "Pathogenic|Uncertain_significance", "MUT": "ALT"}, False, False),
        ({"CLINICAL_SIGNIFICANCE": "Benign|Pathogenic", "MUT": "ALT"}, False, False),
        ({"RS": "5"}, False, False),
    ],
)
def test_only_what_nobody_doubts_is_pathogenic_or_benign(info: dict[str, str], pathogenic: bool, benign: bool) -> None:
    assert (is_pathogenic(info), is_benign(info)) == (pathogenic, benign)


def test_masked_scores_leave_gains_elsewhere_and_losses_at_the_annotated_border() -> None:
    raw = Delta(
        "one", (0.9, 0.8, 0.7, 0.6), (4, 4, -1, -1)
    )  # the last base of the first exon is 1 to the left of 1,100
    assert masked(raw, ONE, 1_100).scores == (0.9, 0, 0, 0.6)


def line(position: int, info: str) -> str:
    ref = SEQUENCE[position]
    return f"20\t{position + 1}\t.\t{ref}\t{'A' if ref != 'A' else 'G'}\t.\t.\t{info}\n"


def test_the_command_tells_the_two_kinds_apart_as_far_as_the_model_does(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "genome.fa").write_text(f">chr20\n{SEQUENCE}\n")
    (tmp_path / "genes.tsv").write_text("G\t20\t+\t100\t12900\t100,6000,6800,\t5900,6200,12900,\n")
    with gzip.open(tmp_path / "clinvar.vcf.gz", "wt") as vcf:
        vcf.write(HEAD + line(5_900, "CLNSIG=Pathogenic") + line(5_901, "CLNSIG=Uncertain_significance"))
        vcf.write(
            line(5_930, "CLNSIG=Likely_benign") + line(6_100, "CLNSIG=Pathogenic") + line(6_210, "CLNSIG=Pathogenic")
        )
        vcf.write(line(6_220, "CLNSIG=Benign"))
    # of the common ones, the pathogenic one of the other set is not harmless and 5,890 lies in an exon
    common = line(5_890, "RS=0") + line(6_210, "RS=3") + line(6_300, "RS=1") + line(7_000, "RS=2")
    (tmp_path / "common.vcf").write_text(HEAD + common)
    arguments = ["evaluate-splice-variants", "--model", str(small), "--fasta", str(tmp_path / "genome.fa")]
    arguments += ["--genes", str(tmp_path / "genes.tsv"), "--out", str(tmp_path / "out"), "--threads", "1", "--clinvar"]
    assert main([*arguments, str(tmp_path / "clinvar.vcf.gz"), "--common", str(tmp_path / "common.vcf")]) == 0
    said = json.loads((tmp_path / "out" / "variants.json").read_text())
    essential, near = "at the intron's two bases", "3 to 50 bp into the intron"
    assert said["found"] == {f"pathogenic {essential}": 1, f"pathogenic {near}": 1, "benign in ClinVar": 2, "common": 3}
    assert said["trained_on"] is True and said["unscored"] == 0
    assert said["unmatched"] == 0
    raw = {(one["broken"], one["harmless"]): one for one in said["told"] if one["score"] == "raw delta"}
    assert {pair: (one["pairs"], one["distances"]) for pair, one in raw.items()} == {
        (essential, "benign in ClinVar"): (1, [1, 21]),  # 6,220 rather than 5,930, 31 bp into it
        (near, "benign in ClinVar"): (1, [11, 21]),
        (essential, "common"): (1, [1, 101]),
        (near, "common"): (1, [11, 101]),
    }
    for one in said["told"]:
        assert one["auroc"][0] == (
            0.5 if one["medians"][0] == one["medians"][1] else one["medians"][0] > one["medians"][1]
        )
    masked_scores = [one for one in said["told"] if one["score"] == "masked delta"]
    assert all(
        low <= raw[one["broken"], one["harmless"]]["medians"][0] for one in masked_scores for low in one["medians"][:1]
    )
    distance = next(one for one in said["told"] if one["score"] == "distance")
    assert distance["medians"] == [-1, pytest.approx(-np.log2(22))]  # -log2(1 + bp)
    assert "Training chromosomes of the model are among them" in (tmp_path / "out" / "variants.md").read_text()
    assert main([*arguments, str(tmp_path / "common.vcf")]) == 1
    assert "common.vcf has no pathogenic SNV beside an exon of these genes" in capsys.readouterr().err
    (tmp_path / "bad.vcf").write_text("20 5 A\n")
    assert main([*arguments, str(tmp_path / "bad.vcf")]) == 1
    assert "Line 1 of bad.vcf is no line of a VCF." in capsys.readouterr().err
