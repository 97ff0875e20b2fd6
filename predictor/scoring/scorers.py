"""The scorers: which output, which mask, which arithmetic. One dataclass; the variation is in tables.

Names and settings are those of the public SDK (`alphagenome` 0.10, models.variant_scorers and interval_scorers; a test
compares them), what they mean is described in Avsec et al., Nature 2026, and defined by google-deepmind/alphagenome_research.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from predictor.catalogue import ModelInfo
from predictor.errors import DomainError
from predictor.tracks import OUTPUTS

Kind = Literal[
    "CENTER_MASK",
    "CONTACT_MAP",
    "GENE_MASK_LFC",
    "GENE_MASK_ACTIVE",
    "GENE_MASK_SPLICING",
    "PA_QTL",
    "SPLICE_JUNCTION",
    "GENE_MASK",
]
Aggregation = Literal[
    "DIFF_MEAN",
    "DIFF_SUM",
    "DIFF_SUM_LOG2",
    "DIFF_LOG2_SUM",
    "L2_DIFF",
    "L2_DIFF_LOG1P",
    "ACTIVE_MEAN",
    "ACTIVE_SUM",
    "MEAN",
    "SUM",
]

_MASK_WIDTHS = (None, 501, 2001, 10_001, 100_001, 200_001)
_CENTER = (
    "DIFF_MEAN",
    "DIFF_SUM",
    "DIFF_SUM_LOG2",
    "DIFF_LOG2_SUM",
    "L2_DIFF",
    "L2_DIFF_LOG1P",
    "ACTIVE_MEAN",
    "ACTIVE_SUM",
)
_SIGNED = ("DIFF_MEAN", "DIFF_SUM", "DIFF_SUM_LOG2", "DIFF_LOG2_SUM")
_BASES = ("ATAC", "CAGE", "DNASE", "PROCAP", "RNA_SEQ", "SPLICE_SITES", "SPLICE_SITE_USAGE")
# The SDK has no outputs of these two kinds; what it does with its tracks of one base per bin fits them as well.
_OURS = ("POLYA", "NUCLEOSOME")


@dataclass(frozen=True, slots=True)
class _Row:
    """What the SDK calls a kind, and which settings it takes."""

    name: str
    outputs: tuple[str, ...]
    widths: tuple[int | None, ...] = (None,)
    aggregations: tuple[str | None, ...] = (None,)
    settings: tuple[str, ...] = ()  # those that are written out in its name
    genes: Literal["none", "starting", "overlapping"] = "none"  # whose TSS lies in the input; which the variant touches


_KINDS: Mapping[str, _Row] = MappingProxyType({
    "CENTER_MASK": _Row("CenterMaskScorer", (*_BASES, "CHIP_HISTONE", "CHIP_TF", *_OURS), _MASK_WIDTHS, _CENTER,
                        ("requested_output", "width", "aggregation_type")),
    "CONTACT_MAP": _Row("ContactMapScorer", ("CONTACT_MAPS",)),
    "GENE_MASK_LFC": _Row("GeneMaskLFCScorer", (*_BASES, *_OURS), settings=("requested_output",), genes="starting"),
    "GENE_MASK_ACTIVE": _Row("GeneMaskActiveScorer", (*_BASES, *_OURS), settings=("requested_output",), genes="starting"),
    "GENE_MASK_SPLICING": _Row("GeneMaskSplicingScorer", ("SPLICE_SITES", "SPLICE_SITE_USAGE"), (None, 101, 1_001, 10_001),
                               settings=("requested_output", "width"), genes="overlapping"),
    "PA_QTL": _Row("PolyadenylationScorer", ("RNA_SEQ",), genes="overlapping"),
    "SPLICE_JUNCTION": _Row("SpliceJunctionScorer", ("SPLICE_JUNCTIONS",), genes="overlapping"),
    "GENE_MASK": _Row("GeneMaskScorer", ("ATAC", "CAGE", "CHIP_HISTONE", "CHIP_TF", "DNASE", "RNA_SEQ", "SPLICE_SITES",
                                         "SPLICE_SITE_USAGE", *_OURS), _MASK_WIDTHS, ("MEAN", "SUM"),
                      ("requested_output", "width", "aggregation_type"), "starting"),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scorer:
    """One way of turning predictions into a number per track (and gene).

    `kind` GENE_MASK scores an interval, the others a variant. `output` is a key of OUTPUTS; `width` in bp of the mask around the
    variant, None for all of the input. ValueError for settings that the SDK does not know either.
    """

    kind: Kind
    output: str
    width: int | None = None
    aggregation: Aggregation | None = None

    def __post_init__(self) -> None:
        row = _KINDS[self.kind]
        if self.output not in row.outputs or self.width not in row.widths or self.aggregation not in row.aggregations:
            raise ValueError(f"no such scorer: {self.kind}, {self.output}, {self.width}, {self.aggregation}")

    @property
    def name(self) -> str:
        """As the SDK writes it: CenterMaskScorer(requested_output=CAGE, width=501, aggregation_type=DIFF_LOG2_SUM)."""
        values = {"requested_output": self.output, "width": self.width, "aggregation_type": self.aggregation}
        row = _KINDS[self.kind]
        return f"{row.name}({', '.join(f'{key}={values[key]}' for key in row.settings)})"

    def __str__(self) -> str:
        return self.name

    @property
    def is_signed(self) -> bool:
        """Whether scores say a direction; the others are sizes, or levels of the stronger allele."""
        return self.kind == "GENE_MASK_LFC" or (self.kind == "CENTER_MASK" and self.aggregation in _SIGNED)

    @property
    def is_effect(self) -> bool:
        """Whether scores say what the change does; the others how strong the stronger allele is, changed or not."""
        return self.kind != "GENE_MASK_ACTIVE" and self.aggregation not in ("ACTIVE_MEAN", "ACTIVE_SUM")

    @property
    def resolution(self) -> int:
        """bp per bin of what it reads."""
        return OUTPUTS[self.output].resolution

    @property
    def genes(self) -> Literal["none", "starting", "overlapping"]:
        """Which genes get a row: none (then there is one), those whose TSS lies in the input, or those the variant touches."""
        return _KINDS[self.kind].genes


def _center(output: str, aggregation: Aggregation, width: int = 501) -> Scorer:
    return Scorer("CENTER_MASK", output, width, aggregation)


# The SDK's RECOMMENDED_VARIANT_SCORERS, in its order.
RECOMMENDED: Mapping[str, Scorer] = MappingProxyType({
    "ATAC": _center("ATAC", "DIFF_LOG2_SUM"),
    "CONTACT_MAPS": Scorer("CONTACT_MAP", "CONTACT_MAPS"),
    "DNASE": _center("DNASE", "DIFF_LOG2_SUM"),
    "CHIP_TF": _center("CHIP_TF", "DIFF_LOG2_SUM"),
    "CHIP_HISTONE": _center("CHIP_HISTONE", "DIFF_LOG2_SUM", 2001),
    "CAGE": _center("CAGE", "DIFF_LOG2_SUM"),
    "PROCAP": _center("PROCAP", "DIFF_LOG2_SUM"),
    "RNA_SEQ": Scorer("GENE_MASK_LFC", "RNA_SEQ"),
    "RNA_SEQ_ACTIVE": Scorer("GENE_MASK_ACTIVE", "RNA_SEQ"),
    "SPLICE_SITES": Scorer("GENE_MASK_SPLICING", "SPLICE_SITES"),
    "SPLICE_SITE_USAGE": Scorer("GENE_MASK_SPLICING", "SPLICE_SITE_USAGE"),
    "SPLICE_JUNCTIONS": Scorer("SPLICE_JUNCTION", "SPLICE_JUNCTIONS"),
    "POLYADENYLATION": Scorer("PA_QTL", "RNA_SEQ"),
    "ATAC_ACTIVE": _center("ATAC", "ACTIVE_SUM"),
    "DNASE_ACTIVE": _center("DNASE", "ACTIVE_SUM"),
    "CHIP_TF_ACTIVE": _center("CHIP_TF", "ACTIVE_SUM"),
    "CHIP_HISTONE_ACTIVE": _center("CHIP_HISTONE", "ACTIVE_SUM", 2001),
    "CAGE_ACTIVE": _center("CAGE", "ACTIVE_SUM"),
    "PROCAP_ACTIVE": _center("PROCAP", "ACTIVE_SUM"),
})  # fmt: skip

# The SDK's RECOMMENDED_INTERVAL_SCORERS.
RECOMMENDED_INTERVAL: Mapping[str, Scorer] = MappingProxyType(
    {"RNA_SEQ": Scorer("GENE_MASK", "RNA_SEQ", 200_001, "MEAN")}
)

# Outputs that AlphaGenome does not have: cleavage sites and nucleosomes are as local as starts of transcription. A model that
# predicts cleavage itself needs no ratio of read coverage at listed sites, and no such list exists for yeast, so that
# POLYADENYLATION is offered to models without POLYA only. All else of the official table holds for yeast as it is: its
# promoters are some 150 bp of open DNA, but 501 bp reach the next nucleosomes on both sides as they do in man.
_ADDED: Mapping[str, Scorer] = MappingProxyType({
    "POLYA": _center("POLYA", "DIFF_LOG2_SUM"),
    "NUCLEOSOME": _center("NUCLEOSOME", "DIFF_LOG2_SUM"),
    "POLYA_ACTIVE": _center("POLYA", "ACTIVE_SUM"),
    "NUCLEOSOME_ACTIVE": _center("NUCLEOSOME", "ACTIVE_SUM"),
})  # fmt: skip


def scorers_for(info: ModelInfo) -> dict[str, Scorer]:
    """By name, what a model's outputs allow, in the order of RECOMMENDED."""
    outputs = info.outputs
    return {
        name: scorer
        for name, scorer in (RECOMMENDED | _ADDED).items()  # type: ignore[operator]
        if scorer.output in outputs and not (scorer.kind == "PA_QTL" and "POLYA" in outputs)
    }


def find_scorers(info: ModelInfo, names: list[str] | None) -> tuple[Scorer, ...]:
    """Those of `scorers_for` with these names, all if None. Raises DomainError `unknown_scorer` (422)."""
    known = scorers_for(info)
    for name in names or ():
        if name not in known:
            raise DomainError("unknown_scorer", f"“{name[:40]}” is no scorer of this model; it has {', '.join(known)}.")
    return tuple(known[name] for name in (known if names is None else dict.fromkeys(names)))
