"""Reverse complements of arrays small enough to be read."""

from __future__ import annotations

import torch

from predictor.model.splicing import NOT_A_SITE, Junctions
from predictor.reverse import LABEL_SWAP, reverse_bases, reverse_bins, reverse_contacts, reverse_junctions

PLUS_MINUS_NONE = torch.tensor([1, 0, 2])  # tracks: plus, minus, without a strand


def test_bases_are_read_backwards_and_strands_trade_places() -> None:
    tracks = torch.tensor([[[1, 2, 3], [10, 20, 30], [100, 200, 300]]])
    assert reverse_bases(tracks, PLUS_MINUS_NONE).tolist() == [[[30, 20, 10], [3, 2, 1], [300, 200, 100]]]


def test_bins_are_read_backwards_and_strands_trade_places() -> None:
    tracks = torch.tensor([[[1, 10, 100], [2, 20, 200]]])
    assert reverse_bins(tracks, PLUS_MINUS_NONE).tolist() == [[[20, 2, 200], [10, 1, 100]]]


def test_cuts_before_a_base_are_cuts_after_it_on_the_other_strand() -> None:
    """Cuts A B C D around three bases: forwards their bases say A B C, backwards D C B; turned round, 0 B C."""
    backwards = torch.tensor([[[4, 3, 2]]])  # D = 4, C = 3, B = 2
    assert reverse_bases(backwards, torch.tensor([0]), cut_sites=True).tolist() == [[[0, 2, 3]]]


def test_a_donor_on_the_plus_strand_is_one_on_the_minus_strand() -> None:
    classes = torch.zeros(1, 5, 4)
    classes[0, 0, 1] = 0.9  # plus donor at base 1
    classes[0, 3, 0] = 0.8  # minus acceptor at base 0
    classes[0, 4, 2] = 1.0  # base 2 is nothing
    turned = reverse_bases(classes, torch.tensor(LABEL_SWAP))
    assert turned.nonzero().tolist() == [[0, 1, 3], [0, 2, 2], [0, 4, 1]]  # plus acceptor, minus donor, nothing
    assert turned[0, 2, 2] == classes[0, 0, 1] and turned[0, 1, 3] == classes[0, 3, 0]


def test_contact_maps_are_turned_on_both_axes() -> None:
    contacts = torch.tensor([[1, 2, 3], [4, 5, 6], [7, 8, 9]])[None, :, :, None]
    assert reverse_contacts(contacts)[0, :, :, 0].tolist() == [[9, 8, 7], [6, 5, 4], [3, 2, 1]]


def junctions() -> Junctions:
    """A window of 100 bp, one tissue. Plus: donors 10 and 40, acceptor 30. Minus: donor 90, acceptor 60."""
    positions = torch.tensor([[[10, 40], [30, NOT_A_SITE], [90, NOT_A_SITE], [60, NOT_A_SITE]]])
    counts, mask = torch.zeros(1, 2, 2, 2), torch.zeros(1, 2, 2, 2, dtype=torch.bool)
    counts[0, 0, 0, 0], counts[0, 1, 0, 0], counts[0, 0, 0, 1] = 5.0, 6.0, 7.0
    mask[0, :, 0, 0], mask[0, 0, 0, 1] = True, True
    return Junctions(counts, positions, mask)


def test_junctions_move_to_the_other_strand_with_their_counts() -> None:
    turned = reverse_junctions(junctions(), torch.tensor([1, 0]), bases=100)
    # 99 - 90 = 9 and 99 - 60 = 39 are on the plus strand now; 89, 59 and 69 on the minus strand.
    assert turned.positions.tolist() == [[[9, NOT_A_SITE], [39, NOT_A_SITE], [89, 59], [69, NOT_A_SITE]]]
    assert turned.counts[0, 0, 0].tolist() == [7.0, 5.0]
    assert turned.counts[0, 1, 0].tolist() == [0.0, 6.0]
    assert turned.mask[0, :, :, 1].tolist() == [[True, False], [True, False]]


def test_turning_twice_changes_nothing_but_what_a_cut_loses() -> None:
    bases, bins, contacts = torch.rand(2, 3, 6), torch.rand(2, 6, 3), torch.rand(2, 4, 4, 2)
    assert torch.equal(reverse_bases(reverse_bases(bases, PLUS_MINUS_NONE), PLUS_MINUS_NONE), bases)
    assert torch.equal(reverse_bins(reverse_bins(bins, PLUS_MINUS_NONE), PLUS_MINUS_NONE), bins)
    assert torch.equal(reverse_contacts(reverse_contacts(contacts)), contacts)
    cuts = reverse_bases(reverse_bases(bases, PLUS_MINUS_NONE, cut_sites=True), PLUS_MINUS_NONE, cut_sites=True)
    assert torch.equal(cuts[..., 1:], bases[..., 1:]) and not cuts[..., 0].any()
    there = junctions()
    back = reverse_junctions(reverse_junctions(there, torch.tensor([1, 0]), 100), torch.tensor([1, 0]), 100)
    assert torch.equal(back.positions, there.positions) and torch.equal(back.counts, there.counts)
