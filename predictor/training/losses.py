"""The losses of the reference, all in model space and float32 (AlphaGenome's losses.py and heads.py; see each function).

Layouts are the network's with positions last: tracks and splice sites [B, T, N], contact maps [B, P, P, T], junctions
[B, K, K, 2T]. A track mask [B, T] is False where an organism has no such track.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from predictor.model.scaling import soft_clip
from predictor.model.splicing import Junctions

EPSILON = 1e-7
POSITIONAL_WEIGHT = 5.0
SEGMENT_BP = 2**17
MARGINAL_WEIGHT = 0.2  # of a site's total beside its partners' shares, within the junction loss
JUNCTION_WEIGHT = 0.2  # of the junction loss in the sum over outputs; every other one counts in full


def masked_mean(values: Float[Tensor, "..."], mask: Bool[Tensor, "..."] | None = None) -> Float[Tensor, ""]:
    """Mean of the values under a mask that broadcasts to them; 0 if there are none."""
    if mask is None:
        return values.float().mean()
    mask = mask.expand(values.shape)
    return torch.where(mask, values.float(), 0).sum() / mask.sum().clamp(min=1)


def poisson(predicted: Float[Tensor, "..."], target: Float[Tensor, "..."]) -> Float[Tensor, "..."]:
    """Negative log-likelihood of each count less its minimum, so that a perfect prediction costs nothing."""
    least = target - target * torch.log(target + EPSILON)
    return predicted - target * torch.log(predicted + EPSILON) - least


@dataclass(frozen=True, slots=True)
class TrackLoss:
    """The loss of the segments' totals and of the shapes within them, not yet weighted."""

    total: Tensor
    positional: Tensor

    @property
    def loss(self) -> Tensor:
        """Both, in the reference's proportion."""
        return self.total + POSITIONAL_WEIGHT * self.positional


