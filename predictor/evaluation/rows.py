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

    `gain`: over the best baseline, with its own interval, of the same resamples.
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

    @property
    def skilful(self) -> Skilful:
        """Whether it is better than every baseline: surely, perhaps, or not."""
        if math.isnan(self.gain) or self.gain <= 0:
            return "no"
        return "yes" if self.gain_low > 0 else "unsure"


def figure(
    track: str,
    group: str,
    measure: str,
    prevalence: float,
    ours: NDArray[np.float64],
    baselines: dict[str, NDArray[np.float64]],
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
    )
