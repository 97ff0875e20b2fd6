"""A prediction of the command line as a file of the kind that its name ends in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from predictor.errors import DomainError
from predictor.export.bigwig import write_bigwig
from predictor.export.cool import write_cool
from predictor.export.lines import bedgraph_lines, csv_lines, write_parquet
from predictor.export.signal import Signal
from predictor.results import PredictedTrack, PredictionResult
from predictor.tracks import Track

_SEQUENCE = "sequence"  # the chromosome that a sequence from a file is
_SHAPES = {".bw": "bins", ".bedgraph": "bins", ".csv": "bins", ".parquet": "bins", ".cool": "pairs", ".mcool": "pairs"}
_OF_ONE = (".bw", ".bedgraph", ".cool", ".mcool")


def check_kind(path: Path, tracks: tuple[Track, ...]) -> None:
    """Refuse before anything is computed. Raises DomainError `wrong_kind` or `one_track`. Other endings are for .npz."""
    shape = _SHAPES.get(path.suffix)
    if shape is None:
        return
    fitting = [track for track in tracks if track.output_type.shape == shape]
    if not fitting:
        what = "a signal" if shape == "bins" else "a contact map"
        raise DomainError(
            "wrong_kind", f"A {path.suffix} file holds {what}, and none of the tracks is one; choose others."
        )
    if path.suffix in _OF_ONE and len(fitting) > 1:
        raise DomainError(
            "one_track",
            f"A {path.suffix} file holds one track, and {len(fitting)} are asked for; choose one with --tracks.",
        )


def writer_of(path: Path) -> Callable[[Path, PredictionResult, Mapping[str, int], Mapping[str, str]], None] | None:
    """For this ending: (file, result, chromosome lengths, about); None for those that are not ours."""
    suffix = path.suffix
    if suffix not in _SHAPES:
        return None

    def write(file: Path, result: PredictionResult, lengths: Mapping[str, int], about: Mapping[str, str]) -> None:
        predicted = [one for one in result.tracks if one.track.output_type.shape == _SHAPES[suffix]]
        signals = _signals(predicted, result) if _SHAPES[suffix] == "bins" else iter(())
        if suffix == ".bw":
            write_bigwig(file, lengths, next(signals))
        elif suffix == ".parquet":
            write_parquet(file, signals, about)
        elif suffix in {".csv", ".bedgraph"}:
            with file.open("wb") as out:
                out.writelines(csv_lines(signals, about) if suffix == ".csv" else bedgraph_lines(next(signals)))
        else:
            place = result.input.interval
            (one,) = predicted
            count = -(-result.input.real_bp // one.resolution)  # what lies past the end is padding
            values = one.values[:count, :count]
            name, start = (place.chromosome, place.start) if place else (_SEQUENCE, 0)
            write_cool(file, lengths, name, start, one.resolution, values, about, zooms=suffix == ".mcool")

    return write


def _signals(predicted: list[PredictedTrack], result: PredictionResult) -> Iterator[Signal]:
    place = result.input.interval
    first, last = result.window
    origin = place.start if place else 0
    name = place.chromosome if place else _SEQUENCE
    for one in predicted:
        yield Signal(one.track.key, name, origin + first, origin + last, one.resolution, one.values)
