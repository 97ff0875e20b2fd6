"""AlphaGenome's metadata: text-format protocol buffers and alphagenome_pt's JSON give the same rows, means and tracks."""

from __future__ import annotations

import gzip
import json
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest

from predictor.checkpoints.metadata import Metadata, TrackRow, means_of, read_metadata
from predictor.checkpoints.official_tracks import track_key, tracks_of
from predictor.checkpoints.textproto import parse_textproto
from predictor.errors import DomainError
from tests.checkpoints.textprotos import HUMAN_FILE, K562, LIVER, MOUSE_FILE, PADDING, chip, output, rna, spliced

MODIFIED = "genetically modified (insertion) using CRISPR targeting H. sapiens CTCF"
HUMAN = (
    output("RNA_SEQ",
           rna("POSITIVE", LIVER, "UBERON:0002107 total RNA-seq", 0.25), rna("POSITIVE", K562, "EFO:0002067 total RNA-seq", 0.5),
           rna("NEGATIVE", LIVER, "UBERON:0002107 total RNA-seq", 0.75), rna("NEGATIVE", K562, "EFO:0002067 total RNA-seq", 1.25),
           rna("UNSTRANDED", LIVER, "UBERON:0002107 gtex Liver total RNA-seq", 2.0, "Liver", "gtex"), PADDING, PADDING)
    + output("CHIP_TF",
             chip("EFO:0002067 ChIP-seq CTCF", "CTCF", "transcription_factor_code", K562),
             chip(f"EFO:0002067 ChIP-seq CTCF {MODIFIED}", "CTCF", "transcription_factor_code", K562), PADDING)
    + output("CHIP_HISTONE", chip("UBERON:0002107 ChIP-seq H3K4me3", "H3K4me3", "histone_mark_code", LIVER, 3.5))
    + output("SPLICE_SITES", *(f'metadata {{ name: "{site}" strand: STRAND_{strand} }}\n'
                               for strand in ("POSITIVE", "NEGATIVE") for site in ("donor", "acceptor")), PADDING)
    + output("SPLICE_SITE_USAGE", spliced("usage", "POSITIVE"), PADDING, spliced("usage", "NEGATIVE"), PADDING)
    + output("SPLICE_JUNCTIONS", spliced("junction"), PADDING, kind="junctions")
    + output("CONTACT_MAPS",
             *(f'metadata {{ name: "4dn:4DNFI{i}" strand: STRAND_UNSTRANDED {K562} assay: "in situ Hi-C" }}\n' for i in "AB"))
)  # fmt: skip
MOUSE = output("PROCAP", PADDING, PADDING) + output(
    "RNA_SEQ", rna("POSITIVE", LIVER, "UBERON:0002107 total RNA-seq", 4.0)
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("metadata")
    (folder / HUMAN_FILE).write_text(HUMAN)
    (folder / MOUSE_FILE).write_bytes(gzip.compress(MOUSE.encode()))
    return folder


@pytest.fixture(scope="module")
def metadata(folder: Path) -> Metadata:
    return read_metadata(folder)


def counts(metadata: Metadata, organism: str) -> dict[str, tuple[int, int]]:
    return {head: (len(rows), sum(not row.padding for row in rows)) for head, rows in metadata[organism].items()}


def test_heads_have_all_their_columns_and_know_the_real_ones(metadata: Metadata) -> None:
    assert counts(metadata, "human") == {
        "rna_seq": (7, 5), "chip_tf": (3, 2), "chip_histone": (1, 1), "splice_sites": (5, 4), "splice_site_usage": (6, 4),
        "splice_junctions": (3, 2), "contact_maps": (2, 2),
    }  # fmt: skip
    assert counts(metadata, "mouse") == {"procap": (2, 0), "rna_seq": (1, 1)}


def test_a_row_says_what_the_file_says(metadata: Metadata) -> None:
    assert metadata["human"]["rna_seq"][4] == TrackRow(
        "UBERON:0002107 gtex Liver total RNA-seq", ".", "liver", "tissue", "adult", "UBERON:0002107", "total RNA-seq",
        gtex_tissue="Liver", source="gtex", nonzero_mean=2.0,
    )  # fmt: skip
    marked, factor = metadata["human"]["chip_histone"][0], metadata["human"]["chip_tf"][0]
    assert (marked.histone_mark, marked.transcription_factor) == ("H3K4me3", "")
    assert (factor.histone_mark, factor.transcription_factor) == ("", "CTCF")
    assert [row.strand for row in metadata["human"]["rna_seq"]] == ["+", "+", "-", "-", ".", ".", "."]


def test_means_are_one_on_padding_and_where_there_is_none(metadata: Metadata) -> None:
    assert means_of(metadata["human"]["rna_seq"]).tolist() == [0.25, 0.5, 0.75, 1.25, 2, 1, 1]
    assert means_of(metadata["mouse"]["procap"]).tolist() == [1, 1]
    assert means_of(metadata["human"]["contact_maps"]).dtype == "float32"


def test_tracks_know_their_columns(metadata: Metadata) -> None:
    tracks = tracks_of(metadata["human"])
    columns: dict[str, list[tuple[str, int | None]]] = {}
    for track in tracks:
        columns.setdefault(track.output, []).append((track.strand, track.column))
    assert columns == {
        "RNA_SEQ": [("+", 0), ("+", 1), ("-", 2), ("-", 3), (".", 4)],
        "CHIP_TF": [(".", 0), (".", 1)], "CHIP_HISTONE": [(".", 0)],
        "SPLICE_SITES": [("+", 0), ("+", 1), ("-", 2), ("-", 3)],
        "SPLICE_SITE_USAGE": [("+", 0), ("+", 1), ("-", 3), ("-", 4)],  # column 2 and 5 are padding
        "SPLICE_JUNCTIONS": [("+", 0), ("+", 1), ("-", 3), ("-", 4)],  # three tissues on each strand, one of them padding
        "CONTACT_MAPS": [(".", 0), (".", 1)],
    }  # fmt: skip


def test_keys_are_unique_readable_and_safe_in_a_url(metadata: Metadata) -> None:
    tracks = tracks_of(metadata["human"])
    keys = [track.key for track in tracks]
    assert len(set(keys)) == len(keys) == 5 + 2 + 1 + 4 + 4 + 4 + 2
    assert all(re.fullmatch(r"[a-z0-9_.]+", key) for key in keys)
    assert {
        "rna_seq.plus.tissue.uberon_0002107.total_rna_seq",
        "rna_seq.tissue.uberon_0002107.total_rna_seq.gtex_liver",
        "chip_tf.cell_line.efo_0002067.chip_seq.ctcf",
        "chip_histone.tissue.uberon_0002107.chip_seq.h3k4me3",
        "splice_sites.minus.acceptor",
        "splice_site_usage.minus.cell_line.efo_0002067.total_rna_seq",
        "splice_junctions.plus.cell_line.efo_0002067.total_rna_seq",
        "contact_maps.cell_line.efo_0002067.in_situ_hi_c.4dn_4dnfia",
        "contact_maps.cell_line.efo_0002067.in_situ_hi_c.4dn_4dnfib",
    } < set(keys)


def test_a_genetic_modification_is_eight_digits_of_its_hash(metadata: Metadata) -> None:
    key = tracks_of({"chip_tf": metadata["human"]["chip_tf"]})[1].key
    # sha256("genetically_modified_insertion_using_crispr_targeting_h_sapiens_ctcf")
    assert key == "chip_tf.cell_line.efo_0002067.chip_seq.ctcf.2de4ac54"


def test_a_key_does_not_depend_on_other_rows(metadata: Metadata) -> None:
    heads = metadata["human"]
    every = {track.key for track in tracks_of(heads)}
    for head, rows in heads.items():
        for row in rows:
            assert row.padding or {track.key for track in tracks_of({head: [row]})} < every


def test_two_tracks_of_one_key_are_refused(metadata: Metadata) -> None:
    row = metadata["human"]["rna_seq"][0]
    with pytest.raises(
        DomainError, match=r"would both be rna_seq\.plus\.tissue\.uberon_0002107\.total_rna_seq"
    ) as caught:
        tracks_of({"rna_seq": [row, replace(row, stage="child")]})
    assert caught.value.code == "bad_metadata"
    assert track_key("RNA_SEQ", replace(row, ontology="UBERON:0002108")) != track_key("RNA_SEQ", row)


def test_names_are_for_people(metadata: Metadata) -> None:
    by_key = {track.key: track for track in tracks_of(metadata["human"], "EFO:0002067")}
    expression = by_key["rna_seq.plus.cell_line.efo_0002067.total_rna_seq"]
    assert (expression.name, expression.biosample) == ("K562, total RNA-seq (+)", "K562 (cell line, EFO:0002067)")
    assert (expression.source, expression.assay, expression.unit) == (
        "ENCODE",
        "total RNA-seq",
        "normalised read signal",
    )
    assert by_key["chip_tf.cell_line.efo_0002067.chip_seq.ctcf"].name == "K562, CTCF"
    assert by_key["splice_sites.plus.donor"].name == "donor (+)"


def test_what_is_shown_by_default_is_of_the_sample_asked_for(metadata: Metadata) -> None:
    shown = [track.key for track in tracks_of(metadata["human"], "UBERON:0002107") if track.default]
    assert shown == [
        "rna_seq.plus.tissue.uberon_0002107.total_rna_seq", "rna_seq.minus.tissue.uberon_0002107.total_rna_seq",
        "rna_seq.tissue.uberon_0002107.total_rna_seq.gtex_liver", "chip_histone.tissue.uberon_0002107.chip_seq.h3k4me3",
    ]  # fmt: skip
    assert not any(track.default for track in tracks_of(metadata["human"]))


def raw_json(metadata: Metadata) -> str:
    """As alphagenome_pt writes the official tables: no column for what no row has, null for what one row lacks."""
    named = {
        "name": "name", "strand": "strand", "biosample_name": "biosample", "biosample_type": "biosample_type",
        "biosample_life_stage": "stage", "ontology_curie": "ontology", "Assay title": "assay", "gtex_tissue": "gtex_tissue",
        "transcription_factor": "transcription_factor", "histone_mark": "histone_mark", "data_source": "source",
    }  # fmt: skip
    organisms: dict[str, dict[str, object]] = {}
    for organism, heads in metadata.items():
        organisms[organism] = {}
        for head, rows in heads.items():
            records = [{theirs: getattr(row, ours) or None for theirs, ours in named.items()} for row in rows]
            for row, record in zip(rows, records, strict=True):
                record["nonzero_mean"] = None if math.isnan(row.nonzero_mean) else row.nonzero_mean
            kept = [column for column in records[0] if any(record[column] is not None for record in records)]
            records = [{column: record[column] for column in kept} for record in records]
            organisms[organism][head] = {"num_rows": len(rows), "columns": kept, "records": records}
    return json.dumps({"organisms": organisms})


def test_the_raw_json_of_alphagenome_pt_says_the_same(metadata: Metadata, tmp_path: Path) -> None:
    (tmp_path / "alphagenome_metadata_raw.json").write_text(raw_json(metadata))
    read = read_metadata(tmp_path / "alphagenome_metadata_raw.json")
    assert repr(read) == repr(metadata)  # by their text, because NaN is not NaN
    assert tracks_of(read["human"]) == tracks_of(metadata["human"])


def test_the_json_of_alphagenome_pt_has_means_and_padding_but_no_names(tmp_path: Path) -> None:
    said = {
        "organisms": ["human", "mouse"],
        "heads": {
            "atac": {
                "num_tracks": [3, 3], "means": [[0.5, 0.25, 1.0], [2.0, 1.0, 1.0]],
                "track_mask": [[True, True, False], [True, False, False]],
            },
            "splice_sites_junction": {"num_tissues": [2, 2], "tissue_mask": [[True, True], [True, False]]},
            "masked_language_modeling": {},
        },
    }  # fmt: skip
    (tmp_path / "alphagenome_metadata.json").write_text(json.dumps(said))
    read = read_metadata(tmp_path / "alphagenome_metadata.json")
    assert counts(read, "human") == {"atac": (3, 2), "splice_junctions": (2, 2)}
    assert counts(read, "mouse") == {"atac": (3, 1), "splice_junctions": (2, 1)}
    assert means_of(read["human"]["atac"]).tolist() == [0.5, 0.25, 1]
    assert [track.key for track in tracks_of(read["mouse"])] == [
        "atac.1",
        "splice_junctions.plus.1",
        "splice_junctions.minus.1",
    ]


WRONG = {
    "not text": (HUMAN_FILE, b"\xff\xfe\x00", "is no AlphaGenome metadata or is damaged"),
    "not gzip": (MOUSE_FILE, b"output_metadata {}", "is no AlphaGenome metadata or is damaged"),
    "half a gzip": (MOUSE_FILE, gzip.compress(MOUSE.encode())[:40], "is no AlphaGenome metadata or is damaged"),
    "cut off": (HUMAN_FILE, HUMAN.encode()[:400], "is no text-format protocol buffer; fetch the file again"),
    "empty": (HUMAN_FILE, b"", "it has no output"),
    "another message": (HUMAN_FILE, b"a { b: 1 }", "it has no output"),
    "no organism": ("x.textproto", HUMAN.encode(), "should hold HOMO_SAPIENS or MUS_MUSCULUS"),
    "new output": (
        HUMAN_FILE,
        output("TEA_LEAVES", PADDING).encode(),
        "the output TEA_LEAVES is unknown here; RNA_SEQ, ",
    ),
    "no JSON": ("x.json", b"{", "is no AlphaGenome metadata or is damaged"),
    "other JSON": ("x.json", b"[1]", "is no AlphaGenome metadata or is damaged"),
    "JSON without masks": ("x.json", b'{"organisms": ["human"], "heads": {"atac": {"num_tracks": [1]}}}', "damaged"),
    "missing": ("none.json", None, "is no AlphaGenome metadata or is damaged"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_no_metadata_is_refused(what: str, tmp_path: Path) -> None:
    name, content, sentence = WRONG[what]
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DomainError) as caught:
        read_metadata(tmp_path / name)
    assert caught.value.code == "bad_metadata" and sentence in str(caught.value) and name in str(caught.value)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DomainError, match=r"There is no \*\.textproto"):
        read_metadata(tmp_path)


TEXTS = {
    "": {},
    "a: 1 b: -2.5 c: true d: WORD": {"a": [1], "b": [-2.5], "c": [True], "d": ["WORD"]},
    "a: 1; a: 2, a: [3, 4]": {"a": [1, 2, 3, 4]},
    'a { b: "x" } a: < b: "y" >': {"a": [{"b": ["x"]}, {"b": ["y"]}]},
    "# a note\na: 1 # another {\n": {"a": [1]},
    r"""a: "Ammon\'s horn" b: 'say "so"' c: "caf\303\251 5′" """: {"a": ["Ammon's horn"], "b": ['say "so"'], "c": ["café 5′"]},
    'a: "# {no} comment"': {"a": ["# {no} comment"]},
    "m: nan": {"m": [math.nan]},
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_text_format(text: str) -> None:
    assert repr(parse_textproto(text)) == repr(TEXTS[text])


UNREADABLE = {
    "a {": 1, "a: 1\n}": 2, "a {\n b: 1 >": 1, "a:": 1, "a: }": 1, 'a: "x': 1, "a: [1": 1, "\n\n: 3": 3, 'a: "\\xff"': 1,
}  # fmt: skip


@pytest.mark.parametrize("text", UNREADABLE)
def test_text_that_cannot_be_read_is_said_by_line(text: str) -> None:
    with pytest.raises(DomainError, match=rf"^Line {UNREADABLE[text]} "):
        parse_textproto(text)
