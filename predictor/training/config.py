"""A training file: which tables, which network, how long, how fast."""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from predictor.errors import DomainError


@dataclass(frozen=True)
class Stage:
    """`steps` steps of `batch` windows of `segment_bp`; short windows are many different places, long ones have context.

    `only`: "profile" trains the profile head and what it reads of the encoder; "tower" the attention and what is read off it
    at 128 bp and in pairs, at a quarter of the cost, for long windows. Each stage has a warm-up and a cosine of its own, up to
    `learning_rate`. `chunks`: equal parts of each window, each a segment of the multinomial losses (AlphaGenome's have 131,072
    bp); as many processes share each window as their number and this have in common (chunks.py).
    """

    segment_bp: int
    batch: int
    steps: int
    only: Literal["", "profile", "tower"] = ""
    learning_rate: float = 0.0  # 0: the file's
    chunks: int = 1


@dataclass(frozen=True)
class TrainConfig:
    """`network`: widths of ModelConfig; `splicing`: of SplicingConfig. `weights` of each output's loss, `log_weights` of the error
    of its logarithm, `row_weights` of tracks by kind within their output; the losses are in predictor/training/objective.py.
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
    start_share: float = 1.0  # of the matrices of a model to start from; the rest is chance, by which seeds come apart
    site_share: float = 1.0  # of the bases that are no splice site, so many are shown to the classifier as such
    limits: tuple[str, ...] = ()  # for the card: sentences on what the model cannot do
    chromosomes: tuple[str, ...] = ()  # to train on, of the split's own; all by default

    @classmethod
    def read(cls, path: Path) -> TrainConfig:
        """From TOML; `extends` names a file beside it, whose keys hold where this one says nothing else.

        Raises DomainError `bad_config` that says what is missing, unknown or impossible.
        """
        values = _extended(path)
        names = {one.name for one in fields(cls)}
        if unknown := sorted(values.keys() - names):
            raise DomainError("bad_config", f"{path} has unknown keys: {', '.join(unknown)}.")
        try:
            stages = tuple(Stage(**stage) for stage in values.pop("stages"))
            lists = {name: tuple(values.get(name, ())) for name in ("chromosomes", "profile_kinds", "limits")}
            config = cls(**{**values, **lists}, stages=stages)
        except (KeyError, TypeError) as error:
            raise DomainError("bad_config", f"{path} is incomplete: {error}.") from None
        if not 0 <= config.start_share <= 1:
            raise DomainError(
                "bad_config", f"{path}: start_share is {config.start_share:g}; it is a share, from 0 to 1."
            )
        for stage in stages:
            if min(stage.segment_bp, stage.batch, stage.steps, stage.chunks) < 1:
                raise DomainError("bad_config", f"{path}: a stage has {stage}; each number is at least 1.")
            if stage.segment_bp % (2048 * stage.chunks):
                raise DomainError(
                    "bad_config", f"{path}: a stage has {stage}; segments and their chunks are multiples of 2,048 bp."
                )
            if stage.only not in ("", "profile", "tower"):
                raise DomainError(
                    "bad_config", f'{path}: a stage trains only "{stage.only}"; it may say profile or tower.'
                )
        return config

    @property
    def steps(self) -> int:
        """Of all stages."""
        return sum(stage.steps for stage in self.stages)

    def stage(self, step: int) -> Stage:
        """The stage of step 0, 1, ..."""
        return self._place(step)[0]

    def stage_end(self, step: int) -> int:
        """The step with which the stage of `step` ends."""
        stage, first = self._place(step)
        return first + stage.steps

    def rate(self, step: int) -> float:
        """Learning rate of step 0, 1, ...: in each stage a linear warm-up, over a third of it at most, then a cosine to zero."""
        stage, first = self._place(step)
        peak, done = stage.learning_rate or self.learning_rate, step - first
        warmup = min(self.warmup, stage.steps // 3)
        if done < warmup:
            return peak * (done + 1) / warmup
        return peak * 0.5 * (1 + math.cos(math.pi * (done - warmup) / max(1, stage.steps - warmup)))

    def _place(self, step: int) -> tuple[Stage, int]:
        """The stage of a step and the step that it began with; the last stage for any step beyond."""
        first = 0
        for stage in self.stages[:-1]:
            if step < first + stage.steps:
                return stage, first
            first += stage.steps
        return self.stages[-1], first


def _extended(path: Path, by: tuple[Path, ...] = ()) -> dict[str, Any]:
    """With what the file extends, which may extend another."""
    if path in by:
        raise DomainError("bad_config", f"{path} extends itself, by way of {by[-1].name}.")
    values = _toml(path)
    base = values.pop("extends", None)
    return {**_extended(path.with_name(base), (*by, path)), **values} if base else values


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text())
    except OSError as error:
        raise DomainError("bad_config", f"{path} cannot be read: {error.strerror}.") from None
    except tomllib.TOMLDecodeError as error:
        raise DomainError("bad_config", f"{path} is no TOML: {error}.") from None
