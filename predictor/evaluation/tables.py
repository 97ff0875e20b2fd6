"""The evaluation as files: `metrics.json` for the app, `metrics.md` for people."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

from predictor.evaluation.evaluate import Evaluation
from predictor.evaluation.rows import Figure, Skilful

BASELINES = ("motif", "matrix", "distance", "6-mers", "GC")


_COLUMNS = (
    "group", "tracks", "prevalence", "AUROC", "AP", "6-mers", "GC", "motif (model there)", "published CNN * (model there)",
    "surely better / perhaps / not",
)  # fmt: skip
_BESIDE_RIVAL = ("convolutions", "better than those: surely / perhaps / not")  # where there is one


def write(evaluation: Evaluation, folder: Path, published: dict[str, dict[str, str]]) -> None:
    """`published`: the pack's own figures by its names of targets (sanity_results.tsv)."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [{**_plain(asdict(one)), "skilful": one.skilful, "attention": one.attention} for one in evaluation.figures]
    said = {"chromosomes": evaluation.chromosomes, "junctions": evaluation.junctions, "figures": rows}
    (folder / "metrics.json").write_text(json.dumps(said, indent=1) + "\n")
    (folder / "metrics.md").write_text(markdown(evaluation, published))


def markdown(evaluation: Evaluation, published: dict[str, dict[str, str]]) -> str:
    """The tables: groups, then every figure that is not a protein's, then every protein."""
    figures = evaluation.figures
    junctions = evaluation.junctions
    parts = [
        f"Judged on {', '.join(evaluation.chromosomes)}, "
        "without Ty elements and subtelomeres (splice sites, junctions and contacts: everywhere).\n",
        *_groups(figures, published),
    ]
    others = [one for one in figures if not one.track.startswith("chip_")]
    parts += ["\n## Tracks and maps\n", *_table(others)]
    if junctions:
        parts.append(
            f"\nJunctions: of {junctions['introns']:.0f} introns {junctions['both']:.0f} are predicted whole;"
            f" {junctions['predicted']:.0f} junctions are predicted in all."
        )
    proteins = [one for one in figures if one.track.startswith("chip_") and one.measure == "AP"]
    parts += ["\n## Proteins, average precision per 128-bp bin\n", *_table(proteins)]
    return "\n".join(parts) + "\n"


def _groups(figures: list[Figure], published: dict[str, dict[str, str]]) -> list[str]:
    labelled = [one for one in figures if one.measure == "AP"]
    rival = any(one.attention for one in labelled)
    columns = _COLUMNS + _BESIDE_RIVAL * rival
    lines = [
        f"| {' | '.join(columns)} |",
        f"|{'---|' * len(columns)}",
    ]
    names = list(dict.fromkeys(one.group for one in labelled))
    for name in [*sorted(names), "all"]:
        rows = [one for one in labelled if name in (one.group, "all")]
        aurocs = [one.value for one in figures if one.measure == "AUROC" and name in (one.group, "all")]
        cells = [
            name,
            str(len(rows)),
            _mean([one.prevalence for one in rows]),
            _mean(aurocs),
            _mean([one.value for one in rows]),
        ]
        cells += [_mean([one.baselines.get(other, math.nan) for one in rows]) for other in ("6-mers", "GC")]
        cells.append(_beside(rows, {one.track: one.baselines["motif"] for one in rows if "motif" in one.baselines}))
        known = {one.track: found for one in rows if (found := _published(one.track, published)) is not None}
        cells.append(_beside(rows, known))
        cells.append(_counts([one.skilful for one in rows]))
        if rival:
            cells += [_mean([one.rival for one in rows]), _counts([one.attention for one in rows if one.attention])]
        lines.append(f"| {' | '.join(cells)} |")
    return [
        *lines,
        "",
        "\\* as published with the tables for the test chromosomes, over all bins, with 3′ ends merged from more sources.",
    ]


def _counts(said: list[Skilful]) -> str:
    return " / ".join(str(said.count(kind)) for kind in get_args(Skilful))


def _beside(rows: list[Figure], others: dict[str, float]) -> str:
    """Mean of a method that has not every track, and the model's mean over the same ones."""
    if not others:
        return ""
    return f"{_mean(list(others.values()))} ({_mean([one.value for one in rows if one.track in others])})"


def _published(track: str, published: dict[str, dict[str, str]]) -> float | None:
    """Average precision of the pack's own CNN, whose names of proteins are in mixed case."""
    wanted = _published_name(track).lower()
    return next((float(row["cnn_ap"]) for name, row in published.items() if name.lower() == wanted), None)


def _published_name(track: str) -> str:
    special = {
        "rna_wt_plus": "rna:fwd_cov", "rna_wt_minus": "rna:rev_cov", "tss_ypd_plus": "cage:fwd", "tss_ypd_minus": "cage:rev",
        "polya_plus": "polyA:fwd", "polya_minus": "polyA:rev", "nucleosome_occupancy": "nuc:brogaard_occ",
        "nucleosome_plus1": "nuc:plus1",
    }  # fmt: skip
    return special.get(track, f"chip:{track.removeprefix('chip_')}")


def _table(figures: list[Figure]) -> list[str]:
    names = [name for name in BASELINES if any(name in one.baselines for one in figures)]
    lines = [
        f"| track | measure | model (95 % of resamples) | {' | '.join(names)} | better than the best baseline |",
        f"|---|---|---|{'---|' * len(names)}---|",
    ]
    if rival := any(one.attention for one in figures):
        lines = [lines[0] + " convolutions | better than those |", lines[1] + "---|---|"]
    for one in figures:
        others = " | ".join(_number(one.baselines.get(name, math.nan)) for name in names)
        gain = _gain(one.skilful, one.gain, one.gain_low, one.gain_high)
        lines.append(
            f"| {one.track} | {one.measure} | {_number(one.value)} ({_number(one.low)} to {_number(one.high)}) | {others} | {gain} |"
        )
        if rival:
            beside = _gain(one.attention, one.rival_gain, one.rival_gain_low, one.rival_gain_high)
            lines[-1] += f" {_number(one.rival)} | {beside} |"
    return lines


def _gain(better: Skilful | None, gain: float, low: float, high: float) -> str:
    return f"{better} ({gain:+.3f}, {low:+.3f} to {high:+.3f})" if better else ""


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.3f}"


def _mean(values: list[float]) -> str:
    known = [value for value in values if not math.isnan(value)]
    return f"{sum(known) / len(known):.3f}" if known else ""


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Rounded, and None where there is nothing: NaN is not JSON."""
    return {key: _value(value) for key, value in row.items()}


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return _plain(value)
    if isinstance(value, float):
        return None if math.isnan(value) else float(f"{value:.4g}")
    return value
