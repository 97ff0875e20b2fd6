"""What the values of a row are: a column is a scorer and a track."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from predictor.api import DomainError, ModelInfo, Scorer, Track, find_scorers, scorers_for, select_tracks
from webapp.scoring.models import Kind

ALL = "all"  # tracks, in place of a key
_WHAT = {
    "DIFF_MEAN": "mean of ALT minus mean of REF",
    "DIFF_SUM": "sum of ALT minus sum of REF",
    "DIFF_SUM_LOG2": "sum of log2(ALT + 1) minus sum of log2(REF + 1)",
    "DIFF_LOG2_SUM": "log2 of the sum of ALT over that of REF",
    "L2_DIFF": "distance of ALT from REF",
    "L2_DIFF_LOG1P": "distance of log(ALT + 1) from log(REF + 1)",
    "ACTIVE_MEAN": "the larger of the two means",
    "ACTIVE_SUM": "the larger of the two sums",
}
_KINDS = {
    "CONTACT_MAP": "mean change of contacts with the variant's bin",
    "GENE_MASK_LFC": "log of ALT over REF, over the exons of a gene",
    "GENE_MASK_ACTIVE": "the larger mean of the two, over the exons of a gene",
    "GENE_MASK_SPLICING": "largest change at a splice site of a gene",
    "PA_QTL": "largest change of the share of a cleavage site",
    "SPLICE_JUNCTION": "change of the log of junction reads of a gene",
}


def explain_scorer(scorer: Scorer) -> str:
    """What its number is, in words."""
    if scorer.kind != "CENTER_MASK":
        return _KINDS[scorer.kind]
    number = _WHAT[scorer.aggregation or ""]
    sentence = (
        f"{number}, within {scorer.width:,} bp around the variant"
        if scorer.width
        else f"{number}, over the model's whole input"
    )
    return sentence


def usual(model: ModelInfo, kind: Kind) -> tuple[str, ...]:
    """What is scored where nobody chose: what a change does, not how strong the stronger allele is. Where every base is changed
    only what lies around it, since a scorer of genes decodes the whole input for each; a scan adds the expression of its gene.
    """
    effects = {name: scorer for name, scorer in scorers_for(model).items() if scorer.is_effect}
    if kind == Kind.VARIANTS:
        return tuple(effects)
    near = {name for name, scorer in effects.items() if scorer.kind == "CENTER_MASK"}
    return tuple(name for name in effects if name in near or (kind == Kind.SCAN and name == "RNA_SEQ"))


def choose(
    model: ModelInfo, kind: Kind, scorers: Sequence[str] | None, tracks: Sequence[str] | None
) -> tuple[dict[str, Scorer], tuple[Track, ...]]:
    """Scorers by name, the usual ones of such a job if they are None, and tracks, that have a partner among the others.

    Raises DomainError `unknown_scorer`, `unknown_track` (422) or `no_tracks` (400).
    """
    if scorers is not None and not scorers:
        raise DomainError("no_scorers", "No scorer is chosen; leave scorers out for the usual ones.", status=400)
    names = usual(model, kind) if scorers is None else tuple(scorers)
    find_scorers(model, list(names))
    wanted = {name: scorer for name, scorer in scorers_for(model).items() if name in names}
    chosen = model.tracks if tracks is not None and ALL in tracks else select_tracks(model, tracks=tracks)
    outputs = {scorer.output for scorer in wanted.values()} & {track.output for track in chosen}
    if not outputs:
        read = ", ".join(dict.fromkeys(scorer.output for scorer in wanted.values()))
        raise DomainError(
            "no_tracks", f"None of the chosen tracks is read by the chosen scorers, which read {read}.", status=400
        )
    return (
        {name: scorer for name, scorer in wanted.items() if scorer.output in outputs},
        tuple(track for track in chosen if track.output in outputs),
    )


def columns_of(scorers: dict[str, Scorer], tracks: Sequence[Track]) -> list[dict[str, Any]]:
    """Scorer by scorer, in each the tracks in their order."""
    pairs = [
        (name, scorer, track) for name, scorer in scorers.items() for track in tracks if track.output == scorer.output
    ]
    return [
        {
            "index": index,
            "scorer": name,
            "scorer_name": scorer.name,
            "output": scorer.output,
            "track": track.key,
            "name": track.name,
            "strand": track.strand,
            "unit": "log2 fold" if scorer.aggregation == "DIFF_LOG2_SUM" else "score",
            "description": explain_scorer(scorer),
            "signed": scorer.is_signed,
            "effect": scorer.is_effect,
            "genes": scorer.genes != "none",
        }
        for index, (name, scorer, track) in enumerate(pairs)
    ]


def written(scorers: dict[str, Scorer]) -> list[dict[str, Any]]:
    """For the row of a job, which outlives the model that it asked."""
    return [{"name": name, **asdict(scorer)} for name, scorer in scorers.items()]


def read_scorers(rows: Sequence[dict[str, Any]]) -> dict[str, Scorer]:
    """What `written` wrote."""
    return {row["name"]: Scorer(**{key: row[key] for key in row if key != "name"}) for row in rows}


def read_tracks(rows: Sequence[dict[str, Any]]) -> tuple[Track, ...]:
    """Tracks from their dictionaries."""
    return tuple(Track(**row) for row in rows)
