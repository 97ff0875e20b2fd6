"""score and mutate as a person at a terminal meets them, with a tiny model on a little genome."""

from __future__ import annotations

import csv
from pathlib import Path

import anndata
import numpy as np
import pandas as pd
import pytest

from predictor.__main__ import main
from predictor.engine import Engine
from predictor.scoring.tidy import COLUMNS
from tests.scoring.conftest import CHROMOSOMES

REF = CHROMOSOMES["chrA"][9_000:9_003]
OTHER = "A" if REF[0] != "A" else "C"
GOOD = f"chrA:9001:{REF[0]}>{OTHER}"
DELETION = f"chrA-9001-{REF}-{REF[0]}"


@pytest.fixture(scope="module")
def genome(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("genome") / "genome.fa"
    path.write_text("".join(f">{name}\n{bases}\n" for name, bases in CHROMOSOMES.items()))
    return path


def run(command: str, engine: Engine, genome: Path, out: Path, *rest: str) -> int:
    model = ["--model", str(engine.info.folder), "--fasta", str(genome), "--threads", "1", "--device", "cpu"]
    return main([command, *rest, *model, "--out", str(out)])


def test_a_csv_of_notations(engine: Engine, genome: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "scores.csv"
    wrong = f"chrA:9001:{OTHER}>{REF[0]}"
    assert run("score", engine, genome, out, "--variants", GOOD, wrong, DELETION, "--scorers", "CAGE,CHIP_TF") == 0
    with out.open() as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [row["track_name"] for row in rows] == ["starts", "factor_a", "factor_b"] * 2
    assert rows[0]["variant_id"] == GOOD and rows[0]["scored_interval"] == "chrA:4096-12288:."
    assert rows[0]["gene_id"] == "" and np.isfinite(float(rows[0]["raw_score"]))
    said = capsys.readouterr()
    assert "2 variants by 2 scorers, 0 without scores" in said.out
    assert "does not fit the reference" in said.err


def test_rsids_of_a_vcf(engine: Engine, genome: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, vcf = tmp_path / "scores.csv", tmp_path / "snps.vcf"
    alts = [base for base in "ACGT" if base != REF[0]]
    vcf.write_text(
        f"chrA\t9001\trs1\t{REF[0]}\t{alts[0]},{alts[1]}\t.\t.\t.\nchrA\t9001\trs2\t{alts[0]}\t{REF[0]}\t.\t.\t.\n"
    )
    asked = "--variants", "rs1", "rs2", "--scorers", "CAGE"
    assert run("score", engine, genome, out, *asked, "--rsids", str(vcf)) == 0
    with out.open() as file:
        assert [row["variant_id"] for row in csv.DictReader(file)] == [f"chrA:9001:{REF[0]}>{alt}" for alt in alts[:2]]
    said = capsys.readouterr().err
    assert "1 left out (wrong_reference)" in said and "rs2 is not in this installation's table" in said


def test_a_vcf_into_parquet_and_h5ad(engine: Engine, genome: Path, tmp_path: Path) -> None:
    vcf = tmp_path / "in.vcf"
    vcf.write_text(
        "##fileformat=VCFv4.3\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        f"chrA\t9001\tone\t{REF[0]}\t{OTHER}\t.\t.\t.\nchrA\t9001\ttwo\t{REF}\t{REF[0]}\t.\t.\t.\nchrA\t9001\tno\tA\t<DEL>\t.\t.\t.\n"
    )
    for suffix in ("parquet", "h5ad"):
        assert (
            run("score", engine, genome, tmp_path / f"x.{suffix}", "--variants", str(vcf), "--outputs", "CAGE,CHIP_TF")
            == 0
        )
    table = pd.read_parquet(tmp_path / "x.parquet")
    assert tuple(table.columns) == COLUMNS and len(table) == 2 * (1 + 2 + 1 + 2)  # both kinds of scorer of three tracks
    stacked = anndata.read_h5ad(tmp_path / "x.h5ad")
    assert stacked.shape == (2, 6) and list(stacked.var["name"])[:2] == ["factor_a", "factor_b"]
    first = table[table.variant_id == GOOD].set_index(["variant_scorer", "track_name"])["raw_score"]
    for column, (scorer, name) in enumerate(zip(stacked.var["variant_scorer"], stacked.var["name"], strict=True)):
        assert stacked.X[0, column] == first[scorer, name]


def test_a_window_of_substitutions(engine: Engine, genome: Path, tmp_path: Path) -> None:
    out = tmp_path / "window.npz"
    assert run("mutate", engine, genome, out, "chrA:9001-9004", "--scorer", "CAGE") == 0
    with np.load(out) as file:
        effects, contributions = file["effects:starts"], file["contributions:starts"]
    assert effects.shape == contributions.shape == (4, 4)
    assert np.count_nonzero(effects) == 12 and np.count_nonzero(contributions) == 4
    assert run("mutate", engine, genome, tmp_path / "window.csv", "chrA:9001-9004", "--scorer", "CAGE") == 0
    assert len((tmp_path / "window.csv").read_text().splitlines()) == 1 + 12


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("score", "x.csv", "--variants", GOOD, "--scorers", "CAGEY"), "“CAGEY” is no scorer of this model"),
        (("score", "x.tsv", "--variants", GOOD), "x.tsv should end in .csv or .parquet or .h5ad"),
        (("mutate", "x.csv", "chrA:1-2000", "--scorer", "CAGE"), "choose at most 1,000 bp"),
        (("mutate", "x.csv", "chrA:29990-30010", "--scorer", "CAGE"), "goes past its end"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    arguments: tuple[str, ...],
    sentence: str,
    engine: Engine,
    genome: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    command, out, *rest = arguments
    assert run(command, engine, genome, tmp_path / out, *rest) == 1
    assert sentence in capsys.readouterr().err
