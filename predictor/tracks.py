"""What a model can predict: one row per output type, and the catalogue of a model's tracks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class OutputType:
    """One kind of prediction, as AlphaGenome names it.

    `resolution` bp per bin of the values a user gets; `unit` of one value; `summary` how several bins become one pixel
    (a rate is averaged, a sparse peak keeps its height); `colour` of the family in the browser.
    """

    key: str
    name: str
    resolution: int
    unit: str
    summary: Literal["mean", "max"]
    colour: str
    description: str


_ROWS = (
    OutputType("RNA_SEQ", "Transcription", 1, "TPM over transcript boxes", "mean", "#2f6fb5",
               "Expression of transcript units drawn as boxes, by strand"),
    OutputType("CAGE", "Transcription starts", 1, "5′ ends per base", "max", "#c2571a",
               "5′ ends of capped transcripts, by strand"),
    OutputType("NUCLEOSOME", "Nucleosomes", 1, "nucleosome score", "mean", "#5a7d2a",
               "Nucleosome dyads and occupancy"),
    OutputType("CHIP_TF", "Protein binding", 128, "binding events per 128 bp", "max", "#8b3fa0",
               "ChIP-exo binding events of transcription factors and the machinery"),
    OutputType("CHIP_HISTONE", "Histone variants", 128, "binding events per 128 bp", "max", "#00806e",
               "ChIP-exo events of histones and their variants"),
)  # fmt: skip
OUTPUTS: dict[str, OutputType] = {row.key: row for row in _ROWS}


@dataclass(frozen=True, slots=True)
class Track:
    """One column of a model's output.

    `key` is unique within the model and safe in a URL; `output` a key of OUTPUTS; `strand` "+", "-" or "." (unstranded);
    `default` whether it is shown when nobody chose tracks.
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

    @property
    def output_type(self) -> OutputType:
        """The row of OUTPUTS this track belongs to."""
        return OUTPUTS[self.output]

    @property
    def resolution(self) -> int:
        """bp per bin."""
        return self.output_type.resolution

    @property
    def unit(self) -> str:
        """Unit of one value."""
        return self.output_type.unit
