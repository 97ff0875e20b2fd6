"""Signals of genes and profiles around features, against arithmetic by hand."""

from __future__ import annotations

import numpy as np
import pytest

from predictor.api import DomainError
from tests.predictions.making import done, key_of, model_info, queued, random_dna
from tests.predictions.test_edits import _other, _stored
from webapp.loci.models import Assembly, Chromosome, Gene
from webapp.predictions.access import get_prediction
from webapp.predictions.gene_signal import MASKS, choose_gene, read_gene_signal
from webapp.predictions.models import Prediction
from webapp.predictions.profiles import BINS, read_mean_profile, read_profile
from webapp.predictions.sums import MOST_TRACKS, Sums, read_sums
from webapp.predictions.tiles import TILE_BINS, rounded

pytestmark = pytest.mark.django_db

START, BP = 1_000, 4_000  # where the predictions lie, on chrI
RNA, ANTI, PEAKS = "rna_wt_plus", "rna_wt_minus", "chip_reb1"


def gene(genome: Assembly, name: str, start: int, end: int, strand: str, *exons: tuple[int, int]) -> Gene:
    return Gene.objects.create(
        assembly=genome,
        chromosome=Chromosome.objects.get(assembly=genome, name="chrI"),
        start=start,
        end=end,
        strand=strand,
        name=name,
        systematic=f"Y{name}",
        kind="protein-coding",
        exons=[list(exon) for exon in exons] or [[start, end]],
        keys=[name.casefold(), f"y{name}".casefold()],
    )


def on_genome(row: Prediction) -> Prediction:
    """The same as a locus of chrI."""
    Prediction.objects.filter(id=row.id).update(chromosome="chrI", genome="sacCer3")
    return get_prediction(row.id)


def ramp(*, turned: bool = False) -> np.ndarray:
    """The value of each base is how many bases lie before it; exact in 12 bits up to 4,095."""
    values = np.arange(BP, dtype=np.float32)
    return values[::-1].copy() if turned else values


@pytest.fixture(autouse=True)
def _genome(genome: Assembly) -> None:
    """Every test has it."""


def test_transcripts_are_the_mean_over_exons_and_the_intron_counts_for_nothing(genome: Assembly) -> None:
    one = gene(genome, "ONE", 1_100, 1_400, "+", (1_100, 1_110), (1_300, 1_400))
    row = done(BP, [ramp(), ramp(turned=True)], [RNA, ANTI], start=START)
    own, other = read_gene_signal(row, one, [RNA, ANTI])
    # (100 + … + 109) + (300 + … + 399) = 1,045 + 34,950 over 110 bases
    assert own.value == pytest.approx(35_995 / 110)
    assert (own.covered_bp, own.mask_bp, own.sense, other.sense) == (110, 110, True, False)
    # turned: 3,999 − each of them
    assert other.value == pytest.approx(3_999 - 35_995 / 110)


def test_a_gene_that_is_partly_outside_counts_the_bases_that_were_predicted(genome: Assembly) -> None:
    left, right = gene(genome, "LEFT", 900, 1_010, "-"), gene(genome, "RIGHT", 4_990, 5_300, "+")
    row = done(BP, [ramp()], [RNA], start=START)
    (found,) = read_gene_signal(row, left, [RNA])
    assert (found.value, found.covered_bp, found.mask_bp, found.sense) == (4.5, 10, 110, False)  # 0 … 9
    (found,) = read_gene_signal(row, right, [RNA])
    assert (found.value, found.covered_bp) == (3_994.5, 10)  # 3,990 … 3,999


def test_exons_that_overlap_count_once(genome: Assembly) -> None:
    one = gene(genome, "ONE", 1_000, 1_030, "+", (1_000, 1_020), (1_010, 1_030))
    row = done(BP, [ramp()], [RNA], start=START)
    (found,) = read_gene_signal(row, one, [RNA])
    assert (found.value, found.mask_bp) == (14.5, 30)


