"""Losses by arithmetic that can be done on paper."""

from __future__ import annotations

from math import log

import pytest
import torch

from predictor.model.splicing import NOT_A_SITE, Junctions
from predictor.training import losses


def test_the_mean_is_over_what_the_mask_shows_and_zero_where_it_shows_nothing() -> None:
    values, mask = torch.tensor([[1.0, 2.0], [4.0, torch.nan]]), torch.tensor([[True], [False]])
    assert losses.masked_mean(values, mask) == 1.5  # (1 + 2) / 2
    assert losses.masked_mean(values, torch.zeros(2, 1, dtype=torch.bool)) == 0


def test_tracks_are_cut_in_segments() -> None:
    predicted = torch.tensor([[[1.0, 3.0, 2.0, 2.0]]])
    target = torch.tensor([[[2.0, 2.0, 0.0, 4.0]]])
    loss = losses.track_loss(predicted, target, None, segment=2)
    assert loss.total == pytest.approx(0, abs=1e-6)  # 4 are predicted and 4 are there, in both segments
    # -(2 log 1/4 + 2 log 3/4) and -(0 log 1/2 + 4 log 1/2), over four bins
    shape = -(2 * log(1 / 4) + 2 * log(3 / 4) + 4 * log(1 / 2)) / 4
    assert loss.positional == pytest.approx(shape, rel=1e-6)
    assert loss.loss == pytest.approx(5 * shape, rel=1e-6)
    whole = losses.track_loss(predicted, target, None, segment=4)
    assert whole.positional == pytest.approx(-(2 * log(1 / 8) + 2 * log(3 / 8) + 4 * log(2 / 8)) / 4, rel=1e-6)


def test_a_segments_total_costs_per_bin() -> None:
    loss = losses.track_loss(torch.full((1, 1, 4), 1.0), torch.full((1, 1, 4), 2.0), None, segment=4)
    assert loss.total == pytest.approx((4 - 8 * log(4) - (8 - 8 * log(8))) / 4, rel=1e-6)


def test_tracks_that_an_organism_lacks_count_for_nothing() -> None:
    predicted = torch.tensor([[[1.0, 3.0], [7.0, 7.0]]])
    target = torch.tensor([[[2.0, 2.0], [torch.nan, torch.nan]]])
    masked = losses.track_loss(predicted, target, torch.tensor([[True, False]]), segment=2)
    assert masked == losses.track_loss(predicted[:, :1], target[:, :1], None, segment=2)


def test_bins_that_fill_no_segment_are_an_error() -> None:
    with pytest.raises(ValueError, match="6 bins are no whole number of segments of 4"):
        losses.track_loss(torch.ones(1, 1, 6), torch.ones(1, 1, 6), None, segment=4)


def test_training_sees_the_same_loss_as_one_segment() -> None:
    predicted, target = torch.rand(2, 3, 8), torch.rand(2, 3, 8)
    per_track = losses.multinomial_loss(predicted, target)
    torch.testing.assert_close(per_track.mean(), losses.track_loss(predicted, target, None, 8).loss)
    mask = torch.arange(8)[None, None] < 6
    hidden = torch.where(mask, predicted, 1e3), torch.where(mask, target, 1e3)
    torch.testing.assert_close(
        losses.multinomial_loss(predicted, target, mask), losses.multinomial_loss(*hidden, mask), rtol=0, atol=0
    )


def test_genes_are_compared_over_the_tracks_of_their_strand() -> None:
    predicted = torch.tensor([[[1.0, 3.0, 9.0], [2.0, 2.0, 9.0], [5.0, 5.0, 5.0]]])  # means over the gene: 2, 2, 5
    target = torch.tensor([[[2.0, 4.0, 0.0], [1.0, 1.0, 0.0], [8.0, 8.0, 8.0]]])  # 3, 1, 8
    genes = torch.zeros(1, 2, 1, 3, dtype=torch.bool)
    genes[0, 0, 0, :2] = True  # one gene, on the plus strand, of two bases
    strands = torch.tensor([[[True, True, False], [False, False, True]]])  # the third track is of the minus strand
    loss = losses.gene_loss(predicted, target, genes, strands)
    assert loss.total == pytest.approx(0, abs=1e-6)  # 2 + 2 and 3 + 1
    assert loss.positional == pytest.approx(-(3 * log(2 / 4) + 1 * log(2 / 4)) / 2, rel=1e-6)
    more = losses.gene_loss(predicted * 2, target, genes, strands)
    assert more.total == pytest.approx((8 - 4 * log(8) - (4 - 4 * log(4))) / 2, rel=1e-6)  # two tracks at most


