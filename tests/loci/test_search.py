"""Finding genes by the beginning of a name or of a word, in the real yeast annotation."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from webapp.loci.models import Assembly, Gene
from webapp.loci.search import exact_gene, keys_of, near_names, search_genes, words_of


def names(assembly: Assembly, text: str, limit: int = 12) -> list[str]:
    return [gene.name for gene in search_genes(assembly, text, limit)]


# (what is typed, what comes first)
FIRST = {
    "name": ("GAL1", "GAL1"),
    "name-in-lower-case": ("gal1", "GAL1"),
    "name-in-mixed-case": ("gAl1", "GAL1"),
    "name-in-white-space": ("  gal1\t", "GAL1"),
    "systematic-name": ("YBR020W", "GAL1"),
    "systematic-name-in-lower-case": ("ybr020w", "GAL1"),
    "beginning-of-a-systematic-name": ("ybr020", "GAL1"),
    "systematic-name-with-a-hyphen": ("YAL064C-A", "TDA8"),
    "synonym": ("END7", "ACT1"),
    "synonym-in-lower-case": ("aby1", "ACT1"),
    "word-of-a-description": ("actin", "ACT1"),
    "beginning-of-a-word": ("galactok", "GAL1"),
    "word-in-upper-case": ("GALACTOKINASE", "GAL1"),
    "first-words": ("actin structural", "ACT1"),
    "phrase": ("structural protein involved in cell polarization", "ACT1"),
    "phrase-with-punctuation": ("phosphorylates alpha-D-galactose to alpha-D-galactose-1-phosphate", "GAL1"),
    "words-with-a-slash": ("(synaptobrevin/VAMP)", "SNC1"),
    "synonym-with-a-prime": ("MRF1'", "ETR1"),
    "punctuation-behind": ("galactokinase;", "GAL1"),
    "two-words-of-different-places": ("paralog galactokinase", "GAL1"),
    "name-and-word": ("gal1 galactokinase", "GAL1"),
    "rna-gene-in-upper-case": ("SNR10", "snR10"),
    "name-with-a-hyphen": ("rdn25-1", "RDN25-1"),
    "origin": ("ARS102", "ARS102"),
    "centromere": ("cen2", "CEN2"),
    "name-with-an-underscore": ("cen1_", "CEN1_CDEI of CEN1"),
}


@pytest.mark.parametrize(("text", "first"), FIRST.values(), ids=FIRST)
def test_what_was_meant_comes_first(yeast: Assembly, text: str, first: str) -> None:
    assert names(yeast, text)[0] == first


def test_exact_names_come_before_longer_ones_and_these_before_descriptions(yeast: Assembly) -> None:
    found = search_genes(yeast, "gal1", limit=100)
    assert [gene.name for gene in found[:3]] == ["GAL1", "GAL10", "GAL11"]
    rest = found[3:]
    assert rest
    assert not any(gene.name.startswith("GAL1") for gene in rest)
    assert all(" gal1" in gene.words for gene in rest)


def test_a_prefix_is_completed_with_genes_of_that_name_the_shortest_first(yeast: Assembly) -> None:
    found = names(yeast, "gal", limit=8)
    assert found == ["GAL1", "GAL2", "GAL3", "GAL4", "GAL7", "GAL10", "GAL11", "GAL80"]


def test_genes_come_before_other_features(yeast: Assembly) -> None:
    kinds = [gene.kind for gene in search_genes(yeast, "tel", limit=100) if gene.name.startswith("TEL")]
    assert set(kinds) == {"protein-coding", "telomere"}
    assert kinds == sorted(kinds, key=lambda kind: kind != "protein-coding")


def test_every_word_has_to_be_found(yeast: Assembly) -> None:
    both = search_genes(yeast, "heat shock", limit=100)
    assert both
    assert all({" heat", " shock"} <= {word for word in (" heat", " shock") if word in gene.words} for gene in both)
    assert {gene.id for gene in both} < {gene.id for gene in search_genes(yeast, "heat", limit=1_000)}


def test_the_order_of_words_does_not_matter(yeast: Assembly) -> None:
    assert set(names(yeast, "shock heat", limit=100)) == set(names(yeast, "heat shock", limit=100))


def test_many_words_are_as_good_as_the_first_eight(yeast: Assembly) -> None:
    words = "actin structural protein involved in cell polarization endocytosis"
    assert names(yeast, words) == ["ACT1"]
    assert names(yeast, f"{words} and other cytoskeletal functions") == ["ACT1"]
    assert names(yeast, f"xyzzy {words}") == []
    assert "ACT1" in names(yeast, " ".join(["actin"] * 1_000), limit=100)


@pytest.mark.parametrize("text", ["", "  ", "\t\n", "xyzzy", "galactokinasee", "β-galactosidasé", "x" * 5_000])
def test_nothing_is_found_for_nothing_and_for_what_is_not_there(yeast: Assembly, text: str) -> None:
    assert names(yeast, text) == []


@pytest.mark.parametrize(
    "text", ["%", "_", "%%", "%_%", "g_l1", "gal_", "'", '"', "\\", "\\%", "';--", "{", "[", "(", "*"]
)
def test_characters_with_a_meaning_in_sql_have_none_here(yeast: Assembly, text: str) -> None:
    assert names(yeast, text) == []
    assert exact_gene(yeast, text) is None


@pytest.mark.parametrize("text", ["gal1%", "%gal1", '"gal1"', "gal1\\", "(gal1)", "gal1*", "gal1; --", "gal1:"])
def test_punctuation_around_a_word_is_no_hindrance(yeast: Assembly, text: str) -> None:
    assert names(yeast, text, limit=100) == names(yeast, "gal1", limit=100)
    assert exact_gene(yeast, text) is None


def test_the_limit_is_kept(yeast: Assembly) -> None:
    assert [len(search_genes(yeast, "a", limit=limit)) for limit in (1, 5, 100)] == [1, 5, 100]
    assert names(yeast, "a", limit=5) == names(yeast, "a", limit=100)[:5]


def test_the_order_is_always_the_same(yeast: Assembly) -> None:
    first, second = ([gene.id for gene in search_genes(yeast, "Ty1", limit=100)] for _ in range(2))
    assert first == second


def test_a_search_takes_one_query(yeast: Assembly, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert [gene.chromosome.name for gene in search_genes(yeast, "gal1", limit=1)] == ["chrII"]


def test_other_assemblies_are_not_searched(yeast: Assembly) -> None:
    other = Assembly.objects.create(name="other", title="other", organism="other")
    assert names(other, "gal1") == []
    assert exact_gene(other, "gal1") is None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=60))
def test_any_text_may_be_searched(yeast: Assembly, text: str) -> None:
    found = search_genes(yeast, text, limit=3)
    assert len(found) <= 3
    near = near_names(yeast, text)
    assert len(near) == len(set(near)) <= 3


@pytest.mark.parametrize("name", ["GAL1", "ADH5", "ACT1", "snR10", "ARS102"])
def test_a_name_leads_to_its_gene_even_where_it_is_a_synonym_of_another(yeast: Assembly, name: str) -> None:
    gene = exact_gene(yeast, name.lower())
    assert gene is not None
    assert gene.name == name


def test_adh5_is_such_a_synonym(yeast: Assembly) -> None:
    assert Gene.objects.filter(keys__contains=["adh5"]).count() > 1


@pytest.mark.parametrize("text", ["gal", "galactokinase", "", "GAL 1"])
def test_a_part_of_a_name_is_no_exact_name(yeast: Assembly, text: str) -> None:
    assert exact_gene(yeast, text) is None


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("GAL1X", "GAL1"),
        ("gall1", "GAL1"),
        ("actn1", "ACT1"),
        ("YBR020", "GAL1"),
        ("galactokinase", "GAL1"),
        ("ACT", "ACT1"),
    ],
)
def test_near_names_are_what_a_person_may_have_meant(yeast: Assembly, text: str, first: str) -> None:
    near = near_names(yeast, text)
    assert near[0] == first
    assert len(near) <= 3


def test_far_off_names_have_no_near_ones(yeast: Assembly) -> None:
    assert near_names(yeast, "xyzzy") == ()


def test_keys_are_folded_once_each_and_without_empty_ones() -> None:
    assert keys_of(["GAL1", "", "YBR020W", "gal1"]) == ["gal1", "ybr020w"]


def test_words_keep_names_whole_beside_their_parts() -> None:
    assert words_of(["RDN25-1", ""], "rRNA", "25S rRNA (part)") == " rdn25-1 rdn25 1 rrna 25s part"


def test_no_name_begins_or_ends_with_what_a_search_drops(yeast: Assembly) -> None:
    keys = [key for row in yeast.genes.values_list("keys", flat=True) for key in row]
    assert [key for key in keys if re.search(r"^[^\w']|[^\w']$", key)] == []
