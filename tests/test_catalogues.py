"""The catalogues of locale/ say all that the source says, and nothing is left in English by oversight."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Catalog

from tests import catalogues

ADVICE = "; run `make messages`, translate what it lists in locale/zh_Hans/LC_MESSAGES, and run it again"


@pytest.mark.parametrize("domain", catalogues.DOMAINS)
def test_every_sentence_of_the_source_is_translated(domain: str) -> None:
    missing = [message.id for message in catalogues.missing(domain)]
    assert not missing, f"{len(missing)} are not{ADVICE}: {missing[:10]}"


@pytest.mark.parametrize("domain", catalogues.DOMAINS)
def test_nothing_is_translated_that_the_source_no_longer_says(domain: str) -> None:
    source = {(message.id, message.context) for message in catalogues.catalogue(domain)}
    left = [message.id for message in catalogues.translated(domain) if (message.id, message.context) not in source]
    assert not [one for one in left if one], f"these are left over{ADVICE}"


def strings(message: object) -> list[str]:
    """One, or one for each number."""
    return [message] if isinstance(message, str) else list(message)  # type: ignore[call-overload]


@pytest.mark.parametrize("domain", catalogues.DOMAINS)
def test_a_translation_has_the_placeholders_and_the_markup_of_its_source(domain: str) -> None:
    for message in catalogues.translated(domain):
        if not message.id:
            continue
        for pattern in (r"%\(\w+\)s", r"</?\w+", r"%%"):
            source = sorted(re.findall(pattern, strings(message.id)[-1]))
            for said in strings(message.string):
                assert sorted(re.findall(pattern, said)) == source, f"{message.id!r} against {said!r}"


def _text(context: object) -> str:
    return context.decode() if isinstance(context, bytes) else str(context or "")


@pytest.mark.parametrize("domain", catalogues.DOMAINS)
def test_what_the_site_reads_is_what_the_translators_wrote(domain: str) -> None:
    def content(found: Catalog) -> dict[object, object]:
        return {(strings(one.id)[0], _text(one.context)): strings(one.string) for one in found if one.id}

    assert content(catalogues.compiled(domain)) == content(catalogues.translated(domain)), f"the .mo is old{ADVICE}"


def test_a_sentence_that_nobody_translated_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = catalogues.catalogue("django")
    whole.add("A sentence that came today.")
    monkeypatch.setattr(catalogues, "catalogue", lambda domain: whole)
    assert [message.id for message in catalogues.missing("django")] == ["A sentence that came today."]
