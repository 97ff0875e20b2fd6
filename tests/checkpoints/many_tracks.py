"""A catalogue as large as AlphaGenome's human one, made up: the same numbers of tracks, fields and kinds of text."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from predictor.catalogue import ModelInfo, model_info
from predictor.checkpoints.metadata import TrackRow
from predictor.checkpoints.official_tracks import tracks_of

# Tracks of the human organism by output, as the published metadata has them; a junction's row is a track on either strand.
COUNTS = {
    "chip_tf": 1617, "chip_histone": 1116, "splice_site_usage": 734, "splice_junctions": 734, "rna_seq": 667, "cage": 546,
    "dnase": 305, "atac": 167, "contact_maps": 28, "procap": 12, "splice_sites": 4,
}  # fmt: skip
SAMPLES = 700
_TYPES = ("tissue", "cell_line", "primary_cell", "in_vitro_differentiated_cells", "organoid")
_ORGANS = (
    "left lobe of liver",
    "K562",
    "gastrocnemius medialis",
    "CD4-positive, alpha-beta T cell",
    "hepatocyte",
    "colon",
)
_ASSAYS = {
    "rna_seq": "total RNA-seq", "cage": "hCAGE", "procap": "PRO-cap", "atac": "ATAC-seq", "dnase": "DNase-seq",
    "chip_tf": "TF ChIP-seq", "chip_histone": "Histone ChIP-seq", "splice_site_usage": "total RNA-seq",
    "splice_junctions": "total RNA-seq", "contact_maps": "in situ Hi-C", "splice_sites": "",
}  # fmt: skip
_STRANDED = ("rna_seq", "cage", "procap", "splice_site_usage", "splice_sites")


def _rows(head: str, count: int) -> list[TrackRow]:
    rows = []
    if head == "splice_junctions":
        count //= 2
    for number in range(count):
        place, strand = number, "."
        if head in _STRANDED and number < count // 2 * 2:
            place, strand = number // 2, "+-"[number % 2]
        sample = place * 7 % SAMPLES if place % 6 else 1  # one in six is of the same cells
        organ, kind = _ORGANS[sample % len(_ORGANS)], _TYPES[sample % len(_TYPES)]
        ontology = "EFO:0002067" if sample == 1 else f"UBERON:{sample:07}"
        factor = f"FAC{place % 751}" if head == "chip_tf" else ""
        mark = ("H3K4me3", "H3K27ac", "H3K36me3", "H3K9me3")[place % 4] if head == "chip_histone" else ""
        rows.append(
            TrackRow(
                name=f"{ontology} {_ASSAYS[head]} {factor}{mark} ENCSR{place:06}",
                strand=strand,  # type: ignore[arg-type]
                biosample=organ if sample == 1 else f"{organ} {sample}",
                biosample_type=kind,
                stage="adult",
                ontology=ontology,
                assay=_ASSAYS[head],
                transcription_factor=factor,
                histone_mark=mark,
                source="encode",
            )
        )
    return rows


@cache
def human_model() -> ModelInfo:
    """5,930 tracks; what is shown by default is of K562."""
    tracks = tracks_of({head: _rows(head, count) for head, count in COUNTS.items()}, "EFO:0002067")
    return replace(model_info("yeast"), name="human", title="As large as human", tracks=tracks, skill={})
