"""One window on several processes: each computes a chunk of it, so that a window may be longer than one GPU's memory.

As in the paper, chunks overlap by 1,024 bp for the convolutions. A base's prediction reads 1,019 bp to either side by convolutions
(encoder 513, decoder 762, and the two together along the skips 1,019), so that nothing changes but the order of sums. Tokens are
not repeated: each process has its own, and sees the others' keys and values, of which multi-query attention has one head. The
pairs are few (512 x 512 for a megabase), and every process has all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
import torch.distributed as dist
from jaxtyping import Float, Int
from torch import Tensor

from predictor.model.alphagenome import AlphaGenome
from predictor.model.attention import MultiQueryAttention, TowerBlock
from predictor.model.config import PAIR_TOKENS
from predictor.training.collectives import gathered, summed
from predictor.training.sampler import Batch

OVERLAP_BP = 1024


@dataclass(frozen=True, slots=True)
class Chunk:
    """Number `index` of `count` equal chunks of a window of `length` bp; the processes of `group` have one each, in this order.

    `segments`: into so many parts the losses divide the chunk; every one of them is a segment of the multinomial loss.
    """

    length: int
    index: int = 0
    count: int = 1
    segments: int = 1
    group: dist.ProcessGroup | None = None

    @property
    def margins(self) -> tuple[int, int]:
        """Bases that are computed before and after the chunk, for the convolutions; none beyond the window."""
        return (OVERLAP_BP if self.index else 0), (OVERLAP_BP if self.index + 1 < self.count else 0)

    def of(self, x: Tensor, dim: int = -1) -> Tensor:
        """This chunk of what covers the window along `dim`, in bins of any size."""
        size = x.shape[dim] // self.count
        return x.narrow(dim, self.index * size, size)

    def widened(self, x: Tensor) -> Tensor:
        """The same along the last dimension, with the margins."""
        bin_bp = self.length // x.shape[-1]
        left, right = (margin // bin_bp for margin in self.margins)
        size = x.shape[-1] // self.count
        return x.narrow(-1, self.index * size - left, left + size + right)

    def trimmed(self, x: Tensor) -> Tensor:
        """What is `widened`, without the margins."""
        left, right = self.margins
        bin_bp = (self.length // self.count + left + right) // x.shape[-1]
        return x[..., left // bin_bp : x.shape[-1] - right // bin_bp]

    def targets(self, batch: Batch) -> Batch:
        """What is known of this chunk; of the bases, pairs and sites, which belong to no chunk, all."""
        if self.count == 1:
            return batch
        return replace(
            batch,
            tracks={output: {r: self.of(t) for r, t in parts.items()} for output, parts in batch.tracks.items()},
            called={resolution: self.of(mask) for resolution, mask in batch.called.items()},
            labels=self.of(batch.labels),
        )

    def whole(self, x: Tensor, dim: int) -> Tensor:
        """What covers the window, from every process's chunk of it."""
        return x if self.count == 1 else gathered(x, dim, self.group)

    def share(self, counted: Int[Tensor, ""]) -> Tensor:
        """By what to multiply a mean over `counted` things of this chunk, so that the mean over chunks is that over all."""
        if self.count == 1:
            return torch.ones((), device=counted.device)
        total = counted.clone()
        dist.all_reduce(total, group=self.group)
        return counted * self.count / total.clamp(min=1)

    def at(self, x: Float[Tensor, "B C n"], positions: Int[Tensor, "B K"]) -> Float[Tensor, "B C K"]:
        """What the processes' chunks of bases say at positions of the window; zeros for negative ones."""
        here = positions - self.index * x.shape[-1]
        inside = (here >= 0) & (here < x.shape[-1])
        found = x.gather(2, here.clamp(0, x.shape[-1] - 1)[:, None].expand(-1, x.shape[1], -1)) * inside[:, None]
        return found if self.count == 1 else summed(found, self.group)

    def attend(
        self, model: AlphaGenome, trunk: Float[Tensor, "B C l"], organism: Tensor
    ) -> tuple[Float[Tensor, "B l C"], Float[Tensor, "B P P E"]]:
        """`model.attend` for the chunk's tokens: they see the whole window."""
        if self.count == 1:
            return model.attend(trunk, organism)
        x = (trunk + model.organism(organism)[:, :, None]).transpose(1, 2)
        pair: Tensor | None = None
        for block in model.tower.blocks:
            assert isinstance(block, TowerBlock)
            if block.pair_update is not None:
                pair = block.pair_update(self.whole(x, 1), pair)
            assert pair is not None  # the first block updates it
            x = x + self._attention(block.attention, x, block.attention_bias(pair))
            x = x + block.mlp(x)
        assert pair is not None
        return x, pair

    def _attention(self, attention: MultiQueryAttention, x: Tensor, bias: Float[Tensor, "B H P P"]) -> Tensor:
        first = self.index * x.shape[1]
        query, key, value = attention.read(x, torch.arange(first, first + x.shape[1], device=x.device))
        rows = slice(first // PAIR_TOKENS, (first + x.shape[1]) // PAIR_TOKENS)
        y = attention.attend(query, self.whole(key, 1), self.whole(value, 1), bias[:, :, rows])
        return attention.write(y)
