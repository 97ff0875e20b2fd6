"""Training in several processes, one per GPU (or CPU, for the tests): `torchrun -m predictor train ...`.

Each takes its share of every batch, or of every window; gradients and the batch norms' statistics are averaged, so that the
steps are those of one process with the whole batch.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from predictor.errors import DomainError
from predictor.model.layers import RMSBatchNorm
from predictor.training.chunks import Chunk
from predictor.training.collectives import summed
from predictor.training.config import Stage


@dataclass(frozen=True, slots=True)
class Team:
    """The processes of a run; this is number `rank` of `size`."""

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Whether this one writes files and talks."""
        return self.rank == 0

    def sharers(self, stage: Stage) -> int:
        """The processes that share each window of a stage, a chunk each."""
        return math.gcd(stage.chunks, self.size)

    def share(self, stage: Stage) -> slice:
        """This process's examples of a batch. Raises DomainError `bad_batch` if it cannot be shared evenly."""
        sharers = self.sharers(stage)
        each, left = divmod(stage.batch, self.size // sharers)
        if left:
            raise DomainError(
                "bad_batch",
                f"A batch of {stage.batch} cannot be shared by {self.size // sharers} processes; make it a multiple, or let "
                "processes share each window by the stage's chunks.",
            )
        first = self.rank // sharers * each
        return slice(first, first + each)

    def chunks(self, stages: Iterable[Stage]) -> dict[Stage, Chunk]:
        """What this process computes of each window, by stage. All processes have to call it at once."""
        groups: dict[int, dist.ProcessGroup | None] = {1: None}
        for sharers in sorted({self.sharers(stage) for stage in stages} - {1}):
            for first in range(0, self.size, sharers):
                group = dist.new_group(list(range(first, first + sharers)))
                if self.rank in range(first, first + sharers):
                    groups[sharers] = group
        return {
            stage: Chunk(stage.segment_bp, self.rank % n, n, stage.chunks // n, groups[n])
            for stage in stages
            for n in [self.sharers(stage)]
        }

    def mean(self, values: dict[str, Tensor]) -> dict[str, float]:
        """Of each value over the processes."""
        together = torch.stack([value.detach() for value in values.values()])
        if self.size > 1:
            dist.all_reduce(together)
        return dict(zip(values, (together / self.size).tolist(), strict=True))

    def agreed(self, mine: bool) -> bool:
        """What the leader says."""
        if self.size == 1:
            return mine
        said = torch.tensor(int(mine), device="cuda" if dist.get_backend() == "nccl" else "cpu")
        dist.broadcast(said, 0)
        return bool(said)

    def wait(self) -> None:
        """Until all are here."""
        if self.size > 1:
            dist.barrier()


def join() -> Team:
    """The team that torchrun started, or a team of one."""
    if not dist.is_torchelastic_launched():
        return Team()
    dist.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    if torch.cuda.is_available():
        torch.cuda.set_device(dist.get_node_local_rank())
    return Team(dist.get_rank(), dist.get_world_size())


def leave() -> None:
    """The end of the run, for every process."""
    if dist.is_initialized():
        dist.destroy_process_group()


def spread(module: nn.Module, team: Team) -> nn.Module:
    """The module to call in each step of a team. Its norms share their statistics."""
    if team.size == 1:
        return module
    for part in module.modules():
        if isinstance(part, RMSBatchNorm):
            part.shared = lambda variance: _averaged(variance, team.size)
    # A window without introns has no junctions to learn from, so that some weights have no gradient now and then.
    return DistributedDataParallel(module, find_unused_parameters=True)


def _averaged(values: Tensor, size: int) -> Tensor:
    """Over the processes, with its gradient."""
    return summed(values) / size