def test_promoters_are_read_around_the_first_base_on_either_strand(genome: Assembly) -> None:
    forward, reverse = gene(genome, "FWD", 2_000, 2_900, "+"), gene(genome, "REV", 2_000, 2_900, "-")
    bins = -(-BP // 128)
    row = done(BP, [np.arange(bins, dtype=np.float32)], [PEAKS], start=START)
    assert MASKS["CHIP_TF"].stretches(forward) == [(1_750, 2_251)]
    assert MASKS["CHIP_TF"].stretches(reverse) == [(2_649, 3_150)]  # the first base is 2,899
    assert MASKS["POLYA"].stretches(reverse) == [(1_750, 2_251)]
    (found,) = read_gene_signal(row, forward, [PEAKS])
    # Bases 750 to 1,251 of the prediction: 18 of bin 5 (from 640), bins 6, 7, 8, and 99 of bin 9 (from 1,152).
    assert found.value == pytest.approx((18 * 5 + 128 * (6 + 7 + 8) + 99 * 9) / 501)
    assert found.sense is None


def test_splice_sites_are_the_strongest_base_of_the_exons(genome: Assembly) -> None:
    one = gene(genome, "ONE", 1_100, 1_400, "+", (1_100, 1_110), (1_300, 1_400))
    values = np.zeros(BP, np.float32)
    values[109], values[200] = 0.75, 1.0  # the last base of an exon, and a stronger one inside the intron
    row = done(BP, [values], ["donor_plus"], start=START)
    (found,) = read_gene_signal(row, one, ["donor_plus"])
    assert (found.value, found.mask.how) == (0.75, "max")


def test_a_gene_without_any_predicted_base_has_no_value(genome: Assembly) -> None:
    far = gene(genome, "FAR", 20_000, 21_000, "+")
    row = done(BP, [ramp()], [RNA], start=START)
    (found,) = read_gene_signal(row, far, [RNA])
    assert (found.value, found.covered_bp, found.mask_bp) == (None, 0, 1_000)


def test_the_nearest_gene_is_chosen_and_of_nested_ones_the_one_whose_middle_is_nearer(genome: Assembly) -> None:
    wide = gene(genome, "WIDE", 1_100, 3_000, "+")
    gene(genome, "NESTED", 1_200, 1_300, "-")
    gene(genome, "LAST", 4_500, 4_600, "+")
    row = on_genome(done(BP, [ramp()], [RNA], start=START))
    for position, name in ((1_250, "NESTED"), (1_199, "WIDE"), (3_700, "WIDE"), (3_800, "LAST"), (1_000, "WIDE")):
        found, near = choose_gene(row, None, position)
        assert found.name == name, position
        assert [one.name for one in near] == ["WIDE", "NESTED", "LAST"]
    assert choose_gene(row, "ywide", None)[0] == wide
    outside = gene(genome, "OUT", 5_000, 5_600, "+")
    for name, said in ((outside.name, "lies outside of what was predicted, chrI:1,001-5,000"), ("NONE", "has no gene")):
        with pytest.raises(DomainError, match=said):
            choose_gene(row, name, None)


def test_a_pasted_sequence_has_no_genes() -> None:
    with pytest.raises(DomainError, match="has no annotated genes"):
        choose_gene(queued(), None, 5)


def test_a_profile_runs_downstream_on_either_strand() -> None:
    row = done(BP, [ramp(), ramp(turned=True)], [RNA, ANTI], start=START)
    forward = read_profile(row, [RNA, ANTI], 2_000, "+", 500)
    # Bins of 5 bases: the first are 500 … 504 of the prediction, the last 1,495 … 1,499.
    assert forward[0].values == pytest.approx(np.arange(502, 1_500, 5))
    assert [one.sense for one in forward] == [True, False]
    reverse = read_profile(row, [RNA, ANTI], 2_000, "-", 500)
    assert reverse[0].values == pytest.approx(forward[0].values[::-1])
    assert [one.sense for one in reverse] == [False, True]
    neither = read_profile(row, [RNA], 2_000, ".", 500)[0]
    assert neither.sense is None and np.array_equal(neither.values, forward[0].values)


def test_a_profile_has_no_values_where_nothing_was_predicted() -> None:
    row = done(BP, [ramp()], [RNA], start=START)
    (found,) = read_profile(row, [RNA], 1_003, "+", 500)
    assert len(found.values) == BINS
    assert np.isnan(found.values[:99]).all() and found.values[99] == 1.0  # 998 … 1,002: bases 0, 1, 2
    assert found.values[100] == 5.0  # 1,003 … 1,007: bases 3 … 7
    (nothing,) = read_profile(row, [RNA], 30_000, "+", 500)
    assert np.isnan(nothing.values).all()


def test_the_mean_over_genes_takes_each_in_its_direction_and_its_own_strand(genome: Assembly) -> None:
    gene(genome, "FWD", 2_000, 2_600, "+")
    gene(genome, "REV", 2_400, 3_000, "-")
    gene(genome, "OUT", 9_000, 9_600, "+")
    plus, minus = np.zeros(BP, np.float32), np.zeros(BP, np.float32)
    plus[1_000:1_005] = 8  # the first five bases of FWD
    minus[1_995:2_000] = 4  # and of REV, from the right
    row = on_genome(done(BP, [plus, minus], [RNA, ANTI], start=START))
    (same, other), genes = read_mean_profile(row, [RNA, ANTI], "start", 500)
    assert genes == 2
    assert (same.key, same.sense, other.sense) == (RNA, True, False)
    assert same.values[100] == 6.0 and np.count_nonzero(same.values) == 1  # (8 + 4) / 2
    assert other.values.tolist() == [0.0] * BINS  # either gene's other strand is silent within 500 bp
    assert same.counts is not None and set(same.counts.tolist()) == {2}
    (ends, _), _ = read_mean_profile(row, [RNA, ANTI], "end", 2_000)
    assert ends.counts is not None
    # FWD ends at 2,600, 1,600 after the prediction's start; REV at 2,400: bins of 20, so that the first 20 are of one gene.
    assert ends.counts[0] == 1 and ends.counts[100] == 2


def test_a_track_without_its_other_strand_is_read_for_the_genes_of_its_own(genome: Assembly) -> None:
    gene(genome, "FWD", 2_000, 2_600, "+")
    gene(genome, "REV", 2_400, 3_000, "-")
    row = on_genome(done(BP, [ramp()], [RNA], start=START))
    (same, other), _ = read_mean_profile(row, [RNA], "start", 500)
    assert same.values[100] == 1_002.0 and other.values[100] == 1_997.0  # from the right: 1,995 … 1,999
    assert same.counts is not None and same.counts[100] == 1


def test_sums_skip_bases_without_a_value_and_the_rest_of_a_short_last_bin() -> None:
    values = np.array([1, np.nan, 4], np.float32)
    sums = Sums(values, 10, 100, 125)  # the last bin has 5 bases
    low, high = np.array([95, 105, 110, 120, 130]), np.array([200, 115, 120, 125, 140])
    assert sums.bases(low, high).tolist() == [15, 5, 0, 5, 0]
    assert sums.means(low, high)[[0, 1, 3]].tolist() == [(10 * 1 + 5 * 4) / 15, 1.0, 4.0]
    assert np.isnan(sums.means(low, high)[[2, 4]]).all()


def test_sums_are_read_from_the_tiles_that_a_place_touches() -> None:
    bp = TILE_BINS + 500
    values = np.random.default_rng(5).random(bp, np.float32)
    row = done(bp, [values], [RNA], start=START)
    kept = rounded(values).astype(np.float64)
    for low, high in (
        (START, START + bp),
        (START + TILE_BINS - 3, START + TILE_BINS + 4),
        (START + TILE_BINS, START + bp),
    ):
        sums = read_sums(row, [RNA], low, high)[RNA]
        found = sums.means(np.array([low]), np.array([high]))[0]
        assert found == pytest.approx(kept[low - START : high - START].mean(), rel=1e-12)
    assert sums.start == START + TILE_BINS


def test_too_many_tracks_and_places_of_another_sequence_are_refused() -> None:
    row = done(BP, [ramp()], [key_of(1)], start=START)
    with pytest.raises(DomainError, match="at most 200"):
        read_sums(row, [key_of(1)] * (MOST_TRACKS + 1), 0, 10)
    with pytest.raises(DomainError, match="no edits"):
        read_sums(row, [f"{key_of(1)}:own"], 0, 10)


def test_every_output_of_the_model_has_a_mask() -> None:
    along = {track.output for track in model_info("yeast").tracks if track.output_type.shape == "bins"}
    assert along <= set(MASKS)


def test_of_an_edited_sequence_the_reference_is_beside_it(genome: Assembly) -> None:
    one = gene(genome, "ONE", 100, 200, "+")
    row = on_genome(_stored(_other(random_dna(300)[100])))
    (found,) = read_gene_signal(row, one, ["tss_ypd_plus"])
    # 501 bp around base 100 hold all 300 bases: 0 … 299, and 1,000 more of the edited sequence.
    assert (found.reference, found.value, found.covered_bp) == (149.5, 1_149.5, 300)
    (around,) = read_profile(row, ["tss_ypd_plus"], 200, "-", 500)
    assert around.reference is not None
    assert (around.values[100], around.reference[100]) == (1_197.0, 197.0)  # 195 … 199
    (same, _other_strand), genes = read_mean_profile(row, ["tss_ypd_plus"], "start", 500)
    assert genes == 1 and same.reference is not None
    assert (same.values[100], same.reference[100]) == (1_102.0, 102.0)
