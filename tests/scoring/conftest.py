"""A tiny network with every kind of output, on a little genome with genes, so that whole scoring runs take a second."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from predictor.checkpoints.folder import head_configs, save_folder
from predictor.deterministic import deterministic_model
from predictor.engine import Engine
from predictor.genes import Gene, Genes
from predictor.model.config import ModelConfig, SplicingConfig
from predictor.reference import Reference
from predictor.scoring.variant_scorer import VariantScorer
from predictor.tracks import Track


def track(key: str, output: str, strand: str = ".") -> Track:
    return Track(key, key, output, strand, "cells", "assay", "", "someone 2020", "", default=True)  # type: ignore[arg-type]


TRACKS = (
    track("rna_plus", "RNA_SEQ", "+"),
    track("rna_minus", "RNA_SEQ", "-"),
    track("starts", "CAGE"),
    track("factor_a", "CHIP_TF"),
    track("factor_b", "CHIP_TF"),
    track("donor_plus", "SPLICE_SITES", "+"),
    track("acceptor_plus", "SPLICE_SITES", "+"),
    track("donor_minus", "SPLICE_SITES", "-"),
    track("acceptor_minus", "SPLICE_SITES", "-"),
    track("junctions_plus", "SPLICE_JUNCTIONS", "+"),
    track("junctions_minus", "SPLICE_JUNCTIONS", "-"),
    track("contacts", "CONTACT_MAPS"),
)
NETWORK = ModelConfig(
    stem_channels=8, channel_step=4, tower_blocks=2, heads=2, key_channels=8, value_channels=8, pair_channels=8,
    pair_heads=2, pair_key_channels=4, organisms=1, track_heads=head_configs(TRACKS), contact_tracks=1,
    splicing=SplicingConfig(tissues=1, sites=64, junction_channels=8, classes=5),
)  # fmt: skip
CONTEXT_BP = 8_192
_RANDOM = random.Random(11)
CHROMOSOMES = {name: "".join(_RANDOM.choices("ACGT", k=bp)) for name, bp in (("chrA", 30_000), ("chrB", 5_000))}


def gene(name: str, start: int, end: int, strand: str, *exons: tuple[int, int], kind: str = "protein-coding") -> Gene:
    return Gene(name, name.lower(), "chrA", start, end, strand, exons or ((start, end),), kind)


GENES = (
    gene("FWD", 10_000, 12_000, "+", (10_000, 10_300), (10_700, 12_000)),
    gene("REV", 13_000, 14_000, "-"),
    gene("RNA", 11_500, 11_600, "+", kind="tRNA"),
)


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder: Path = tmp_path_factory.mktemp("checkpoint")
    card = {
        "name": "random", "title": "Random", "version": "0", "licence": "none", "citation": "", "summary": "",
        "genomes": [], "context_bp": CONTEXT_BP, "held_out": [], "settings": {"network": NETWORK.to_json()},
    }  # fmt: skip
    save_folder(folder, deterministic_model(NETWORK).state_dict(), card, TRACKS)
    threads = torch.get_num_threads()
    yield Engine.from_folder(folder, device="cpu", threads=1)
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def reference() -> Reference:
    return Reference(CHROMOSOMES)


@pytest.fixture(scope="session")
def genes() -> Genes:
    return Genes(GENES)


@pytest.fixture
def scorer(engine: Engine, reference: Reference, genes: Genes) -> VariantScorer:
    return VariantScorer(engine, reference, genes)


def floats(*rows: list[float]) -> np.ndarray:
    return np.array(rows, np.float64)
