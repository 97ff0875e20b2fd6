"""Sets of tracks for a question, by rules over outputs that hold for any model."""

from __future__ import annotations

from dataclasses import dataclass

from predictor.catalogue import ModelInfo
from predictor.tracks import Track

MOST_OF_AN_OUTPUT = 150  # beyond it only the samples that the model shows by default


@dataclass(frozen=True, slots=True)
class Preset:
    """`outputs` are keys of OUTPUTS; those that a model lacks are left out."""

    key: str
    name: str
    description: str
    outputs: tuple[str, ...]


PRESETS = (
    Preset("promoter", "Everything at this promoter", "Starts, transcripts, open chromatin, nucleosomes, histones and proteins",
           ("RNA_SEQ", "CAGE", "PROCAP", "ATAC", "DNASE", "NUCLEOSOME", "CHIP_TF", "CHIP_HISTONE")),
    Preset("transcription", "Transcription", "Transcripts, their starts and their ends, by strand",
           ("RNA_SEQ", "CAGE", "PROCAP", "POLYA")),
    Preset("splicing", "Splicing", "Splice sites, their usage, junctions, and the transcripts",
           ("RNA_SEQ", "SPLICE_SITES", "SPLICE_SITE_USAGE", "SPLICE_JUNCTIONS")),
    Preset("binding", "Binding", "Proteins and histone marks on the DNA", ("CHIP_TF", "CHIP_HISTONE")),
)  # fmt: skip


def preset_tracks(preset: Preset, model: ModelInfo) -> tuple[Track, ...]:
    """The preset's tracks of a model, in catalogue order; empty where it has none.

    Of an output with more than MOST_OF_AN_OUTPUT tracks only those of the samples that the model shows when nobody chose,
    if it has any of them: three thousand ChIP tracks answer no question.
    """
    usual = {_sample(track) for track in model.default_tracks()}
    found: list[Track] = []
    for output in preset.outputs:
        tracks = [track for track in model.tracks if track.output == output]
        if len(tracks) > MOST_OF_AN_OUTPUT:
            tracks = [track for track in tracks if _sample(track) in usual] or tracks
        found += tracks
    keys = {track.key for track in found}
    return tuple(track for track in model.tracks if track.key in keys)


def _sample(track: Track) -> tuple[str, str]:
    """A CURIE recurs under several kinds of sample, so that it alone names none."""
    return (track.biosample_type, track.ontology) if track.ontology else ("", track.biosample)
