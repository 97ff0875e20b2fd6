"""The tracks of the yeast model: one row each, with what was measured, by whom, and under which terms it is used."""

from __future__ import annotations

import csv
from pathlib import Path

from predictor.tracks import Track

_ROSSI = "Rossi 2021, doi 10.1038/s41586-021-03314-8 (GSE147927)"
_BROGAARD = "Brogaard 2012, doi 10.1038/nature11142"
_STRIPE = "Policastro 2020 (GSE142524)"
_PROFDGE = "Gierlinski 2015, doi 10.1093/bioinformatics/btv425; transcript units of Xu 2009"
MIN_EVENTS = 300
# Shown when nobody chose: the machinery at promoters and factors with strong motifs, the ones a class asks about first.
DEFAULT_FACTORS = ("Sua7", "Spt15", "Reb1", "Abf1", "Rap1")


def yeast_tracks(data: Path) -> tuple[Track, ...]:
    """The catalogue, in the order of the network's outputs; factors come from `factors.tsv`, most events first."""
    return (*_transcription(), *_starts(), *_nucleosomes(), *_factors(data))


def _stranded(key: str, name: str, **rest: object) -> tuple[Track, Track]:
    plus, minus = (
        Track(key=f"{key}_{word}", name=f"{name} ({sign})", strand=sign, **rest)  # type: ignore[arg-type]
        for word, sign in (("plus", "+"), ("minus", "-"))
    )
    return plus, minus


def _transcription() -> tuple[Track, ...]:
    return _stranded(
        "rna_wt",
        "RNA, wild type",
        output="RNA_SEQ",
        biosample="BY4741, wild type, YPD",
        assay="RNA-seq, 42 replicates",
        description="Transcript units drawn as boxes at their mean expression; box coverage, not read coverage",
        source=_PROFDGE,
        licence="MIT",
        default=True,
        unit="TPM over transcript boxes",
    )


def _starts() -> tuple[Track, ...]:
    rows: list[Track] = []
    for key, condition, words in (
        ("ypd", "YPD", "rich medium (YPD)"),
        ("diamide", "diamide", "oxidative stress (diamide)"),
    ):
        rows += _stranded(
            f"tss_{key}",
            f"Transcription starts, {condition}",
            output="CAGE",
            biosample=f"S288C, {words}",
            assay="STRIPE-seq, 3 replicates",
            description=f"5′ ends of transcripts in {words}, reads summed over three replicates",
            source=_STRIPE,
            licence="MIT",
            default=key == "ypd",
            unit="5′ ends per base",
        )
    return tuple(rows)


def _nucleosomes() -> tuple[Track, ...]:
    shared = {
        "output": "NUCLEOSOME",
        "strand": ".",
        "biosample": "BY4741-derived H4S47C",
        "assay": "chemical mapping",
        "source": _BROGAARD,
        "licence": "none stated (journal supplement)",
    }
    return (
        Track(
            key="nucleosome_occupancy",
            name="Nucleosome occupancy",
            description="Scores of the unique dyads, each spread over its 147 bp",
            default=True,
            **shared,  # type: ignore[arg-type]
        ),
        Track(
            key="nucleosome_dyads",
            name="Nucleosome dyads",
            description="Scores of the unique dyads, smoothed by a Gaussian of 10 bp",
            default=False,
            **shared,  # type: ignore[arg-type]
        ),
    )


def _factors(data: Path) -> tuple[Track, ...]:
    tracks: list[Track] = []
    with (data / "factors.tsv").open() as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if int(row["n_peaks"]) < MIN_EVENTS:
                continue
            factor = row["factor"]
            histone = factor == "Htz1"
            tracks.append(
                Track(
                    key=f"chip_{factor.lower()}",
                    name=factor,
                    output="CHIP_HISTONE" if histone else "CHIP_TF",
                    strand=".",
                    biosample="BY4741, YPD",
                    assay="ChIP-exo",
                    description=f"{row['category_by_name']}: {int(row['n_peaks']):,} binding events in the genome",
                    source=_ROSSI,
                    licence="MIT",
                    default=histone or factor in DEFAULT_FACTORS,
                    unit="binding events per 128 bp",
                )
            )
    return tuple(sorted(tracks, key=lambda track: track.output == "CHIP_HISTONE"))
