"""Predictions for the reverse complement of a sequence, in the coordinates and strands of the sequence itself.

Arrays are the network's outputs, with the batch first: tracks [B, L, T] at 128 bp; [B, T, S] at 1 bp, as splice classes and
usage; contact maps [B, P, P, T]; junctions [B, K, K, 2T]. `swap` [T] names for each track the one of the other strand, or
the track itself if it has no strand, so that swapping twice changes nothing. Convention: AlphaGenome's augmentation.py.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor

from predictor.model.splicing import NOT_A_SITE, Junctions

CLASS_SWAP = (2, 3, 0, 1)  # splice site classes: plus and minus trade places, donors stay donors
LABEL_SWAP = (*CLASS_SWAP, 4)  # of the classification, which has "none of them" too


def reverse_bases(
    tracks: Float[Tensor, "B T S"], swap: Int[Tensor, "T"], *, cut_sites: bool = False
) -> Float[Tensor, "B T S"]:
    """1-bp tracks, splice classes (`swap` is LABEL_SWAP) and splice site usage.

    `cut_sites`, for DNase: a value stands for the cut before its base. Read from the other strand that is the cut after it,
    so everything moves on by one base; what was cut before the first is not known, and is 0.
    """
    turned = tracks[:, swap].flip(2)
    if not cut_sites:
        return turned
    return torch.cat((torch.zeros_like(turned[..., :1]), turned[..., :-1]), dim=2)


def reverse_bins(tracks: Float[Tensor, "B L T"], swap: Int[Tensor, "T"]) -> Float[Tensor, "B L T"]:
    """Tracks at 128 bp; the one base by which cut sites are off cannot be taken out of a bin's sum."""
    return tracks[:, :, swap].flip(1)


def reverse_contacts(contacts: Float[Tensor, "B P P T"]) -> Float[Tensor, "B P P T"]:
    """Contact maps have no strand."""
    return contacts.flip(1, 2)


def reverse_junctions(junctions: Junctions, swap: Int[Tensor, "T2"], bases: int) -> Junctions:
    """Base p is base S - 1 - p of the other strand. Sites keep their row and column, so that positions now descend.

    `swap` exchanges the two strands of each tissue; NOT_A_SITE stays what it is.
    """
    positions = junctions.positions[:, CLASS_SWAP]
    positions = torch.where(positions == NOT_A_SITE, NOT_A_SITE, bases - 1 - positions)
    return Junctions(junctions.counts[..., swap], positions, junctions.mask[..., swap])