def test_what_could_not_be_measured_is_left_out_of_contact_maps() -> None:
    predicted = torch.zeros(1, 2, 2, 2, requires_grad=True)
    target = torch.tensor([[1.0, 2.0], [torch.nan, 3.0]])[None, :, :, None].repeat(1, 1, 1, 2)
    loss = losses.contact_loss(predicted, target, torch.tensor([[True, False]]))
    assert loss.item() == pytest.approx((1 + 4 + 9) / 3)
    loss.backward()
    assert not predicted.grad.isnan().any() and predicted.grad[0, 1, 0, 0] == 0 and not predicted.grad[..., 1].any()


def test_only_labelled_positions_are_classified() -> None:
    logits = torch.log(torch.tensor([[[0.5, 0.9], [0.25, 0.05], [0.25, 0.05]]]))
    labels = torch.zeros(1, 3, 2, dtype=torch.bool)
    labels[0, 1, 0] = True
    assert losses.class_loss(logits, labels) == pytest.approx(-log(0.25), rel=1e-6)
    assert losses.class_loss(logits, torch.zeros_like(labels)) == 0


def test_usage_counts_every_position_of_a_track_that_exists() -> None:
    logits = torch.zeros(1, 2, 4)
    usage = torch.tensor([[[0.0, 1.0, 0.5, 0.25], [0.0, 0.0, 0.0, 0.0]]])
    assert losses.usage_loss(logits, usage, torch.tensor([[True, False]])) == pytest.approx(log(2), rel=1e-6)
    sure = losses.usage_loss(torch.full((1, 1, 1), 20.0), torch.ones(1, 1, 1), torch.tensor([[True]]))
    assert sure == pytest.approx(20 * 2**-23 + 2.06e-9, rel=1e-3)  # 1 is clipped to 1 - 2^-23; log(1 + e^-20)


def sites(n: int) -> torch.Tensor:
    return torch.arange(4 * n).view(1, 4, n)


def test_junctions_are_compared_by_share_and_by_total() -> None:
    predicted = torch.tensor([[1.0, 3.0], [4.0, 4.0]])[None, :, :, None]
    counts = torch.tensor([[2.0, 2.0], [1.0, 7.0]])[None, :, :, None]
    mask = torch.ones(1, 2, 2, 1, dtype=torch.bool)
    loss = losses.junction_loss(Junctions(predicted, sites(2), mask), counts, sites(2))

    def poisson(ours: float, theirs: float) -> float:
        return ours - theirs * log(ours) - (theirs - theirs * log(theirs))

    by_donor = (-(0.5 * log(1 / 4) + 0.5 * log(3 / 4)) - (1 / 8 * log(1 / 2) + 7 / 8 * log(1 / 2))) / 2
    by_acceptor = (-(2 / 3 * log(1 / 5) + 1 / 3 * log(4 / 5)) - (2 / 9 * log(3 / 7) + 7 / 9 * log(4 / 7))) / 2
    donors = (poisson(4, 4) + poisson(8, 8)) / 2
    acceptors = (poisson(5, 3) + poisson(7, 9)) / 2
    assert loss == pytest.approx(by_donor + by_acceptor + 0.2 * (donors + acceptors), rel=1e-5)


def test_many_reads_at_a_site_are_clipped() -> None:
    one = torch.ones(1, 1, 1, 1)
    loss = losses.junction_loss(Junctions(one * 30, sites(1), one.bool()), one * 40, sites(1))
    assert loss == pytest.approx(0, abs=1e-5)  # 2 sqrt(40 * 10) - 10 = 30, and the only partner has all


def test_what_is_no_site_takes_no_part_in_junctions_and_gives_finite_gradients() -> None:
    predicted = torch.rand(1, 3, 3, 2) + 0.5
    counts = torch.rand(1, 3, 3, 2)
    mask = torch.zeros(1, 3, 3, 2, dtype=torch.bool)
    mask[:, :2, :1, 0] = True  # two donors and an acceptor on one strand, nothing on the other
    positions = torch.full((1, 4, 3), NOT_A_SITE)
    shown = (torch.where(mask, predicted, 0)).requires_grad_()
    loss = losses.junction_loss(Junctions(shown, positions, mask), torch.where(mask, counts, 99), positions)
    small = losses.junction_loss(
        Junctions(predicted[:, :2, :1, :1], sites(1), mask[:, :2, :1, :1]), counts[:, :2, :1, :1], sites(1)
    )
    torch.testing.assert_close(loss, small)
    loss.backward()
    assert shown.grad.isfinite().all() and not shown.grad[~mask].any() and shown.grad[mask].any()


def test_junctions_between_other_positions_than_those_counted_are_refused() -> None:
    one = torch.ones(1, 1, 1, 1)
    with pytest.raises(ValueError, match="other positions"):
        losses.junction_loss(Junctions(one, sites(1), one.bool()), one, sites(1) + 1)
