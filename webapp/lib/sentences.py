"""Sentences that were made, and stored, in English, said in the reader's language.

What a worker finds, what a row of a file lacks, what the predictor refuses: such sentences are made far from whoever reads them, and
most are stored first. They stay English inside. Where they are said, `said` finds the template that made one (the catalogue has each
under the context CONTEXT, with its values as placeholders), and puts the values into that template's translation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from django.conf import settings
from django.utils import translation
from django.utils.translation import trans_real

CONTEXT = "sentence"
WORDS = (  # single ones that stand in sentences as values, and parts that are made of constants elsewhere
    "track", "output", "predictions", "scoring jobs", "characters", "entries",
    "queued", "running", "done", "failed", "cancelled", "waiting", "The worker died", "or",
    "protein-coding", "centromere", "telomere",
)  # fmt: skip
_WHOLE = {"error", "shown"}  # values that may be several sentences; no other reaches over a full stop
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_LONGEST = 4000  # characters; nothing that people read is longer


def said(sentence: str) -> str:
    """In the language of this request; as it is where that is English, or where no template fits."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    if language == settings.LANGUAGE_CODE or not sentence or len(sentence) > _LONGEST:
        return sentence
    return _said(language, sentence)


def all_said(sentences: Iterable[str]) -> list[str]:
    """Each of them."""
    return [said(sentence) for sentence in sentences]


@lru_cache(maxsize=4096)
def _said(language: str, sentence: str) -> str:
    for first, last, pattern, translated in _templates(language):
        if not (sentence.startswith(first) and sentence.endswith(last)):
            continue
        if match := pattern.fullmatch(sentence):
            values = {name: _value(language, value) for name, value in match.groupdict().items()}
            return translated % values
    return _in_two(language, sentence)


def _value(language: str, value: str) -> str:
    """A value may be a sentence, or a part of one, with a template of its own, or a choice of names."""
    names = value.split(" or ")
    if len(names) > 1 and not any(" " in name for name in names):
        return f" {_said(language, 'or')} ".join(names)
    return _said(language, value) if " " in value or value in WORDS else value


def _in_two(language: str, text: str) -> str:
    """Notes are stored side by side, each with its full stop."""
    for end in re.finditer(r"\. (?=[^a-z])", text):
        first, rest = text[: end.start() + 1], text[end.end() :]
        if (told := _said(language, first)) != first:
            return told + _said(language, rest)
    return text


@cache
def _templates(language: str) -> list[tuple[str, str, re.Pattern[str], str]]:
    """What each begins and ends with, how it is recognised, its translation; those that say most themselves come first."""
    found = []
    for key, translated in trans_real.translation(language)._catalog.items():  # type: ignore[attr-defined]
        context, mark, template = key.partition("\x04") if isinstance(key, str) else ("", "", "")
        if context != CONTEXT or not mark:
            continue
        parts = [part.replace("%%", "%") for part in _PLACEHOLDER.split(template)]
        literals, names = parts[::2], parts[1::2]
        shape = re.escape(literals[0])
        for number, (name, literal) in enumerate(zip(names, literals[1:], strict=True), start=1):
            value = "." if name in _WHOLE else r"(?!\. [A-Z“]|\n)."
            part = f"(?P<{name}>(?:{value})*?){re.escape(literal)}"
            # Of many values those before the last do not try again: steps would grow with a power of the length of what somebody wrote.
            shape += f"(?>{part})" if 2 < len(names) != number else part
        pattern = re.compile(shape, re.DOTALL)
        found.append((sum(map(len, literals)), literals[0], literals[-1], pattern, translated))
    found.sort(key=lambda one: -one[0])
    return [one[1:] for one in found]
