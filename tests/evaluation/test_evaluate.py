"""A small pack, an untrained network: the figures' plumbing, not their size."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from predictor.evaluation import genome_bins, kmers, splicing, tables
from predictor.evaluation.evaluate import Evaluation, evaluate
from predictor.evaluation.genome_bins import judged_bins
from predictor.evaluation.labels import Labels
from predictor.reference import Reference
from predictor.results import load_folder
from predictor.training.convolutional import ConvolutionalPredictor
from predictor.training.loop import train
from predictor.training.store import Store
from predictor.training.yeast_drawn import read_table
from tests.training.conftest import CONFIG, LENGTH, changed

BINS = LENGTH // 128


@pytest.fixture(scope="module")
def evaluation(pack: Path, store: Store, reference: Reference, tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    folder = tmp_path_factory.mktemp("model")
    config = changed(CONFIG, stages=({"segment_bp": 8192, "batch": 1, "steps": 2},))
    train(config, store, folder / "model")
    train(changed(config, tower="convolutions"), store, folder / "rival")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(genome_bins, "SUBTELOMERE_BP", 0)
        patch.setattr(genome_bins, "WINDOW_BP", 16_384)
        patch.setattr(genome_bins, "EDGE_BP", 4096)
        patch.setattr(kmers, "PENALTIES", (1e3,))
        patch.setattr(splicing, "KEPT", 500)
        rival = ConvolutionalPredictor(folder / "rival")
        return evaluate(load_folder(folder / "model", device="cpu"), reference, pack, store, ("chrVI",), rival)


def test_every_output_has_a_figure_with_an_interval_and_baselines(evaluation: Evaluation) -> None:
    found = {(one.track, one.measure) for one in evaluation.figures}
    assert {
        ("rna_wt_plus", "AP"), ("rna_wt_plus", "Pearson, 128 bp"), ("rna_wt_plus", "Pearson, 1 bp"), ("rna_wt", "Pearson, gene"),
        ("tss_ypd_plus", "AUROC"), ("polya_plus", "AP"), ("nucleosome_occupancy", "Pearson, 128 bp"), ("chip_reb1", "AP"),
        ("chip_htz1", "AP"), ("donor", "AP at 1 bp"), ("acceptor", "AP at 1 bp"), ("contacts_g1", "Stratum-adjusted correlation"),
    } <= found  # fmt: skip
    reb1 = next(one for one in evaluation.figures if (one.track, one.measure) == ("chip_reb1", "AP"))
    assert reb1.baselines.keys() == {"GC", "6-mers", "motif"}
    judged = [one for one in evaluation.figures if not math.isnan(one.value)]
    assert {one.track for one in judged if one.attention is None} == {"contacts_g1"}  # of pairs the rival knows nothing
    assert reb1.group == "ChIP sequence-specific TF"
    kept = BINS - 3 - 3  # without the telomere's and the LTR's three bins each
    assert reb1.prevalence == pytest.approx(1 / kept)
    assert reb1.low <= reb1.value + 1e-9


def test_introns_are_counted(evaluation: Evaluation) -> None:
    assert evaluation.junctions["introns"] == 1


def test_the_table_and_the_file_say_the_same(evaluation: Evaluation, pack: Path, tmp_path: Path) -> None:
    published = {row["target"]: row for row in read_table(pack / "sanity_results.tsv")}
    tables.write(evaluation, tmp_path, published)
    rows = json.loads((tmp_path / "metrics.json").read_text())["figures"]
    text = (tmp_path / "metrics.md").read_text()
    assert len(rows) == len(evaluation.figures)
    reb1 = next(row for row in rows if row["track"] == "chip_reb1" and row["measure"] == "AP")
    assert f"| chip_reb1 | AP | {reb1['value']:.3f}" in text
    assert f"| {reb1['rival']:.3f} | {reb1['attention']} ({reb1['rival_gain']:+.3f}" in text
    assert "| ChIP sequence-specific TF | 1 |" in text
    alone = replace(evaluation, figures=[replace(one, rival=math.nan) for one in evaluation.figures])
    assert "convolutions" in text and "convolutions" not in tables.markdown(alone, published)


def test_repeats_and_chromosome_ends_are_not_judged(pack: Path) -> None:
    judged = judged_bins(pack, 60_000, "chrVI")
    edge = 20_000 // 128
    assert not judged[:edge].any()
    assert not judged[-edge:].any()
    assert judged[edge : len(judged) - edge].all()  # the LTR lies within the end, genes are judged


def test_labels_are_the_packs(pack: Path, store: Store) -> None:
    labels = Labels(pack, store)
    tracks = {track.key: track for track in store.tracks}
    transcribed = labels.of(tracks["rna_wt_plus"], "chrVI").label
    assert transcribed is not None
    # Above 10 TPM from 1,000 to 3,000: bin 7 is covered from 1,000 to 1,024 (19 %), bin 23 from 2,944 to 3,000 (44 %).
    assert np.flatnonzero(transcribed).tolist() == list(range(8, 24))
    reb1 = labels.of(tracks["chip_reb1"], "chrI")
    assert np.flatnonzero(reb1.label).tolist() == [10]  # both events, 1280 and 1300
    assert np.flatnonzero(~reb1.called).tolist() == [0, 1, 2]
    ends = labels.of(tracks["polya_plus"], "chrVI").label
    assert np.flatnonzero(ends).tolist() == [2990 // 128]
