from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from predictor.reference import Reference
from predictor.training.sampler import Sampler
from predictor.training.targets import Targets, build_targets, read_splits
from predictor.training.yeast_tracks import yeast_tracks


@pytest.fixture(scope="module")
def targets(pack: Path, reference: Reference) -> Targets:
    return build_targets(pack, reference.lengths, yeast_tracks(pack))


def row(targets: Targets, chromosome: str, key: str) -> np.ndarray:
    track = next(track for track in targets.tracks if track.key == key)
    return targets.values[chromosome][track.output][targets.of(track.output).index(track)]


def test_factors_with_few_events_are_left_out_and_histones_stand_apart(pack: Path) -> None:
    tracks = {track.key: track for track in yeast_tracks(pack)}
    assert "chip_rare" not in tracks
    assert tracks["chip_reb1"].output == "CHIP_TF"
    assert tracks["chip_htz1"].output == "CHIP_HISTONE"
    assert len(tracks) == len(yeast_tracks(pack))  # keys are unique


def test_transcripts_are_boxes_that_add_up(targets: Targets) -> None:
    plus = row(targets, "chrI", "rna_wt_plus")
    assert (plus[999], plus[1000], plus[2499], plus[2500], plus[3000], plus[3999], plus[4000]) == (
        0,
        40,
        40,
        42,
        2,
        2,
        0,
    )
    assert plus[:500].sum() == 0  # a unit without a measured level is not drawn


def test_starts_are_summed_over_replicates(targets: Targets) -> None:
    assert row(targets, "chrI", "tss_ypd_plus")[1000] == 5 + 6 + 7
    assert row(targets, "chrI", "tss_diamide_minus")[11999] == 9
    assert row(targets, "chrI", "tss_ypd_plus").sum() == 18


def test_occupancy_spreads_a_dyad_over_147_bp(targets: Targets) -> None:
    occupancy = row(targets, "chrI", "nucleosome_occupancy")
    assert occupancy[927:1074] == pytest.approx(2.0)
    assert occupancy.sum() == pytest.approx(2.0 * 147)  # danpos calls are another map
    assert np.argmax(row(targets, "chrI", "nucleosome_dyads")) == 1000


def test_events_fall_into_their_bin_and_masked_bins_are_known(targets: Targets) -> None:
    reb1 = row(targets, "chrI", "chip_reb1")
    assert reb1[10] == 2  # 1280 and 1300 // 128
    assert reb1.sum() == 2
    assert np.flatnonzero(~targets.mask["chrI"]).tolist() == [0, 1, 2]  # 100..300 touches bins 0, 1, 2


def test_splits_are_read(pack: Path) -> None:
    assert read_splits(pack) == {"train": ("chrI",), "valid": ("chrII",), "test": ("chrVI",)}


@pytest.fixture(scope="module")
def sampler(targets: Targets, reference: Reference) -> Sampler:
    from predictor.codes import encode_bases

    codes = {name: encode_bases(reference.sequence(name)) for name in reference.lengths}
    return Sampler(codes, targets, ("chrI",), 8192, seed=1)


def test_a_step_always_draws_the_same_windows(sampler: Sampler) -> None:
    assert sampler.batch(7, 2).codes.equal(sampler.batch(7, 2).codes)
    assert not sampler.batch(7, 2).codes.equal(sampler.batch(8, 2).codes)


def test_reverse_complement_turns_bases_positions_and_strands(sampler: Sampler, reference: Reference) -> None:
    forward, reverse = sampler.windows([("chrI", 0, False)]), sampler.windows([("chrI", 0, True)])
    complement = reference.sequence("chrI")[:8192].translate(str.maketrans("ACGT", "TGCA"))[::-1]
    assert "".join("ACGT"[c] for c in reverse.codes[0].tolist()) == complement
    plus, minus = 0, 1
    assert reverse.targets["RNA_SEQ"][1][0, minus].equal(forward.targets["RNA_SEQ"][1][0, plus].flip(0))
    assert reverse.targets["CHIP_TF"][128][0, 0].equal(forward.targets["CHIP_TF"][128][0, 0].flip(0))
    assert reverse.chip_mask[0, 0].equal(forward.chip_mask[0, 0].flip(0))


def test_128_bp_targets_are_sums_over_the_bin(sampler: Sampler) -> None:
    batch = sampler.windows([("chrI", 0, False)])
    assert batch.targets["CAGE"][128][0, 0, 1000 // 128] == 18
