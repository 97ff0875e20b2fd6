"""What a prediction gives back, and the door to the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from predictor.catalogue import ModelInfo, model_info, read_card
from predictor.inputs import ModelInput
from predictor.tracks import Track

if TYPE_CHECKING:
    from pathlib import Path

    from predictor.variants.edit import Edit

Progress = Callable[[str, float], None]  # (stage, fraction done in 0..1); it may raise Cancelled


@dataclass(frozen=True, slots=True)
class PredictedTrack:
    """`values`: float32 [bins] at `resolution` bp per bin over the result's window, in `track.unit`; the last bin may be cut.

    Contact maps are [P, P], of 2,048-bp bins of the whole input. `members`, [members, *values.shape]: what each member of a model
    says, whose mean `values` are; None for a model of one.
    """

    track: Track
    values: NDArray[np.float32]
    resolution: int
    members: NDArray[np.float32] | None = None

    @property
    def band(self) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
        """The least and the most that the members say, of the shape of `values`."""
        return None if self.members is None else (self.members.min(0), self.members.max(0))


@dataclass(frozen=True, slots=True)
class Junctions:
    """What splices to what on one strand.

    `donors` [n] and `acceptors` [m]: positions in the input, ascending; `counts` float32 [tracks, n, m]: expected split reads
    of a donor and an acceptor. A donor with an acceptor upstream of it has a count too, which means nothing.
    """

    strand: Literal["+", "-"]
    tracks: tuple[Track, ...]
    donors: NDArray[np.int64]
    acceptors: NDArray[np.int64]
    counts: NDArray[np.float32]

    def within(self, real_bp: int) -> Junctions:
        """Without the sites in an input's padding, which are no bases of anything."""
        donors, acceptors = self.donors < real_bp, self.acceptors < real_bp
        counts = self.counts[:, donors][:, :, acceptors]
        return Junctions(self.strand, self.tracks, self.donors[donors], self.acceptors[acceptors], counts)


class SitePlace(NamedTuple):
    """A splice site at `position`, by which its distance to others counts, read off the bases [start, end) of the input: their
    greatest value in each channel, or nothing at all where there is no base."""

    position: int
    start: int
    end: int


# Sites of donors and acceptors of the plus strand, then of the minus strand, each in ascending order.
SiteList = tuple[tuple[SitePlace, ...], ...]


@dataclass(frozen=True, slots=True)
class PredictionResult:
    """Every array with what it means; `seconds` per stage; `device` and `dtype` it was computed with.

    `window`: [start, end) of the input that the values cover; they begin at `start`, a multiple of 128. `junctions`: both
    strands where junctions were asked for.
    """

    model: ModelInfo
    input: ModelInput
    tracks: tuple[PredictedTrack, ...]
    device: str
    dtype: str
    seconds: dict[str, float]
    window: tuple[int, int]
    junctions: tuple[Junctions, ...] = ()


class Predictor(Protocol):
    """A loaded model. One prediction at a time per instance."""

    info: ModelInfo
    device: str
    dtype: str

    def predict(
        self,
        model_input: ModelInput,
        tracks: Sequence[Track],
        progress: Progress | None = None,
        *,
        window: tuple[int, int] | None = None,
        resolution: int | None = None,
        sites: SiteList | None = None,
    ) -> PredictionResult:
        """Values of `tracks` over the input's real bases. `progress` is called often enough for a heartbeat.

        `window` [start, end): only this part of the input, widened to whole 128-bp bins. `resolution` 128: outputs that have
        both resolutions at 128 bp, without the decoder. `sites`: junctions between these, which lie in the window, and not between
        those that are found there. Raises DomainError `no_resolution`.
        """
        ...

    def alternatives(
        self,
        model_input: ModelInput,
        edits: Sequence[Edit],
        tracks: Sequence[Track],
        *,
        window: tuple[int, int],
        resolution: int | None = None,
        sites: Sequence[SiteList] | None = None,
    ) -> Iterator[PredictionResult]:
        """What `predict` would give for each edited input over `window`, to rounding, at a fraction of the cost; `sites` of each."""
        ...


def load(name: str, *, device: str = "auto", threads: int = 0, dtype: str = "auto") -> Predictor:
    """Load an installed model. `device`: auto (CUDA when it is there), cpu or cuda; `threads` 0 leaves torch's choice; `dtype`
    of the computation: float32, bfloat16, or auto (float32 on a CPU). Values are float32 always.

    Raises DomainError `unknown_model`, `no_gpu` or `bad_checkpoint`. Imports torch (seconds).
    """
    return load_folder(model_info(name).folder, device=device, threads=threads, dtype=dtype)


def load_folder(folder: Path, *, device: str = "auto", threads: int = 0, dtype: str = "auto") -> Predictor:
    """As `load`, for a checkpoint folder of ours anywhere on disk."""
    if read_card(folder).settings.get("architecture") == "spliceai":
        from predictor.spliceai.predictor import SpliceAI

        return SpliceAI.from_folder(folder, device=device, threads=threads)
    from predictor.ensemble import Ensemble

    return Ensemble.from_folder(folder, device=device, threads=threads, dtype=dtype)
