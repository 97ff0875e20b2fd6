"""Finding genes by the beginning of a name or of a word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from django.db.models import BooleanField, Case, F, Func, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length

from webapp.loci.models import Assembly, Gene

_MOST_WORDS = 8
_LONGEST_WORD = 200
LONGEST_NAME = 100  # as the columns have it


class HasWords(Func):
    """Whether a gene's `words` begin with all that a tsquery names; as the index `gene_words` has them."""

    template = "array_to_tsvector(string_to_array(ltrim(%(expressions)s)::tsquery"
    arg_joiner = "), ' ')) @@ ("
    output_field = BooleanField()

    def __init__(self, words: Iterable[str]) -> None:
        escaped = (word.replace("\\", "\\\\").replace("'", "''") for word in words)
        super().__init__(F("words"), Value(" & ".join(f"'{word}':*" for word in escaped)))


def keys_of(names: Iterable[str]) -> list[str]:
    """What a gene is found under exactly."""
    return sorted({key for name in names if (key := _folded(name)) and len(key) <= LONGEST_NAME})


def words_of(names: Iterable[str], *texts: str) -> str:
    """Every word after a space, case-folded; names stay whole beside their parts (RDN25-1, rdn25, 1)."""
    folded = [key for name in names if (key := _folded(name))]
    parts = (part[:_LONGEST_WORD] for part in re.findall(r"\w+", " ".join([*folded, *texts]).casefold()))
    return " " + " ".join(dict.fromkeys([*folded, *parts]))


def _folded(name: str) -> str:
    """With one space where there is any: between two there would be an empty word, which PostgreSQL refuses."""
    return " ".join(name.casefold().split())


def search_genes(assembly: Assembly, text: str, limit: int = 12) -> list[Gene]:
    """Exact names first, then beginnings of names (genes before other features), then words of descriptions."""
    # Without punctuation around it; some synonyms end in a prime.
    asked = re.sub(r"^[^\w']+|[^\w']+$", "", " ".join(text.casefold().split()))
    if not asked or "\0" in asked:
        return []
    found = Gene.objects.filter(assembly=assembly).select_related("chromosome")
    matches = Q(keys__contains=[asked])
    # As written ("rdn25-1"), and without punctuation, as in a phrase copied from a description ("alpha-D-galactose").
    for words in (asked.split(), re.findall(r"\w+", asked)):
        if (
            words and len(max(words, key=len)) <= _LONGEST_WORD
        ):  # a longer one begins no word, and PostgreSQL refuses it
            matches |= Q(HasWords(words[:_MOST_WORDS]))
    return list(_ranked(found.filter(matches), asked)[:limit])


def _ranked(found: QuerySet[Gene], asked: str) -> QuerySet[Gene]:
    rank = Case(
        When(name__iexact=asked, then=Value(0)),
        When(systematic__iexact=asked, then=Value(1)),
        When(keys__contains=[asked], then=Value(2)),
        When(name__istartswith=asked, then=Value(3)),
        When(systematic__istartswith=asked, then=Value(4)),
        When(description__istartswith=asked, then=Value(5)),
        default=Value(6),
        output_field=IntegerField(),
    )
    # Among equals: protein-coding first, short names, then their order.
    minor = Case(When(kind="protein-coding", then=Value(0)), default=Value(1), output_field=IntegerField())
    return found.annotate(rank=rank, minor=minor).order_by("rank", "minor", Length("name"), "name", "start")


def exact_gene(assembly: Assembly, text: str) -> Gene | None:
    """The gene of this name, systematic name or synonym, in this order of preference."""
    asked = text.strip().casefold()
    if "\0" in asked:
        return None
    found = Gene.objects.filter(assembly=assembly, keys__contains=[asked]).select_related("chromosome")
    return _ranked(found, asked).first()


def near_names(assembly: Assembly, text: str, limit: int = 3) -> tuple[str, ...]:
    """Names that a person may have meant: near spellings, then what the search finds."""
    asked = " ".join(text.casefold().split())
    coding = Gene.objects.filter(assembly=assembly, kind="protein-coding")
    by_key: dict[str, str] = {}
    for column in ("name", "systematic"):  # of a length that can be near
        some = coding.annotate(size=Length(column)).filter(size__gte=len(asked) // 2, size__lte=len(asked) * 2)
        for name in some.order_by("chromosome_id", "start").values_list(column, flat=True):
            by_key.setdefault(name.casefold(), name)
    near = [by_key[key] for key in difflib.get_close_matches(asked, by_key, n=limit, cutoff=0.7)]
    found = [gene.name for gene in search_genes(assembly, asked, limit=limit)]
    # A word of a description ("galactokinase") is meant as such; a misspelt name has no word that begins with it.
    return tuple(dict.fromkeys([*found, *near]))[:limit]
