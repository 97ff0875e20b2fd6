"""What a model can predict: one row per output type, and the catalogue of a model's tracks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class OutputType:
    """One kind of prediction, as AlphaGenome names it.

    `resolution` bp per bin of the values a user gets; `shape` what an array of values is: "bins" along the sequence, "pairs"
    of bins, or "junctions" of donors and acceptors; `unit` of one value where the track has none of its own; `summary` how
    several bins become one pixel (a rate is averaged, a sparse peak keeps its height); `colour` of the family in the browser.
    """

    key: str
    name: str
    resolution: int
    shape: Literal["bins", "pairs", "junctions"]
    unit: str
    summary: Literal["mean", "max"]
    colour: str
    description: str


_ROWS = (
    OutputType("RNA_SEQ", "Transcription", 1, "bins", "normalised read signal", "mean", "#2f6fb5",
               "RNA abundance, by strand where the assay tells"),
    OutputType("CAGE", "Transcription starts", 1, "bins", "normalised read signal", "max", "#c2571a",
               "5′ ends of capped transcripts, by strand"),
    OutputType("PROCAP", "Nascent transcription starts", 1, "bins", "normalised read signal", "max", "#a67c00",
               "5′ ends of capped RNA that is still being transcribed (PRO-cap), by strand"),
    OutputType("ATAC", "Open chromatin, ATAC-seq", 1, "bins", "normalised insertion signal", "max", "#b3356f",
               "Where a transposase reaches the DNA"),
    OutputType("DNASE", "Open chromatin, DNase-seq", 1, "bins", "normalised insertion signal", "max", "#7a4a2b",
               "Where DNase I cuts"),
    OutputType("POLYA", "Polyadenylation sites", 1, "bins", "normalised read signal", "max", "#8a8f1c",
               "3′ ends of transcripts, by strand"),
    OutputType("NUCLEOSOME", "Nucleosomes", 1, "bins", "nucleosome score", "mean", "#5a7d2a",
               "Nucleosome dyads and occupancy"),
    OutputType("CHIP_TF", "Protein binding", 128, "bins", "fold change over control, summed over 128 bp", "max", "#8b3fa0",
               "Where transcription factors and the transcription machinery bind"),
    OutputType("CHIP_HISTONE", "Histones", 128, "bins", "fold change over control, summed over 128 bp", "max", "#00806e",
               "Histone marks and variants"),
    OutputType("SPLICE_SITES", "Splice sites", 1, "bins", "probability", "max", "#b02a2a",
               "Donors and acceptors of splicing, by strand"),
    OutputType("SPLICE_SITE_USAGE", "Splice site usage", 1, "bins", "fraction", "max", "#d0566b",
               "Share of the transcripts across a site that are spliced there, by strand"),
    OutputType("SPLICE_JUNCTIONS", "Splice junctions", 1, "junctions", "normalised junction reads", "max", "#6b5b95",
               "Which donor is joined to which acceptor, by strand"),
    OutputType("CONTACT_MAPS", "Contact maps", 2048, "pairs", "log fold over what the distance lets expect", "mean", "#4a5568",
               "How often two places of the chromosome touch"),
)  # fmt: skip
OUTPUTS: dict[str, OutputType] = {row.key: row for row in _ROWS}


_OF_A_FACTOR = ("CHIP_TF", "CHIP_HISTONE")
# Of units that count events or sites: a thousandth of one is none, however much higher it is than around it.
_LEAST_AXES = {"binding events per 128 bp": 0.2, "annotated 3′ ends per base": 0.01, "probability": 0.1}


def least_axis(unit: str) -> float:
    """An axis of this unit that begins at 0 ends no lower, so that next to nothing is not drawn as a full bar; 0 where any may."""
    return _LEAST_AXES.get(unit, 0.0)


def head_name(output: str) -> str:
    """The network's head for a key of OUTPUTS."""
    return output.lower()


@dataclass(frozen=True, slots=True)
class Track:
    """One column of a model's output.

    `key` is unique within the model and safe in a URL; `output` a key of OUTPUTS; `strand` "+", "-" or "." (unstranded);
    `default` whether it is shown when nobody chose tracks; `unit` of one value, the output's if empty; `column` in the head of
    the network, if it is not the track's place among the model's tracks of that output; `biosample_type` as in "cell line" and
    `ontology` a CURIE such as "UBERON:0002107", empty where the source has none; `factor` the protein or mark of a ChIP track,
    its name if empty.
    """

    key: str
    name: str
    output: str
    strand: Literal["+", "-", "."]
    biosample: str
    assay: str
    description: str
    source: str
    licence: str
    default: bool
    unit: str = ""
    column: int | None = None
    biosample_type: str = ""
    ontology: str = ""
    factor: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "unit", self.unit or self.output_type.unit)
        if self.output in _OF_A_FACTOR:
            object.__setattr__(self, "factor", self.factor or self.name)

    @property
    def output_type(self) -> OutputType:
        """The row of OUTPUTS this track belongs to."""
        return OUTPUTS[self.output]

    @property
    def resolution(self) -> int:
        """bp per bin."""
        return self.output_type.resolution
