"""From single measurements to the table: medians, ratios in processor time, and the share of the machine's best rate."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, NamedTuple

from predictor.bench import gemm
from predictor.bench.contract import REQUESTS
from predictor.bench.flops import flops
from predictor.bench.implementations import BY_NAME, GEMM, OURS
from predictor.errors import DomainError
from predictor.model.config import FULL


class Case(NamedTuple):
    """What was measured."""

    length: int
    request: str
    dtype: str
    implementation: str


@dataclass(frozen=True, slots=True)
class Measurement:
    """One pass in one process, or why there is none. `others`: cores that other processes kept busy meanwhile."""

    length: int
    request: str
    dtype: str
    implementation: str
    threads: int
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_gb: float = 0.0
    others: float = 0.0
    failure: str = ""

    @property
    def case(self) -> Case:
        """Measurements of the same case are repetitions."""
        return Case(self.length, self.request, self.dtype, self.implementation)

    def to_line(self) -> str:
        """For a file of results, one per line."""
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True)
class Row:
    """`ratio`: processor time divided by ours for the same request, length and dtype. `share`: of the rate that the machine
    reaches in a matrix product of the same dtype, per second of processor time. `instead`: what was run for the request.
    """

    case: Case
    seconds: float
    cpu_seconds: float
    peak_gb: float
    others: float
    repeats: int
    ratio: float | None = None
    share: float | None = None
    instead: str = ""
    failure: str = ""


def read_lines(lines: Iterable[str]) -> list[Measurement]:
    """The inverse of Measurement.to_line; empty lines and those that begin with # are skipped. Raises DomainError for one
    that is no measurement.
    """
    found = []
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.startswith("#"):
            try:
                found.append(Measurement(**json.loads(line)))
            except (ValueError, TypeError) as error:
                raise DomainError(
                    "bad_results", f"Line {number} is no measurement ({error}); leave out that line."
                ) from None
    return found


def rows(measurements: Sequence[Measurement]) -> list[Row]:
    """By length, request and dtype, ours first; after a request that only we have, the passes that others need for it."""
    middle = _medians(measurements)
    rates = gemm_rates(measurements)
    found: list[Row] = []
    groups = dict.fromkeys((case.length, case.request, case.dtype) for case in sorted(middle, key=_order))
    for length, request, dtype in groups:
        ours = middle.get(Case(length, request, dtype, OURS.name))
        asked = sorted((case for case in middle if case[:3] == (length, request, dtype)), key=_order)
        found += [_row(case, middle[case], ours, rates) for case in asked]
        if instead := REQUESTS[request].instead:
            passes = sorted((case for case in middle if case[:3] == (length, instead, dtype)), key=_order)
            found += [_row(case._replace(request=request), middle[case], ours, rates, instead) for case in passes]
    return found


def gemm_rates(measurements: Sequence[Measurement]) -> dict[str, float]:
    """FLOP per second of processor time, by dtype."""
    times: dict[str, list[float]] = {}
    for one in measurements:
        if one.implementation == GEMM.name and not one.failure:
            times.setdefault(one.dtype, []).append(one.cpu_seconds)
    return {dtype: gemm.FLOPS / median(seconds) for dtype, seconds in times.items()}


def rates_line(measurements: Sequence[Measurement]) -> str:
    """The machine's own rate, as a line of the report."""
    parts = [f"{dtype} {rate / 1e9:.0f} GFLOP per CPU-second" for dtype, rate in gemm_rates(measurements).items()]
    return f"* {GEMM.title}: {', '.join(parts) or 'not measured'}"


def _medians(measurements: Sequence[Measurement]) -> dict[Case, Row]:
    """Of the passes that came to an end; a case without any keeps its last failure."""
    groups: dict[Case, list[Measurement]] = {}
    for one in measurements:
        if one.implementation != GEMM.name:
            groups.setdefault(one.case, []).append(one)
    found = {}
    for case, group in groups.items():
        done = [one for one in group if not one.failure]
        if done:
            seconds, cpu, peak, others = (
                median(getattr(one, name) for one in done) for name in ("seconds", "cpu_seconds", "peak_gb", "others")
            )
            found[case] = Row(case, seconds, cpu, peak, others, len(done))
        else:
            found[case] = Row(case, 0.0, 0.0, 0.0, 0.0, 0, failure=group[-1].failure)
    return found


def _order(case: Case) -> tuple[Any, ...]:
    names = list(BY_NAME)
    return case.length, list(REQUESTS).index(case.request), case.dtype != "fp32", names.index(case.implementation)


def _row(case: Case, measured: Row, ours: Row | None, rates: dict[str, float], instead: str = "") -> Row:
    if measured.failure:
        return Row(case, 0.0, 0.0, 0.0, 0.0, 0, instead=instead, failure=measured.failure)
    operations = flops(FULL, case.length, instead or case.request)
    rate = rates.get(case.dtype)
    return Row(
        case,
        measured.seconds,
        measured.cpu_seconds,
        measured.peak_gb,
        measured.others,
        measured.repeats,
        measured.cpu_seconds / ours.cpu_seconds if ours and not ours.failure else None,
        operations / measured.cpu_seconds / rate if operations and rate else None,
        instead,
    )


def markdown(table: Sequence[Row]) -> str:
    """The table as README and reports show it."""
    lines = [
        "| implementation | bp | request | dtype | seconds | CPU-seconds | peak, GB | CPU-s / ours | share of GEMM rate"
        " | cores busy with others | runs |",
        "|---|---:|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in table:
        title = BY_NAME[row.case.implementation].title
        if row.instead:
            title += f", by a full pass ({REQUESTS[row.instead].title})"
        start = f"| {title} | {row.case.length:,} | {REQUESTS[row.case.request].title} | {row.case.dtype} |"
        if row.failure:
            lines.append(f"{start} failed: {row.failure} | | | | | | 0 |")
            continue
        ratio = f"{row.ratio:.2f}" if row.ratio is not None else ""
        share = f"{row.share:.0%}" if row.share is not None else ""
        figures = f"{row.seconds:.2f} | {row.cpu_seconds:.2f} | {row.peak_gb:.2f} | {ratio} | {share}"
        lines.append(f"{start} {figures} | {row.others:.1f} | {row.repeats} |")
    return "\n".join(lines)
