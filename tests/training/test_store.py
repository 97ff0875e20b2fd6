from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from predictor.errors import DomainError
from predictor.reference import Reference
from predictor.training.loop import network_config
from predictor.training.runs import as_runs, draw, longest
from predictor.training.sampler import NOT_LABELLED, Sampler, Window
from predictor.training.store import Store
from predictor.training.yeast_drawn import read_splits
from predictor.training.yeast_tables import yeast_store
from predictor.training.yeast_tracks import yeast_tracks
from tests.training.conftest import CONFIG, LENGTH


def row(store: Store, chromosome: str, key: str, resolution: int = 1) -> np.ndarray:
    track = next(track for track in store.tracks if track.key == key)
    return store.draw(track.output, chromosome, 0, LENGTH, resolution)[store.of(track.output).index(track)]


def test_runs_are_drawn_as_a_plain_loop_would() -> None:
    random = np.random.default_rng(1)
    start = random.integers(0, 900, 60)
    end = start + random.integers(1, 90, 60)
    rows, value = random.integers(0, 3, 60), random.random(60)
    runs = as_runs(start, end, rows, value)
    plain = np.zeros((3, 1000))
    for one in zip(start, end, rows, value, strict=True):
        plain[one[2], one[0] : one[1]] += one[3]
    for begin, stop, resolution in ((0, 1000, 1), (130, 770, 16), (128, 896, 128)):
        summed = plain[:, begin:stop].reshape(3, -1, resolution).sum(-1)
        assert draw(runs, longest(runs), 3, begin, stop, resolution) == pytest.approx(summed, abs=1e-4)


def test_a_part_of_a_bin_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="whole number of bins"):
        store.draw("CAGE", "chrI", 0, 100, 128)


def test_factors_with_few_events_are_left_out_and_histones_stand_apart(pack: Path) -> None:
    tracks = {track.key: track for track in yeast_tracks(pack)}
    assert "chip_rare" not in tracks
    assert tracks["chip_reb1"].output == "CHIP_TF"
    assert tracks["chip_htz1"].output == "CHIP_HISTONE"
    assert len(tracks) == len(yeast_tracks(pack))  # keys are unique


def test_transcripts_are_boxes_that_add_up(store: Store) -> None:
    plus = row(store, "chrI", "rna_wt_plus")
    places = (999, 1000, 2499, 2500, 3000, 3999, 4000)
    assert [plus[at] for at in places] == pytest.approx([0, 40, 40, 42, 2, 2, 0])
    assert plus[:500].sum() == 0  # a unit without a measured level is not drawn
    assert row(store, "chrI", "rna_ribozero_minus")[9000] == pytest.approx(70)


def test_starts_are_summed_over_replicates(store: Store) -> None:
    assert row(store, "chrI", "tss_ypd_plus")[1000] == pytest.approx(5 + 6 + 7)
    assert row(store, "chrI", "tss_diamide_minus")[11999] == pytest.approx(9)
    assert row(store, "chrI", "tss_ypd_plus").sum() == pytest.approx(18)


def test_ends_come_from_sgd_else_xu_and_never_from_the_other_sources(store: Store) -> None:
    assert np.flatnonzero(row(store, "chrI", "polya_plus")).tolist() == [2990]
    assert np.flatnonzero(row(store, "chrI", "polya_minus")).tolist() == [
        9000
    ]  # the one at 5,000 is only in GPL tables


def test_occupancy_spreads_a_dyad_over_147_bp(store: Store) -> None:
    occupancy = row(store, "chrI", "nucleosome_occupancy")
    assert occupancy[927:1074] == pytest.approx(2.0)
    assert occupancy.sum() == pytest.approx(2.0 * 147)  # danpos calls are another map
    assert row(store, "chrI", "nucleosome_dyads")[990:1011].sum() == pytest.approx(2.0)
    assert row(store, "chrI", "nucleosome_called")[:147].sum() == pytest.approx(147)
    assert row(store, "chrI", "nucleosome_plus1").sum() == pytest.approx(1)


def test_events_spread_over_101_bp_and_masked_bins_are_known(store: Store) -> None:
    reb1 = row(store, "chrI", "chip_reb1", 128)
    # Events at 1280 and 1300 cover 1230-1330 and 1250-1350: (50 + 30) of 101 bases each way lie before bin 10.
    assert reb1[9:11] == pytest.approx([(50 + 30) / 101, (51 + 71) / 101])
    assert reb1.sum() == pytest.approx(2)
    assert np.flatnonzero(~store.called("chrI", 0, LENGTH, 128)).tolist() == [0, 1, 2]  # 100..300 touches bins 0, 1, 2


def test_only_what_the_spliceosome_cuts_is_an_intron(store: Store) -> None:
    introns = store.introns("chrI", 0, LENGTH)
    assert [(int(i["donor"]), int(i["acceptor"]), bool(i["minus"])) for i in introns] == [
        (1099, 1400, False), (10_090, 9_999, True),
    ]  # fmt: skip
    assert len(store.introns("chrI", 1200, 9000)) == 0  # half an intron is none


def test_contacts_between_bins_are_interpolated(store: Store) -> None:
    whole = store.contacts("chrI", 0, LENGTH)
    shifted = store.contacts("chrI", 1024, 1024 + 4096)
    assert shifted[0, 0] == pytest.approx(whole[:2, :2].mean(), rel=1e-3)
    assert np.isnan(whole[3]).all()
    assert np.isnan(store.contacts("chrI", 12_288, 12_288 + 8192)[2:]).all()  # beyond the chromosome


