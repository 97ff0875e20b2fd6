"""The tracks of the yeast model: one row each, with what was measured, by whom, and under which terms it is used."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from predictor.tracks import Track

_ROSSI = "Rossi 2021, doi 10.1038/s41586-021-03314-8 (GSE147927)"
_BROGAARD = "Brogaard 2012, doi 10.1038/nature11142"
_STRIPE = "Policastro 2020 (GSE142524)"
_UNITS = "transcript units of Xu 2009, PMID 19169243"
_GENBANK = "SGD R64, GenBank BK006935 to BK006949"
_NO_LICENCE = "none stated; facts only"
MIN_EVENTS = 300
SPECIFIC = "sequence-specific TF"
# Shown when nobody chose: the machinery at promoters and factors with strong motifs, the ones a class asks about first.
DEFAULT_FACTORS = ("Sua7", "Spt15", "Reb1", "Abf1", "Rap1")

# Track key to the column of `transcripts.tsv.gz` that is drawn over the units.
EXPRESSION = {
    "rna_wt": "profDGE48_WT_tpm_mean",
    "rna_snf2": "profDGE48_snf2_tpm_mean",
    "rna_ypd": "policastro_YPD_tpm_mean",
    "rna_ribozero": "presnyak_YPD_riboZero_fpkm",
}


def yeast_tracks(data: Path) -> tuple[Track, ...]:
    """The catalogue, in the order of the network's outputs; factors come from `factors.tsv`, most events first."""
    return (*_transcription(), *_starts(), *_ends(), *_nucleosomes(), *_factors(data), *_splicing(), _contacts())


def kinds(data: Path) -> dict[str, str]:
    """Kind of each protein by track key, as its name tells; "sequence-specific TF" for those with a motif of their own."""
    with (data / "factors.tsv").open() as file:
        return {
            f"chip_{row['factor'].lower()}": row["category_by_name"].removesuffix(" (by name)")
            for row in csv.DictReader(file, delimiter="\t")
        }


def _stranded(key: str, name: str, **rest: Any) -> tuple[Track, Track]:
    return (
        Track(key=f"{key}_plus", name=f"{name} (+)", strand="+", **rest),
        Track(key=f"{key}_minus", name=f"{name} (-)", strand="-", **rest),
    )


def _transcription() -> tuple[Track, ...]:
    rows: list[Track] = []
    for key, name, sample, assay, source, unit in (
        ("rna_wt", "RNA, wild type", "BY4741, wild type, YPD", "RNA-seq, 42 replicates",
         f"Gierlinski 2015, doi 10.1093/bioinformatics/btv425; {_UNITS}", "TPM"),
        ("rna_snf2", "RNA, snf2Δ", "BY4741, snf2Δ, YPD", "RNA-seq, 44 replicates",
         f"Gierlinski 2015, doi 10.1093/bioinformatics/btv425; {_UNITS}", "TPM"),
        ("rna_ypd", "RNA, S288C", "S288C, YPD", "RNA-seq, 3 replicates", f"{_STRIPE}; {_UNITS}", "TPM"),
        ("rna_ribozero", "RNA, rRNA-depleted", "YPD, before a Pol II shut-off", "RNA-seq, rRNA-depleted",
         f"Presnyak 2015, doi 10.1016/j.cell.2015.02.029 (GSE57385); {_UNITS}", "FPKM"),
    ):  # fmt: skip
        rows += _stranded(
            key,
            name,
            output="RNA_SEQ",
            biosample=sample,
            assay=assay,
            description="Transcript units drawn as boxes at their mean expression; box coverage, not read coverage",
            source=source,
            licence="MIT",
            default=key == "rna_wt",
            unit=f"{unit} over transcript boxes",
        )
    return tuple(rows)


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


def _ends() -> tuple[Track, ...]:
    return _stranded(
        "polya",
        "Polyadenylation sites",
        output="POLYA",
        biosample="S288C and BY4741, YPD",
        assay="annotation of 3′ ends",
        description="One 3′ end per gene: SGD's 3′ UTR, or the end of its transcript unit where SGD has none",
        source="SGD 3′ UTRs; Xu 2009, PMID 19169243",
        licence="CC BY 4.0 (SGD); MIT (units)",
        default=False,
        unit="annotated 3′ ends per base",
    )


def _nucleosomes() -> tuple[Track, ...]:
    chemical: dict[str, Any] = {
        "biosample": "BY4741-derived H4S47C", "assay": "chemical mapping", "source": _BROGAARD, "licence": _NO_LICENCE,
    }  # fmt: skip
    rows: tuple[tuple[str, str, str, str, dict[str, Any]], ...] = (
        ("occupancy", "Nucleosome occupancy", "Scores of the unique dyads, each over its 147 bp", "", chemical),
        ("dyads", "Nucleosome dyads", "Scores of the unique dyads, each spread over 21 bp", "", chemical),
        ("called", "Nucleosomes, called", "Called nucleosomes, 147 bp around each centre", "calls over a base",
         {"biosample": "as in GSM1891203", "assay": "nucleosome calls (DANPOS)", "source": "GSM1891203", "licence": _NO_LICENCE}),
        ("plus1", "+1 nucleosome dyads", "First nucleosome of each gene, its dyad spread over 21 bp", "dyads per base",
         {"biosample": "BY4741, YPD", "assay": "annotation of +1 nucleosomes", "source": _ROSSI, "licence": "MIT"}),
    )  # fmt: skip
    return tuple(
        Track(key=f"nucleosome_{key}", name=name, output="NUCLEOSOME", strand=".", description=description, unit=unit,
              default=key == "occupancy", **said)
        for key, name, description, unit, said in rows
    )  # fmt: skip


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


def _splicing() -> tuple[Track, ...]:
    """A demonstration: yeast has 278 introns that the spliceosome cuts, 215 of them on chromosomes to train on."""
    said: dict[str, Any] = {
        "biosample": "S288C", "assay": "annotation of introns", "source": _GENBANK, "licence": "INSDC, free to use",
        "default": False,
    }  # fmt: skip
    sites: list[Track] = []
    for site, what in (
        ("donor", "Last base of the exon before an intron"),
        ("acceptor", "First base of the exon after"),
    ):
        sites += _stranded(site, f"Splice {site}s", output="SPLICE_SITES",
                           description=f"{what}; learnt from 215 introns, a demonstration", **said)  # fmt: skip
    # In the order of the network's classes: both sites of the plus strand, then both of the minus strand.
    sites.sort(key=lambda track: track.strand != "+")
    junctions = _stranded("junctions", "Splice junctions", output="SPLICE_JUNCTIONS", unit="annotated introns",
                          description="Donor joined to acceptor; learnt from 215 introns, a demonstration", **said)  # fmt: skip
    return (*sites, *junctions)


def _contacts() -> Track:
    return Track(
        key="contacts_g1",
        name="Contacts, G1",
        output="CONTACT_MAPS",
        strand=".",
        biosample="W303, G1",
        assay="Hi-C",
        description="Log of contacts observed over expected at the distance; another strain than the reference's",
        source="Dauban 2020, doi 10.1016/j.molcel.2020.01.019 (SRR8769554)",
        licence="MIT",
        default=False,
    )
