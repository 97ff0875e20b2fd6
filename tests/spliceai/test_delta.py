"""Delta scores are those of the original tool, digit by digit as it writes them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from predictor.__main__ import main
from predictor.codes import encode_bases
from predictor.errors import DomainError
from predictor.genes import Gene, Genes
from predictor.reference import Reference
from predictor.spliceai.delta import DeltaScorer
from predictor.spliceai.gene_table import read_gene_table
from predictor.spliceai.predictor import SpliceAI
from predictor.variants.variant import Variant

FOLDER = Path(__file__).parent
SEQUENCE = str(np.load(FOLDER / "golden.npz")["vps16"])


def as_numbers(said: str) -> tuple[list[str], list[float], list[int]]:
    cells = said.split("|")
    return cells[:2], [float(cell) for cell in cells[2:6]], [int(cell) for cell in cells[6:]]


def check(ours: str, theirs: str) -> None:
    """To a hundredth, at which both are rounded; the place where there is something."""
    (name, scores, places), (their_name, their_scores, their_places) = as_numbers(ours), as_numbers(theirs)
    assert name == their_name
    assert np.abs(np.subtract(scores, their_scores)).max() < 0.0101, (ours, theirs)
    for score, place, their_place in zip(their_scores, places, their_places, strict=True):
        assert score < 0.01 or place == their_place, (ours, theirs)


@pytest.mark.slow
def test_the_tool_and_we_agree(published: Path, tmp_path: Path) -> None:
    golden = json.loads((FOLDER / "golden_delta.json").read_text())
    table = tmp_path / "genes.tsv"
    table.write_text(golden["genes"])
    model, genome = SpliceAI.from_folder(published), Reference({"vps16": SEQUENCE})
    genes = read_gene_table(table, ["vps16"])
    strongest = 0.0
    for distance, masked in sorted({(answer["distance"], answer["mask"]) for answer in golden["answers"]}):
        answers = [one for one in golden["answers"] if (one["distance"], one["mask"]) == (distance, masked)]
        variants = [Variant("vps16", answer["pos"] - 1, answer["ref"], answer["alt"]) for answer in answers]
        scorer = DeltaScorer(model, genome, genes, distance=distance, masked=bool(masked))
        for answer, variant, found in zip(answers, variants, scorer.scores(variants), strict=True):
            assert not isinstance(found, DomainError)
            said = {delta.gene: delta.text(variant.alt) for delta in found}
            assert len(said) == len(answer["said"]) > 0
            for theirs in answer["said"]:
                check(said[theirs.split("|")[1]], theirs)
                strongest = max(strongest, *as_numbers(theirs)[1])
    assert strongest > 0.7  # an acceptor lost: the numbers mean something


@pytest.mark.parametrize("strand", ["+", "-"])
def test_variants_that_share_a_reference_have_the_scores_of_two_whole_passes(small: Path, strand: str) -> None:
    gene = Gene("g", "g", "vps16", 3_000, 10_000, strand, ((3_000, 10_000),), "gene")  # N is read beyond its ends
    model = SpliceAI.from_folder(small)
    scorer = DeltaScorer(model, Reference({"vps16": SEQUENCE}), Genes([gene]))
    variants = [
        Variant("vps16", 6_400, SEQUENCE[6_400:6_404], SEQUENCE[6_400]),
        Variant("vps16", 6_200, SEQUENCE[6_200], "ACGT"[("ACGT".index(SEQUENCE[6_200]) + 1) % 4]),
        Variant("vps16", 6_200, SEQUENCE[6_200], SEQUENCE[6_200] + "GTAAG"),
    ]
    inside = "N" * 3_000 + SEQUENCE[3_000:10_000] + "N" * 3_000
    whole = {}
    for variant, found in zip(variants, scorer.scores(variants), strict=True):
        assert not isinstance(found, DomainError)
        ref = inside[variant.start - 5_050 : variant.start + 5_051]
        alt = ref[:5_050] + variant.alt + ref[5_050 + len(variant.ref) :]
        for bases in (ref, alt):
            if bases not in whole:
                whole[bases] = sum(part[1:] for part in model.members(encode_bases(bases), strand)).numpy() / 2
        gap = max(0, -variant.shift)
        last = 50 + len(variant.alt)
        after = whole[alt]
        shown = (
            np.concatenate((after[:, :51], np.zeros((2, gap)), after[:, 51:]), axis=1)
            if gap
            else np.concatenate((after[:, :50], after[:, 50:last].max(1, keepdims=True), after[:, last:]), axis=1)
        )
        change = shown - whole[ref]
        expected = [change[0].max(), -change[0].min(), change[1].max(), -change[1].min()]
        assert np.abs(np.subtract(found[0].scores, expected)).max() < 2e-6 < 1e-4 < max(expected)


def test_what_the_tool_leaves_out_is_said(small: Path) -> None:
    gene = Gene("g", "g", "vps16", 100, 12_900, "+", ((100, 200), (7_000, 12_900)), "gene")
    scorer = DeltaScorer(SpliceAI.from_folder(small), Reference({"vps16": SEQUENCE}), Genes([gene]))
    ref = SEQUENCE[6_000:6_200]
    cases = {
        "complex_variant": Variant("vps16", 6_000, ref[:2], "NN"),
        "too_long": Variant("vps16", 6_000, ref[:101], ref[0]),
        "near_end": Variant("vps16", 5_049, SEQUENCE[5_049], "N"),
        "wrong_reference": Variant("vps16", 6_000, "N", "A"),
        "unknown_chromosome": Variant("chr9", 6_000, "C", "A"),
    }
    for code, variant in cases.items():
        with pytest.raises(DomainError) as caught:
            scorer.score(variant)
        assert caught.value.code == code
    with pytest.raises(DomainError, match="lies in no annotated gene"):
        DeltaScorer(scorer._predictor, scorer._genome, Genes([])).score(Variant("vps16", 6_000, ref[0], "N"))
    with pytest.raises(DomainError, match=r"A distance of 49 bp is not possible; choose one from 50 to 5,000 bp"):
        DeltaScorer(scorer._predictor, scorer._genome, Genes([]), distance=49)


def test_a_vcf_comes_back_with_the_scores(small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "genome.fa").write_text(f">20\n{SEQUENCE}\n")
    (tmp_path / "genes.tsv").write_text("#NAME\tCHROM\tSTRAND\nVPS16\tchr20\t+\t100\t12900\t100,7000,\t200,12900,\n")
    ref = SEQUENCE[6_000]
    alt = "A" if ref != "A" else "C"
    (tmp_path / "in.vcf").write_text(
        f"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n20\t6001\trs1\t{ref}\t{alt},{ref}A\t.\t.\tX=1\n"
        f"20\t10\t.\t{SEQUENCE[9]}\tN\t.\t.\t.\n"
    )
    paths = {name: str(tmp_path / name) for name in ("in.vcf", "genome.fa", "genes.tsv", "out.vcf")}
    arguments = ["spliceai-delta", "--model", str(small), "--variants", paths["in.vcf"], "--fasta", paths["genome.fa"]]
    assert main([*arguments, "--genes", paths["genes.tsv"], "--out", paths["out.vcf"]]) == 0
    lines = (tmp_path / "out.vcf").read_text().splitlines()
    assert any(line.startswith("##INFO=<ID=SpliceAI,Number=.") and "non-commercial" in line for line in lines)
    one, other = (line.split("\t")[7] for line in lines if not line.startswith("#"))
    keep, said = one.split(";")
    assert keep == "X=1" and other == "."
    first, second = said.removeprefix("SpliceAI=").split(",")
    assert first.startswith(f"{alt}|VPS16|") and second.startswith(f"{ref}A|VPS16|") and first.count("|") == 9
    captured = capsys.readouterr()
    assert "2 variants, 1 without scores" in captured.out and "within 5,050 bp of the chromosome's end" in captured.err
    (tmp_path / "genes.tsv").write_text("VPS16 chr20\n")
    assert main([*arguments, "--genes", paths["genes.tsv"], "--out", paths["out.vcf"]]) == 1
    assert "Line 1 of genes.tsv is not NAME" in capsys.readouterr().err
