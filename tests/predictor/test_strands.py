"""Two strands of one assay find each other by their keys; sets of tracks by question."""

from __future__ import annotations

import pytest

from predictor.catalogue import model_info
from predictor.presets import MOST_OF_AN_OUTPUT, PRESETS, preset_tracks
from predictor.strands import other_strands, partner_rows, strandless
from predictor.tracks import Track, least_axis
from tests.checkpoints.many_tracks import human_model


def track(key: str, strand: str, output: str = "RNA_SEQ") -> Track:
    return Track(key, key, output, strand, "cells", "assay", "", "", "", default=False)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "strand", "bare"),
    [
        ("rna_wt_plus", "+", "rna_wt"),
        ("rna_wt_minus", "-", "rna_wt"),
        ("donor_plus", "+", "donor"),
        ("rna_seq.minus.cell_line.polya_plus_rna_seq", "-", "rna_seq.cell_line.polya_plus_rna_seq"),
        ("rna_seq.plus.cell_line.polya_plus_rna_seq", "+", "rna_seq.cell_line.polya_plus_rna_seq"),
        ("nucleosome_plus1", ".", "nucleosome_plus1"),
        ("chip_plus", ".", "chip_plus"),
        ("surplus", "+", "surplus"),
    ],
)
def test_a_key_without_its_strand(key: str, strand: str, bare: str) -> None:
    assert strandless(track(key, strand)) == bare


def test_strands_find_each_other_within_an_output() -> None:
    tracks = [
        track("a_plus", "+"),
        track("b_plus", "+"),
        track("a_minus", "-"),
        track("b_minus", "-", "CAGE"),
        track("c", "."),
    ]
    assert other_strands(tracks) == {"a_plus": "a_minus", "a_minus": "a_plus"}
    assert partner_rows(tracks) == [2, 1, 0, 3, 4]


@pytest.mark.parametrize("model", [model_info("yeast"), human_model()], ids=["yeast", "like human"])
def test_every_stranded_track_of_a_model_has_its_other_strand(model: object) -> None:
    tracks = model.tracks  # type: ignore[attr-defined]
    others = other_strands(tracks)
    assert others.keys() == {one.key for one in tracks if one.strand != "."}
    assert all(others[others[key]] == key for key in others)


def test_presets_are_rules_over_outputs() -> None:
    yeast = model_info("yeast")
    found = {preset.key: preset_tracks(preset, yeast) for preset in PRESETS}
    assert {one.output for one in found["splicing"]} == {"RNA_SEQ", "SPLICE_SITES", "SPLICE_JUNCTIONS"}
    assert len(found["binding"]) == sum(one.output.startswith("CHIP") for one in yeast.tracks)
    assert {one.key for one in yeast.default_tracks()} <= {one.key for one in found["promoter"]}


def test_of_a_very_large_output_a_preset_keeps_the_samples_that_are_shown_by_default() -> None:
    human = human_model()
    (binding,) = (preset_tracks(preset, human) for preset in PRESETS if preset.key == "binding")
    assert 0 < len(binding) < sum(one.output == "CHIP_TF" for one in human.tracks) / 3
    assert {one.ontology for one in binding} == {"EFO:0002067"}
    assert sum(one.output == "CHIP_TF" for one in human.tracks) > MOST_OF_AN_OUTPUT


def test_an_axis_of_events_has_a_least_height() -> None:
    assert least_axis("binding events per 128 bp") == 0.2
    assert least_axis("normalised read signal") == 0
    for one in model_info("yeast").tracks:
        assert (least_axis(one.unit) > 0) == (one.output in ("CHIP_TF", "CHIP_HISTONE", "POLYA", "SPLICE_SITES")), (
            one.key
        )
