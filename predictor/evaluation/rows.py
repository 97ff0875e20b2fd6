"""One figure of the evaluation: a track, a measure, what the model reaches and what each baseline does."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from predictor.evaluation.metrics import interval

Skilful = Literal["yes", "unsure", "no"]


@dataclass(frozen=True, slots=True)
class Figure:
    """`prevalence`: share of bins with a yes, NaN where there is no yes or no. `value`
    with the 95 % interval `low` to `high` over resampled blocks; `baselines` by name.

    `gain`: over the best baseline, with its own interval, of the same resamples. `rival`: what the same network with convolutions
    in the place of attention reaches, and the gain over it. It is no baseline: a track that both read well is skilful.
    """

    track: str
    group: str
    measure: str
    prevalence: float
    value: float
    low: float
    high: float
    baselines: dict[str, float] = field(default_factory=dict)
    gain: float = math.nan
    gain_low: float = math.nan
    gain_high: float = math.nan
    rival: float = math.nan
    rival_gain: float = math.nan
    rival_gain_low: float = math.nan
    rival_gain_high: float = math.nan

    @property
    def skilful(self) -> Skilful:
        """Whether it is better than every baseline: surely, perhaps, or not."""
        return _better(self.gain, self.gain_low)

    @property
    def attention(self) -> Skilful | None:
        """Whether it is better than the rival; None where that has no such figure."""
        return None if math.isnan(self.rival) else _better(self.rival_gain, self.rival_gain_low)


def _better(gain: float, low: float) -> Skilful:
    if math.isnan(gain) or gain <= 0:
        return "no"
    return "yes" if low > 0 else "unsure"


def figure(
    track: str,
    group: str,
    measure: str,
    prevalence: float,
    ours: NDArray[np.float64],
    baselines: dict[str, NDArray[np.float64]],
    rival: NDArray[np.float64] | None = None,
) -> Figure:
    """From values by resample, the first one being that of the data themselves."""
    known = {name: values for name, values in baselines.items() if not np.isnan(values[0])}
    best = max(known.values(), key=lambda values: values[0]) if known else np.zeros_like(ours)
    return Figure(
        track,
        group,
        measure,
        prevalence,
        float(ours[0]),
        *interval(ours),
        {name: float(values[0]) for name, values in baselines.items()},
        float(ours[0] - best[0]),
        *interval(ours - best),
        *(() if rival is None else (float(rival[0]), float(ours[0] - rival[0]), *interval(ours - rival))),
    )
