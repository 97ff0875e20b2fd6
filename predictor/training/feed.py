"""Batches of consecutive steps, made ahead of time in other processes: a GPU need not wait for its targets."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator

import torch
from torch.utils.data import DataLoader, Dataset

from predictor.training.sampler import Batch

AHEAD = 4  # batches that each process has ready


class _Steps(Dataset[Batch]):
    """Step -> its batch; a batch depends on its step alone, so it does not matter which process makes it."""

    def __init__(self, draw: Callable[[int], Batch]) -> None:
        self._draw = draw

    def __getitem__(self, step: int) -> Batch:
        return self._draw(step)


def _leave_the_parents(worker: int) -> None:
    """What a process has inherited is not its to collect: to free a tensor of the GPU would end it."""
    gc.freeze()


def feed(draw: Callable[[int], Batch], steps: range, device: torch.device, processes: int) -> Iterator[Batch]:
    """The batches of `steps` in order, on `device`. With 0 `processes` each is drawn when it is asked for."""
    loader: DataLoader[Batch] = DataLoader(
        _Steps(draw),
        batch_size=None,
        sampler=steps,
        num_workers=processes,
        prefetch_factor=AHEAD if processes else None,
        multiprocessing_context="fork" if processes else None,  # the mapped store is not for pickling
        worker_init_fn=_leave_the_parents if processes else None,
        pin_memory=device.type == "cuda",
    )
    for batch in loader:
        yield batch.to(device)