def track_loss(
    predicted: Float[Tensor, "B T N"], target: Float[Tensor, "B T N"], mask: Bool[Tensor, "B T"] | None, segment: int
) -> TrackLoss:
    """Mean loss over examples, tracks and segments of `segment` bins: SEGMENT_BP / resolution in the reference.

    Raises ValueError if the bins are no whole number of segments.
    """
    bins = predicted.shape[-1]
    if bins % segment:
        raise ValueError(f"{bins} bins are no whole number of segments of {segment}.")
    cut = (*predicted.shape[:-1], bins // segment, segment)
    terms = _segment_terms(predicted.reshape(cut), target.reshape(cut))
    track_mask = None if mask is None else mask[..., None]
    return TrackLoss(masked_mean(terms.total, track_mask), masked_mean(terms.positional, track_mask))


def multinomial_loss(
    predicted: Float[Tensor, "B T N"],
    target: Float[Tensor, "B T N"],
    mask: Bool[Tensor, "B 1 N"] | None = None,
    *,
    segments: int = 1,
) -> Float[Tensor, "T"]:
    """The same loss per track, with the whole input as so many segments; `mask` leaves out positions."""
    if mask is not None:
        predicted, target = torch.where(mask, predicted, 0), torch.where(mask, target, 0)
    cut = (*predicted.shape[:-1], segments, predicted.shape[-1] // segments)
    return _segment_terms(predicted.reshape(cut), target.reshape(cut)).loss.mean((0, 2))


def _segment_terms(predicted: Float[Tensor, "... n"], target: Float[Tensor, "... n"]) -> TrackLoss:
    """Per segment: Poisson loss of its total, per bin, and multinomial loss of its shape, averaged over its bins."""
    predicted, target = predicted.float(), target.float().clamp(min=0)
    total = predicted.sum(-1)
    of_total = poisson(total, target.sum(-1)) / predicted.shape[-1]
    share = predicted / (total[..., None] + EPSILON)
    return TrackLoss(of_total, -(target * torch.log(share + EPSILON)).mean(-1))


def gene_loss(
    predicted: Float[Tensor, "B T S"],
    target: Float[Tensor, "B T S"],
    genes: Bool[Tensor, "B 2 G S"],
    strands: Bool[Tensor, "B 2 T"],
) -> TrackLoss:
    """How much each gene is expressed over all tracks, and in which; optional in the reference, and off by default there.

    `genes` marks each gene's bases, plus genes before minus ones; `strands` the tracks that can see them, none that the
    organism lacks. Values are means over a gene's bases.
    """
    bases = genes.sum(-1)
    inside = genes.float() / bases.clamp(min=1)[..., None]
    mean, observed = (torch.einsum("bts,bzgs->bzgt", x.float(), inside) for x in (predicted, target))
    seen = (bases > 0)[..., None] & strands[:, :, None]
    total, observed_total = (torch.where(seen, x, 0).sum(-1) for x in (mean, observed))
    most_tracks = seen.sum(-1).max().clamp(min=1)
    share = mean / (total[..., None] + EPSILON)
    return TrackLoss(
        masked_mean(poisson(total, observed_total), seen.any(-1)) / most_tracks,
        masked_mean(-observed * torch.log(share + EPSILON), seen),
    )


def contact_loss(
    predicted: Float[Tensor, "B P P T"], target: Float[Tensor, "B P P T"], mask: Bool[Tensor, "B T"]
) -> Float[Tensor, ""]:
    """Mean squared error; pairs of bins that could not be measured are NaN in `target`, and left out."""
    known = mask[:, None, None] & ~target.isnan()
    return masked_mean((predicted.float() - target.nan_to_num()).square(), known)


def class_loss(logits: Float[Tensor, "B K S"], labels: Bool[Tensor, "B K S"]) -> Float[Tensor, ""]:
    """Cross-entropy over positions with a label. "None of them" is a class too: without samples of it, it is never learnt."""
    smooth = (1 - EPSILON) * labels.float() + EPSILON / labels.shape[1]
    entropy = -(smooth * nn.functional.log_softmax(logits.float(), dim=1)).sum(1)
    return masked_mean(entropy, labels.any(1))


def usage_loss(
    logits: Float[Tensor, "B T S"], usage: Float[Tensor, "B T S"], mask: Bool[Tensor, "B T"]
) -> Float[Tensor, ""]:
    """Binary cross-entropy of shares in 0..1 over all positions, the many with usage 0 included."""
    target = usage.float().clamp(EPSILON, 1 - EPSILON)
    entropy = nn.functional.binary_cross_entropy_with_logits(logits.float(), target, reduction="none")
    return masked_mean(entropy, mask[..., None])


def junction_loss(
    predicted: Junctions,
    counts: Float[Tensor, "B K K T2"],
    positions: Int[Tensor, "B 4 K"],
    mask: Bool[Tensor, "B T2"] | None = None,
) -> Float[Tensor, ""]:
    """How a donor's reads are shared among acceptors and the reverse, and how many each site has in all.

    `counts` are read between the sites at `positions`. The network has to predict at those, not at the sites it finds by
    itself, which have other indices: ValueError otherwise.
    """
    if not torch.equal(predicted.positions, positions):
        raise ValueError("The junctions were predicted between other positions than they were counted between.")
    between = predicted.mask if mask is None else predicted.mask & mask[:, None, None]
    ours, theirs = (torch.where(between, x.float(), 0) for x in (predicted.counts, counts))
    parts = []
    for axis in (1, 2):  # over donors, over acceptors
        known = between.any(axis)
        shares = masked_mean(_share_entropy(ours, theirs, between, axis), known)
        total = masked_mean(poisson(ours.sum(axis), soft_clip(theirs.sum(axis))), known)
        parts.append(shares + MARGINAL_WEIGHT * total)
    return parts[0] + parts[1]


def _share_entropy(predicted: Tensor, counts: Tensor, mask: Tensor, axis: int) -> Tensor:
    """Cross-entropy of the shares of the sum over an axis; 0 where the mask holds nothing."""
    predicted, counts = (torch.where(mask, x + EPSILON, 0) for x in (predicted, counts))
    total = torch.where(mask.any(axis, keepdim=True), predicted.sum(axis, keepdim=True), 1)
    seen = counts.sum(axis, keepdim=True).clamp(min=EPSILON)
    return -(counts / seen * torch.log(torch.where(mask, predicted / total, 1))).sum(axis)
