"""What a feature of a GenBank record is called and where it lies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from predictor.genbank import Feature, genbank_features
from predictor.genome import Interval


def record(*table: str) -> str:
    """A GenBank record of 300 bp with these lines in its feature table."""
    bases = "".join(f"{first:>9}" + " acgtacgtac" * 6 + "\n" for first in range(1, 300, 60))
    head = (
        "LOCUS       TEST                     300 bp    DNA     linear   PLN 18-JAN-2017\n"
        "DEFINITION  A test.\nACCESSION   TEST\nVERSION     TEST.1\nKEYWORDS    .\n"
        "FEATURES             Location/Qualifiers\n"
    )
    return head + "".join(f"{line}\n" for line in table) + "ORIGIN\n" + bases + "//\n"


def feature(key: str, location: str, *qualifiers: str) -> list[str]:
    """Lines of a feature table."""
    return [f"     {key:<16}{location}", *(f"{' ' * 21}/{qualifier}" for qualifier in qualifiers)]


def read(*table: str) -> list[Feature]:
    return list(genbank_features("chrI", record(*table)))


def one(key: str, location: str, *qualifiers: str) -> Feature:
    (found,) = read(*feature(key, location, *qualifiers))
    return found


# (location, [start, end) counted from 0, strand, exons)
LOCATIONS = {
    "forward": ("11..40", (10, 40), "+", ((10, 40),)),
    "one-base": ("11", (10, 11), "+", ((10, 11),)),
    "complement": ("complement(11..40)", (10, 40), "-", ((10, 40),)),
    "join": ("join(11..40,101..130)", (10, 130), "+", ((10, 40), (100, 130))),
    "complement-of-join": ("complement(join(11..40,101..130))", (10, 130), "-", ((10, 40), (100, 130))),
    "join-of-complements": (
        "join(complement(101..130),complement(11..40))",
        (10, 130),
        "-",
        ((10, 40), (100, 130)),
    ),
    "three-exons": ("join(11..40,101..130,201..230)", (10, 230), "+", ((10, 40), (100, 130), (200, 230))),
    "incomplete-ends": ("<11..>40", (10, 40), "+", ((10, 40),)),
    "frameshift": ("join(11..40,40..70)", (10, 70), "+", ((10, 40), (39, 70))),
}


@pytest.mark.parametrize(("location", "place", "strand", "exons"), LOCATIONS.values(), ids=LOCATIONS)
def test_a_location_becomes_half_open_exons(
    location: str, place: tuple[int, int], strand: str, exons: tuple[tuple[int, int], ...]
) -> None:
    found = one("CDS", location, 'gene="ABC1"')
    assert found.place == Interval("chrI", *place)
    assert (found.strand, found.exons) == (strand, exons)


def test_a_gene_is_named_by_its_gene_and_tagged_by_its_locus() -> None:
    found = one(
        "CDS", "complement(11..40)", 'locus_tag="YBR020W"', 'gene="GAL1"', 'product="galactokinase"',
        'note="Galactokinase; phosphorylates alpha-D-galactose"', 'gene_synonym="ABC1; DEF2, GHI3"',
    )  # fmt: skip
    assert found == Feature(
        place=Interval("chrI", 10, 40),
        strand="-",
        kind="protein-coding",
        name="GAL1",
        systematic="YBR020W",
        description="Galactokinase; phosphorylates alpha-D-galactose",  # not the product once more
        aliases=("ABC1", "DEF2", "GHI3"),
        exons=((10, 40),),
    )


def test_a_gene_without_a_name_is_called_by_its_tag() -> None:
    assert one("CDS", "11..40", 'locus_tag="YBR012C"').name == "YBR012C"


# (product, note, description)
DESCRIPTIONS = {
    "both": ("hexokinase", "Phosphorylates sugars", "hexokinase; Phosphorylates sugars"),
    "note-repeats-product": ("actin", "Actin; structural protein", "Actin; structural protein"),
    "product-only": ("actin", "", "actin"),
    "note-only": ("", "Structural protein", "Structural protein"),
    "neither": ("", "", ""),
    "product-ends-with-the-name": ("hypothetical protein ABC1", "", "hypothetical protein"),
}


@pytest.mark.parametrize(("product", "note", "description"), DESCRIPTIONS.values(), ids=DESCRIPTIONS)
def test_a_description_says_nothing_twice(product: str, note: str, description: str) -> None:
    said = [f'{key}="{value}"' for key, value in (("product", product), ("note", note)) if value]
    assert one("CDS", "11..40", 'gene="ABC1"', *said).description == description


def test_a_qualifier_over_several_lines_is_one_line() -> None:
    wrapped = ['note="a protein that does', f"{' ' * 20}many things", f'{" " * 20}and well"']
    table = feature("CDS", "11..40", 'gene="ABC1"', "\n ".join(wrapped))
    assert read(*table)[0].description == "a protein that does many things and well"


# (key, note, name, kind, description)
NOTED = {
    "origin": (
        "rep_origin",
        "ARS102; Autonomously Replicating Sequence",
        "ARS102",
        "ARS",
        "Autonomously Replicating Sequence",
    ),
    "centromere": ("centromere", "CEN1; Chromosome I centromere", "CEN1", "centromere", "Chromosome I centromere"),
    "name-only": ("LTR", "YARCdelta3", "YARCdelta3", "LTR", ""),
    "two-semicolons": ("telomere", "TEL01L; left arm; X element", "TEL01L", "telomere", "left arm; X element"),
    "mobile-element": ("mobile_element", "YARCTy1-1; Ty1", "YARCTy1-1", "Ty element", "Ty1"),
    "nothing-said": ("rep_origin", "", "ARS", "ARS", ""),
    "no-name": ("LTR", "; a repeat", "LTR", "LTR", "a repeat"),
}


@pytest.mark.parametrize(("key", "note", "name", "kind", "description"), NOTED.values(), ids=NOTED)
def test_what_is_no_gene_is_named_by_its_note(key: str, note: str, name: str, kind: str, description: str) -> None:
    found = one(key, "11..40", *([f'note="{note}"'] if note else []))
    assert (found.name, found.kind, found.description) == (name, kind, description)
    assert found.systematic == ""


@pytest.mark.parametrize(
    ("key", "kind"),
    [("CDS", "protein-coding"), ("tRNA", "tRNA"), ("ncRNA", "ncRNA"), ("rRNA", "rRNA")],
)
def test_rna_genes_are_named_as_genes(key: str, kind: str) -> None:
    found = one(key, "11..40", 'gene="ABC1"', 'note="not a name; at all"')
    assert (found.name, found.kind) == ("ABC1", kind)


def test_repeated_and_unknown_keys_are_left_out_and_the_order_is_kept() -> None:
    table = [
        ("source", "1..300", 'organism="x"'),
        ("gene", "11..40", 'gene="ABC1"'),
        ("mRNA", "11..40", 'gene="ABC1"'),
        ("CDS", "201..230", 'gene="DEF2"'),
        ("CDS", "11..40", 'gene="ABC1"'),
        ("misc_RNA", "51..60", 'gene="X"'),
    ]
    found = read(*(line for row in table for line in feature(*row)))
    assert [each.name for each in found] == ["DEF2", "ABC1"]


def test_a_record_without_features_has_none() -> None:
    found = genbank_features("chrI", record(*feature("source", "1..300", 'organism="x"')))
    assert isinstance(found, Iterator)
    assert list(found) == []