def test_a_store_is_written_once_and_again_when_a_table_changes(
    pack: Path, reference: Reference, tmp_path: Path
) -> None:
    folder = tmp_path / "store"
    yeast_store(pack, reference, folder)
    before = (folder / "index.json").stat().st_mtime_ns
    yeast_store(pack, reference, folder)
    assert (folder / "index.json").stat().st_mtime_ns == before
    other = tmp_path / "pack"
    other.mkdir()
    for path in pack.iterdir():
        (other / path.name).write_bytes(path.read_bytes())
    (other / "splits.tsv").write_text((pack / "splits.tsv").read_text().replace("valid", "train"))
    assert yeast_store(other, reference, folder).splits["train"] == ("chrI", "chrII")


def test_rows_left_out_for_their_licence_take_their_tracks_along(
    pack: Path, reference: Reference, tmp_path: Path
) -> None:
    for path in pack.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    table = gzip.decompress((pack / "nucleosomes.tsv.gz").read_bytes()).decode().splitlines()
    (tmp_path / "nucleosomes.tsv.gz").write_bytes(gzip.compress(f"{table[0]}\n".encode()))
    without = yeast_store(tmp_path, reference, tmp_path / "store")
    assert "NUCLEOSOME" not in {track.output for track in without.tracks}
    assert "NUCLEOSOME" not in {head.name.upper() for head in network_config(CONFIG, without).track_heads}


def test_a_missing_table_is_named(tmp_path: Path, reference: Reference) -> None:
    with pytest.raises(DomainError, match=r"There is no splits\.tsv in"):
        yeast_store(tmp_path, reference, tmp_path / "store")


def test_splits_are_read(pack: Path) -> None:
    assert read_splits(pack) == {"train": ("chrI",), "valid": ("chrII",), "test": ("chrVI",)}


@pytest.fixture(scope="module")
def sampler(store: Store) -> Sampler:
    return Sampler(store, ("chrI",), seed=1, profile_bp=16, site_share=0.5)


def test_a_step_always_draws_the_same_windows(sampler: Sampler) -> None:
    assert sampler.windows(7, 2, 8192) == sampler.windows(7, 2, 8192)
    assert sampler.windows(7, 2, 8192) != sampler.windows(8, 2, 8192)


def test_windows_begin_anywhere_and_stay_inside(sampler: Sampler) -> None:
    starts = [window.start for step in range(50) for window in sampler.windows(step, 4, 8192)]
    assert min(starts) >= 0
    assert max(starts) <= LENGTH - 8192
    assert len({start % 128 for start in starts}) > 50


def test_a_window_longer_than_every_chromosome_is_refused(sampler: Sampler) -> None:
    with pytest.raises(ValueError, match="No training chromosome has 32,768 bp"):
        sampler.windows(0, 1, 32_768)


def test_reverse_complement_turns_bases_positions_and_strands(sampler: Sampler, reference: Reference) -> None:
    forward, reverse = (sampler.batch([Window("chrI", 0, flip)], LENGTH) for flip in (False, True))
    complement = reference.sequence("chrI").translate(str.maketrans("ACGT", "TGCA"))[::-1]
    assert "".join("ACGT"[c] for c in reverse.codes[0].tolist()) == complement
    plus, minus = 0, 1
    assert reverse.tracks["RNA_SEQ"][1][0, minus].equal(forward.tracks["RNA_SEQ"][1][0, plus].flip(0))
    assert reverse.tracks["CHIP_TF"][128][0, 0].equal(forward.tracks["CHIP_TF"][128][0, 0].flip(0))
    assert reverse.called[128][0, 0].equal(forward.called[128][0, 0].flip(0))
    assert reverse.contacts[0].nan_to_num().equal(forward.contacts[0].flip(0, 1).nan_to_num())


def test_splice_sites_and_junctions_turn_with_the_strand(sampler: Sampler) -> None:
    forward, reverse = (sampler.batch([Window("chrI", 0, flip)], LENGTH) for flip in (False, True))
    last = LENGTH - 1
    assert forward.sites[0, :, 0].tolist() == [1099, 1400, 10_090, 9_999]
    assert reverse.sites[0, :, 0].tolist() == [last - 10_090, last - 9_999, last - 1099, last - 1400]
    assert forward.junctions[0].nonzero().tolist() == [[0, 0, 0], [0, 0, 1]]
    assert [int(forward.labels[0, at]) for at in (1099, 1400, 10_090, 9_999)] == [0, 1, 2, 3]
    assert [int(reverse.labels[0, last - at]) for at in (1099, 1400, 10_090, 9_999)] == [2, 3, 0, 1]
    shown = (forward.labels[0] != NOT_LABELLED).float().mean().item()
    assert shown == pytest.approx(0.5, abs=0.02)  # half of the bases that are no site


def test_128_bp_targets_are_sums_over_the_bin(sampler: Sampler) -> None:
    batch = sampler.batch([Window("chrI", 0, False)], 8192)
    assert batch.tracks["CAGE"][128][0, 0, 1000 // 128] == pytest.approx(18)
    assert batch.tracks["CHIP_TF"][16].shape == (1, 2, 512)
