"""Output types and tracks: one table of units, which a track may override."""

from __future__ import annotations

from dataclasses import asdict, replace

from predictor.catalogue import model_info
from predictor.tracks import OUTPUTS, Track

# AlphaGenome's eleven outputs, with the resolution that its documentation states.
OFFICIAL = {
    "RNA_SEQ": 1, "CAGE": 1, "PROCAP": 1, "ATAC": 1, "DNASE": 1, "CHIP_TF": 128, "CHIP_HISTONE": 128, "SPLICE_SITES": 1,
    "SPLICE_SITE_USAGE": 1, "SPLICE_JUNCTIONS": 1, "CONTACT_MAPS": 2048,
}  # fmt: skip


def track(key: str, output: str = "RNA_SEQ", unit: str = "") -> Track:
    return Track(key, key, output, ".", "cells", "assay", "", "", "", False, unit)


def test_every_output_of_alphagenome_is_known() -> None:
    assert {key: output.resolution for key, output in OUTPUTS.items() if key not in ("NUCLEOSOME", "POLYA")} == OFFICIAL
    assert {key for key, output in OUTPUTS.items() if output.shape == "pairs"} == {"CONTACT_MAPS"}
    assert {key for key, output in OUTPUTS.items() if output.shape == "junctions"} == {"SPLICE_JUNCTIONS"}
    assert len({output.colour for output in OUTPUTS.values()}) == len({o.name for o in OUTPUTS.values()}) == 13


def test_a_track_has_the_unit_of_its_output_or_its_own() -> None:
    assert track("a").unit == OUTPUTS["RNA_SEQ"].unit
    assert track("a", unit="TPM").unit == "TPM"
    assert Track(**asdict(track("a", unit="TPM"))) == track("a", unit="TPM")  # as a card keeps it


def test_the_yeast_model_keeps_the_units_of_its_training_tables() -> None:
    yeast = model_info("yeast")
    assert {output: yeast.unit(output) for output in yeast.outputs} == {
        "RNA_SEQ": "TPM over transcript boxes; FPKM over transcript boxes", "CAGE": "5′ ends per base",
        "POLYA": "annotated 3′ ends per base", "NUCLEOSOME": "nucleosome score; calls over a base; dyads per base",
        "CHIP_TF": "binding events per 128 bp", "CHIP_HISTONE": "binding events per 128 bp", "SPLICE_SITES": "probability",
        "SPLICE_JUNCTIONS": "annotated introns", "CONTACT_MAPS": "log fold over what the distance lets expect",
    }  # fmt: skip


def test_units_that_differ_within_an_output_are_listed() -> None:
    yeast = replace(model_info("yeast"), tracks=(track("a", unit="TPM"), track("b"), track("c", unit="TPM")))
    assert yeast.unit("RNA_SEQ") == "TPM; normalised read signal"
