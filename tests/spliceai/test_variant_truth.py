"""Pathogenic splice variants beside common ones: which are taken, how they are matched, what the command says."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from predictor.__main__ import main
from predictor.genes import Gene, Genes
from predictor.spliceai.variant_truth import matched
from predictor.variants.variant import Variant

SEQUENCE = str(np.load(Path(__file__).parent / "golden.npz")["vps16"])
HEAD = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"


def snv(position: int, chromosome: str = "chr20") -> Variant:
    return Variant(chromosome, position, "A", "C")


def test_each_broken_variant_gets_the_common_one_of_its_gene_that_is_nearest_to_a_border() -> None:
    one = Gene("one", "one", "chr20", 1_000, 2_000, "+", ((1_000, 1_100), (1_900, 2_000)), "gene")
    other = Gene("other", "other", "chr20", 5_000, 6_000, "-", ((5_000, 6_000),), "gene")
    broken = [snv(1_100), snv(1_899), snv(5_000)]
    common = [snv(1_100), snv(1_400), snv(1_150), snv(1_800), snv(9_000)]  # the first is one of the broken
    pairs = matched(Genes([one, other]), broken, common)
    assert [(gene.name, a.start, b.start) for gene, a, b in pairs] == [("one", 1_100, 1_150), ("one", 1_899, 1_800)]


def line(position: int, info: str) -> str:
    ref = SEQUENCE[position]
    return f"20\t{position + 1}\t.\t{ref}\t{'A' if ref != 'A' else 'G'}\t.\t.\t{info}\n"


def test_the_command_tells_the_two_kinds_apart_as_far_as_the_model_does(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "genome.fa").write_text(f">chr20\n{SEQUENCE}\n")
    (tmp_path / "genes.tsv").write_text("G\t20\t+\t100\t12900\t100,6000,\t5900,12900,\n")
    mutation = "MC=SO:0001575|splice_donor_variant"
    with gzip.open(tmp_path / "clinvar.vcf.gz", "wt") as vcf:
        vcf.write(HEAD + line(5_900, f"CLNSIG=Pathogenic;{mutation}") + line(5_901, f"CLNSIG=Benign;{mutation}"))
        vcf.write(line(5_950, "CLNSIG=Pathogenic;MC=SO:0001583|missense_variant"))
    (tmp_path / "common.vcf").write_text(HEAD + line(6_100, "RS=1") + line(7_000, "RS=2"))
    arguments = ["evaluate-splice-variants", "--model", str(small), "--fasta", str(tmp_path / "genome.fa")]
    arguments += ["--genes", str(tmp_path / "genes.tsv"), "--common", str(tmp_path / "common.vcf")]
    arguments += ["--out", str(tmp_path / "out"), "--clinvar"]
    assert main([*arguments, str(tmp_path / "clinvar.vcf.gz")]) == 0
    said = json.loads((tmp_path / "out" / "variants.json").read_text())
    assert (said["pairs"], said["genes"], said["unscored"], said["trained_on"]) == (1, 1, 0, True)
    assert said["auroc"] == (said["median_broken"] > said["median_common"])  # of one pair it is 0 or 1
    assert "Training chromosomes" in (tmp_path / "out" / "variants.md").read_text()
    assert main([*arguments, str(tmp_path / "common.vcf")]) == 1
    assert "common.vcf has no pathogenic splice-site SNV" in capsys.readouterr().err
