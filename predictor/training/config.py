"""A training file: which tables, which network, how long, how fast."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, field, fields
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from predictor.errors import DomainError


@dataclass(frozen=True)
class Stage:
    """`steps` steps of `batch` windows of `segment_bp`; short windows are many different places, long ones have context.

    `only_profile`: the profile head and what it reads of the encoder are trained alone, at `learning_rate`.
    """

    segment_bp: int
    batch: int
    steps: int
    only_profile: bool = False
    learning_rate: float = 0.0  # 0: the file's


@dataclass(frozen=True)
class TrainConfig:
    """`network`: widths of ModelConfig; `splicing`: of SplicingConfig. `weights` of each output's loss, `log_weights` of the error
    of its logarithm, `row_weights` of tracks
    by kind within their output; the losses are in predictor/training/objective.py.
    """

    name: str
    version: str
    title: str
    summary: str
    seed: int
    stages: tuple[Stage, ...]
    warmup: int
    learning_rate: float
    weight_decay: float
    clip: float
    average: float
    dropout: float
    network: dict[str, Any]
    weights: dict[str, float]
    splicing: dict[str, int] = field(default_factory=dict)
    log_weights: dict[str, float] = field(default_factory=dict)
    row_weights: dict[str, float] = field(default_factory=dict)
    tower: Literal["transformer", "convolutions"] = "transformer"  # the latter to compare with: convolutional.py
    profile_bp: int = 0  # bins of the helping profile head of protein binding; 0 for none
    profile_kinds: tuple[str, ...] = ()  # of the proteins that it predicts
    profile_weight: float = 0.0
    site_share: float = 1.0  # of the bases that are no splice site, so many are shown to the classifier as such
    limits: tuple[str, ...] = ()  # for the card: sentences on what the model cannot do
    chromosomes: tuple[str, ...] = ()  # to train on, of the split's own; all by default

    @classmethod
    def read(cls, path: Path) -> TrainConfig:
        """From TOML. Raises DomainError `bad_config` that says what is missing, unknown or impossible."""
        try:
            values = tomllib.loads(path.read_text())
        except OSError as error:
            raise DomainError("bad_config", f"{path} cannot be read: {error.strerror}.") from None
        except tomllib.TOMLDecodeError as error:
            raise DomainError("bad_config", f"{path} is no TOML: {error}.") from None
        names = {one.name for one in fields(cls)}
        if unknown := sorted(values.keys() - names):
            raise DomainError("bad_config", f"{path} has unknown keys: {', '.join(unknown)}.")
        try:
            stages = tuple(Stage(**stage) for stage in values.pop("stages"))
            lists = {name: tuple(values.get(name, ())) for name in ("chromosomes", "profile_kinds", "limits")}
            config = cls(**{**values, **lists}, stages=stages)
        except (KeyError, TypeError) as error:
            raise DomainError("bad_config", f"{path} is incomplete: {error}.") from None
        if any(b.only_profile and not a.only_profile for a, b in pairwise(stages)):
            raise DomainError("bad_config", f"{path}: stages of the profile alone come before the others.")
        for stage in stages:
            if stage.segment_bp % 2048 or min(stage.segment_bp, stage.batch, stage.steps) < 1:
                raise DomainError("bad_config", f"{path}: a stage has {stage}; segments are multiples of 2,048 bp.")
            if stage.learning_rate and not stage.only_profile:
                raise DomainError(
                    "bad_config", f"{path}: only stages of the profile alone have a learning rate of their own."
                )
        return config

    @property
    def steps(self) -> int:
        """Of all stages."""
        return sum(stage.steps for stage in self.stages)

    def stage(self, step: int) -> Stage:
        """The stage of step 0, 1, ..."""
        for stage in self.stages:
            if step < stage.steps:
                return stage
            step -= stage.steps
        return self.stages[-1]

    def stage_end(self, step: int) -> int:
        """The step with which the stage of `step` ends."""
        end = 0
        for stage in self.stages:
            end += stage.steps
            if step < end:
                break
        return end

    def rate(self, step: int) -> float:
        """Learning rate of step 0, 1, ...: linear warm-up, then a cosine to zero.

        Once over each stage of the profile alone, and once over all the others, which follow it.
        """
        first, last, peak = self._phase(step)
        step, steps = step - first, last - first
        if step < self.warmup:
            return peak * (step + 1) / self.warmup
        return peak * 0.5 * (1 + math.cos(math.pi * (step - self.warmup) / max(1, steps - self.warmup)))

    def _phase(self, step: int) -> tuple[int, int, float]:
        """First and last step of the schedule that a step belongs to, and its highest rate."""
        first = 0
        for stage in self.stages:
            if not stage.only_profile:
                break
            if step < first + stage.steps:
                return first, first + stage.steps, stage.learning_rate or self.learning_rate
            first += stage.steps
        return first, self.steps, self.learning_rate
