"""A pack of tables small enough to check by hand, in the files and columns of the real one."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest
import torch

from predictor.reference import Reference

LENGTH = 16_384

# Tensors here are too small for two threads to be worth their waiting for each other.
torch.set_num_threads(1)


def _write(path: Path, header: list[str], rows: list[list[object]]) -> None:
    text = "\n".join("\t".join(str(value) for value in row) for row in [header, *rows]) + "\n"
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text)


@pytest.fixture(scope="session")
def reference() -> Reference:
    rng = random.Random(3)
    return Reference({name: "".join(rng.choices("ACGT", k=LENGTH)) for name in ("chrI", "chrII", "chrVI")})


@pytest.fixture(scope="session")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pack")
    _write(
        folder / "splits.tsv",
        ["chrom", "length", "split"],
        [["chrI", LENGTH, "train"], ["chrII", LENGTH, "valid"], ["chrVI", LENGTH, "test"]],
    )
    _write(
        folder / "factors.tsv",
        ["factor", "n_peaks", "category_by_name"],
        [["Htz1", 900, "Histone / variant"], ["Reb1", 800, "General regulatory factor"], ["Rare", 299, "other"]],
    )
    _write(
        folder / "transcripts.tsv.gz",
        ["chrom", "start", "end", "class", "strand", "profDGE48_WT_tpm_mean"],
        [[c, 1000, 3000, "ORF-T", "+", 40] for c in ("chrI", "chrII", "chrVI")]
        + [
            ["chrI", 2500, 4000, "ORF-T", "+", 2],
            ["chrI", 9000, 12000, "ORF-T", "-", 100],
            ["chrI", 0, 500, "SUT", "+", ""],
        ],
    )
    replicates = [f"{condition}_{i}" for condition in ("YPD", "diamide") for i in (1, 2, 3)]
    _write(
        folder / "stripe_tss_bp.tsv.gz",
        ["chrom", "start", "end", "strand", *replicates],
        [[c, 1000, 1001, "+", 5, 6, 7, 0, 1, 0] for c in ("chrI", "chrII", "chrVI")]
        + [["chrI", 11999, 12000, "-", 1, 0, 0, 3, 3, 3]],
    )
    _write(
        folder / "nucleosomes.tsv.gz",
        ["chrom", "start", "end", "dyad", "score", "map"],
        [
            ["chrI", 927, 1074, 1000, 2.0, "brogaard2012_chemical"],
            ["chrI", 0, 147, 73, 9, "GSM1891203_danpos"],
            ["chrII", 4927, 5074, 5000, 1.0, "brogaard2012_chemical"],
            ["chrVI", 4927, 5074, 5000, 1.0, "brogaard2012_chemical"],
        ],
    )
    _write(
        folder / "chip_exo.tsv.gz",
        ["chrom", "start", "end", "factor", "score"],
        [[c, 1280, 1281, factor, 500] for c in ("chrI", "chrII", "chrVI") for factor in ("Reb1", "Htz1")]
        + [["chrI", 1300, 1301, "Reb1", 500], ["chrI", 1300, 1301, "Rare", 500]],
    )
    _write(folder / "chip_exo_excluded_regions.tsv", ["chrom", "start", "end"], [["chrI", 100, 300]])
    _write(
        folder / "sanity_results.tsv",
        ["target", "group", "test_prevalence", "cnn_auroc", "cnn_ap", "kmer_auroc", "kmer_ap", "gc_auroc"],
        [["chip:Reb1", "ChIP sequence-specific TF", 0.01, 0.9, 0.1, 0.8, 0.05, 0.6]],
    )
    return folder  # fmt: skip
