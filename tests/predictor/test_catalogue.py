"""Choosing among thousands of tracks."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from predictor.catalogue import ModelInfo, model_info, select_tracks
from predictor.errors import DomainError
from predictor.tracks import Track


def track(key: str, output: str) -> Track:
    return Track(key, key, output, ".", "cells", "assay", "", "", "", False)


@pytest.fixture(scope="module")
def many() -> ModelInfo:
    """As many tracks as ten AlphaGenomes have."""
    tracks = tuple(track(f"chip_tf.cell_line.{i}", "CHIP_TF" if i % 2 else "ATAC") for i in range(60_000))
    return replace(model_info("yeast"), tracks=tracks)


def test_selecting_all_of_many_tracks_takes_no_time(many: ModelInfo) -> None:
    keys = [t.key for t in reversed(many.tracks)]
    started = time.process_time()
    assert select_tracks(many, tracks=keys) == many.tracks
    assert select_tracks(many, outputs=["ATAC"]) == many.tracks[::2]
    assert select_tracks(many, outputs=["ATAC"], tracks=[many.tracks[3].key])[:3] == (
        many.tracks[0], many.tracks[2], many.tracks[3],
    )  # fmt: skip
    assert time.process_time() - started < 2  # quadratic took 11 s: 60,000 x 60,000 / 2 comparisons


def test_an_unknown_key_among_many_is_said(many: ModelInfo) -> None:
    with pytest.raises(DomainError, match=r"has no track “nonsense”; GET /api/v1/models lists its 60000 tracks"):
        select_tracks(many, tracks=["nonsense"])


def test_a_model_without_default_tracks_asks_for_a_choice(many: ModelInfo) -> None:
    """Not an empty prediction: nobody chose and nothing is shown by itself."""
    with pytest.raises(DomainError, match="No track is chosen; choose at least one output or track"):
        select_tracks(many)


def test_every_kind_of_output_is_packaged_and_judged() -> None:
    info = model_info("yeast")
    assert info.outputs == (
        "RNA_SEQ", "CAGE", "POLYA", "NUCLEOSOME", "CHIP_TF", "CHIP_HISTONE", "SPLICE_SITES", "SPLICE_JUNCTIONS",
        "CONTACT_MAPS",
    )  # fmt: skip
    judged = {track.output for track in info.tracks if track.key in info.skill}
    assert judged == set(info.outputs) - {"SPLICE_JUNCTIONS"}
    assert info.skill["contacts_g1"].measure == "Stratum-adjusted correlation"
    assert info.skill["donor_plus"] == info.skill["donor_minus"]  # judged together
    assert info.skill["chip_reb1"].baseline in {"GC", "6-mers", "motif", "convolutions"}
    for skill in info.skill.values():
        assert skill.low <= skill.value <= skill.high or skill.measure.startswith("AP")
        assert (skill.skilful == "no") == (skill.value <= skill.baseline_value)


def test_the_largest_file_of_weights_can_be_committed() -> None:
    assert model_info("yeast").weights.stat().st_size < 25_000_000
