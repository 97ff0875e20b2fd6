"""Predicted sites beside annotated ones: the measures by hand, the choice of genes, the command."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from predictor.__main__ import main
from predictor.errors import DomainError
from predictor.genes import Gene
from predictor.spliceai.truth import annotated, choose, top_k

SEQUENCE = str(np.load(Path(__file__).parent / "golden.npz")["vps16"])


def gene(name: str, start: int, strand: str = "+", exons: int = 3) -> Gene:
    parts = tuple((start + 100 * i, start + 100 * i + 40) for i in range(exons))
    return Gene(name, name, "20", start, parts[-1][1], strand, parts, "gene")


def test_top_k_is_the_share_of_true_sites_among_the_k_best() -> None:
    score = np.array([0.9, 0.1, 0.8, 0.7, 0.2])
    label = np.array([True, True, False, True, False])  # the three best are 0.9, 0.8 and 0.7: two of three are true
    weights = np.array([[1.0, 1, 1, 1, 1], [2, 0, 1, 0, 1]])  # then: two sites, both in 0.9, found
    np.testing.assert_allclose(top_k(score, label, weights), [2 / 3, 1])


def test_donors_end_exons_and_acceptors_begin_them_on_the_gene_s_strand() -> None:
    plus, minus = annotated(gene("p", 1_000)), annotated(gene("m", 1_000, "-"))
    assert [np.flatnonzero(row).tolist() for row in plus] == [[100, 200], [39, 139]]  # acceptors, donors
    assert [np.flatnonzero(row).tolist() for row in minus] == [[39, 139], [100, 200]]


def test_genes_are_chosen_evenly_and_the_same_each_time() -> None:
    genes = [gene(f"g{i}", 1_000 * i) for i in range(10)]
    every = [*genes, gene("single", 50, exons=1), gene("long", 20, exons=90)]
    assert [one.name for one in choose(every[::-1], 5, 1_000)] == ["g0", "g2", "g4", "g6", "g8"]
    with pytest.raises(DomainError, match="There are 10 genes of 3 exons or more and at most 1,000 bp there, not 11"):
        choose(every, 11, 1_000)


def test_the_command_writes_the_figures_and_says_what_leaked(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "genome.fa").write_text(f">20\n{SEQUENCE}\n")
    rows = []
    for one in (gene("plus", 300), gene("minus", 6_000, "-")):
        starts, ends = (",".join(str(exon[side]) for exon in one.exons) + "," for side in (0, 1))
        rows.append(f"{one.name}\t20\t{one.strand}\t{one.start}\t{one.end}\t{starts}\t{ends}\n")
    (tmp_path / "genes.tsv").write_text("".join(rows))
    arguments = ["evaluate-splicing", "--model", str(small), "--fasta", str(tmp_path / "genome.fa")]
    arguments += ["--genes", str(tmp_path / "genes.tsv"), "--out", str(tmp_path / "out"), "--count", "2"]
    assert main([*arguments, "--chromosome", "20"]) == 0
    said = json.loads((tmp_path / "out" / "splicing.json").read_text())
    assert said["genes"] == ["plus", "minus"] and said["trained_on"] is True
    assert [(one["kind"], one["sites"], one["bases"]) for one in said["figures"]] == [
        ("acceptor", 4, 480), ("donor", 4, 480),
    ]  # fmt: skip
    assert all(0 <= one["top_k"] <= 1 and 0 < one["auprc"] < 0.5 for one in said["figures"])  # random networks
    text = (tmp_path / "out" / "splicing.md").read_text()
    assert "was trained on this chromosome" in text and text in capsys.readouterr().out
    assert main([*arguments, "--chromosome", "chr7"]) == 1
    assert "genome.fa has no chromosome “chr7”" in capsys.readouterr().err
