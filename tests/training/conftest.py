"""A pack of tables small enough to check by hand, in the files and columns of the real one."""

from __future__ import annotations

import gzip
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from predictor.reference import Reference
from predictor.training.config import Stage, TrainConfig
from predictor.training.store import Store
from predictor.training.yeast_tables import yeast_store

LENGTH = 16_384
CONFIG = TrainConfig(
    name="small", version="0", title="Small", summary="Of the tests.", seed=4, warmup=2,
    stages=(Stage(4096, 2, 2, only="profile", learning_rate=6e-3), Stage(4096, 2, 4), Stage(8192, 2, 2)),
    learning_rate=3e-3, weight_decay=0.01, clip=1.0, average=0.9,
    dropout=0.1, profile_bp=16, profile_kinds=("sequence-specific TF",), profile_weight=1.0,
    network={"stem_channels": 8, "channel_step": 4, "tower_blocks": 2, "heads": 2, "key_channels": 8, "value_channels": 8,
             "pair_channels": 8, "pair_heads": 2, "pair_key_channels": 4, "organisms": 1},
    splicing={"junction_channels": 8, "sites": 16},
    weights={"RNA_SEQ": 1.0, "CAGE": 1.0, "POLYA": 1.0, "NUCLEOSOME": 1.0, "CHIP_TF": 1.0, "CHIP_HISTONE": 1.0,
             "SPLICE_SITES": 5.0, "SPLICE_JUNCTIONS": 1.0, "CONTACT_MAPS": 10.0},
    log_weights={"RNA_SEQ": 1.0},
    row_weights={"sequence-specific TF": 3.0},
)  # fmt: skip


def changed(config: TrainConfig, **changes: Any) -> TrainConfig:
    """The same but for some keys; stages may be dictionaries, as in a file."""
    if "stages" in changes:
        changes["stages"] = tuple(s if isinstance(s, Stage) else Stage(**s) for s in changes["stages"])
    return replace(config, **changes)


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
        [
            ["Htz1", 900, "Histone / variant"],
            ["Reb1", 800, "sequence-specific TF (by name)"],
            ["Sua7", 700, "TFIIB"],
            ["Rare", 299, "other"],
        ],
    )
    _write(
        folder / "transcripts.tsv.gz",
        [
            "chrom",
            "start",
            "end",
            "class",
            "strand",
            "profDGE48_WT_tpm_mean",
            "profDGE48_snf2_tpm_mean",
            "policastro_YPD_tpm_mean",
            "presnyak_YPD_riboZero_fpkm",
        ],
        [[c, 1000, 3000, "ORF-T", "+", 40, 30, 35, 20] for c in ("chrI", "chrII", "chrVI")]
        + [[c, 6000, 7000, "ORF-T", "+", 5, 6, 4, 7] for c in ("chrI", "chrII", "chrVI")]
        + [
            ["chrI", 2500, 4000, "ORF-T", "+", 2, "", 0, 3],
            ["chrI", 9000, 12000, "ORF-T", "-", 100, 90, 80, 70],
            ["chrI", 0, 500, "SUT", "+", "", "", "", ""],
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
            ["chrI", 1027, 1174, 1100, "", "rossi2021_plus1"],
            ["chrVI", 1027, 1174, 1100, "", "rossi2021_plus1"],
        ],
    )
    _write(
        folder / "chip_exo.tsv.gz",
        ["chrom", "start", "end", "factor", "score"],
        [[c, 1280, 1281, factor, 500] for c in ("chrI", "chrII", "chrVI") for factor in ("Reb1", "Htz1", "Sua7")]
        + [["chrI", 1300, 1301, "Reb1", 500], ["chrI", 1300, 1301, "Rare", 500]],
    )
    _write(
        folder / "polya.tsv.gz",
        ["chrom", "start", "end", "strand", "xu2009", "winston_annot", "sgd_3utr", "ivanov2021"],
        [[c, 3001, 3002, "+", 3000, 3003, 2990, 3001] for c in ("chrI", "chrII", "chrVI")]
        + [["chrI", 9001, 9002, "-", 9000, 9001, "", 9001], ["chrI", 5000, 5001, "-", "", 5000, "", 5000]],
    )
    _write(
        folder / "introns.tsv.gz",
        ["chrom", "start", "end", "strand", "spliceosomal"],
        [[c, 1100, 1400, "+", 1] for c in ("chrI", "chrII", "chrVI")]
        + [["chrI", 10_000, 10_090, "-", 1], ["chrI", 13_000, 13_020, "+", 0]],
    )
    _write(
        folder / "features.tsv.gz",
        ["chrom", "start", "end", "feature"],
        [["chrVI", 0, 300, "telomere"], ["chrVI", 8000, 8300, "LTR"], ["chrVI", 1000, 2000, "CDS"]],
    )
    contacts = (1 + 0.2 * np.random.default_rng(2).normal(size=(8, 8))).astype(np.float16)
    contacts = contacts + contacts.T
    contacts[3] = contacts[:, 3] = np.nan
    np.savez(folder / "hic_2048_cis_logOE.npz", chrI=contacts, chrII=contacts, chrVI=contacts)  # type: ignore[arg-type]
    _write(folder / "chip_exo_excluded_regions.tsv", ["chrom", "start", "end"], [["chrI", 100, 300]])
    _write(
        folder / "sanity_results.tsv",
        ["target", "group", "test_prevalence", "cnn_auroc", "cnn_ap", "kmer_auroc", "kmer_ap", "gc_auroc"],
        [["chip:Reb1", "ChIP sequence-specific TF", 0.01, 0.9, 0.1, 0.8, 0.05, 0.6]],
    )
    return folder  # fmt: skip


@pytest.fixture(scope="session")
def store(pack: Path, reference: Reference, tmp_path_factory: pytest.TempPathFactory) -> Store:
    return yeast_store(pack, reference, tmp_path_factory.mktemp("written") / "store")
