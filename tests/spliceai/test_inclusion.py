"""Measured exon inclusion: the two assays' tables as published, what is made of a row, the figures, the command."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from predictor.__main__ import main
from predictor.codes import encode_bases
from predictor.errors import DomainError
from predictor.spliceai.borders import border_probabilities
from predictor.spliceai.inclusion import drawn, edited
from predictor.spliceai.measured_exons import LIBRARY_COLUMNS, MFASS_COLUMNS, Exon, Measured, read_mfass, read_vex_seq
from predictor.spliceai.predictor import SpliceAI
from predictor.spliceai.site_matrix import SiteMatrices
from predictor.variants.variant import Variant

SEQUENCE = str(np.load(Path(__file__).parent / "golden.npz")["vps16"])
START, LENGTH, FIRST, LAST = (
    6_000,
    170,
    51,
    108,
)  # of a construct on the chromosome, and its exon in it, by the plus strand
_COMPLEMENT = str.maketrans("ACGT", "TGCA")


def sense(bases: str, strand: str) -> str:
    return bases if strand == "+" else bases.translate(_COMPLEMENT)[::-1]


def write(path: Path, columns: Sequence[str], rows: Sequence[dict[str, object]]) -> Path:
    with path.open("w", newline="") as out:
        table = csv.DictWriter(out, ["more", *columns], delimiter="\t", lineterminator="\n", restval="x")
        table.writeheader()
        table.writerows(rows)
    return path


def mfass_row(number: int, place: int, change: object, strand: str = "-", start: int = START) -> dict[str, object]:
    natural = SEQUENCE[start : start + LENGTH]
    base = "A" if natural[place] != "A" else "G"
    return {
        "id": f"ENSE{start}_{number:03}", "ensembl_id": f"ENSE{start}", "chr": "chr20", "start": start + 1, "strand": strand,
        "intron1_len": FIRST, "exon_len": LAST - FIRST, "category": "mutant", "nat_v2_index": 0.9, "v2_dpsi": change,
        "nat_seq": sense(natural, strand), "original_seq": sense(natural[:place] + base + natural[place + 1 :], strand),
    }  # fmt: skip


def test_a_row_of_mfass_is_a_variant_of_the_plus_strand_with_its_place_in_the_exon(tmp_path: Path) -> None:
    rows = [
        mfass_row(n, place, -0.1 * n) for n, place in enumerate((FIRST - 1, FIRST, LAST - 1, LAST + 1, LAST + 2, 80))
    ]
    rows += [
        mfass_row(7, 60, "NA"),
        mfass_row(8, 60, 0.1) | {"nat_v2_index": 0.4},
        mfass_row(9, 60, 0) | {"category": "natural"},
    ]
    assay = read_mfass(write(tmp_path / "snv.txt", MFASS_COLUMNS, rows))
    assert (len(assay.rows), assay.unmeasured) == (6, 1)
    assert [row.variant.start for row in assay.rows[:2]] == [START + FIRST - 1, START + FIRST]
    assert all(row.variant.ref == SEQUENCE[row.variant.start] for row in assay.rows)
    assert [row.distance for row in assay.rows] == [1, 0, 0, 2, 3, 27]  # 80 is 27 from the last base, 107
    assert [row.is_exonic for row in assay.rows] == [False, True, True, False, False, True]
    assert [row.is_essential for row in assay.rows] == [True, False, False, True, False, False]


def library_row(position: int, ref: str, alt: str, strand: str, sequence: str) -> dict[str, object]:
    return {
        "chromosome": "chr20", "position": position, "reference": ref, "alternative": alt, "Upstream Int Adj": START + 1,
        "Exon up": START + FIRST + 1, "Exon down": START + LAST, "strand": strand, "Sequence": sense(sequence, strand),
    }  # fmt: skip


def vex_seq(folder: Path, strand: str = "+", changed: bool = True) -> tuple[Path, Path]:
    """A substitution in the exon and a deletion of the two bases around its end."""
    natural = SEQUENCE[START : START + LENGTH]
    base = "A" if natural[60] != "A" else "G"
    gone = START + LAST - 2  # 0-based place of the base before: VCF's anchor
    ref = SEQUENCE[gone : gone + 3]
    edited = natural[: LAST - 1] + natural[LAST + 1 :] if changed else natural
    library = [
        library_row(START + 1, "Control", "Original", strand, natural),
        library_row(START + 61, natural[60], base, strand, natural[:60] + base + natural[61:]),
        library_row(gone + 1, ref, ref[0], strand, edited),
    ]
    rows: list[dict[str, object]] = [
        {"variant": f"chr20_{START + 61}_{natural[60]}_{base}", "delta_PSI": -1.5},
        {"variant": f"chr20_{gone + 1}_{ref}_{ref[0]}", "delta_PSI": -80},
    ]
    return (
        write(folder / "delta.tsv", ("variant", "delta_PSI"), rows),
        write(folder / "library.tsv", LIBRARY_COLUMNS, library),
    )


@pytest.mark.parametrize("strand", ["+", "-"])
def test_a_row_of_vex_seq_takes_its_exon_from_the_library(tmp_path: Path, strand: str) -> None:
    snv, deletion = read_vex_seq(*vex_seq(tmp_path, strand)).rows
    assert snv.exon == deletion.exon and (snv.exon.first, snv.exon.last) == (FIRST, LAST)
    assert snv.exon.bases == SEQUENCE[START : START + LENGTH] and (snv.variant.start, snv.distance) == (START + 60, 9)
    assert (deletion.variant.start, len(deletion.variant.ref), deletion.variant.alt) == (START + LAST - 1, 2, "")
    assert deletion.is_exonic and deletion.is_essential and deletion.distance == 0


def test_a_bad_table_is_refused_with_its_line_and_what_is_wrong_with_it(tmp_path: Path) -> None:
    def said(rows: Sequence[dict[str, object]], columns: Sequence[str] = MFASS_COLUMNS) -> str:
        with pytest.raises(DomainError) as error:
            read_mfass(write(tmp_path / "snv.txt", columns, rows))
        return str(error.value)

    good = mfass_row(1, 60, -0.2)
    assert "snv.txt has no column “v2_dpsi”; its first line must name id, ensembl_id" in said([], MFASS_COLUMNS[:-1])
    assert said([good, good | {"v2_dpsi": "much"}]) == "Line 3 of snv.txt: “much” is not a number."
    assert "Line 2 of snv.txt: original_seq must differ" in said([good | {"original_seq": good["nat_seq"]}])
    assert "Line 2 of snv.txt: original_seq and nat_seq must be equally long." in said(
        [good | {"original_seq": "ACGT"}]
    )
    assert "its exon does not lie inside its sequence" in said([good | {"exon_len": 200}])
    assert "its strand must be + or -" in said([good | {"strand": "1"}])
    table, library = vex_seq(tmp_path, changed=False)
    with pytest.raises(
        DomainError, match=r"Line 4 of library.tsv: its sequence is not its exon's natural one with REF"
    ):
        read_vex_seq(table, library)
    table.write_text("variant\tdelta_PSI\nchr1_5_A_C\t3\n")
    with pytest.raises(
        DomainError, match=r"Line 2 of delta.tsv: “chr1_5_A_C” and its exon's natural form are not both in library"
    ):
        read_vex_seq(table, library)
    table.write_text("variant\tdelta_PSI\nchr1_5_A_C\n")
    with pytest.raises(DomainError, match=r"Line 2 of delta.tsv: it has 1 fields, not 2"):
        read_vex_seq(table, library)


@pytest.mark.parametrize("strand", ["+", "-"])
def test_borders_after_an_edit_are_what_the_networks_say_of_the_edited_sequence(small: Path, strand: str) -> None:
    model = SpliceAI.from_folder(small, device="cpu", threads=1)
    flanked = SEQUENCE[START - 5_000 : START + LENGTH + 5_000]
    here = flanked[5_000:]
    edits = [(60, here[60], "ACG"), (20, here[20:23], ""), (LAST - 1, here[LAST - 1 : LAST + 2], "")]
    before, after = border_probabilities(model, flanked, strand, (FIRST, LAST), edits)

    def read(bases: str, acceptor: int, donor: int) -> list[float]:
        every = sum(part.double() for part in model.members(encode_bases(bases), strand)) / 2
        return [float(every[1, acceptor]), float(every[2, donor])]

    def places(first: int, last: int) -> tuple[int, int]:
        return (first, last - 1) if strand == "+" else (last - 1, first)

    np.testing.assert_allclose(before, read(flanked, *places(FIRST, LAST)), atol=1e-6)
    longer = flanked[:5_060] + "ACG" + flanked[5_061:]
    np.testing.assert_allclose(after[0], read(longer, *places(FIRST, LAST + 2)), atol=1e-6)
    shorter = flanked[:5_020] + flanked[5_023:]
    np.testing.assert_allclose(after[1], read(shorter, *places(FIRST - 3, LAST - 3)), atol=1e-6)
    assert (
        after[2][1 if strand == "+" else 0] == 0 < after[2][0 if strand == "+" else 1]
    )  # the border itself is deleted


def test_a_site_matrix_prefers_the_bases_it_is_made_of() -> None:
    exon = encode_bases("T" * 20 + "CAG" + "ACGT" * 5 + "AAGGTAAGT" + "C" * 10)
    matrices = SiteMatrices.of([(exon, 20, 46)] * 3)
    broken = exon.copy()
    broken[46] = 0  # the donor's G
    # three of G and a pseudocount of one each: 4 of 7 against 1 of 7
    assert matrices.score(exon, 20, 46) - matrices.score(broken, 20, 46) == pytest.approx(np.log2(4))
    assert matrices.score(exon, 5, 58) == 0  # neither site has all its bases


def test_exons_are_drawn_whole_and_the_same_each_time(tmp_path: Path) -> None:
    rows = [mfass_row(n, 60 + n, -0.1, start=START + 200 * exon) for exon in range(5) for n in range(3)]
    read = read_mfass(write(tmp_path / "snv.txt", MFASS_COLUMNS, rows)).rows
    some = drawn(read, 7, seed=1)
    assert len(some) == 6 and len({row.exon for row in some}) == 2 and some == drawn(read, 7, seed=1)
    assert drawn(read, 15, seed=1) == list(read)


def test_the_command_judges_constructs_alone_and_within_the_genome(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [mfass_row(n, 50 + n, change) for n, change in enumerate((-0.9, -0.6, 0.1, 0.0))]
    elsewhere = [
        mfass_row(n, 50 + n, change, start=7_000) | {"chr": "chr3"} for n, change in enumerate((-0.7, -0.5, 0.2, 0))
    ]
    table = write(tmp_path / "snv.txt", MFASS_COLUMNS, rows + elsewhere)
    (tmp_path / "genome.fa").write_text(f">20\n{SEQUENCE}\n")
    arguments = ["evaluate-exon-inclusion", "--model", str(small), "--out", str(tmp_path / "out"), "--threads", "1"]
    assert main([*arguments, "--mfass", str(table), "--fasta", str(tmp_path / "genome.fa")]) == 0
    said = json.loads((tmp_path / "out" / "inclusion.json").read_text())
    assert (said["assay"], said["loss"], said["outside"], said["left_out"]) == ("MFASS", -0.5, 4, 0)
    sizes = {one["group"]: (one["variants"], one["exons"], one["losses"]) for one in said["figures"]}
    assert sizes["all"] == (8, 2, 4)
    assert sizes["test chromosomes of the model"] == sizes["its training chromosomes"] == (4, 1, 2)
    assert sizes["in the genome given"] == (4, 1, 2)
    by_group = {group: [one["score"] for one in said["figures"] if one["group"] == group] for group in sizes}
    assert "genome, logit" in by_group["in the genome given"] and "genome, logit" not in by_group["all"]
    with (tmp_path / "out" / "inclusion.tsv").open() as lines:
        scores = list(csv.DictReader(lines, delimiter="\t"))
    assert [float(row["change"]) for row in scores] == [-0.9, -0.6, 0.1, 0, -0.7, -0.5, 0.2, 0]
    assert (
        float(scores[0]["genome, logit"]) != float(scores[0]["construct, logit"])
        and scores[4]["genome, logit"] == "nan"
    )
    lost = next(one for one in said["figures"] if one["score"] == "construct, logit" and one["group"] == "all")
    ours = np.array([float(row["construct, logit"]) for row in scores])
    is_lost = np.array([float(row["change"]) <= -0.5 for row in scores])
    pairs = [(a < b) + (a == b) / 2 for a in ours[is_lost] for b in ours[~is_lost]]
    assert lost["auroc"][0] == pytest.approx(np.mean(pairs))
    assert "trained on all chromosomes but 1, 3, 5, 7 and 9" in capsys.readouterr().out
    assert main([*arguments, "--vex-seq", str(table)]) == 1
    assert "name the table of its constructs with --library" in capsys.readouterr().err
    assert main([*arguments, "--mfass", str(tmp_path / "genome.fa")]) == 1
    assert "genome.fa has no column “id”" in capsys.readouterr().err
    assert main([*arguments, "--mfass", str(table), "--most", "3"]) == 1
    assert "--most 3 leaves 0 of 8 variants, 0 of them with a strong loss; exons are drawn" in capsys.readouterr().err
    unmeasured = write(tmp_path / "none.txt", MFASS_COLUMNS, [mfass_row(1, 60, "NA")])
    assert main([*arguments, "--mfass", str(unmeasured)]) == 1
    assert "This table of MFASS has no variant with a measurement that counts." in capsys.readouterr().err
    # place 50 is the intron's last base; as the other scores, this one is lower where more is expected to be lost
    assert [float(row["exon untouched"]) for row in scores] == [1, 0, 0, 0] * 2


@pytest.mark.parametrize(
    ("at", "ref", "alt", "first", "last"),
    [
        (8, "AA", "", 8, 14),  # the intron's last two
        (9, "ACC", "", 9, 13),  # across the acceptor: what is left of the exon begins where the deletion was
        (8, "AAC", "T", 9, 14),
        (9, "AC", "TTT", 10, 17),
        (10, "", "GG", 12, 18),  # at the border: intron
        (12, "C", "CC", 10, 17),
        (14, "CCAA", "", 10, 14),  # across the donor
        (14, "CCAA", "T", 10, 15),
        (16, "", "GG", 10, 16),
        (16, "AA", "", 10, 16),
        (8, "AACCCCCCAA", "", 8, 8),  # the exon is gone
    ],
)
def test_an_exon_ends_where_the_variant_leaves_it(at: int, ref: str, alt: str, first: int, last: int) -> None:
    bases = "A" * 10 + "C" * 6 + "A" * 10
    for strand in "+-":
        exon = Exon("one", "20", strand, 100, bases, 10, 16)
        codes, *borders = edited(Measured("one", exon, Variant("20", 100 + at, ref, alt), 0.0))
        assert len(codes) == len(bases) + len(alt) - len(ref)
        assert borders == ([first, last] if strand == "+" else [len(codes) - last, len(codes) - first])
